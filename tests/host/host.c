#include "host.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
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

static off_t bytes_written(void)
{
    struct stat stream;
    return fstat(watched_stream, &stream) == 0 ? stream.st_size : -1;
}

/* A watch that sees nothing would find nothing: it must see a byte on each descriptor. Then it starts afresh. */
static void check_the_watch(void)
{
    int sees_stdout = write(STDOUT_FILENO, "o", 1) == 1 && bytes_written() == 1;
    int sees_stderr = write(STDERR_FILENO, "e", 1) == 1 && bytes_written() == 2;
    if (!sees_stdout || !sees_stderr || ftruncate(watched_stream, 0) != 0 || lseek(watched_stream, 0, SEEK_SET) != 0) {
        fprintf(stderr, "the standard streams are not watched\n");
        exit(2);
    }
}

void standard_streams_watch(void)
{
    watched_stream = memfd_create("standard streams", MFD_CLOEXEC);
    stdout = stream_around(STDOUT_FILENO);
    stderr = stream_around(STDERR_FILENO);
    check_the_watch();
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
