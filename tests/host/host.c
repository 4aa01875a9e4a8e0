#include "host.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

enum { PATIENCE_SECONDS = 60 };

static int watched_stream = -1;

/* The descriptor of a standard stream is the watched one from now on; gives the stream to what it was. */
static FILE *stream_around(int descriptor)
{
    FILE *around = fdopen(dup(descriptor), "w");
    if (around == NULL || dup2(watched_stream, descriptor) != descriptor) {
        abort();
    }
    setvbuf(around, NULL, _IOLBF, BUFSIZ);
    return around;
}

void standard_streams_watch(void)
{
    watched_stream = memfd_create("standard streams", MFD_CLOEXEC);
    stdout = stream_around(STDOUT_FILENO);
    stderr = stream_around(STDERR_FILENO);
}

int standard_streams_are_empty(void)
{
    char text[512];
    ssize_t length = pread(watched_stream, text, sizeof text, 0);
    if (length > 0) {
        fprintf(stderr, "somebody wrote: %.*s\n", (int)length, text);
    }
    return length == 0;
}

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

pid_t fork_child(int (*body)(void *), void *argument)
{
    pid_t child = fork();
    if (child == 0) {
        alarm(PATIENCE_SECONDS);
        _exit(body(argument) ? 0 : 1);
    }
    return child;
}

int child_ended_well(pid_t child)
{
    int status = -1;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) {
        fprintf(stderr, "a child was ended by the signal %d\n", WTERMSIG(status));
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int entries_of(const char *path)
{
    DIR *folder = opendir(path);
    int count = 0;
    if (folder == NULL) {
        return -1;
    }
    while (readdir(folder) != NULL) {
        count++;
    }
    closedir(folder);
    return count;
}

int open_descriptors(void)
{
    return entries_of("/proc/self/fd");
}

/* The kernel may list a thread for a moment longer than it can be joined. */
int is_single_threaded(void)
{
    enum { ITSELF_AND_TWO_DOTS = 3, PATIENCE_MILLISECONDS = 5000 };
    const struct timespec millisecond = {0, 1000000};
    for (int i = 0; i < PATIENCE_MILLISECONDS; i++) {
        if (entries_of("/proc/self/task") == ITSELF_AND_TWO_DOTS) {
            return 1;
        }
        nanosleep(&millisecond, NULL);
    }
    return 0;
}

int memory_mappings(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    int count = 0;
    int letter;
    if (maps == NULL) {
        return -1;
    }
    while ((letter = getc(maps)) != EOF) {
        count += letter == '\n';
    }
    fclose(maps);
    return count;
}

double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
