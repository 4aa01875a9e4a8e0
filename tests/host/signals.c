/*
 * Signals of the host: SIGPIPE that would end it, timers that interrupt every system call, and handlers that must not run
 * on a thread of the library.
 *
 *   signals ECHO_SERVICE CA_FILE
 */
#include "program.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "../c/relay.h"

enum { STORM_MICROSECONDS = 500, MOST_SENDS = 20000 };

static struct sockaddr_in loopback(int port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* --- SIGPIPE --- */

/* What happens to a program that writes to a resetting relay without care. */
static int write_carelessly(void *argument)
{
    static const char zeros[1024];
    const struct relay *relay = argument;
    struct sockaddr_in address = loopback(atoi(strrchr(relay->url, ':') + 1));
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(connection, (struct sockaddr *)&address, sizeof address) != 0) {
        return 1;
    }
    while (write(connection, zeros, sizeof zeros) > 0) {
    }
    return 1;
}

static void a_peer_that_resets_in_the_middle_of_a_request_ends_no_process(const struct echo_service *service,
                                                                          int protocol)
{
    struct relay relay;
    int status = 0;
    so_client *client;
    struct outcome outcome;
    struct sigaction disposition;
    check_subject = protocol == TLS ? "a reset, and SIGPIPE at its default, TLS" : "a reset, and SIGPIPE at its default";
    signal(SIGPIPE, SIG_DFL);
    relay_start(&relay, service->urls[protocol], RELAY_RESETS);
    waitpid(fork_child(write_carelessly, &relay), &status, 0);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE);

    client = client_with_timeout(relay.url, service->ca_file, 30000);
    for (int i = 0; i < 5; i++) {
        outcome = outcome_of_send(client, content_in_many_pieces());
        CHECK(outcome.status == SHOUTOUT_CONNECTION_LOST);
        CHECK(outcome.delivery == SHOUTOUT_DELIVERY_NOT_SENT);
    }
    CHECK(sigaction(SIGPIPE, NULL, &disposition) == 0 && disposition.sa_handler == SIG_DFL);
    so_free_client(client);
    relay_stop(&relay);
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

/* How late a deadline is says as much of a busy machine as of the library, hence the best of three tries. */
static void a_storm_moves_no_deadline(const char *subject, const struct echo_service *service, const char *url,
                                      const char *content, int32_t delivery)
{
    enum { TIMEOUT_MILLISECONDS = 300, TRIES = 3 };
    const double timeout = TIMEOUT_MILLISECONDS / 1e3, most = timeout + 0.1;
    so_client *client = client_with_timeout(url, service->ca_file, TIMEOUT_MILLISECONDS);
    double best = most;
    check_subject = subject;
    for (int i = 0; i < TRIES && best >= most; i++) {
        struct outcome outcome;
        atomic_store(&alarms, 0);
        let_timers_interrupt(STORM_MICROSECONDS);
        outcome = outcome_of_send(client, content);
        let_timers_interrupt(0);
        CHECK(atomic_load(&alarms) > 100);
        CHECK(outcome.status == SHOUTOUT_TIMEOUT);
        CHECK(outcome.delivery == delivery);
        CHECK(outcome.seconds >= timeout);
        best = outcome.seconds < best ? outcome.seconds : best;
    }
    CHECK(best < most);
    so_free_client(client);
}

static void a_storm_does_not_move_the_deadline_of_an_answer(const struct echo_service *service, int protocol)
{
    char url[128];
    snprintf(url, sizeof url, "%s/slow-1500", service->urls[protocol]);
    a_storm_moves_no_deadline(protocol == TLS ? "a late answer in a storm, TLS" : "a late answer in a storm", service, url,
                              CONTENT, SHOUTOUT_DELIVERY_UNKNOWN);
}

static void a_storm_does_not_move_the_deadline_of_a_write(const struct echo_service *service, int protocol)
{
    struct relay relay;
    relay_start(&relay, service->urls[protocol], RELAY_STALLS);
    a_storm_moves_no_deadline(protocol == TLS ? "a blocked write in a storm, TLS" : "a blocked write in a storm", service,
                              relay.url, content_in_many_pieces(), SHOUTOUT_DELIVERY_NOT_SENT);
    relay_stop(&relay);
}

/* Its queue has one place, which is taken: the kernel drops whatever else asks to connect. */
static void a_storm_does_not_move_the_deadline_of_a_connect(const struct echo_service *service)
{
    struct sockaddr_in address = loopback(0);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int taken = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t length = sizeof address;
    char url[64];
    check_subject = "a black hole";
    CHECK(bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 0) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
    CHECK(connect(taken, (struct sockaddr *)&address, sizeof address) == 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", ntohs(address.sin_port));
    a_storm_moves_no_deadline("a connect to a black hole in a storm", service, url, CONTENT,
                              SHOUTOUT_DELIVERY_NOT_SENT);
    close(taken);
    close(listener);
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

static void checks(struct echo_service *service)
{
    for (int protocol = PLAIN; protocol < PROTOCOLS; protocol++) {
        a_peer_that_resets_in_the_middle_of_a_request_ends_no_process(service, protocol);
        timers_that_interrupt_every_call_change_no_answer(service, protocol);
        a_storm_does_not_move_the_deadline_of_an_answer(service, protocol);
        a_storm_does_not_move_the_deadline_of_a_write(service, protocol);
    }
    a_storm_does_not_move_the_deadline_of_a_connect(service);
    a_name_lookups_thread_runs_no_handler_of_the_host(service);
}

int main(int argc, char **argv)
{
    return run_program("signals", argc, argv, checks);
}
