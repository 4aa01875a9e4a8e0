/* Ours, as an application calls it: validation, JSON, delivery tracking, a result that is read and freed. */
#include <shoutout_otp.h>

#include <string.h>

#include "peer.h"

static void *open_client(const struct target *target)
{
    so_options *options = so_options_new();
    so_options_set_base_url(options, target->base_url);
    if (strncmp(target->base_url, "https:", 6) == 0) {
        so_options_set_ca_file(options, target->ca_file);
    }
    so_client *client;
    so_error *error;
    if (so_client_new(API_KEY, options, &client, &error) != SHOUTOUT_OK) {
        give_up("shoutout_otp: %s", so_error_message(error));
    }
    so_free_options(options);
    return client;
}

static int send_otp(void *client)
{
    so_send_result *result;
    so_error *error;
    if (so_send_otp(client, SOURCE, DESTINATION, CONTENT, &result, &error) != SHOUTOUT_OK) {
        give_up("shoutout_otp: %s", so_error_message(error));
    }
    int is_named = so_send_result_reference_id(result)[0] != '\0';
    so_free_send_result(result);
    return is_named;
}

static void close_client(void *client)
{
    so_free_client(client);
}

const struct peer shoutout_otp_peer = {"shoutout_otp", open_client, send_otp, close_client};
