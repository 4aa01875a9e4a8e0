/* What every program of this folder does around its own checks. For the one source file that holds main(), as check.h. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "host.h"

#include "../c/check.h"

/* Runs the checks against an echo service, PROGRAM ECHO_SERVICE CA_FILE, and looks that nothing was written to the standard
 * streams meanwhile. Gives the exit status. */
static int run_program(const char *name, int argc, char **argv, void (*checks)(struct echo_service *))
{
    struct echo_service service;
    if (argc != 3) {
        fprintf(stderr, "usage: %s ECHO_SERVICE CA_FILE\n", argv[0]);
        return 2;
    }
    echo_service_start(&service, argv[1], argv[2]);
    standard_streams_watch();
    checks(&service);
    check_subject = "the standard streams";
    CHECK(standard_streams_are_empty());
    CHECK(echo_service_stop(&service));
    return check_summary(name);
}

#endif
