/*
 * The environment: a host may change it in one thread while another sends, which is safe only if no send looks at it.
 *
 *   environment ECHO_SERVICE CA_FILE
 */
#include "host.h"

#include <stdatomic.h>
#include <string.h>

#include "../c/check.h"

static atomic_int looks;

/* These stand before the C library's own, for the library too. */
static char *look_up(const char *name)
{
    size_t length = strlen(name);
    atomic_fetch_add(&looks, 1);
    for (char **entry = environ; *entry != NULL; entry++) {
        if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=') {
            return *entry + length + 1;
        }
    }
    return NULL;
}

char *getenv(const char *name)
{
    return look_up(name);
}

char *secure_getenv(const char *name)
{
    return look_up(name);
}

static int send_from_a_child(void *argument)
{
    const so_client *client = argument;
    CHECK(sends_well(client, destination_of(1, 0, 0)));
    CHECK(atomic_load(&looks) == 0);
    return checks_failed == 0;
}

static void no_send_looks_at_the_environment(const struct echo_service *service)
{
    char url[64];
    so_client *clients[3];
    snprintf(url, sizeof url, "http://localhost:%s", strrchr(service->urls[PLAIN], ':') + 1);
    clients[0] = client_of(service, PLAIN, "");
    clients[1] = client_of(service, TLS, "");
    clients[2] = client_of_url(url);
    check_subject = "making a client: its look at the environment must be seen here";
    CHECK(atomic_load(&looks) > 0);

    check_subject = "the first and the second send of each client";
    atomic_store(&looks, 0);
    for (int i = 0; i < 6; i++) {
        CHECK(sends_well(clients[i % 3], destination_of(0, 0, i)));
        CHECK(atomic_load(&looks) == 0);
    }
    check_subject = "another client with the same authorities and proxy";
    so_free_client(client_of(service, TLS, ""));
    CHECK(atomic_load(&looks) == 0);
    check_subject = "a child's first send";
    CHECK(child_ended_well(fork_child(send_from_a_child, clients[1])));
    for (int i = 0; i < 3; i++) {
        so_free_client(clients[i]);
    }
}

int main(int argc, char **argv)
{
    struct echo_service service;
    if (argc != 3) {
        fprintf(stderr, "usage: %s ECHO_SERVICE CA_FILE\n", argv[0]);
        return 2;
    }
    echo_service_start(&service, argv[1], argv[2]);
    standard_streams_watch();
    no_send_looks_at_the_environment(&service);
    check_subject = "the standard streams";
    CHECK(standard_streams_are_empty());
    CHECK(echo_service_stop(&service));
    return check_summary("environment");
}
