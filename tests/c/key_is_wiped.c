/* After so_free_client the API key stands nowhere in the memory of the process, nor does a header value once the options
 * are freed, too, also if the client has sent and its connection is kept:   key_is_wiped GOLDEN_SERVICE FOLDER
 *
 * A secret's end is looked for in every writable mapping, since the allocator writes over the beginning of what is
 * freed. The secrets are kept masked here, so that the search does not find itself. */
#include "check.h"
#include "golden_service.h"

#include <shoutout_otp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH = 200, TAIL_LENGTH = 24, MASK = 0x55 };

/* Two secrets, told apart by the step from letter to letter. */
enum secret { KEY = 7, HEADER_VALUE = 11 };

/* Bytes that no other data happens to hold in this order. */
static unsigned char masked_byte(enum secret secret, int i)
{
    return (unsigned char)((unsigned char)('a' + (i * (int)secret) % 26) ^ MASK);
}

static int is_the_end_of(enum secret secret, const volatile unsigned char *at)
{
    for (int i = 0; i < TAIL_LENGTH; i++) {
        if ((at[i] ^ MASK) != masked_byte(secret, LENGTH - TAIL_LENGTH + i)) {
            return 0;
        }
    }
    return 1;
}

/* How often the secret stands in the writable memory of this process. */
static int copies_of(enum secret secret)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    int copies = 0;
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        unsigned long begin, end;
        char access[5];
        if (sscanf(line, "%lx-%lx %4s", &begin, &end, access) != 3 || strncmp(access, "rw", 2) != 0) {
            continue;
        }
        for (uintptr_t at = begin; at + TAIL_LENGTH <= end; at++) {
            copies += is_the_end_of(secret, (const volatile unsigned char *)at);
        }
    }
    if (maps != NULL) {
        fclose(maps);
    }
    return copies;
}

static void write_out(enum secret secret, char text[LENGTH + 1])
{
    for (int i = 0; i < LENGTH; i++) {
        text[i] = (char)(masked_byte(secret, i) ^ MASK);
    }
    text[LENGTH] = '\0';
}

static void wipe(volatile char text[LENGTH + 1])
{
    for (int i = 0; i < LENGTH; i++) {
        text[i] = 0;
    }
}

static so_options *options_with_the_header(const char *base_url)
{
    char value[LENGTH + 1];
    so_options *options = so_options_new();
    write_out(HEADER_VALUE, value);
    CHECK(so_options_set_base_url(options, base_url) == SHOUTOUT_OK);
    CHECK(so_options_add_header(options, "x-tenant", value) == SHOUTOUT_OK);
    wipe(value);
    return options;
}

static so_client *client_with_the_key(const so_options *options)
{
    char key[LENGTH + 1];
    so_client *client = NULL;
    write_out(KEY, key);
    CHECK_TEXT(so_status_name(so_client_new(key, options, &client, NULL)), "SHOUTOUT_OK");
    wipe(key);
    return client;
}

static void send_once(const so_client *client)
{
    so_send_result *sent = NULL;
    CHECK(so_send_otp(client, "ShoutDEMO", "94771234567", "{{code}}", &sent, NULL) == SHOUTOUT_OK);
    so_free_send_result(sent);
}

static void options_alone(void)
{
    so_options *options = options_with_the_header("http://127.0.0.1");
    check_subject = "while the options live: the search must find their header value";
    CHECK(copies_of(HEADER_VALUE) > 0);
    so_free_options(options);
    check_subject = "after so_free_options";
    CHECK(copies_of(HEADER_VALUE) == 0);
}

static void a_client(const char *base_url, int sends)
{
    so_options *options = options_with_the_header(base_url);
    so_client *client = client_with_the_key(options);
    so_free_options(options);
    if (sends) {
        send_once(client);
    }
    check_subject = "while the client lives: the search must find its secrets";
    CHECK(copies_of(KEY) > 0);
    CHECK(copies_of(HEADER_VALUE) > 0);
    so_free_client(client);
    check_subject = sends ? "after so_free_client, the client having sent" : "after so_free_client";
    CHECK(copies_of(KEY) == 0);
    CHECK(copies_of(HEADER_VALUE) == 0);
}

int main(int argc, char **argv)
{
    struct golden_service service;
    char base_url[256];
    if (argc != 3 || !golden_service_start(&service, argv[1], argv[2])) {
        fputs("usage: key_is_wiped GOLDEN_SERVICE FOLDER\n", stderr);
        return 2;
    }
    options_alone();
    snprintf(base_url, sizeof base_url, "%s/send-ok-201", service.url);
    a_client(base_url, 0);
    a_client(base_url, 1);
    check_subject = "golden-service";
    CHECK(golden_service_stop(&service));
    return check_summary("key_is_wiped");
}
