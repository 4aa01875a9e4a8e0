/*
 * What a caller can do wrong in a send or a verification, and what outlives it: NULL in every position, text that is not
 * UTF-8, text that is too long, indexes out of range, handles read and freed on other threads. Made to run under valgrind
 * without a word.
 *
 *   error_paths_calls GOLDEN_SERVICE FOLDER
 */
#define _POSIX_C_SOURCE 200809L

#include <shoutout_otp.h>

#include <dirent.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "bad_input.h"
#include "check.h"
#include "golden_service.h"

#define SOURCE "ShoutDEMO"
#define DESTINATION "94771234567"
#define CONTENT "Your code is {{code}}"
#define REFERENCE_ID "f437c171-2d08-48c8-a4a2-0123456789ab"
#define CODE "01234"

/* A client for a row of the golden table. A row is played once: a second request for it fails this test at its end. */
static so_client *client_for(const struct golden_service *service, const char *row)
{
    char base_url[256];
    so_options *options = so_options_new();
    so_client *client = NULL;
    snprintf(base_url, sizeof base_url, "%s/%s", service->url, row);
    CHECK(so_options_set_base_url(options, base_url) == SHOUTOUT_OK);
    CHECK(so_client_new(KEY, options, &client, NULL) == SHOUTOUT_OK);
    so_free_options(options);
    return client;
}

/* How many descriptors this process has open: a send that was refused leaves no socket behind. */
static int open_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;
    if (folder == NULL) {
        return -1;
    }
    while (readdir(folder) != NULL) {
        count++;
    }
    closedir(folder);
    return count;
}

static void expect_no_send(const so_client *client, const char *source, const char *destination, const char *content,
                           so_status wanted)
{
    so_send_result *result = STALE(so_send_result);
    so_error *error = STALE(so_error);
    so_status status = so_send_otp(client, source, destination, content, &result, &error);
    CHECK(result == NULL);
    expect_refused(status, error, wanted);

    result = STALE(so_send_result);
    CHECK(so_send_otp(client, source, destination, content, &result, NULL) == wanted);
    CHECK(result == NULL);
}

static void test_send_refuses(const so_client *client)
{
    char *long_text = text_of_length("", 257);
    char *long_content = text_of_length(CONTENT, 16 * 1024 + 1);
    size_t i;
    check_subject = "so_send_otp";
    expect_no_send(NULL, SOURCE, DESTINATION, CONTENT, SHOUTOUT_INVALID_ARGUMENT);
    expect_no_send(client, NULL, DESTINATION, CONTENT, SHOUTOUT_INVALID_ARGUMENT);
    expect_no_send(client, SOURCE, NULL, CONTENT, SHOUTOUT_INVALID_ARGUMENT);
    expect_no_send(client, SOURCE, DESTINATION, NULL, SHOUTOUT_INVALID_ARGUMENT);
    expect_no_send(NULL, NULL, NULL, NULL, SHOUTOUT_INVALID_ARGUMENT);
    expect_no_send(client, long_text, DESTINATION, CONTENT, SHOUTOUT_INVALID_SOURCE);
    expect_no_send(client, SOURCE, long_text, CONTENT, SHOUTOUT_INVALID_DESTINATION);
    expect_no_send(client, SOURCE, DESTINATION, long_content, SHOUTOUT_INVALID_CONTENT);
    for (i = 0; i < COUNT(not_utf8); i++) {
        expect_no_send(client, not_utf8[i], DESTINATION, CONTENT, SHOUTOUT_INVALID_ARGUMENT);
        expect_no_send(client, SOURCE, not_utf8[i], CONTENT, SHOUTOUT_INVALID_ARGUMENT);
        expect_no_send(client, SOURCE, DESTINATION, not_utf8[i], SHOUTOUT_INVALID_ARGUMENT);
    }
    free(long_text);
    free(long_content);
}

static void expect_no_verification(const so_client *client, const char *reference_id, const char *code,
                                   so_status wanted)
{
    so_verify_result *result = STALE(so_verify_result);
    so_error *error = STALE(so_error);
    so_status status = so_verify_otp(client, reference_id, code, &result, &error);
    CHECK(result == NULL);
    expect_refused(status, error, wanted);

    result = STALE(so_verify_result);
    CHECK(so_verify_otp(client, reference_id, code, &result, NULL) == wanted);
    CHECK(result == NULL);
}

static void test_verify_refuses(const so_client *client)
{
    char *long_text = text_of_length("", 257);
    size_t i;
    check_subject = "so_verify_otp";
    expect_no_verification(NULL, REFERENCE_ID, CODE, SHOUTOUT_INVALID_ARGUMENT);
    expect_no_verification(client, NULL, CODE, SHOUTOUT_INVALID_ARGUMENT);
    expect_no_verification(client, REFERENCE_ID, NULL, SHOUTOUT_INVALID_ARGUMENT);
    expect_no_verification(NULL, NULL, NULL, SHOUTOUT_INVALID_ARGUMENT);
    expect_no_verification(client, long_text, CODE, SHOUTOUT_INVALID_REFERENCE_ID);
    expect_no_verification(client, REFERENCE_ID, long_text, SHOUTOUT_INVALID_CODE);
    for (i = 0; i < COUNT(not_utf8); i++) {
        expect_no_verification(client, not_utf8[i], CODE, SHOUTOUT_INVALID_ARGUMENT);
        expect_no_verification(client, REFERENCE_ID, not_utf8[i], SHOUTOUT_INVALID_ARGUMENT);
    }
    free(long_text);
}

/* Without a place for the result the money would be spent and the reference lost: good input is refused as well. */
static void test_null_result(const so_client *client)
{
    so_error *error = STALE(so_error);
    so_status status;
    check_subject = "NULL result";
    status = so_send_otp(client, SOURCE, DESTINATION, CONTENT, NULL, &error);
    expect_refused(status, error, SHOUTOUT_INVALID_ARGUMENT);
    CHECK(so_send_otp(client, SOURCE, DESTINATION, CONTENT, NULL, NULL) == SHOUTOUT_INVALID_ARGUMENT);
    error = STALE(so_error);
    status = so_verify_otp(client, REFERENCE_ID, CODE, NULL, &error);
    expect_refused(status, error, SHOUTOUT_INVALID_ARGUMENT);
    CHECK(so_verify_otp(client, REFERENCE_ID, CODE, NULL, NULL) == SHOUTOUT_INVALID_ARGUMENT);
}

/* None of these may reach the network: the row does not exist, so the service would tell of a request. */
static void test_refusals(const struct golden_service *service)
{
    so_client *client = client_for(service, "no-such-row");
    int before = open_descriptors();
    test_send_refuses(client);
    test_verify_refuses(client);
    test_null_result(client);
    check_subject = "sockets of refused calls";
    CHECK(before > 0 && open_descriptors() == before);
    so_free_client(client);
}

/* Reads a result on another thread than the one that made it, and frees it there. */
static void *read_and_free_send_result(void *handle)
{
    static const size_t out_of_range[] = {3, 4, SIZE_MAX / 2, SIZE_MAX};
    so_send_result *result = handle;
    size_t i;
    CHECK_TEXT(so_send_result_reference_id(result), "ref-1");
    CHECK_TEXT(so_send_result_status(result), "1001");
    CHECK_TEXT(so_send_result_description(result), "");
    CHECK(so_send_result_cost(result) >= 3 && so_send_result_cost(result) <= 3);
    CHECK(so_send_result_http_status(result) == 200);
    CHECK(so_send_result_attempts(result) == 1);
    CHECK(so_send_result_elapsed_us(result) > 0);
    CHECK(strncmp(so_send_result_json(result), "{\"referenceId\":\"ref-1\"", 22) == 0);
    if (CHECK(so_send_result_response_count(result) == 3)) {
        CHECK_TEXT(so_send_result_response_destination(result, 0), "94771234567");
        CHECK_TEXT(so_send_result_response_reference_id(result, 1), "second");
        CHECK_TEXT(so_send_result_response_status(result, 2), "1001");
        CHECK_TEXT(so_send_result_response_destination(result, 2), "");
    }
    for (i = 0; i < COUNT(out_of_range); i++) {
        CHECK_TEXT(so_send_result_response_destination(result, out_of_range[i]), "");
        CHECK_TEXT(so_send_result_response_reference_id(result, out_of_range[i]), "");
        CHECK_TEXT(so_send_result_response_status(result, out_of_range[i]), "");
        CHECK(so_send_result_response_cost(result, out_of_range[i]) <= -1);
    }
    so_free_send_result(result);
    return NULL;
}

static void *read_and_free_verify_result(void *handle)
{
    so_verify_result *result = handle;
    CHECK(so_verify_result_is_verified(result) == 1);
    CHECK(so_verify_result_outcome(result) == SHOUTOUT_VERIFY_VERIFIED);
    CHECK_TEXT(so_verify_result_status(result), "1000");
    CHECK_TEXT(so_verify_result_description(result), "verified");
    CHECK_TEXT(so_verify_result_reference_id(result), REFERENCE_ID);
    CHECK(so_verify_result_http_status(result) == 201);
    CHECK(so_verify_result_elapsed_us(result) > 0);
    so_free_verify_result(result);
    return NULL;
}

static void *read_and_free_error(void *handle)
{
    so_error *error = handle;
    CHECK(so_error_status(error) == SHOUTOUT_RATE_LIMITED);
    CHECK(so_error_delivery(error) == SHOUTOUT_DELIVERY_NOT_SENT);
    CHECK(so_error_http_status(error) == 429);
    CHECK(so_error_retry_after_ms(error) == 7000);
    CHECK(so_error_attempts(error) == 1);
    CHECK(so_error_elapsed_us(error) > 0);
    CHECK_TEXT(so_error_service_message(error), "Too Many Requests");
    CHECK_TEXT(so_error_service_status(error), "");
    CHECK_TEXT(so_error_reference_id(error), "");
    CHECK(so_error_message(error)[0] != '\0');
    so_free_error(error);
    return NULL;
}

/* Runs it to its end: the checks count without a lock. */
static void on_another_thread(void *(*read_and_free)(void *), void *handle)
{
    pthread_t thread;
    if (CHECK(handle != NULL) && CHECK(pthread_create(&thread, NULL, read_and_free, handle) == 0)) {
        pthread_join(thread, NULL);
    }
}

/* Results and errors outlive the client that made them, and belong to no thread. */
static void test_results(const struct golden_service *service)
{
    so_client *client = client_for(service, "send-ok-several-responses");
    so_send_result *sent = STALE(so_send_result);
    so_verify_result *verified = STALE(so_verify_result);
    so_error *error = STALE(so_error);
    check_subject = "a send result";
    CHECK(so_send_otp(client, SOURCE, DESTINATION, CONTENT, &sent, &error) == SHOUTOUT_OK);
    CHECK(error == NULL);
    so_free_client(client);
    on_another_thread(read_and_free_send_result, sent);

    check_subject = "a verify result";
    client = client_for(service, "verify-ok-201");
    error = STALE(so_error);
    CHECK(so_verify_otp(client, REFERENCE_ID, CODE, &verified, &error) == SHOUTOUT_OK);
    CHECK(error == NULL);
    so_free_client(client);
    on_another_thread(read_and_free_verify_result, verified);

    check_subject = "an error";
    client = client_for(service, "send-429-retry-after-seconds");
    sent = STALE(so_send_result);
    CHECK(so_send_otp(client, SOURCE, DESTINATION, CONTENT, &sent, &error) == SHOUTOUT_RATE_LIMITED);
    CHECK(sent == NULL);
    so_free_client(client);
    on_another_thread(read_and_free_error, error);

    check_subject = "calls without a place for an error";
    client = client_for(service, "send-ok-201");
    CHECK(so_send_otp(client, SOURCE, DESTINATION, CONTENT, &sent, NULL) == SHOUTOUT_OK);
    CHECK(sent != NULL);
    so_free_send_result(sent);
    so_free_client(client);
    client = client_for(service, "verify-500-empty");
    CHECK(so_verify_otp(client, REFERENCE_ID, CODE, &verified, NULL) == SHOUTOUT_SERVICE_FAILED);
    CHECK(verified == NULL);
    so_free_client(client);
}

int main(int argc, char **argv)
{
    struct golden_service service;
    if (argc != 3) {
        fputs("usage: error_paths_calls GOLDEN_SERVICE FOLDER\n", stderr);
        return 2;
    }
    if (!golden_service_start(&service, argv[1], argv[2])) {
        return 2;
    }
    test_refusals(&service);
    test_results(&service);
    check_subject = "golden-service";
    CHECK(golden_service_stop(&service));
    return check_summary("error_paths_calls");
}
