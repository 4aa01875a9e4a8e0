/*
 * Signals of the host: SIGPIPE that would end it, timers that interrupt every system call, and handlers that must not run
 * on a thread of the library.
 *
 *   signals ECHO_SERVICE CA_FILE
 */
#include "host.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "../c/check.h"

enum { LARGE_CONTENT = 16 * 1024, SMALLEST_SEGMENT = 88, STORM_MICROSECONDS = 500, MOST_SENDS = 20000 };

/* --- SIGPIPE --- */

/* Listens with windows so small that a large request does not fit into the kernel's buffers. */
static int listen_with_small_windows(struct sockaddr_in *address)
{
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int segment = SMALLEST_SEGMENT, window = 1;
    socklen_t length = sizeof *address;
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (setsockopt(listener, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment) != 0 ||
        setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &window, sizeof window) != 0 ||
        bind(listener, (struct sockaddr *)address, sizeof *address) != 0 || listen(listener, 8) != 0 ||
        getsockname(listener, (struct sockaddr *)address, &length) != 0) {
        perror("the resetting peer");
        exit(2);
    }
    return listener;
}

/* Ends its own half first and resets the rest in the middle of the request: the next write of its peer is EPIPE, and a
 * SIGPIPE unless the writer sees to it. Ends when the listener is shut down. */
static void *reset_each_connection(void *argument)
{
    int listener = *(int *)argument, connection;
    while ((connection = accept(listener, NULL, NULL)) >= 0) {
        struct linger at_once = {1, 0};
        char first_byte;
        shutdown(connection, SHUT_WR);
        if (recv(connection, &first_byte, 1, 0) >= 0) {
            setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        }
        close(connection);
    }
    return NULL;
}

/* What happens to a program that writes to such a peer without care. */
static int write_carelessly(void *argument)
{
    static const char zeros[1024];
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(connection, argument, sizeof(struct sockaddr_in)) != 0) {
        return 1;
    }
    while (write(connection, zeros, sizeof zeros) > 0) {
    }
    return 1;
}

static void a_peer_that_resets_in_the_middle_of_a_request_ends_no_process(void)
{
    struct sockaddr_in address;
    int listener = listen_with_small_windows(&address), status = 0;
    pthread_t peer;
    char url[64];
    char *content = malloc(LARGE_CONTENT + 1);
    so_client *client;
    struct outcome outcome;
    struct sigaction disposition;
    check_subject = "a reset, and SIGPIPE at its default";
    signal(SIGPIPE, SIG_DFL);
    CHECK(pthread_create(&peer, NULL, reset_each_connection, &listener) == 0);
    waitpid(fork_child(write_carelessly, &address), &status, 0);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE);

    /* U+0001 is six letters in JSON. */
    memset(content, 1, LARGE_CONTENT);
    memcpy(content, CONTENT, strlen(CONTENT));
    content[LARGE_CONTENT] = '\0';
    snprintf(url, sizeof url, "http://127.0.0.1:%d", ntohs(address.sin_port));
    client = client_of_url(url);
    for (int i = 0; i < 5; i++) {
        outcome = outcome_of_send(client, content);
        CHECK(outcome.status == SHOUTOUT_CONNECTION_LOST);
        CHECK(outcome.delivery == SHOUTOUT_DELIVERY_NOT_SENT);
    }
    CHECK(sigaction(SIGPIPE, NULL, &disposition) == 0 && disposition.sa_handler == SIG_DFL);

    so_free_client(client);
    free(content);
    shutdown(listener, SHUT_RDWR);
    pthread_join(peer, NULL);
    close(listener);
}

/* --- Storms of timers --- */

static atomic_long alarms;
static atomic_long profiles;

static void count_alarm(int number)
{
    atomic_fetch_add(number == SIGALRM ? &alarms : &profiles, 1);
}

static void let_timers_interrupt(long microseconds)
{
    struct itimerval timer = {{0, microseconds}, {0, microseconds}};
    /* Without SA_RESTART: what is interrupted fails with EINTR. */
    struct sigaction counted = {.sa_handler = count_alarm};
    sigaction(SIGALRM, &counted, NULL);
    sigaction(SIGPROF, &counted, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
    setitimer(ITIMER_PROF, &timer, NULL);
}

static void timers_that_interrupt_every_call_change_no_answer(const struct echo_service *service, int protocol)
{
    so_client *fast = client_of(service, protocol, "");
    so_client *slow = client_of(service, protocol, "/slow-200");
    check_subject = protocol == TLS ? "a storm of timers, TLS" : "a storm of timers";
    atomic_store(&alarms, 0);
    atomic_store(&profiles, 0);
    let_timers_interrupt(STORM_MICROSECONDS);
    /* The second timer counts processor time, of which a send needs little. */
    for (int i = 0; i < 200 || (i < MOST_SENDS && atomic_load(&profiles) < 10); i++) {
        CHECK(sends_well(fast, destination_of(1, 0, i)));
    }
    for (int i = 0; i < 3; i++) {
        CHECK(sends_well(slow, destination_of(1, 1, i)));
    }
    let_timers_interrupt(0);
    CHECK(atomic_load(&alarms) > 100);
    CHECK(atomic_load(&profiles) >= 10);
    so_free_client(slow);
    so_free_client(fast);
}

static void timers_that_interrupt_every_call_move_no_deadline(const struct echo_service *service)
{
    so_client *client = client_with_timeout(service, "/slow-1500", 300);
    struct outcome outcome;
    check_subject = "a deadline in a storm of timers";
    let_timers_interrupt(STORM_MICROSECONDS);
    outcome = outcome_of_send(client, CONTENT);
    let_timers_interrupt(0);
    CHECK(outcome.status == SHOUTOUT_TIMEOUT);
    CHECK(outcome.delivery == SHOUTOUT_DELIVERY_UNKNOWN);
    CHECK(outcome.seconds >= 0.3);
    CHECK(outcome.seconds < 1.2);
    so_free_client(client);
}

/* --- The thread of a name lookup --- */

static atomic_int lookups;
static atomic_int lookups_that_could_run_a_handler;

/* Stands before the system's, for the library too: runs on the library's own thread. */
int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **list)
{
    static const int signals[] = {SIGALRM, SIGPROF, SIGTERM, SIGINT, SIGUSR1, SIGCHLD};
    int (*systems)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    sigset_t mask;
    atomic_fetch_add(&lookups, 1);
    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        if (!sigismember(&mask, signals[i])) {
            atomic_fetch_add(&lookups_that_could_run_a_handler, 1);
        }
    }
    *(void **)&systems = dlsym(RTLD_NEXT, "getaddrinfo");
    return systems(host, service, hints, list);
}

static void a_name_lookups_thread_runs_no_handler_of_the_host(const struct echo_service *service)
{
    char url[64];
    so_client *client;
    sigset_t before, after;
    check_subject = "the thread of a name lookup";
    snprintf(url, sizeof url, "http://localhost:%s", strrchr(service->urls[PLAIN], ':') + 1);
    client = client_of_url(url);
    pthread_sigmask(SIG_BLOCK, NULL, &before);
    let_timers_interrupt(STORM_MICROSECONDS);
    CHECK(sends_well(client, destination_of(1, 2, 0)));
    let_timers_interrupt(0);
    CHECK(atomic_load(&lookups) == 1);
    CHECK(atomic_load(&lookups_that_could_run_a_handler) == 0);
    pthread_sigmask(SIG_BLOCK, NULL, &after);
    CHECK(sigismember(&before, SIGALRM) == sigismember(&after, SIGALRM));
    CHECK(sigismember(&after, SIGALRM) == 0);
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
    a_peer_that_resets_in_the_middle_of_a_request_ends_no_process();
    timers_that_interrupt_every_call_change_no_answer(&service, PLAIN);
    timers_that_interrupt_every_call_change_no_answer(&service, TLS);
    timers_that_interrupt_every_call_move_no_deadline(&service);
    a_name_lookups_thread_runs_no_handler_of_the_host(&service);
    check_subject = "the standard streams";
    CHECK(standard_streams_are_empty());
    CHECK(echo_service_stop(&service));
    return check_summary("signals");
}
