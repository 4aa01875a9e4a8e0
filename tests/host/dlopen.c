/*
 * A host that loads and unloads the library again and again, as a plug-in host does: the library stays mapped, and keeps
 * its connection. Not linked with the library.
 *
 *   dlopen ECHO_SERVICE CA_FILE LIBRARY ROUNDS
 */
#include "host.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "../c/check.h"

/* What a send needs of the library. */
struct functions {
    so_options *(*options_new)(void);
    so_status (*set_base_url)(so_options *, const char *);
    so_status (*set_ca_file)(so_options *, const char *);
    void (*free_options)(so_options *);
    so_status (*client_new)(const char *, const so_options *, so_client **, so_error **);
    void (*free_client)(so_client *);
    so_status (*send_otp)(const so_client *, const char *, const char *, const char *, so_send_result **, so_error **);
    const char *(*reference_id)(const so_send_result *);
    void (*free_send_result)(so_send_result *);
};

/* ISO C has no cast from an object's pointer to a function's; POSIX has this way. */
static void find(void *library, const char *name, void *function)
{
    *(void **)function = dlsym(library, name);
    CHECK(*(void **)function != NULL);
}

static struct functions functions_of(void *library)
{
    struct functions f;
    find(library, "so_options_new", &f.options_new);
    find(library, "so_options_set_base_url", &f.set_base_url);
    find(library, "so_options_set_ca_file", &f.set_ca_file);
    find(library, "so_free_options", &f.free_options);
    find(library, "so_client_new", &f.client_new);
    find(library, "so_free_client", &f.free_client);
    find(library, "so_send_otp", &f.send_otp);
    find(library, "so_send_result_reference_id", &f.reference_id);
    find(library, "so_free_send_result", &f.free_send_result);
    return f;
}

struct place {
    const char *path;
    const char *url;
    const char *ca_file;
};

static void *load_send_and_unload(void *argument)
{
    const struct place *place = argument;
    void *library = dlopen(place->path, RTLD_NOW | RTLD_LOCAL);
    struct functions f;
    so_options *options;
    so_client *client = NULL;
    so_send_result *result = NULL;
    if (!CHECK(library != NULL)) {
        fprintf(stderr, "%s\n", dlerror());
        exit(2);
    }
    f = functions_of(library);
    options = f.options_new();
    CHECK(f.set_base_url(options, place->url) == SHOUTOUT_OK);
    CHECK(f.set_ca_file(options, place->ca_file) == SHOUTOUT_OK);
    CHECK(f.client_new("host.test.key", options, &client, NULL) == SHOUTOUT_OK);
    f.free_options(options);
    CHECK(f.send_otp(client, SOURCE, "94771234567", CONTENT, &result, NULL) == SHOUTOUT_OK);
    CHECK_TEXT(f.reference_id(result), "for-94771234567");
    f.free_send_result(result);
    f.free_client(client);
    CHECK(dlclose(library) == 0);
    return NULL;
}

/* In a thread that ends then: one that lives on would hold the library by what the library keeps per thread. */
static void load_send_and_unload_in_a_thread(struct place *place)
{
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, load_send_and_unload, place) == 0);
    pthread_join(thread, NULL);
}

static void loading_again_and_again_grows_nothing_and_keeps_the_connection(struct echo_service *service, int protocol,
                                                                           const char *path, int rounds)
{
    char url[64];
    struct place place = {path, url, service->ca_file};
    int descriptors, mappings;
    /* By name, so that a thread of the library takes part. */
    snprintf(url, sizeof url, "%s://localhost:%s", protocol == TLS ? "https" : "http",
             strrchr(service->urls[protocol], ':') + 1);
    check_subject = protocol == TLS ? "loading again and again, TLS" : "loading again and again";
    for (int i = 0; i < 5; i++) {
        load_send_and_unload_in_a_thread(&place);
    }
    descriptors = open_descriptors();
    mappings = memory_mappings();
    for (int i = 0; i < rounds; i++) {
        load_send_and_unload_in_a_thread(&place);
    }
    CHECK(open_descriptors() == descriptors);
    CHECK(is_single_threaded());
    CHECK(UNDER_SANITIZER || memory_mappings() == mappings);
    CHECK(echo_service_counts(service, protocol).requests == 5 + rounds);
    CHECK(echo_service_counts(service, protocol).connections == 1);
}

int main(int argc, char **argv)
{
    struct echo_service service;
    if (argc != 5) {
        fprintf(stderr, "usage: %s ECHO_SERVICE CA_FILE LIBRARY ROUNDS\n", argv[0]);
        return 2;
    }
    echo_service_start(&service, argv[1], argv[2]);
    standard_streams_watch();
    for (int protocol = PLAIN; protocol < PROTOCOLS; protocol++) {
        loading_again_and_again_grows_nothing_and_keeps_the_connection(&service, protocol, argv[3], atoi(argv[4]));
    }
    check_subject = "the standard streams";
    CHECK(standard_streams_are_empty());
    CHECK(echo_service_stop(&service));
    return check_summary("dlopen");
}
