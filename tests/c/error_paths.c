/*
 * What a caller can do wrong before the first call: every setter, the creation of a client and every accessor with NULL
 * in every position, text that is not UTF-8, text that is too long, unknown numbers. Made to run under valgrind without
 * a word. error_paths_calls.c goes on with sends and verifications.
 */
#include <shoutout_otp.h>

#include <stdint.h>
#include <stdlib.h>

#include "bad_input.h"
#include "check.h"

static void test_numbers_and_versions(void)
{
    static const so_status unknown[] = {-1, 8, 19, 26, 45, 61, 1000, INT32_MAX, INT32_MIN};
    size_t i;
    check_subject = "numbers and versions";
    CHECK_TEXT(so_status_name(0), "SHOUTOUT_OK");
    CHECK_TEXT(so_status_name(SHOUTOUT_INVALID_REFERENCE_ID), "SHOUTOUT_INVALID_REFERENCE_ID");
    CHECK_TEXT(so_status_name(60), "SHOUTOUT_INTERNAL_ERROR");
    for (i = 0; i < COUNT(unknown); i++) {
        CHECK(so_status_name(unknown[i]) != NULL);
        CHECK(strcmp(so_status_name(unknown[i]), "SHOUTOUT_OK") != 0);
    }
    CHECK_TEXT(so_version(), SHOUTOUT_OTP_VERSION);
    CHECK(so_abi_version() == SHOUTOUT_OTP_ABI_VERSION);
}

static void test_null_handles(void)
{
    check_subject = "NULL handles";
    so_free_options(NULL);
    so_free_client(NULL);
    so_free_send_result(NULL);
    so_free_verify_result(NULL);
    so_free_error(NULL);

    CHECK(so_send_result_reference_id(NULL) == NULL);
    CHECK(so_send_result_status(NULL) == NULL);
    CHECK(so_send_result_description(NULL) == NULL);
    CHECK(so_send_result_json(NULL) == NULL);
    CHECK(so_send_result_request_id(NULL) == NULL);
    CHECK(so_send_result_cost(NULL) <= -1);
    CHECK(so_send_result_response_count(NULL) == 0);
    CHECK(so_send_result_response_destination(NULL, 0) == NULL);
    CHECK(so_send_result_response_reference_id(NULL, 0) == NULL);
    CHECK(so_send_result_response_status(NULL, SIZE_MAX) == NULL);
    CHECK(so_send_result_response_cost(NULL, 0) <= -1);
    CHECK(so_send_result_http_status(NULL) == 0);
    CHECK(so_send_result_attempts(NULL) == 0);
    CHECK(so_send_result_elapsed_us(NULL) == 0);

    CHECK(so_verify_result_is_verified(NULL) == 0);
    CHECK(so_verify_result_outcome(NULL) == 0);
    CHECK(so_verify_result_status(NULL) == NULL);
    CHECK(so_verify_result_description(NULL) == NULL);
    CHECK(so_verify_result_reference_id(NULL) == NULL);
    CHECK(so_verify_result_request_id(NULL) == NULL);
    CHECK(so_verify_result_http_status(NULL) == 0);
    CHECK(so_verify_result_elapsed_us(NULL) == 0);

    CHECK(so_error_status(NULL) == 0);
    CHECK(so_error_message(NULL) == NULL);
    CHECK(so_error_delivery(NULL) == 0);
    CHECK(so_error_http_status(NULL) == 0);
    CHECK(so_error_service_status(NULL) == NULL);
    CHECK(so_error_service_message(NULL) == NULL);
    CHECK(so_error_retry_after_ms(NULL) == -1);
    CHECK(so_error_attempts(NULL) == 0);
    CHECK(so_error_elapsed_us(NULL) == 0);
    CHECK(so_error_reference_id(NULL) == NULL);
    CHECK(so_error_request_id(NULL) == NULL);

    so_free_call(NULL);
    so_call_cancel(NULL);
    CHECK(so_call_set_timeout_ms(NULL, 1000) == SHOUTOUT_INVALID_ARGUMENT);
    CHECK(so_call_add_header(NULL, "x", "y") == SHOUTOUT_INVALID_ARGUMENT);
    CHECK(so_call_set_interrupt_check(NULL, NULL, NULL) == SHOUTOUT_INVALID_ARGUMENT);
}

static void test_names_of_numbers(void)
{
    check_subject = "names";
    CHECK_TEXT(so_delivery_name(SHOUTOUT_DELIVERY_NOT_SENT), "SHOUTOUT_DELIVERY_NOT_SENT");
    CHECK_TEXT(so_delivery_name(SHOUTOUT_DELIVERY_UNKNOWN), "SHOUTOUT_DELIVERY_UNKNOWN");
    CHECK_TEXT(so_delivery_name(0), "SHOUTOUT_UNKNOWN_DELIVERY");
    CHECK_TEXT(so_verify_outcome_name(SHOUTOUT_VERIFY_VERIFIED), "SHOUTOUT_VERIFY_VERIFIED");
    CHECK_TEXT(so_verify_outcome_name(SHOUTOUT_VERIFY_WRONG_CODE), "SHOUTOUT_VERIFY_WRONG_CODE");
    CHECK_TEXT(so_verify_outcome_name(SHOUTOUT_VERIFY_EXPIRED), "SHOUTOUT_VERIFY_EXPIRED");
    CHECK_TEXT(so_verify_outcome_name(SHOUTOUT_VERIFY_REFUSED), "SHOUTOUT_VERIFY_REFUSED");
    CHECK_TEXT(so_verify_outcome_name(-1), "SHOUTOUT_UNKNOWN_VERIFY_OUTCOME");
}

/* Options whose setter refused a value give no client, although nobody looked at the status; frees the options. */
static void expect_remembered(so_options *options, const char *option)
{
    so_client *client = STALE(so_client);
    so_error *error = NULL;
    so_status status = so_client_new(KEY, options, &client, &error);
    CHECK(client == NULL);
    CHECK(error != NULL && strstr(so_error_message(error), option) != NULL);
    expect_refused(status, error, SHOUTOUT_INVALID_ARGUMENT);
    so_free_options(options);
}

/* A setter that takes one text. */
struct text_setter {
    const char *option;
    so_status (*set)(so_options *, const char *);
    const char *beginning; /* of a text that is refused for nothing but its length */
    size_t longest;
    int takes_null;
    int takes_longest; /* a path or a proxy of the longest length is refused for what it names */
};

static void expect_setter_refuses(const struct text_setter *setter, const char *value)
{
    so_options *options = so_options_new();
    CHECK(setter->set(options, value) == SHOUTOUT_INVALID_ARGUMENT);
    expect_remembered(options, setter->option);
}

static void test_text_setter(const struct text_setter *setter)
{
    char *longest = text_of_length(setter->beginning, setter->longest);
    char *too_long = text_of_length(setter->beginning, setter->longest + 1);
    so_options *options = so_options_new();
    size_t i;
    check_subject = setter->option;
    CHECK(setter->set(NULL, longest) == SHOUTOUT_INVALID_ARGUMENT);
    CHECK(setter->set(NULL, NULL) == SHOUTOUT_INVALID_ARGUMENT);
    CHECK(!setter->takes_longest || setter->set(options, longest) == SHOUTOUT_OK);
    so_free_options(options);

    for (i = 0; i < COUNT(not_utf8); i++) {
        expect_setter_refuses(setter, not_utf8[i]);
    }
    expect_setter_refuses(setter, too_long);
    if (setter->takes_null) {
        so_options *without = so_options_new();
        CHECK(setter->set(without, NULL) == SHOUTOUT_OK);
        so_free_options(without);
    } else {
        expect_setter_refuses(setter, NULL);
    }
    free(longest);
    free(too_long);
}

static void expect_header_refused(const char *name, const char *value)
{
    so_options *options = so_options_new();
    CHECK(so_options_add_header(options, name, value) == SHOUTOUT_INVALID_ARGUMENT);
    expect_remembered(options, "add_header");
}

static void test_add_header(void)
{
    char *long_name = text_of_length("x-", 257);
    char *long_value = text_of_length("", 4097);
    size_t i;
    check_subject = "add_header";
    CHECK(so_options_add_header(NULL, "x-tenant", "7") == SHOUTOUT_INVALID_ARGUMENT);
    expect_header_refused(NULL, "7");
    expect_header_refused("x-tenant", NULL);
    expect_header_refused(NULL, NULL);
    expect_header_refused(long_name, "7");
    expect_header_refused("x-tenant", long_value);
    for (i = 0; i < COUNT(not_utf8); i++) {
        expect_header_refused(not_utf8[i], "7");
        expect_header_refused("x-tenant", not_utf8[i]);
    }
    free(long_name);
    free(long_value);
}

static void test_number_setters(void)
{
    so_options *options = so_options_new();
    check_subject = "number setters";
    CHECK(so_options_set_timeout_ms(NULL, 1) == SHOUTOUT_INVALID_ARGUMENT);
    CHECK(so_options_set_connect_timeout_ms(NULL, 1) == SHOUTOUT_INVALID_ARGUMENT);
    CHECK(so_options_set_max_retries(NULL, 1) == SHOUTOUT_INVALID_ARGUMENT);
    CHECK(so_options_set_allow_plain_http(NULL, 1) == SHOUTOUT_INVALID_ARGUMENT);
    CHECK(so_options_set_timeout_ms(options, UINT32_MAX) == SHOUTOUT_INVALID_ARGUMENT);
    expect_remembered(options, "timeout_ms");
}

static void test_options(void)
{
    static const struct text_setter setters[] = {
        {"base_url", so_options_set_base_url, "https://example.com/", 4096, 0, 1},
        {"auth_scheme", so_options_set_auth_scheme, "", 256, 0, 1},
        {"ca_file", so_options_set_ca_file, "/", 4096, 0, 0},
        {"proxy", so_options_set_proxy, "http://", 4096, 1, 0},
        {"user_agent_suffix", so_options_set_user_agent_suffix, "", 256, 0, 1},
    };
    size_t i;
    for (i = 0; i < COUNT(setters); i++) {
        test_text_setter(&setters[i]);
    }
    test_add_header();
    test_number_setters();
}

static void expect_no_client(const char *api_key, so_status wanted)
{
    so_client *client = STALE(so_client);
    so_error *error = STALE(so_error);
    so_status status = so_client_new(api_key, NULL, &client, &error);
    CHECK(client == NULL);
    expect_refused(status, error, wanted);

    client = STALE(so_client);
    CHECK(so_client_new(api_key, NULL, &client, NULL) == wanted);
    CHECK(client == NULL);
}

static void test_client_new(void)
{
    char *longest = text_of_length("", 4096);
    char *too_long = text_of_length("", 4097);
    so_client *client = STALE(so_client);
    so_error *error = STALE(so_error);
    so_status status;
    size_t i;
    check_subject = "so_client_new";
    expect_no_client(NULL, SHOUTOUT_INVALID_ARGUMENT);
    expect_no_client("", SHOUTOUT_INVALID_API_KEY);
    expect_no_client(too_long, SHOUTOUT_INVALID_API_KEY);
    for (i = 0; i < COUNT(not_utf8); i++) {
        expect_no_client(not_utf8[i], SHOUTOUT_INVALID_ARGUMENT);
    }
    status = so_client_new(KEY, NULL, NULL, &error);
    expect_refused(status, error, SHOUTOUT_INVALID_ARGUMENT);
    CHECK(so_client_new(KEY, NULL, NULL, NULL) == SHOUTOUT_INVALID_ARGUMENT);
    CHECK(so_client_new(NULL, NULL, NULL, NULL) == SHOUTOUT_INVALID_ARGUMENT);

    error = STALE(so_error);
    CHECK(so_client_new(longest, NULL, &client, &error) == SHOUTOUT_OK);
    CHECK(client != NULL && error == NULL);
    so_free_client(client);
    free(longest);
    free(too_long);
}

int main(void)
{
    test_numbers_and_versions();
    test_null_handles();
    test_names_of_numbers();
    test_options();
    test_client_new();
    return check_summary("error_paths");
}
