#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static so_client *client_and_free_options(so_options *options)
{
    so_client *client = NULL;
    so_error *error = NULL;
    if (so_client_new("host.test.key", options, &client, &error) != SHOUTOUT_OK) {
        fprintf(stderr, "%s\n", so_error_message(error));
        exit(2);
    }
    so_free_options(options);
    return client;
}

static so_options *options_for(const struct echo_service *service, int protocol, const char *path)
{
    char url[128];
    so_options *options = so_options_new();
    snprintf(url, sizeof url, "%s%s", service->urls[protocol], path);
    so_options_set_base_url(options, url);
    if (protocol == TLS) {
        so_options_set_ca_file(options, service->ca_file);
    }
    return options;
}

so_client *client_of(const struct echo_service *service, int protocol, const char *path)
{
    return client_and_free_options(options_for(service, protocol, path));
}

so_client *client_by_name(const struct echo_service *service, int protocol, const char *path)
{
    struct echo_service by_name = *service;
    char *url = by_name.urls[protocol];
    const char *of_address = service->urls[protocol];
    snprintf(url, sizeof by_name.urls[protocol], "%.*s//localhost%s", (int)(strchr(of_address, '/') - of_address),
             of_address, strrchr(of_address, ':'));
    return client_of(&by_name, protocol, path);
}

static so_options *options_for_url(const char *url)
{
    so_options *options = so_options_new();
    so_options_set_base_url(options, url);
    so_options_set_allow_plain_http(options, 1);
    so_options_set_max_retries(options, 0);
    return options;
}

so_client *client_of_url(const char *url)
{
    return client_and_free_options(options_for_url(url));
}

so_client *client_with_timeout(const char *url, const char *ca_file, uint32_t timeout_ms)
{
    so_options *options = options_for_url(url);
    so_options_set_ca_file(options, ca_file);
    so_options_set_timeout_ms(options, timeout_ms);
    return client_and_free_options(options);
}

struct destination destination_of(int process, int thread, int number)
{
    struct destination destination;
    snprintf(destination.digits, sizeof destination.digits, "94%05u%03u%05u", (unsigned)process % 100000u,
             (unsigned)thread % 1000u, (unsigned)number % 100000u);
    return destination;
}

int sends_well(const so_client *client, struct destination destination)
{
    char wanted[32];
    so_send_result *result = NULL;
    so_error *error = NULL;
    int is_good;
    snprintf(wanted, sizeof wanted, "for-%s", destination.digits);
    so_send_otp(client, SOURCE, destination.digits, CONTENT, &result, &error);
    is_good = result != NULL && strcmp(so_send_result_reference_id(result), wanted) == 0;
    if (!is_good) {
        fprintf(stderr, "wanted %s, got %s\n", wanted,
                result != NULL ? so_send_result_reference_id(result) : so_error_message(error));
    }
    so_free_send_result(result);
    so_free_error(error);
    return is_good;
}

/* Takes the error. */
static struct outcome outcome_since(double start, so_status status, so_error *error)
{
    struct outcome outcome = {status, error != NULL ? so_error_delivery(error) : 0, seconds_now() - start, ""};
    if (error != NULL) {
        snprintf(outcome.message, sizeof outcome.message, "%s", so_error_message(error));
    }
    so_free_error(error);
    return outcome;
}

struct outcome outcome_of_send(const so_client *client, const char *content)
{
    so_send_result *result = NULL;
    so_error *error = NULL;
    double start = seconds_now();
    so_status status = so_send_otp(client, SOURCE, destination_of(0, 0, 0).digits, content, &result, &error);
    so_free_send_result(result);
    return outcome_since(start, status, error);
}

struct outcome outcome_of_verify(const so_client *client, const char *code)
{
    so_verify_result *result = NULL;
    so_error *error = NULL;
    double start = seconds_now();
    so_status status = so_verify_otp(client, "a-reference", code, &result, &error);
    so_free_verify_result(result);
    return outcome_since(start, status, error);
}
