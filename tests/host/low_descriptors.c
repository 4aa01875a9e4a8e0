/*
 * A host that has closed its standard streams, as daemons do: the library leaves the descriptors 0, 1 and 2 alone. A host
 * that then writes to its standard error would write into a connection.
 *
 *   low_descriptors ECHO_SERVICE CA_FILE
 */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>

/* Long enough to look at a process whose request is under way. */
#define SLOWLY "/slow-300"

struct host {
    struct echo_service *service;
    int protocol;
    const so_client *client;
};

struct sender {
    const so_client *client;
    int number;
    int good;
    atomic_int has_ended;
};

static void *send_once(void *argument)
{
    struct sender *sender = argument;
    sender->good = sends_well(sender->client, destination_of(1, 0, sender->number));
    atomic_store(&sender->has_ended, 1);
    return NULL;
}

static int low_descriptors_are_free(void)
{
    int are_free = 1;
    for (int descriptor = 0; descriptor <= STDERR_FILENO; descriptor++) {
        are_free &= fcntl(descriptor, F_GETFD) == -1 && errno == EBADF;
    }
    return are_free;
}

/* Looks while the service has the request and has not answered yet, and once more afterwards. */
static void leaves_low_descriptors_alone(const struct host *host, int number)
{
    struct sender sender = {host->client, number, 0, 0};
    pthread_t thread;
    long before = echo_service_counts(host->service, host->protocol).requests;
    int were_free;
    CHECK(low_descriptors_are_free());
    CHECK(pthread_create(&thread, NULL, send_once, &sender) == 0);
    while (!atomic_load(&sender.has_ended) && echo_service_counts(host->service, host->protocol).requests == before) {
    }
    were_free = low_descriptors_are_free();
    CHECK(!atomic_load(&sender.has_ended));
    CHECK(were_free);
    pthread_join(thread, NULL);
    CHECK(sender.good);
    CHECK(low_descriptors_are_free());
}

static int send_without_standard_streams(void *argument)
{
    const struct host *host = argument;
    long before = echo_service_counts(host->service, host->protocol).connections;
    int failed_before = checks_failed;
    for (int descriptor = 0; descriptor <= STDERR_FILENO; descriptor++) {
        close(descriptor);
    }
    leaves_low_descriptors_alone(host, 0);
    check_subject = "the same on a kept connection";
    leaves_low_descriptors_alone(host, 1);
    CHECK(echo_service_counts(host->service, host->protocol).connections - before == 1);
    return checks_failed == failed_before;
}

static void the_library_takes_no_low_descriptor(struct echo_service *service, int protocol)
{
    so_client *by_address = client_of(service, protocol, SLOWLY), *by_name = client_by_name(service, protocol, SLOWLY);
    struct host host = {service, protocol, by_address};
    check_subject = protocol == TLS ? "by address, TLS" : "by address";
    CHECK(child_ended_well(fork_child(send_without_standard_streams, &host)));
    host.client = by_name;
    check_subject = protocol == TLS ? "by name, TLS" : "by name";
    CHECK(child_ended_well(fork_child(send_without_standard_streams, &host)));
    so_free_client(by_name);
    so_free_client(by_address);
}

static void checks(struct echo_service *service)
{
    for (int protocol = PLAIN; protocol < PROTOCOLS; protocol++) {
        the_library_takes_no_low_descriptor(service, protocol);
    }
}

int main(int argc, char **argv)
{
    return run_program("low_descriptors", argc, argv, checks);
}
