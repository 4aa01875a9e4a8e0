/*
 * The environment: a host may change it in one thread while another makes a client or sends, which is safe only if neither
 * looks at it.
 *
 *   environment ECHO_SERVICE CA_FILE
 */
#include "program.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <string.h>

static atomic_int looks;

/* These stand before the C library's own, for the library too. */
static char *look_up(const char *name)
{
    size_t length = strlen(name);
    atomic_fetch_add(&looks, 1);
    for (char **entry = environ; *entry != NULL; entry++) {
        if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=') {
            return *entry + length + 1;
        }
    }
    return NULL;
}

char *getenv(const char *name)
{
    return look_up(name);
}

char *secure_getenv(const char *name)
{
    return look_up(name);
}

static int send_from_a_child(void *argument)
{
    const so_client *client = argument;
    int failed_before = checks_failed;
    CHECK(sends_well(client, destination_of(1, 0, 0)));
    CHECK(atomic_load(&looks) == 0);
    return checks_failed == failed_before;
}

/* A client from options, which it takes; it must not have looked at the environment. */
static so_client *client_made_without_a_look(so_options *options, const char *subject)
{
    so_client *client = NULL;
    check_subject = subject;
    CHECK(so_client_new("host.test.key", options, &client, NULL) == SHOUTOUT_OK);
    CHECK(atomic_load(&looks) == 0);
    atomic_store(&looks, 0);
    so_free_options(options);
    return client;
}

static so_options *options_with(const struct echo_service *service, const char *ca_file, const char *proxy)
{
    so_options *options = so_options_new();
    CHECK(so_options_set_base_url(options, service->urls[TLS]) == SHOUTOUT_OK);
    if (ca_file != NULL) {
        CHECK(so_options_set_ca_file(options, ca_file) == SHOUTOUT_OK);
    }
    CHECK(so_options_set_proxy(options, proxy) == SHOUTOUT_OK);
    return options;
}

static void making_clients_looks_at_nothing(const struct echo_service *service)
{
    static const char proxy[] = "http://user:word@127.0.0.1:1", another[] = "http://127.0.0.1:2";
    const char *ca_file = service->ca_file;
    so_free_client(client_made_without_a_look(NULL, "the first client, all defaults"));
    so_free_client(client_made_without_a_look(so_options_new(), "options that are all unset"));
    so_free_client(client_made_without_a_look(options_with(service, ca_file, NULL), "with a ca_file"));
    so_free_client(client_made_without_a_look(options_with(service, NULL, proxy), "with a proxy"));
    so_free_client(client_made_without_a_look(options_with(service, ca_file, another), "with both"));
    so_free_client(client_made_without_a_look(options_with(service, ca_file, NULL), "one more with a ca_file"));
}

static void no_send_looks_at_the_environment(const struct echo_service *service)
{
    so_client *clients[] = {client_of(service, PLAIN, ""), client_of(service, TLS, ""),
                            client_by_name(service, PLAIN, ""), client_by_name(service, TLS, "")};
    enum { CLIENTS = sizeof clients / sizeof *clients };
    check_subject = "the first and the second send of each client";
    for (int i = 0; i < 2 * CLIENTS; i++) {
        CHECK(sends_well(clients[i % CLIENTS], destination_of(0, 0, i)));
        CHECK(atomic_load(&looks) == 0);
    }
    check_subject = "a child's first send";
    CHECK(child_ended_well(fork_child(send_from_a_child, clients[1])));
    for (int i = 0; i < CLIENTS; i++) {
        so_free_client(clients[i]);
    }
}

static void a_failed_send_looks_at_nothing(void)
{
    so_client *client = client_of_url("http://127.0.0.1:1");
    check_subject = "a send that fails";
    CHECK(outcome_of_send(client, CONTENT).status == SHOUTOUT_CONNECT_FAILED);
    CHECK(atomic_load(&looks) == 0);
    so_free_client(client);
}

/* Without this, nothing could ever be seen: the library's calls come to the functions of this program. */
static void check_the_watch(void)
{
    check_subject = "the watch over the environment";
    CHECK(dlsym(RTLD_DEFAULT, "getenv") == (void *)(uintptr_t)&getenv);
    CHECK(dlsym(RTLD_DEFAULT, "secure_getenv") == (void *)(uintptr_t)&secure_getenv);
    CHECK(getenv("PATH") != NULL && atomic_load(&looks) == 1);
    atomic_store(&looks, 0);
}

static void checks(struct echo_service *service)
{
    check_the_watch();
    making_clients_looks_at_nothing(service);
    no_send_looks_at_the_environment(service);
    a_failed_send_looks_at_nothing();
}

int main(int argc, char **argv)
{
    return run_program("environment", argc, argv, checks);
}
