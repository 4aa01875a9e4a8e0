/* Sends a passcode, asks for it, verifies it.   send_and_verify DESTINATION [CONTENT]
 * The key and the service's address come from SHOUTOUT_API_KEY and SHOUTOUT_BASE_URL: the library reads no environment. */
#include <shoutout_otp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failed(so_error *error) {
    fprintf(stderr, "%s\n", so_error_message(error));
    if (so_error_delivery(error) == SHOUTOUT_DELIVERY_UNKNOWN) {
        fprintf(stderr, "An SMS may have gone out: wait a minute before you send another.\n");
    }
    so_free_error(error);
    return 2;
}

static int verify(const so_client *client, const char *reference_id) {
    char code[64] = "";
    so_verify_result *checked;
    so_error *error;
    printf("sent %s\ncode: ", reference_id);
    fflush(stdout);
    if (fgets(code, sizeof code, stdin) != NULL) {
        code[strcspn(code, "\r\n")] = '\0';
    }
    if (so_verify_otp(client, reference_id, code, &checked, &error) != SHOUTOUT_OK) {
        return failed(error);
    }
    int verified = so_verify_result_is_verified(checked);
    if (verified) {
        printf("verified\n");
    } else {
        printf("not verified: %s\n", so_verify_result_description(checked));
    }
    so_free_verify_result(checked);
    return verified ? 0 : 1;
}

int main(int argc, char **argv) {
    const char *base_url = getenv("SHOUTOUT_BASE_URL");
    so_options *options = so_options_new();
    so_client *client;
    so_send_result *sent;
    so_error *error;
    if (base_url != NULL) {
        so_options_set_base_url(options, base_url); /* a refusal is remembered: so_client_new reports it */
    }
    so_status status = so_client_new(getenv("SHOUTOUT_API_KEY"), options, &client, &error);
    so_free_options(options);
    if (status != SHOUTOUT_OK) {
        return failed(error);
    }
    status = so_send_otp(client, "ShoutDEMO", argc > 1 ? argv[1] : "",
                         argc > 2 ? argv[2] : "Your code is {{code}}", &sent, &error);
    int exit_status = status == SHOUTOUT_OK ? verify(client, so_send_result_reference_id(sent)) : failed(error);
    so_free_send_result(sent);
    so_free_client(client);
    return exit_status;
}
