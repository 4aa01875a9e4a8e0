/*
 * What it costs a process to begin with the library:   load LIBRARY BASE_URL CA_FILE ADDRESSES
 * It is loaded as a wrapper does it, and one HTTPS send is made. Then one more is made to each of the server's other loopback
 * addresses, 127.0.0.2 and on, so that as many idle connections are kept.
 */
#define _GNU_SOURCE
#include <shoutout_otp.h>

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "peer.h"

/* The library's functions, by the header's own types. */
struct functions {
    __typeof__(&so_options_new) options_new;
    __typeof__(&so_options_set_base_url) set_base_url;
    __typeof__(&so_options_set_ca_file) set_ca_file;
    __typeof__(&so_free_options) free_options;
    __typeof__(&so_client_new) client_new;
    __typeof__(&so_free_client) free_client;
    __typeof__(&so_send_otp) send_otp;
    __typeof__(&so_free_send_result) free_send_result;
    __typeof__(&so_error_message) error_message;
};

static void *function_named(void *library, const char *name)
{
    void *function = dlsym(library, name);
    if (function == NULL) {
        give_up("load: %s", dlerror());
    }
    return function;
}

static struct functions functions_of(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        give_up("load: %s", dlerror());
    }
    /* POSIX has a pointer to a function fit into one to data; ISO C does not, hence the copy. */
    struct functions functions;
#define BIND(field, name)                                                                                                      \
    memcpy(&functions.field, &(void *){function_named(library, name)}, sizeof functions.field)
    BIND(options_new, "so_options_new");
    BIND(set_base_url, "so_options_set_base_url");
    BIND(set_ca_file, "so_options_set_ca_file");
    BIND(free_options, "so_free_options");
    BIND(client_new, "so_client_new");
    BIND(free_client, "so_free_client");
    BIND(send_otp, "so_send_otp");
    BIND(free_send_result, "so_free_send_result");
    BIND(error_message, "so_error_message");
#undef BIND
    return functions;
}

static so_client *client_for(const struct functions *library, const char *base_url, const char *ca_file)
{
    so_options *options = library->options_new();
    library->set_base_url(options, base_url);
    library->set_ca_file(options, ca_file);
    so_client *client;
    so_error *error;
    if (library->client_new(API_KEY, options, &client, &error) != SHOUTOUT_OK) {
        give_up("load: %s", library->error_message(error));
    }
    library->free_options(options);
    return client;
}

static void send_one(const struct functions *library, const so_client *client)
{
    so_send_result *result;
    so_error *error;
    if (library->send_otp(client, SOURCE, DESTINATION, CONTENT, &result, &error) != SHOUTOUT_OK) {
        give_up("load: %s", library->error_message(error));
    }
    library->free_send_result(result);
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        give_up("usage: load LIBRARY BASE_URL CA_FILE ADDRESSES");
    }
    const char *base_url = argv[2], *ca_file = argv[3], *port = strrchr(base_url, ':');
    int addresses = atoi(argv[4]);

    long resident_before = resident_kib();
    double start = microseconds();
    const struct functions library = functions_of(argv[1]);
    so_client *client = client_for(&library, base_url, ca_file);
    double loaded = microseconds();
    send_one(&library, client);
    double sent = microseconds();
    long resident_after = resident_kib();

    for (int i = 2; i <= addresses; i++) {
        char url[64];
        snprintf(url, sizeof url, "https://127.0.0.%d%s", i, port);
        so_client *other = client_for(&library, url, ca_file);
        send_one(&library, other);
        library.free_client(other); /* its connection stays */
    }
    double per_connection = (double)(resident_kib() - resident_after) / (addresses - 1);
    library.free_client(client);
    printf("{\"load_ms\": %.3f, \"first_send_ms\": %.3f, \"resident_growth_kib\": %ld, \"idle_connection_kib\": %.1f}\n",
           (loaded - start) / 1000, (sent - loaded) / 1000, resident_after - resident_before, per_connection);
    return 0;
}
