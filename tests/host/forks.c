/*
 * Forks: no crossed answer, no deadlock (a child that hangs is ended by a signal), and no connection in two processes.
 *
 *   forks ECHO_SERVICE CA_FILE
 */
#include "program.h"

#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 8, CHILDREN = 12, SENDS = 3, PARENT = 0 };

/* What a child is told. A grandchild's number is its parent's plus GRANDCHILD. */
struct family {
    const so_client *client;
    int number;
    int sends;
    int has_child;
};

enum { GRANDCHILD = 1000 };

static int send_as(const struct family *member)
{
    int good = 1;
    for (int i = 0; i < member->sends; i++) {
        good &= sends_well(member->client, destination_of(member->number, 0, i));
    }
    return good;
}

static int live(void *argument)
{
    const struct family *member = argument;
    int good = send_as(member);
    if (member->has_child) {
        struct family child = {member->client, member->number + GRANDCHILD, member->sends, 0};
        pid_t grandchild = fork_child(live, &child);
        good &= send_as(member);
        good &= child_ended_well(grandchild);
    }
    return good;
}

static void a_warm_and_idle_parent_its_child_and_its_grandchild_have_a_connection_each(struct echo_service *service,
                                                                                       int protocol)
{
    so_client *client = client_of(service, protocol, "");
    struct family child = {client, 1, SENDS, 1};
    struct echo_counts before = echo_service_counts(service, protocol), after;
    check_subject = protocol == TLS ? "idle parent, TLS" : "idle parent";
    CHECK(sends_well(client, destination_of(PARENT, 0, 0)));
    CHECK(child_ended_well(fork_child(live, &child)));
    CHECK(sends_well(client, destination_of(PARENT, 0, 1)));
    after = echo_service_counts(service, protocol);
    CHECK(after.requests - before.requests == 2 + 3 * SENDS);
    CHECK(after.connections - before.connections == 3);
    CHECK(after.shared == 0);
    so_free_client(client);
}

static void parent_and_children_that_send_at_once_get_their_own_answers(struct echo_service *service, int protocol)
{
    so_client *client = client_of(service, protocol, "/slow-2");
    struct family children[CHILDREN];
    pid_t processes[CHILDREN];
    struct echo_counts before, after;
    check_subject = protocol == TLS ? "parent and children at once, TLS" : "parent and children at once";
    CHECK(sends_well(client, destination_of(PARENT, 0, 0)));
    before = echo_service_counts(service, protocol);
    for (int i = 0; i < CHILDREN; i++) {
        children[i] = (struct family){client, 100 + i, 5 * SENDS, 0};
        processes[i] = fork_child(live, &children[i]);
    }
    for (int i = 0; i < 5 * SENDS; i++) {
        CHECK(sends_well(client, destination_of(PARENT, 0, i)));
    }
    for (int i = 0; i < CHILDREN; i++) {
        CHECK(child_ended_well(processes[i]));
    }
    after = echo_service_counts(service, protocol);
    CHECK(after.connections - before.connections == CHILDREN);
    CHECK(after.shared == 0);
    so_free_client(client);
}

struct busy_thread {
    const so_client *client;
    pthread_barrier_t *all_have_begun;
    atomic_int *stop;
    int number;
    int good;
    int sends;
};

static void *send_until_told(void *argument)
{
    struct busy_thread *thread = argument;
    pthread_barrier_wait(thread->all_have_begun);
    while (thread->sends < 3 || !atomic_load(thread->stop)) {
        thread->good += sends_well(thread->client, destination_of(PARENT, thread->number, thread->sends));
        thread->sends++;
    }
    return NULL;
}

/* The same service by its name, which each process looks up for itself. */
static struct echo_service named(const struct echo_service *service)
{
    static const char address[] = "127.0.0.1", name[] = "localhost"; /* of one length */
    struct echo_service same = *service;
    for (int protocol = PLAIN; protocol < PROTOCOLS; protocol++) {
        char *host = strstr(same.urls[protocol], address);
        if (CHECK(host != NULL)) {
            memcpy(host, name, sizeof name - 1);
        }
    }
    return same;
}

static void a_fork_in_the_middle_of_eight_threads_sends_harms_nobody(struct echo_service *service, int protocol)
{
    struct echo_service by_name = named(service);
    so_client *client = client_of(&by_name, protocol, "/slow-3");
    pthread_t threads[THREADS];
    struct busy_thread busy[THREADS];
    pthread_barrier_t all_have_begun;
    atomic_int stop = 0;
    struct echo_counts before = echo_service_counts(service, protocol), after;
    check_subject = protocol == TLS ? "busy parent, TLS" : "busy parent";
    /* A fork in the middle of a lookup is another story (tests/name_server): the C library's own locks do not survive it. */
    CHECK(sends_well(client, destination_of(PARENT, THREADS, 0)));
    pthread_barrier_init(&all_have_begun, NULL, THREADS + 1);
    for (int i = 0; i < THREADS; i++) {
        busy[i] = (struct busy_thread){client, &all_have_begun, &stop, i, 0, 0};
        CHECK(pthread_create(&threads[i], NULL, send_until_told, &busy[i]) == 0);
    }
    pthread_barrier_wait(&all_have_begun);
    for (int i = 0; i < CHILDREN; i++) {
        struct family child = {client, 200 + 100 * protocol + i, SENDS, 1};
        CHECK(child_ended_well(fork_child(live, &child)));
    }
    atomic_store(&stop, 1);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK(busy[i].good == busy[i].sends);
    }
    pthread_barrier_destroy(&all_have_begun);
    after = echo_service_counts(service, protocol);
    /* Children and grandchildren one each; the parent's threads needed no more than one each all the time. */
    CHECK(after.connections - before.connections <= THREADS + 2 * CHILDREN);
    CHECK(after.connections - before.connections > 2 * CHILDREN);
    CHECK(after.shared == 0);
    so_free_client(client);
}

static void checks(struct echo_service *service)
{
    for (int protocol = PLAIN; protocol < PROTOCOLS; protocol++) {
        a_warm_and_idle_parent_its_child_and_its_grandchild_have_a_connection_each(service, protocol);
        parent_and_children_that_send_at_once_get_their_own_answers(service, protocol);
        a_fork_in_the_middle_of_eight_threads_sends_harms_nobody(service, protocol);
    }
}

int main(int argc, char **argv)
{
    return run_program("forks", argc, argv, checks);
}
