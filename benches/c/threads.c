/*
 * Threads that share one client, or processes that share nothing:   threads BASE_URL CA_FILE shared|separate HOW_MANY SENDS
 * Prints the sends per second of all of them together.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "clock.h"
#include "peer.h"

static struct target target;
static int sends;
static void *client;
static pthread_barrier_t *ready;

static void send_all(void *state)
{
    for (int i = 0; i < sends; i++) {
        if (!shoutout_otp_peer.send(state)) {
            give_up("threads: a send failed");
        }
    }
}

static void *thread(void *unused)
{
    (void)unused;
    shoutout_otp_peer.send(client);
    pthread_barrier_wait(ready);
    send_all(client);
    pthread_barrier_wait(ready);
    return NULL;
}

static void process(void)
{
    void *own = shoutout_otp_peer.open(&target);
    shoutout_otp_peer.send(own);
    pthread_barrier_wait(ready);
    send_all(own);
    pthread_barrier_wait(ready);
    shoutout_otp_peer.close(own);
}

/* A barrier that children of fork meet at, too. */
static pthread_barrier_t *shared_barrier(unsigned count)
{
    pthread_barrier_t *barrier =
        mmap(NULL, sizeof *barrier, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (barrier == MAP_FAILED) {
        give_up("threads: no memory to share");
    }
    pthread_barrierattr_t attributes;
    pthread_barrierattr_init(&attributes);
    pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_barrier_init(barrier, &attributes, count);
    return barrier;
}

static double run_shared(int count)
{
    pthread_t *threads = calloc((size_t)count, sizeof *threads);
    client = shoutout_otp_peer.open(&target);
    for (int i = 0; i < count; i++) {
        if (pthread_create(&threads[i], NULL, thread, NULL) != 0) {
            give_up("threads: thread %d could not be started", i);
        }
    }
    pthread_barrier_wait(ready);
    double start = microseconds();
    pthread_barrier_wait(ready);
    double took = microseconds() - start;
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
    shoutout_otp_peer.close(client);
    free(threads);
    return took;
}

static double run_separate(int count)
{
    for (int i = 0; i < count; i++) {
        pid_t child = fork();
        if (child == 0) {
            process();
            exit(0);
        }
        if (child < 0) {
            give_up("threads: process %d could not be started", i);
        }
    }
    pthread_barrier_wait(ready);
    double start = microseconds();
    pthread_barrier_wait(ready);
    double took = microseconds() - start;
    while (wait(NULL) > 0) {
    }
    return took;
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        give_up("usage: threads BASE_URL CA_FILE shared|separate HOW_MANY SENDS");
    }
    target = (struct target){argv[1], argv[2]};
    int count = atoi(argv[4]);
    sends = atoi(argv[5]);
    ready = shared_barrier((unsigned)count + 1);
    double took = strcmp(argv[3], "shared") == 0 ? run_shared(count) : run_separate(count);
    printf("{\"sends_per_second\": %.1f}\n", (double)count * sends / took * 1e6);
    return 0;
}
