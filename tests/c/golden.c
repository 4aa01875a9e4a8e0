/*
 * The golden table (tests/golden/README.md) through the C ABI:   golden GOLDEN_SERVICE FOLDER
 */
#include <shoutout_otp.h>

#include <stdint.h>
#include <stdlib.h>

#include "check.h"
#include "golden_service.h"
#include "table.h"

/* One file of the table, and what is done with each of its rows. */
struct runner {
    const char *file;
    void (*run)(const cJSON *row, const char *base_url);
};

static void apply(so_options *options, const cJSON *setting, const char *base_url)
{
    const char *option = cJSON_GetArrayItem(setting, 0)->valuestring;
    const cJSON *value = cJSON_GetArrayItem(setting, 1);
    uint32_t number = cJSON_IsNumber(value) ? (uint32_t)value->valuedouble : 0;
    char *text = cJSON_IsNumber(value) ? NULL : table_url(value, base_url);

    /* Sets without looking: what a setter refuses must still stop the creation of the client. */
    if (strcmp(option, "base_url") == 0) {
        so_options_set_base_url(options, text);
    } else if (strcmp(option, "auth_scheme") == 0) {
        so_options_set_auth_scheme(options, text);
    } else if (strcmp(option, "add_header") == 0) {
        char *header_value = table_text(cJSON_GetArrayItem(setting, 2));
        so_options_add_header(options, text, header_value);
        free(header_value);
    } else if (strcmp(option, "timeout_ms") == 0) {
        so_options_set_timeout_ms(options, number);
    } else if (strcmp(option, "connect_timeout_ms") == 0) {
        so_options_set_connect_timeout_ms(options, number);
    } else if (strcmp(option, "max_retries") == 0) {
        so_options_set_max_retries(options, number);
    } else if (strcmp(option, "ca_file") == 0) {
        so_options_set_ca_file(options, text);
    } else if (strcmp(option, "proxy") == 0) {
        so_options_set_proxy(options, text);
    } else if (strcmp(option, "allow_plain_http") == 0) {
        so_options_set_allow_plain_http(options, (int32_t)number);
    } else if (strcmp(option, "user_agent_suffix") == 0) {
        so_options_set_user_agent_suffix(options, text);
    } else {
        CHECK_TEXT(option, "an option that this runner knows");
    }
    free(text);
}

/* A client with the settings of a row; base_url may be NULL. */
static so_status make_client(const cJSON *row, const char *base_url, const cJSON *settings, so_client **client,
                             so_error **error)
{
    char *api_key = table_field(row, "api_key");
    so_options *options = so_options_new();
    const cJSON *setting;
    so_status status;
    if (base_url != NULL) {
        CHECK(so_options_set_base_url(options, base_url) == SHOUTOUT_OK);
    }
    cJSON_ArrayForEach(setting, settings) {
        apply(options, setting, base_url);
    }
    status = so_client_new(api_key, options, client, error);
    so_free_options(options);
    free(api_key);
    return status;
}

static so_status send_row(const so_client *client, const cJSON *row, so_send_result **result, so_error **error)
{
    char *source = table_field(row, "source");
    char *destination = table_field(row, "destination");
    char *content = table_field(row, "content");
    so_status status = so_send_otp(client, source, destination, content, result, error);
    free(source);
    free(destination);
    free(content);
    return status;
}

static so_status verify_row(const so_client *client, const cJSON *row, so_verify_result **result, so_error **error)
{
    char *reference_id = table_field(row, "reference_id");
    char *code = table_field(row, "code");
    so_status status = so_verify_otp(client, reference_id, code, result, error);
    free(reference_id);
    free(code);
    return status;
}

/* The fields of an expectation are compared only where it names them. */

static void compare_text(const cJSON *expected, const char *field, const char *got)
{
    const cJSON *wanted = cJSON_GetObjectItemCaseSensitive(expected, field);
    if (wanted != NULL && !CHECK_TEXT(got, wanted->valuestring)) {
        fprintf(stderr, "    for %s\n", field);
    }
}

static void compare_number(const cJSON *expected, const char *field, double got)
{
    const cJSON *wanted = cJSON_GetObjectItemCaseSensitive(expected, field);
    if (wanted != NULL && !CHECK(got >= wanted->valuedouble && got <= wanted->valuedouble)) {
        fprintf(stderr, "    %s: got %g, wanted %g\n", field, got, wanted->valuedouble);
    }
}

static const char *delivery_name(int32_t delivery)
{
    switch (delivery) {
    case SHOUTOUT_DELIVERY_NOT_SENT:
        return "NOT_SENT";
    case SHOUTOUT_DELIVERY_UNKNOWN:
        return "UNKNOWN";
    default:
        return "no delivery at all";
    }
}

static const char *outcome_name(int32_t outcome)
{
    switch (outcome) {
    case SHOUTOUT_VERIFY_VERIFIED:
        return "VERIFIED";
    case SHOUTOUT_VERIFY_WRONG_CODE:
        return "WRONG_CODE";
    case SHOUTOUT_VERIFY_EXPIRED:
        return "EXPIRED";
    case SHOUTOUT_VERIFY_REFUSED:
        return "REFUSED";
    default:
        return "no outcome at all";
    }
}

static void compare_texts(const cJSON *expected, const so_error *error)
{
    const cJSON *text;
    cJSON_ArrayForEach(text, cJSON_GetObjectItemCaseSensitive(expected, "message_has")) {
        if (!CHECK(strstr(so_error_message(error), text->valuestring) != NULL)) {
            fprintf(stderr, "    %s is not in: %s\n", text->valuestring, so_error_message(error));
        }
    }
    cJSON_ArrayForEach(text, cJSON_GetObjectItemCaseSensitive(expected, "message_lacks")) {
        if (!CHECK(strstr(so_error_message(error), text->valuestring) == NULL) ||
            !CHECK(strstr(so_error_service_message(error), text->valuestring) == NULL) ||
            !CHECK(strstr(so_error_service_status(error), text->valuestring) == NULL) ||
            !CHECK(strstr(so_error_reference_id(error), text->valuestring) == NULL)) {
            fprintf(stderr, "    %s is in: %s / %s\n", text->valuestring, so_error_message(error),
                    so_error_service_message(error));
        }
    }
}

/* No row needs to say that its secrets may stand in none of these texts. */
static void compare_secrets(const cJSON *row, const char *const *texts, size_t count)
{
    char **secrets = table_secrets(row);
    char **secret;
    size_t i;
    for (secret = secrets; *secret != NULL; secret++) {
        for (i = 0; i < count; i++) {
            if (!CHECK(strstr(texts[i], *secret) == NULL)) {
                fprintf(stderr, "    the secret %s is in: %s\n", *secret, texts[i]);
            }
        }
        free(*secret);
    }
    free(secrets);
}

static void compare_secrets_of_error(const cJSON *row, const so_error *error)
{
    const char *texts[5];
    texts[0] = so_error_message(error);
    texts[1] = so_error_service_status(error);
    texts[2] = so_error_service_message(error);
    texts[3] = so_error_reference_id(error);
    texts[4] = so_error_request_id(error);
    compare_secrets(row, texts, 5);
}

static void compare_error(const cJSON *expected, so_status status, const so_error *error)
{
    CHECK(so_error_status(error) == status);
    compare_text(expected, "status", so_status_name(status));
    compare_text(expected, "delivery", delivery_name(so_error_delivery(error)));
    compare_number(expected, "http_status", so_error_http_status(error));
    compare_text(expected, "service_status", so_error_service_status(error));
    compare_text(expected, "service_message", so_error_service_message(error));
    compare_number(expected, "retry_after_ms", (double)so_error_retry_after_ms(error));
    compare_text(expected, "reference_id", so_error_reference_id(error));
    compare_text(expected, "request_id", so_error_request_id(error));
    CHECK(so_error_attempts(error) == 1);
    compare_texts(expected, error);
}

static void compare_send(const cJSON *row, const cJSON *expected, const so_send_result *result)
{
    const cJSON *responses = cJSON_GetObjectItemCaseSensitive(expected, "responses");
    const cJSON *response;
    const char *texts[2];
    size_t i = 0;
    texts[0] = so_send_result_status(result);
    texts[1] = so_send_result_description(result);
    compare_secrets(row, texts, 2);
    compare_text(expected, "reference_id", so_send_result_reference_id(result));
    compare_text(expected, "request_id", so_send_result_request_id(result));
    compare_text(expected, "status", so_send_result_status(result));
    compare_text(expected, "description", so_send_result_description(result));
    compare_number(expected, "cost", so_send_result_cost(result));
    compare_number(expected, "http_status", so_send_result_http_status(result));
    CHECK(so_send_result_attempts(result) == 1);
    CHECK(strstr(so_send_result_json(result), "messageResult") != NULL);
    CHECK(responses == NULL || so_send_result_response_count(result) == (size_t)cJSON_GetArraySize(responses));
    cJSON_ArrayForEach(response, responses) {
        compare_text(response, "destination", so_send_result_response_destination(result, i));
        compare_text(response, "reference_id", so_send_result_response_reference_id(result, i));
        compare_text(response, "status", so_send_result_response_status(result, i));
        compare_number(response, "cost", so_send_result_response_cost(result, i));
        i++;
    }
}

static void compare_verify(const cJSON *row, const cJSON *expected, const so_verify_result *result)
{
    const cJSON *verified = cJSON_GetObjectItemCaseSensitive(expected, "verified");
    const char *texts[2];
    texts[0] = so_verify_result_status(result);
    texts[1] = so_verify_result_description(result);
    compare_secrets(row, texts, 2);
    CHECK(verified == NULL || so_verify_result_is_verified(result) == cJSON_IsTrue(verified));
    compare_text(expected, "outcome", outcome_name(so_verify_result_outcome(result)));
    compare_text(expected, "status", so_verify_result_status(result));
    compare_text(expected, "description", so_verify_result_description(result));
    compare_text(expected, "reference_id", so_verify_result_reference_id(result));
    compare_text(expected, "request_id", so_verify_result_request_id(result));
    compare_number(expected, "http_status", so_verify_result_http_status(result));
}

static void run_refusal(const cJSON *row, const char *base_url)
{
    const char *call = table_name(row, "call");
    so_client *client = NULL;
    so_send_result *sent = NULL;
    so_verify_result *verified = NULL;
    so_error *error = NULL;
    so_status status = make_client(row, base_url, NULL, &client, &error);
    if (strcmp(call, "send") == 0) {
        status = send_row(client, row, &sent, &error);
    } else if (strcmp(call, "verify") == 0) {
        status = verify_row(client, row, &verified, &error);
    }
    if (CHECK(status != SHOUTOUT_OK)) {
        CHECK(so_error_status(error) == status);
        compare_text(row, "status", so_status_name(status));
        CHECK(so_error_delivery(error) == SHOUTOUT_DELIVERY_NOT_SENT);
        CHECK(so_error_http_status(error) == 0);
        CHECK(so_error_attempts(error) == 0);
        compare_texts(row, error);
        compare_secrets_of_error(row, error);
    }
    CHECK(sent == NULL && verified == NULL);
    so_free_send_result(sent);
    so_free_verify_result(verified);
    so_free_error(error);
    so_free_client(client);
}

static void run_options(const cJSON *row, const char *base_url)
{
    so_client *client = NULL;
    so_error *error = NULL;
    so_status status = make_client(row, NULL, cJSON_GetObjectItemCaseSensitive(row, "set"), &client, &error);
    (void)base_url;
    compare_text(row, "status", so_status_name(status));
    CHECK((status == SHOUTOUT_OK) == (client != NULL));
    CHECK((status == SHOUTOUT_OK) == (error == NULL));
    if (error != NULL) {
        compare_texts(row, error);
        compare_secrets_of_error(row, error);
    }
    so_free_error(error);
    so_free_client(client);
}

static void run_send(const cJSON *row, const char *base_url)
{
    const cJSON *settings = cJSON_GetObjectItemCaseSensitive(row, "options");
    const cJSON *expected_result = cJSON_GetObjectItemCaseSensitive(row, "result");
    const cJSON *expected_error = cJSON_GetObjectItemCaseSensitive(row, "error");
    so_client *client = NULL;
    so_send_result *result = NULL;
    so_error *error = NULL;
    so_status status = make_client(row, base_url, settings, &client, &error);
    if (CHECK(status == SHOUTOUT_OK)) {
        status = send_row(client, row, &result, &error);
    }
    if (expected_result != NULL && CHECK(status == SHOUTOUT_OK)) {
        compare_send(row, expected_result, result);
    } else if (expected_error != NULL && CHECK(status != SHOUTOUT_OK)) {
        compare_error(expected_error, status, error);
        compare_secrets_of_error(row, error);
    } else {
        fprintf(stderr, "    %s: %s\n", so_status_name(status), error != NULL ? so_error_message(error) : "");
    }
    so_free_send_result(result);
    so_free_error(error);
    so_free_client(client);
}

static void run_verify(const cJSON *row, const char *base_url)
{
    const cJSON *settings = cJSON_GetObjectItemCaseSensitive(row, "options");
    const cJSON *expected_result = cJSON_GetObjectItemCaseSensitive(row, "result");
    const cJSON *expected_error = cJSON_GetObjectItemCaseSensitive(row, "error");
    so_client *client = NULL;
    so_verify_result *result = NULL;
    so_error *error = NULL;
    so_status status = make_client(row, base_url, settings, &client, &error);
    if (CHECK(status == SHOUTOUT_OK)) {
        status = verify_row(client, row, &result, &error);
    }
    if (expected_result != NULL && CHECK(status == SHOUTOUT_OK)) {
        compare_verify(row, expected_result, result);
    } else if (expected_error != NULL && CHECK(status != SHOUTOUT_OK)) {
        compare_error(expected_error, status, error);
        compare_secrets_of_error(row, error);
    } else {
        fprintf(stderr, "    %s: %s\n", so_status_name(status), error != NULL ? so_error_message(error) : "");
    }
    so_free_verify_result(result);
    so_free_error(error);
    so_free_client(client);
}

/* Whether the C ABI can be asked what the row asks. The answers of the service do not matter: they travel as bytes. */
static int is_expressible(const cJSON *row)
{
    static const char *const inputs[] = {"api_key", "source", "destination", "content",
                                         "reference_id", "code", "set", "options"};
    size_t i;
    for (i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        if (table_holds_nul(cJSON_GetObjectItemCaseSensitive(row, inputs[i]))) {
            return 0;
        }
    }
    return 1;
}

static void run_file(const struct runner *runner, const char *folder, const char *service_url)
{
    cJSON *rows = table_read(folder, runner->file);
    const cJSON *row;
    int passed_over = 0;
    int tried = 0;
    cJSON_ArrayForEach(row, rows) {
        char base_url[256];
        check_subject = table_name(row, "name");
        snprintf(base_url, sizeof base_url, "%s/%s", service_url, check_subject);
        if (is_expressible(row)) {
            runner->run(row, base_url);
            tried++;
        } else {
            passed_over++;
        }
    }
    check_subject = runner->file;
    CHECK(tried > 0);
    printf("golden: %s: %d rows, and %d passed over, for a C string holds no U+0000\n", runner->file, tried,
           passed_over);
    cJSON_Delete(rows);
}

int main(int argc, char **argv)
{
    static const struct runner runners[] = {
        {"refusals.json", run_refusal},
        {"options.json", run_options},
        {"send.json", run_send},
        {"verify.json", run_verify},
    };
    struct golden_service service;
    size_t i;
    if (argc != 3) {
        fputs("usage: golden GOLDEN_SERVICE FOLDER\n", stderr);
        return 2;
    }
    if (!golden_service_start(&service, argv[1], argv[2])) {
        return 2;
    }
    for (i = 0; i < sizeof runners / sizeof runners[0]; i++) {
        run_file(&runners[i], argv[2], service.url);
    }
    check_subject = "golden-service";
    CHECK(golden_service_stop(&service));
    return check_summary("golden");
}
