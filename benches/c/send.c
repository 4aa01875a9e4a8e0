/*
 * Sends with one peer, and says in JSON what it cost:   send PEER BASE_URL CA_FILE SENDS
 * The first sends, which open the connection and fill the caches, are made before the clock starts.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "clock.h"
#include "peer.h"

enum { WARM_UP = 10 };

static const struct peer *peer_named(const char *name)
{
    const struct peer *const peers[] = {&shoutout_otp_peer, &libcurl_peer, &socket_peer};
    for (size_t i = 0; i < sizeof peers / sizeof *peers; i++) {
        if (strcmp(peers[i]->name, name) == 0) {
            return peers[i];
        }
    }
    give_up("there is no peer %s; there are shoutout_otp, libcurl and socket", name);
}

static double cpu_microseconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void send_one(const struct peer *peer, void *state)
{
    if (!peer->send(state)) {
        give_up("%s: an answer that is not 200", peer->name);
    }
}

static int ascending(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        give_up("usage: send PEER BASE_URL CA_FILE SENDS");
    }
    const struct peer *peer = peer_named(argv[1]);
    const struct target target = {argv[2], argv[3]};
    size_t sends = strtoul(argv[4], NULL, 10);
    size_t room = (sends + 1) * sizeof(double);
    double *latencies = malloc(room);
    memset(latencies, 1, room); /* in memory from now on: it must not look like growth */

    void *state = peer->open(&target);
    for (int i = 0; i < WARM_UP; i++) {
        send_one(peer, state);
    }
    long resident = resident_kib();
    double cpu = cpu_microseconds();
    double start = microseconds();
    for (size_t i = 0; i < sends; i++) {
        double before = microseconds();
        send_one(peer, state);
        latencies[i] = microseconds() - before;
    }
    double wall = microseconds() - start;
    cpu = cpu_microseconds() - cpu;
    resident = resident_kib() - resident;
    peer->close(state);

    qsort(latencies, sends, sizeof *latencies, ascending);
    double per = sends > 0 ? (double)sends : 1;
    printf("{\"cpu_us\": %.3f, \"wall_us\": %.3f, \"p50_us\": %.3f, \"p99_us\": %.3f, "
           "\"resident_growth_kib\": %ld}\n",
           cpu / per, wall / per, latencies[sends / 2], latencies[sends * 99 / 100], resident);
    free(latencies);
    return 0;
}
