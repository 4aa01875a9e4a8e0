/*
 * Threads of the host: many on one client, and many that end at once.
 *
 *   threads ECHO_SERVICE CA_FILE
 */
#include "program.h"

#include <pthread.h>

enum { THREADS = 64, SENDS = 10, SHORT_THREADS = 500 };

struct sender {
    const so_client *client;
    int number;
    int sends;
    int good;
};

static void *send_all(void *argument)
{
    struct sender *sender = argument;
    for (int i = 0; i < sender->sends; i++) {
        sender->good += sends_well(sender->client, destination_of(1, sender->number, i));
    }
    return NULL;
}

static void each_of_64_threads_on_one_client_gets_its_own_answers(struct echo_service *service, int protocol)
{
    /* The delay keeps all of them in the middle of a send at once. */
    so_client *client = client_of(service, protocol, "/slow-5");
    pthread_t threads[THREADS];
    struct sender senders[THREADS];
    struct echo_counts counts;
    check_subject = protocol == TLS ? "64 threads, TLS" : "64 threads";
    for (int i = 0; i < THREADS; i++) {
        senders[i] = (struct sender){client, i, SENDS, 0};
        CHECK(pthread_create(&threads[i], NULL, send_all, &senders[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK(senders[i].good == SENDS);
    }
    counts = echo_service_counts(service, protocol);
    CHECK(counts.requests == THREADS * SENDS);
    CHECK(counts.connections <= THREADS);
    so_free_client(client);
}

static void run_a_short_thread(const so_client *client, int number)
{
    pthread_t thread;
    struct sender sender = {client, 0, 1, 0};
    sender.number = number;
    CHECK(pthread_create(&thread, NULL, send_all, &sender) == 0);
    pthread_join(thread, NULL);
    CHECK(sender.good == 1);
}

static void threads_that_end_after_one_send_leave_nothing_behind(struct echo_service *service, int protocol)
{
    so_client *client = client_of(service, protocol, "");
    long connections;
    int descriptors, mappings;
    check_subject = protocol == TLS ? "short threads, TLS" : "short threads";
    /* The first ones fill the C library's caches of thread stacks and arenas. */
    for (int i = 0; i < 10; i++) {
        run_a_short_thread(client, i);
    }
    descriptors = open_descriptors();
    mappings = memory_mappings();
    connections = echo_service_counts(service, protocol).connections;
    for (int i = 0; i < SHORT_THREADS; i++) {
        run_a_short_thread(client, i);
    }
    CHECK(echo_service_counts(service, protocol).connections == connections);
    CHECK(open_descriptors() == descriptors);
    CHECK(is_single_threaded());
    CHECK(UNDER_SANITIZER || memory_mappings() <= mappings + 2);
    so_free_client(client);
}

static void checks(struct echo_service *service)
{
    for (int protocol = PLAIN; protocol < PROTOCOLS; protocol++) {
        each_of_64_threads_on_one_client_gets_its_own_answers(service, protocol);
        threads_that_end_after_one_send_leave_nothing_behind(service, protocol);
    }
}

int main(int argc, char **argv)
{
    return run_program("threads", argc, argv, checks);
}
