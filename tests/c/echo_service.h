/* Starts and stops the service that answers with the destination (tests/stub-service/src/bin/echo-service.rs). */
#ifndef ECHO_SERVICE_H
#define ECHO_SERVICE_H

#include "service_process.h"

/* The protocols, as indexes. */
enum { PLAIN, TLS, PROTOCOLS };

struct echo_service {
    struct service_process process;
    char urls[PROTOCOLS][64];
    const char *ca_file;
};

struct echo_counts {
    long connections;
    long requests;
    long shared; /* connections that carried sends of more than one process */
};

/* Ends the program when the service cannot be started. */
void echo_service_start(struct echo_service *service, const char *binary, const char *ca_file);
int echo_service_stop(struct echo_service *service);
/* What came since the start. */
struct echo_counts echo_service_counts(struct echo_service *service, int protocol);

#endif
