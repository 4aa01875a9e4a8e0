#define _GNU_SOURCE

#include "echo_service.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void echo_service_start(struct echo_service *service, const char *binary, const char *ca_file)
{
    char line[256];
    service->ca_file = ca_file;
    if (!service_process_start(&service->process, binary, ca_file) ||
        fgets(line, sizeof line, service->process.words) == NULL ||
        sscanf(line, "{\"tls_url\":\"%63[^\"]\",\"url\":\"%63[^\"]\"}", service->urls[TLS], service->urls[PLAIN]) != 2) {
        fprintf(stderr, "%s %s does not serve\n", binary, ca_file);
        exit(2);
    }
}

int echo_service_stop(struct echo_service *service)
{
    char line[256];
    return service_process_stop(&service->process, line, sizeof line);
}

struct echo_counts echo_service_counts(struct echo_service *service, int protocol)
{
    static const char *const names[] = {"\"plain\":", "\"tls\":"};
    struct echo_counts counts = {-1, -1, -1};
    char line[256] = "";
    const char *part = NULL;
    if (write(service->process.input, "\n", 1) == 1 && fgets(line, sizeof line, service->process.words) != NULL) {
        part = strstr(line, names[protocol]);
    }
    if (part == NULL || sscanf(strchr(part, '{'), "{\"connections\":%ld,\"requests\":%ld,\"shared\":%ld}",
                               &counts.connections, &counts.requests, &counts.shared) != 3) {
        fprintf(stderr, "the service gives no counts: %s\n", line);
        exit(2);
    }
    return counts;
}
