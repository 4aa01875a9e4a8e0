/* send_and_verify DESTINATION [CONTENT], with the key in SHOUTOUT_API_KEY and perhaps an address in SHOUTOUT_BASE_URL */
#include <shoutout_otp.h>
#include <stdio.h>
#include <stdlib.h>

static int failed(so_error *error) {
    int may_be_on_its_way = so_error_delivery(error) == SHOUTOUT_DELIVERY_UNKNOWN;
    fprintf(stderr, "%s\n%s", so_error_message(error), may_be_on_its_way ? "Wait a minute before you resend.\n" : "");
    so_free_error(error);
    return 2;
}

static const char *words_for(int32_t outcome) {
    switch (outcome) {
    case SHOUTOUT_VERIFY_VERIFIED: return "verified";
    case SHOUTOUT_VERIFY_WRONG_CODE: return "not verified: wrong code, try again";
    case SHOUTOUT_VERIFY_EXPIRED: return "not verified: expired, ask for a new code";
    default: return "not verified: refused, ask for a new code";
    }
}

static int ask_and_verify(const so_client *client, const char *reference_id) {
    char code[64] = "";
    so_verify_result *checked;
    so_error *error;
    printf("sent %s\ncode: ", reference_id);
    fflush(stdout);
    if (scanf("%63s", code) != 1) {
        return 2;
    }
    if (so_verify_otp(client, reference_id, code, &checked, &error) != SHOUTOUT_OK) {
        return failed(error);
    }
    int verified = so_verify_result_is_verified(checked);
    puts(words_for(so_verify_result_outcome(checked)));
    so_free_verify_result(checked);
    return verified ? 0 : 1;
}

int main(int argc, char **argv) {
    const char *content = argc > 2 ? argv[2] : "Your code is {{code}}";
    so_options *options = so_options_new();
    if (getenv("SHOUTOUT_BASE_URL") != NULL) {
        so_options_set_base_url(options, getenv("SHOUTOUT_BASE_URL")); /* so_client_new reports what is refused */
    }
    so_client *client;
    so_error *error;
    so_status status = so_client_new(getenv("SHOUTOUT_API_KEY"), options, &client, &error);
    so_free_options(options);
    if (status != SHOUTOUT_OK) {
        return failed(error);
    }
    so_send_result *sent;
    status = so_send_otp(client, "ShoutDEMO", argc > 1 ? argv[1] : "", content, &sent, &error);
    int exit_code = status == SHOUTOUT_OK ? ask_and_verify(client, so_send_result_reference_id(sent)) : failed(error);
    so_free_send_result(sent);
    so_free_client(client);
    return exit_code;
}
