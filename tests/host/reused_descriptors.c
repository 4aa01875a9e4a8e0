/*
 * A descriptor of the library that the host has closed by mistake, and that something else of the host has now. That breaks
 * the connection, but a send still ends in time, and is never sent twice.
 *
 *   reused_descriptors ECHO_SERVICE CA_FILE
 */
#include "program.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { TIMEOUT_MS = 300, LATE_MS = 100, TURNS = 3, PATIENCE_SECONDS = 10, MOST_DESCRIPTORS = 1024 };

/* What has the descriptor now. */
enum use {
    NOTHING,
    SOCKET,
    FULL_SOCKET,
    SOCKET_WITH_AN_ANSWER,
    READING_END,
    FULL_WRITING_END,
    USES
};

static const char *const names[USES] = {
    "nothing",
    "a blocking socket",
    "a blocking socket that takes no more",
    "a blocking socket with an answer to somebody else",
    "the reading end of a pipe",
    "the writing end of a pipe that takes no more",
};

struct host {
    struct echo_service *service;
    int protocol;
    enum use use;
};

/* The library's connection to the service; -1 where there is none. */
static int kept_connection(const struct host *host)
{
    long port = strtol(strrchr(host->service->urls[host->protocol], ':') + 1, NULL, 10);
    for (int descriptor = 0; descriptor < MOST_DESCRIPTORS; descriptor++) {
        struct sockaddr_in peer;
        socklen_t length = sizeof peer;
        if (getpeername(descriptor, (struct sockaddr *)&peer, &length) == 0 && peer.sin_family == AF_INET &&
            ntohs(peer.sin_port) == port) {
            return descriptor;
        }
    }
    return -1;
}

static void fill(int descriptor)
{
    static const char bytes[4096];
    int flags = fcntl(descriptor, F_GETFL);
    fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
    while (write(descriptor, bytes, sizeof bytes) > 0) {
    }
    while (write(descriptor, bytes, 1) > 0) {
    }
    fcntl(descriptor, F_SETFL, flags);
}

static void say_an_answer(int descriptor)
{
    static const char answer[] = "HTTP/1.1 200 \r\ncontent-length: 62\r\n\r\n"
                                 "{\"referenceId\":\"of-another\",\"messageResult\":{\"status\":\"1001\"}}";
    CHECK(write(descriptor, answer, sizeof answer - 1) == (ssize_t)(sizeof answer - 1));
}

/* Gives the descriptor to something else; the other end stays open. */
static void reuse(int descriptor, enum use use)
{
    int ends[2];
    int is_pipe = use == READING_END || use == FULL_WRITING_END;
    if (use == NOTHING) {
        close(descriptor);
        return;
    }
    if ((is_pipe ? pipe(ends) : socketpair(AF_UNIX, SOCK_STREAM, 0, ends)) != 0) {
        abort();
    }
    if (use == FULL_WRITING_END) {
        int reading_end = ends[0];
        ends[0] = ends[1];
        ends[1] = reading_end;
    }
    CHECK(dup2(ends[0], descriptor) == descriptor);
    close(ends[0]);
    if (use == FULL_SOCKET || use == FULL_WRITING_END) {
        fill(descriptor);
    }
    if (use == SOCKET_WITH_AN_ANSWER) {
        say_an_answer(ends[1]);
    }
}

/* Whether the send was in time. */
static int send_on_a_reused_descriptor(const struct host *host, const so_client *client, int turn)
{
    struct outcome outcome;
    long before, arrived;
    int descriptor;
    CHECK(sends_well(client, destination_of(1, 0, 2 * turn)));
    descriptor = kept_connection(host);
    if (!CHECK(descriptor >= 0)) {
        return 1;
    }
    reuse(descriptor, host->use);
    before = echo_service_counts(host->service, host->protocol).requests;
    outcome = outcome_of_send(client, CONTENT);
    arrived = echo_service_counts(host->service, host->protocol).requests - before;
    CHECK(arrived <= 1);
    CHECK(outcome.status != SHOUTOUT_OK || arrived == 1);
    CHECK(outcome.delivery != SHOUTOUT_DELIVERY_NOT_SENT || arrived == 0);
    CHECK(sends_well(client, destination_of(1, 0, 2 * turn + 1)));
    return outcome.seconds * 1000 <= TIMEOUT_MS + LATE_MS;
}

/* A machine that is busy may be late; the library would be late each time. */
static int send_until_one_is_in_time(void *argument)
{
    const struct host *host = argument;
    so_client *client =
        client_with_timeout(host->service->urls[host->protocol], host->service->ca_file, TIMEOUT_MS);
    int turn = 0, failed_before = checks_failed;
    alarm(PATIENCE_SECONDS);
    while (turn < TURNS && !send_on_a_reused_descriptor(host, client, turn)) {
        turn++;
    }
    CHECK(turn < TURNS);
    so_free_client(client);
    return checks_failed == failed_before;
}

static void checks(struct echo_service *service)
{
    for (int protocol = PLAIN; protocol < PROTOCOLS; protocol++) {
        for (int use = NOTHING; use < USES; use++) {
            struct host host = {service, protocol, (enum use)use};
            check_subject = names[use];
            CHECK(child_ended_well(fork_child(send_until_one_is_in_time, &host)));
        }
    }
}

int main(int argc, char **argv)
{
    return run_program("reused_descriptors", argc, argv, checks);
}
