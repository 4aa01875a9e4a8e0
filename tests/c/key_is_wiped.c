/* After so_free_client the API key stands nowhere in the memory of the process, nor does a header value once the options
 * are freed, too: whether the client has sent and its connection is kept, or a send timed out or lost its connection,
 * plain and over TLS:   key_is_wiped ECHO_SERVICE CA_FILE */
#include "check.h"
#include "echo_service.h"
#include "relay.h"
#include "secrets.h"

#include <shoutout_otp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static so_options *options_with_the_header(const char *base_url, const char *ca_file)
{
    char value[SECRET_LENGTH + 1];
    so_options *options = so_options_new();
    secrets_renew();
    secret_write_out(HEADER_VALUE, value);
    CHECK(so_options_set_base_url(options, base_url) == SHOUTOUT_OK);
    CHECK(so_options_set_ca_file(options, ca_file) == SHOUTOUT_OK);
    CHECK(so_options_set_max_retries(options, 0) == SHOUTOUT_OK);
    CHECK(so_options_add_header(options, "x-tenant", value) == SHOUTOUT_OK);
    secret_wipe(value);
    return options;
}

static so_client *client_with_the_key(const so_options *options)
{
    char key[SECRET_LENGTH + 1];
    so_client *client = NULL;
    secret_write_out(KEY, key);
    CHECK_TEXT(so_status_name(so_client_new(key, options, &client, NULL)), "SHOUTOUT_OK");
    secret_wipe(key);
    return client;
}

static void options_alone(const char *ca_file)
{
    so_options *options = options_with_the_header("http://127.0.0.1", ca_file);
    check_subject = "while the options live: the search must find their header value";
    CHECK(copies_of(HEADER_VALUE) > 0);
    so_free_options(options);
    check_subject = "after so_free_options";
    CHECK(copies_of(HEADER_VALUE) == 0);
}

/* Whom a client talks to. */
enum peer { THE_SERVICE, A_SLOW_SERVICE, A_RESETTING_RELAY, A_STALLING_RELAY, PEERS };

/* A client's one send, and what becomes of it. */
struct send {
    const char *name;
    enum peer peer;
    const char *(*content)(void); /* NULL to send nothing */
    so_status status;
    int32_t delivery; /* 0 where it succeeds */
};

static const char *usual_content(void)
{
    return "Your code is {{code}}";
}

static const struct send sends[] = {
    {"without a send", THE_SERVICE, NULL, SHOUTOUT_OK, 0},
    {"sent", THE_SERVICE, usual_content, SHOUTOUT_OK, 0},
    {"sent, and long", THE_SERVICE, content_in_one_piece, SHOUTOUT_OK, 0},
    {"sent in pieces", THE_SERVICE, content_in_many_pieces, SHOUTOUT_OK, 0},
    {"timed out, unanswered", A_SLOW_SERVICE, content_in_one_piece, SHOUTOUT_TIMEOUT, SHOUTOUT_DELIVERY_UNKNOWN},
    {"timed out, half written", A_STALLING_RELAY, content_in_many_pieces, SHOUTOUT_TIMEOUT,
     SHOUTOUT_DELIVERY_NOT_SENT},
    {"lost, unanswered", A_RESETTING_RELAY, content_in_one_piece, SHOUTOUT_CONNECTION_LOST, SHOUTOUT_DELIVERY_UNKNOWN},
    {"lost, half written", A_RESETTING_RELAY, content_in_many_pieces, SHOUTOUT_CONNECTION_LOST,
     SHOUTOUT_DELIVERY_NOT_SENT},
};

static void send_once(const so_client *client, const struct send *send)
{
    so_send_result *result = NULL;
    so_error *error = NULL;
    so_status status = so_send_otp(client, "ShoutDEMO", "94771234567", send->content(), &result, &error);
    CHECK_TEXT(so_status_name(status), so_status_name(send->status));
    CHECK(so_error_delivery(error) == send->delivery);
    so_free_send_result(result);
    so_free_error(error);
}

static void a_client(const struct send *send, const char *base_url, const char *ca_file)
{
    so_options *options = options_with_the_header(base_url, ca_file);
    so_client *client;
    if (send->status == SHOUTOUT_TIMEOUT) {
        CHECK(so_options_set_timeout_ms(options, 400) == SHOUTOUT_OK);
    }
    client = client_with_the_key(options);
    so_free_options(options);
    if (send->content != NULL) {
        send_once(client, send);
    }
    /* While the client lives, the search must find its secrets. */
    CHECK(copies_of(KEY) > 0);
    CHECK(copies_of(HEADER_VALUE) > 0);
    so_free_client(client);
    CHECK(copies_of(KEY) == 0);
    CHECK(copies_of(HEADER_VALUE) == 0);
}

static void clients(const struct echo_service *service, int protocol)
{
    const char *url = service->urls[protocol];
    char slow[128];
    struct relay resetting, stalling;
    const char *urls[PEERS];
    snprintf(slow, sizeof slow, "%s/slow-2000", url);
    relay_start(&resetting, url, RELAY_RESETS);
    relay_start(&stalling, url, RELAY_STALLS);
    urls[THE_SERVICE] = url;
    urls[A_SLOW_SERVICE] = slow;
    urls[A_RESETTING_RELAY] = resetting.url;
    urls[A_STALLING_RELAY] = stalling.url;
    for (size_t i = 0; i < sizeof sends / sizeof *sends; i++) {
        char subject[64];
        snprintf(subject, sizeof subject, "%s: %s", protocol == TLS ? "TLS" : "plain", sends[i].name);
        check_subject = subject;
        a_client(&sends[i], urls[sends[i].peer], service->ca_file);
    }
    relay_stop(&stalling);
    relay_stop(&resetting);
}

int main(int argc, char **argv)
{
    struct echo_service service;
    if (argc != 3) {
        fputs("usage: key_is_wiped ECHO_SERVICE CA_FILE\n", stderr);
        return 2;
    }
    echo_service_start(&service, argv[1], argv[2]);
    options_alone(service.ca_file);
    for (int protocol = PLAIN; protocol < PROTOCOLS; protocol++) {
        clients(&service, protocol);
    }
    check_subject = "echo-service";
    CHECK(echo_service_stop(&service));
    return check_summary("key_is_wiped");
}
