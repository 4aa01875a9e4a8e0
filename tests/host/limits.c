/*
 * A host at its limits: no thread more, no descriptor more.
 *
 *   limits ECHO_SERVICE CA_FILE
 */
#include "program.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/resource.h>

enum { NOBODY = 65534, MOST_DESCRIPTORS = 256 };

static void set_soft_limit(__rlimit_resource_t resource, rlim_t most)
{
    struct rlimit limit;
    CHECK(getrlimit(resource, &limit) == 0);
    limit.rlim_cur = most < limit.rlim_max ? most : limit.rlim_max;
    CHECK(setrlimit(resource, &limit) == 0);
}

/* The limit on threads does not bind root. */
static void become_nobody(void)
{
    if (geteuid() == 0) {
        CHECK(setgroups(0, NULL) == 0 && setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
    }
}

struct clients {
    const so_client *by_name;
    const so_client *by_address;
};

static int send_without_threads(void *argument)
{
    const struct clients *clients = argument;
    struct outcome outcome;
    become_nobody();
    set_soft_limit(RLIMIT_NPROC, 0);
    outcome = outcome_of_send(clients->by_name, CONTENT);
    CHECK(outcome.status == SHOUTOUT_INTERNAL_ERROR);
    CHECK(outcome.delivery == SHOUTOUT_DELIVERY_NOT_SENT);
    CHECK(outcome.seconds < 2);
    CHECK(sends_well(clients->by_address, destination_of(1, 0, 0)));
    set_soft_limit(RLIMIT_NPROC, RLIM_INFINITY);
    CHECK(sends_well(clients->by_name, destination_of(1, 0, 1)));
    return checks_failed == 0;
}

static void without_threads_a_name_is_an_error_and_an_address_works(struct echo_service *service)
{
    so_client *by_name = client_by_name(service, PLAIN, ""), *by_address = client_of(service, PLAIN, "");
    struct clients clients = {by_name, by_address};
    check_subject = "RLIMIT_NPROC exhausted";
    CHECK(child_ended_well(fork_child(send_without_threads, &clients)));
    CHECK(echo_service_counts(service, PLAIN).requests == 2);
    so_free_client(by_address);
    so_free_client(by_name);
}

static int take_all_descriptors(int *taken)
{
    int count = 0;
    while (count < MOST_DESCRIPTORS && (taken[count] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0) {
        count++;
    }
    return count;
}

/* Nothing was sent, and the message names what is missing; it sends nobody to look at the network. */
static void too_many_open_files(const so_client *client, so_status status, so_status or_status)
{
    struct outcome outcome = outcome_of_send(client, CONTENT);
    int is_said = strcasestr(outcome.message, "too many open files") != NULL;
    int misleads = strstr(outcome.message, "firewall") != NULL || strstr(outcome.message, "name resolution") != NULL;
    CHECK(outcome.status == status || outcome.status == or_status);
    CHECK(outcome.delivery == SHOUTOUT_DELIVERY_NOT_SENT);
    if (!CHECK(is_said) || !CHECK(!misleads)) {
        fprintf(stderr, "    got    %s\n", outcome.message);
    }
}

/* The service's own pipes and the standard streams need no new descriptor. */
static void without_descriptors_nothing_is_sent_until_there_are_some_again(struct echo_service *service)
{
    int taken[MOST_DESCRIPTORS], count;
    so_client *fresh = client_of(service, TLS, ""), *kept = client_of(service, PLAIN, "");
    so_client *by_name = client_by_name(service, PLAIN, ""), *by_known_name = client_by_name(service, TLS, "");
    struct rlimit before;
    check_subject = "RLIMIT_NOFILE exhausted";
    CHECK(sends_well(kept, destination_of(0, 0, 0)));
    getrlimit(RLIMIT_NOFILE, &before);
    set_soft_limit(RLIMIT_NOFILE, MOST_DESCRIPTORS);
    count = take_all_descriptors(taken);
    CHECK(count > 0 && count < MOST_DESCRIPTORS);

    too_many_open_files(fresh, SHOUTOUT_CONNECT_FAILED, SHOUTOUT_CONNECT_FAILED);
    check_subject = "RLIMIT_NOFILE exhausted, a name that is not looked up yet";
    too_many_open_files(by_name, SHOUTOUT_RESOLVE_FAILED, SHOUTOUT_RESOLVE_FAILED);
    CHECK(sends_well(kept, destination_of(0, 0, 1)));
    CHECK(echo_service_counts(service, TLS).requests == 0);

    while (count > 0) {
        close(taken[--count]);
    }
    CHECK(sends_well(fresh, destination_of(0, 0, 2)));
    CHECK(sends_well(by_name, destination_of(0, 0, 3)));

    check_subject = "RLIMIT_NOFILE exhausted, a name that is looked up already";
    count = take_all_descriptors(taken);
    /* A retry may ask for the name once more. */
    too_many_open_files(by_known_name, SHOUTOUT_CONNECT_FAILED, SHOUTOUT_RESOLVE_FAILED);
    while (count > 0) {
        close(taken[--count]);
    }
    CHECK(sends_well(by_known_name, destination_of(0, 0, 4)));
    setrlimit(RLIMIT_NOFILE, &before);
    so_free_client(kept);
    so_free_client(by_known_name);
    so_free_client(by_name);
    so_free_client(fresh);
}

static void checks(struct echo_service *service)
{
    without_threads_a_name_is_an_error_and_an_address_works(service);
    without_descriptors_nothing_is_sent_until_there_are_some_again(service);
}

int main(int argc, char **argv)
{
    return run_program("limits", argc, argv, checks);
}
