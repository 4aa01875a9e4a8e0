/*
 * Threads that the host ends with pthread_cancel while they are in a call, and so_call_cancel from a signal handler.
 *
 *   thread_cancel ECHO_SERVICE CA_FILE
 */
#include "program.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/time.h>

#include "../c/relay.h"

enum { ROUNDS = 200 };

struct sender {
    const so_client *client;
    atomic_int sends;
};

static void *send_forever(void *argument)
{
    struct sender *sender = argument;
    for (;;) {
        struct outcome outcome = outcome_of_send(sender->client, CONTENT);
        if (outcome.status != SHOUTOUT_OK) {
            return NULL;
        }
        atomic_fetch_add(&sender->sends, 1);
        /* Where a thread that is to end does end. */
        pthread_testcancel();
    }
}

static void a_thread_that_is_cancelled_in_a_call_ends_after_it(const struct echo_service *service, int protocol)
{
    so_client *client = client_with_timeout(service->urls[protocol], service->ca_file, 30000);
    check_subject = protocol == TLS ? "pthread_cancel, TLS" : "pthread_cancel";
    for (int round = 0; round < ROUNDS; round++) {
        struct sender sender = {client, 0};
        pthread_t thread;
        void *ended = NULL;
        CHECK(pthread_create(&thread, NULL, send_forever, &sender) == 0);
        while (atomic_load(&sender.sends) < round % 3) {
            sched_yield();
        }
        CHECK(pthread_cancel(thread) == 0);
        CHECK(pthread_join(thread, &ended) == 0);
        CHECK(ended == PTHREAD_CANCELED);
    }
    CHECK(outcome_of_send(client, CONTENT).status == SHOUTOUT_OK);
    so_free_client(client);
}

/* --- so_call_cancel in a signal handler --- */

static so_call *call_of_handler;
static volatile sig_atomic_t errno_was_kept;

static void cancel_the_call(int number)
{
    (void)number;
    errno = ENOTTY;
    so_call_cancel(call_of_handler);
    errno_was_kept = errno == ENOTTY;
}

static void a_signal_handler_cancels_a_call(const struct echo_service *service)
{
    struct relay relay;
    so_client *client;
    so_send_result *result = NULL;
    so_error *error = NULL;
    const struct itimerval soon = {{0, 0}, {0, 100000}};
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = cancel_the_call;
    check_subject = "so_call_cancel in a signal handler";
    relay_start(&relay, service->urls[PLAIN], RELAY_STALLS);
    client = client_with_timeout(relay.url, service->ca_file, 30000);
    call_of_handler = so_call_new();
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &soon, NULL) == 0);
    CHECK(so_send_otp_with(client, call_of_handler, "ShoutDEMO", "94771234567", content_in_one_piece(), &result,
                           &error) == SHOUTOUT_CANCELLED);
    CHECK(result == NULL && so_error_delivery(error) == SHOUTOUT_DELIVERY_UNKNOWN);
    CHECK(errno_was_kept);
    CHECK(so_error_elapsed_us(error) < 5000000);
    so_free_error(error);
    so_free_call(call_of_handler);
    so_free_client(client);
    relay_stop(&relay);
    signal(SIGALRM, SIG_DFL);
}

static void checks(struct echo_service *service)
{
    a_thread_that_is_cancelled_in_a_call_ends_after_it(service, PLAIN);
    a_thread_that_is_cancelled_in_a_call_ends_after_it(service, TLS);
    a_signal_handler_cancels_a_call(service);
}

int main(int argc, char **argv)
{
    return run_program("thread_cancel", argc, argv, checks);
}
