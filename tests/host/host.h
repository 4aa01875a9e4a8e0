/* What the programs of this folder share: a service that echoes, a send that is checked, a forked child that cannot
 * hang, and what a process may grow. To be included before every other header. */
#ifndef HOST_H
#define HOST_H

#define _GNU_SOURCE

#include <stdint.h>
#include <unistd.h>

#include <shoutout_otp.h>

#include "../c/echo_service.h"

#define SOURCE "ShoutDEMO"
#define CONTENT "Your code is {{code}}"

#if defined(__SANITIZE_ADDRESS__)
#define UNDER_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define UNDER_SANITIZER 1
#endif
#endif
#ifndef UNDER_SANITIZER
#define UNDER_SANITIZER 0
#endif

/* From here on nothing may be written to the descriptors of the standard streams; what the program itself says through
 * stdout and stderr goes around them. */
void standard_streams_watch(void);
/* 1 when nothing was written since. */
int standard_streams_are_empty(void);

/* A client of the service; a path such as "/slow-50" delays the answers. */
so_client *client_of(const struct echo_service *service, int protocol, const char *path);
/* The same, which knows the service's host as "localhost". */
so_client *client_by_name(const struct echo_service *service, int protocol, const char *path);
/* A client of any service, which tries once. */
so_client *client_of_url(const char *url);
/* The same with an authority to trust and another timeout. */
so_client *client_with_timeout(const char *url, const char *ca_file, uint32_t timeout_ms);

/* A destination that names its process (up to 99999), thread and number; the service tells processes apart by it. */
struct destination {
    char digits[16];
};
struct destination destination_of(int process, int thread, int number);

/* Sends, and says whether the answer was this send's own; a word on stderr when it was not. */
int sends_well(const so_client *client, struct destination destination);

/* What became of a call that may fail. */
struct outcome {
    so_status status;
    int32_t delivery; /* 0 where it succeeded */
    double seconds;
    char message[1024]; /* "" where it succeeded */
};
struct outcome outcome_of_send(const so_client *client, const char *content);
struct outcome outcome_of_verify(const so_client *client, const char *code);

/* Runs the body in a forked child, which a signal ends if it hangs. The body says whether all was well. */
pid_t fork_child(int (*body)(void *), void *argument);
int child_ended_well(pid_t child);

/* What this process holds; -1 when it cannot be told. */
int open_descriptors(void);
int memory_mappings(void);
/* Whether all threads but the calling one are gone, or go within seconds. */
int is_single_threaded(void);

double seconds_now(void);

#endif
