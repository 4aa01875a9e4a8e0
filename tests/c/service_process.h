/* A service of tests/stub-service as a process of its own: it says one line when it is ready, and plays until its standard
 * input is closed, so that it never outlives the test. */
#ifndef SERVICE_PROCESS_H
#define SERVICE_PROCESS_H

#include <stdio.h>
#include <sys/types.h>

struct service_process {
    pid_t process;
    int input;   /* its standard input */
    FILE *words; /* its standard output */
};

/* 1 when it runs; 0, and a word on stderr, when it does not. */
int service_process_start(struct service_process *service, const char *binary, const char *argument);

/* Closes its input, reads its last line, and waits for it: 1 when it ended well. */
int service_process_stop(struct service_process *service, char *last_line, int size);

#endif
