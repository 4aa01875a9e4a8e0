#include "golden_service.h"

/* The value of {"url":"..."}: the only line that the service prints before it is asked to stop. */
static int read_url(struct golden_service *service)
{
    char line[128];
    if (fgets(line, sizeof line, service->process.words) == NULL) {
        return 0;
    }
    return sscanf(line, "{\"url\":\"%63[^\"]\"}", service->url) == 1;
}

int golden_service_start(struct golden_service *service, const char *binary, const char *folder)
{
    if (!service_process_start(&service->process, binary, folder) || !read_url(service)) {
        fprintf(stderr, "%s %s does not play\n", binary, folder);
        return 0;
    }
    return 1;
}

int golden_service_stop(struct golden_service *service)
{
    char line[4096];
    if (!service_process_stop(&service->process, line, sizeof line)) {
        fprintf(stderr, "the golden service was asked what it should not be: %s", line);
        return 0;
    }
    return 1;
}
