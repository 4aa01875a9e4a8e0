/* Starts and stops the service that plays the golden table (tests/golden/README.md). */
#ifndef GOLDEN_SERVICE_H
#define GOLDEN_SERVICE_H

#include "service_process.h"

struct golden_service {
    struct service_process process;
    char url[64]; /* the base URL of a row is this, a slash and the row's name */
};

/* 1 when it plays; 0, and a word on stderr, when it does not. */
int golden_service_start(struct golden_service *service, const char *binary, const char *folder);

/* 1 when no request came that should not have; 0, and what the service says of them on stderr, when one did. */
int golden_service_stop(struct golden_service *service);

#endif
