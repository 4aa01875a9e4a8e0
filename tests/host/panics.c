/*
 * Panics inside the library, asked for at chosen places of a build with the feature panic-probe (src/panic_probe.rs):
 * none ends the host or is heard of on its standard streams, and the same client goes on.
 *
 *   panics ECHO_SERVICE CA_FILE
 */
#include "host.h"

#include <pthread.h>

#include "../c/check.h"

enum { THREADS = 8, ROUNDS = 25 };

/* Where it panics, what is then known of the SMS, and how many requests the service has had. */
static const struct place {
    const char *name;
    const char *content;
    int32_t delivery;
    long requests;
} places[] = {
    {"at the boundary", "{{code}} panic-probe-boundary", SHOUTOUT_DELIVERY_UNKNOWN, 0},
    {"while the request is written", "{{code}} panic-probe-writing", SHOUTOUT_DELIVERY_NOT_SENT, 0},
    {"while the answer is read", "{{code}} panic-probe-reading", SHOUTOUT_DELIVERY_UNKNOWN, 1},
};
enum { PLACES = sizeof places / sizeof *places };

static void a_panic_is_a_status_and_the_client_goes_on(struct echo_service *service, int protocol)
{
    so_client *client = client_of(service, protocol, "");
    for (int i = 0; i < PLACES; i++) {
        struct outcome outcome;
        long before;
        check_subject = places[i].name;
        CHECK(sends_well(client, destination_of(0, 0, 0)));
        before = echo_service_counts(service, protocol).requests;
        outcome = outcome_of_send(client, places[i].content);
        CHECK(outcome.status == SHOUTOUT_INTERNAL_ERROR);
        CHECK(outcome.delivery == places[i].delivery);
        CHECK(echo_service_counts(service, protocol).requests - before == places[i].requests);
        CHECK(sends_well(client, destination_of(0, 0, 1)));
    }
    so_free_client(client);
}

/* The thread is the library's own: its caller is told that there is no address for now. */
static void a_panic_in_a_name_lookup_is_a_status(void)
{
    so_client *client = client_of_url("http://panic-probe-lookup.invalid:1");
    struct outcome outcome = outcome_of_send(client, CONTENT);
    check_subject = "in the thread of a name lookup";
    CHECK(outcome.status == SHOUTOUT_RESOLVE_FAILED);
    CHECK(outcome.delivery == SHOUTOUT_DELIVERY_NOT_SENT);
    so_free_client(client);
}

struct sender {
    const so_client *client;
    int number;
    int good;
};

static void *send_and_panic_in_turn(void *argument)
{
    struct sender *sender = argument;
    for (int i = 0; i < ROUNDS; i++) {
        const char *content = places[(sender->number + i) % PLACES].content;
        sender->good += outcome_of_send(sender->client, content).status == SHOUTOUT_INTERNAL_ERROR;
        sender->good += sends_well(sender->client, destination_of(0, sender->number, i));
    }
    return NULL;
}

static void panics_of_one_thread_harm_no_other_and_leave_nothing_behind(struct echo_service *service, int protocol)
{
    so_client *client = client_of(service, protocol, "/slow-1");
    pthread_t threads[THREADS];
    struct sender senders[THREADS];
    int descriptors = open_descriptors();
    check_subject = "panics in eight threads";
    for (int i = 0; i < THREADS; i++) {
        senders[i] = (struct sender){client, i, 0};
        CHECK(pthread_create(&threads[i], NULL, send_and_panic_in_turn, &senders[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK(senders[i].good == 2 * ROUNDS);
    }
    /* A kept connection for each thread at most; the panics' own are gone. */
    CHECK(open_descriptors() <= descriptors + THREADS);
    so_free_client(client);
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
    a_panic_in_a_name_lookup_is_a_status();
    for (int protocol = PLAIN; protocol < PROTOCOLS; protocol++) {
        a_panic_is_a_status_and_the_client_goes_on(&service, protocol);
        panics_of_one_thread_harm_no_other_and_leave_nothing_behind(&service, protocol);
    }
    check_subject = "the standard streams";
    CHECK(standard_streams_are_empty());
    CHECK(echo_service_stop(&service));
    return check_summary("panics");
}
