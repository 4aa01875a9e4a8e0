/*
 * Panics inside the library, asked for at chosen places of a build with the feature panic-probe (src/panic_probe.rs):
 * none ends the host or is heard of on its standard streams, and the same client goes on.
 *
 *   panics ECHO_SERVICE CA_FILE
 */
#include "program.h"

#include <pthread.h>

#include "../c/secrets.h"

enum { THREADS = 8, ROUNDS = 25 };

/* Where a call panics, what is then known of the SMS, and how many requests the service has had. */
struct place {
    const char *name;
    struct outcome (*call)(const so_client *, const char *);
    const char *text;
    int32_t delivery;
    long requests;
};

static const struct place sends[] = {
    {"a send, at the boundary", outcome_of_send, "{{code}} panic-probe-boundary", SHOUTOUT_DELIVERY_NOT_SENT, 0},
    {"a send, while the request is written", outcome_of_send, "{{code}} panic-probe-writing",
     SHOUTOUT_DELIVERY_NOT_SENT, 0},
    {"a send, while the answer is read", outcome_of_send, "{{code}} panic-probe-reading", SHOUTOUT_DELIVERY_UNKNOWN, 1},
    {"a send, at the boundary on the way back", outcome_of_send, "{{code}} panic-probe-result",
     SHOUTOUT_DELIVERY_UNKNOWN, 1},
};
static const struct place verifications[] = {
    {"a verification, at the boundary", outcome_of_verify, "panic-probe-boundary", SHOUTOUT_DELIVERY_NOT_SENT, 0},
    {"a verification, while the request is written", outcome_of_verify, "panic-probe-writing",
     SHOUTOUT_DELIVERY_NOT_SENT, 0},
    {"a verification, while the answer is read", outcome_of_verify, "panic-probe-reading", SHOUTOUT_DELIVERY_UNKNOWN, 1},
};
enum { SENDS = sizeof sends / sizeof *sends, VERIFICATIONS = sizeof verifications / sizeof *verifications };

/* The send before it has left whole: what that noted on this thread must not be taken for the panicking call's. */
static void a_panic_is_a_status_and_the_client_goes_on(struct echo_service *service, int protocol,
                                                       const struct place *place)
{
    so_client *client = client_of(service, protocol, "");
    struct outcome outcome;
    long before;
    check_subject = place->name;
    CHECK(sends_well(client, destination_of(0, 0, 0)));
    before = echo_service_counts(service, protocol).requests;
    outcome = place->call(client, place->text);
    CHECK(outcome.status == SHOUTOUT_INTERNAL_ERROR);
    CHECK(outcome.delivery == place->delivery);
    CHECK(echo_service_counts(service, protocol).requests - before == place->requests);
    CHECK(sends_well(client, destination_of(0, 0, 1)));
    so_free_client(client);
}

/* No client comes of it; the same options still make one. */
static void a_panic_while_a_client_is_made_is_a_status(const struct echo_service *service)
{
    so_options *options = so_options_new();
    so_client *client = NULL;
    so_error *error = NULL;
    check_subject = "a client that is made";
    CHECK(so_options_set_base_url(options, service->urls[PLAIN]) == SHOUTOUT_OK);
    CHECK(so_client_new("panic-probe-boundary", options, &client, &error) == SHOUTOUT_INTERNAL_ERROR);
    CHECK(client == NULL);
    CHECK(so_error_status(error) == SHOUTOUT_INTERNAL_ERROR);
    CHECK(so_error_delivery(error) == SHOUTOUT_DELIVERY_NOT_SENT);
    CHECK(error != NULL && strstr(so_error_message(error), "Nothing was sent") != NULL);
    so_free_error(error);
    CHECK(so_client_new("host.test.key", options, &client, NULL) == SHOUTOUT_OK);
    CHECK(sends_well(client, destination_of(0, 0, 0)));
    so_free_client(client);
    so_free_options(options);
}

/* Whatever was written when the panic came. */
static void a_panic_leaves_no_key_behind(const struct echo_service *service, int protocol, const struct place *place)
{
    char key[SECRET_LENGTH + 1];
    so_options *options = so_options_new();
    so_client *client = NULL;
    check_subject = place->name;
    secrets_renew();
    secret_write_out(KEY, key);
    CHECK(so_options_set_base_url(options, service->urls[protocol]) == SHOUTOUT_OK);
    CHECK(so_options_set_ca_file(options, service->ca_file) == SHOUTOUT_OK);
    CHECK(so_client_new(key, options, &client, NULL) == SHOUTOUT_OK);
    so_free_options(options);
    secret_wipe(key);
    CHECK(place->call(client, place->text).status == SHOUTOUT_INTERNAL_ERROR);
    CHECK(copies_of(KEY) > 0);
    so_free_client(client);
    CHECK(copies_of(KEY) == 0);
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
        const char *content = sends[(sender->number + i) % SENDS].text;
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

static void checks(struct echo_service *service)
{
    a_panic_in_a_name_lookup_is_a_status();
    a_panic_while_a_client_is_made_is_a_status(service);
    for (int protocol = PLAIN; protocol < PROTOCOLS; protocol++) {
        for (int i = 0; i < SENDS; i++) {
            a_panic_is_a_status_and_the_client_goes_on(service, protocol, &sends[i]);
            if (!UNDER_SANITIZER) {
                a_panic_leaves_no_key_behind(service, protocol, &sends[i]);
            }
        }
        for (int i = 0; i < VERIFICATIONS; i++) {
            a_panic_is_a_status_and_the_client_goes_on(service, protocol, &verifications[i]);
        }
        panics_of_one_thread_harm_no_other_and_leave_nothing_behind(service, protocol);
    }
}

int main(int argc, char **argv)
{
    return run_program("panics", argc, argv, checks);
}
