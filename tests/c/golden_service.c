#define _POSIX_C_SOURCE 200809L

#include "golden_service.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Replaces the forked child by the service. */
static void become_service(const int input[2], const int output[2], const char *binary, const char *folder)
{
    dup2(input[0], STDIN_FILENO);
    dup2(output[1], STDOUT_FILENO);
    /* An inherited writing end of its own input would keep the service from ever seeing that input end. */
    close(input[0]);
    close(input[1]);
    close(output[0]);
    close(output[1]);
    execl(binary, binary, folder, (char *)NULL);
    perror(binary);
    _exit(127);
}

/* The value of {"url":"..."}: the only line that the service prints before it is asked to stop. */
static int read_url(struct golden_service *service)
{
    char line[128];
    if (fgets(line, sizeof line, service->words) == NULL) {
        return 0;
    }
    return sscanf(line, "{\"url\":\"%63[^\"]\"}", service->url) == 1;
}

int golden_service_start(struct golden_service *service, const char *binary, const char *folder)
{
    int input[2];
    int output[2];
    if (pipe(input) != 0 || pipe(output) != 0) {
        perror("pipe");
        return 0;
    }
    service->process = fork();
    if (service->process == 0) {
        become_service(input, output, binary, folder);
    }
    close(input[0]);
    close(output[1]);
    service->until_closed = input[1];
    service->words = fdopen(output[0], "r");
    if (service->process < 0 || service->words == NULL || !read_url(service)) {
        fprintf(stderr, "%s %s does not play\n", binary, folder);
        return 0;
    }
    return 1;
}

int golden_service_stop(struct golden_service *service)
{
    char line[4096] = "";
    int status = -1;
    close(service->until_closed);
    if (fgets(line, sizeof line, service->words) == NULL) {
        fputs("the golden service said nothing at its end\n", stderr);
    }
    fclose(service->words);
    waitpid(service->process, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "the golden service was asked what it should not be: %s", line);
        return 0;
    }
    return 1;
}
