#define _GNU_SOURCE

#include "service_process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Replaces the forked child by the service. The pipes close by themselves: an inherited writing end of its own input
 * would keep the service from ever seeing that input end. */
static void become_service(int input, int output, const char *binary, const char *argument)
{
    dup2(input, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    execl(binary, binary, argument, (char *)NULL);
    perror(binary);
    _exit(127);
}

int service_process_start(struct service_process *service, const char *binary, const char *argument)
{
    int input[2];
    int output[2];
    if (pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0) {
        perror("pipe2");
        return 0;
    }
    service->process = fork();
    if (service->process == 0) {
        become_service(input[0], output[1], binary, argument);
    }
    close(input[0]);
    close(output[1]);
    service->input = input[1];
    service->words = fdopen(output[0], "r");
    return service->process > 0 && service->words != NULL;
}

int service_process_stop(struct service_process *service, char *last_line, int size)
{
    int status = -1;
    close(service->input);
    last_line[0] = '\0';
    if (fgets(last_line, size, service->words) == NULL) {
        fputs("the service said nothing at its end\n", stderr);
    }
    fclose(service->words);
    waitpid(service->process, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
