/* Inputs that must be refused, and what is true of every refusal. For a test program that includes check.h. */
#ifndef BAD_INPUT_H
#define BAD_INPUT_H

#include <shoutout_otp.h>

#include <stdlib.h>

#include "check.h"

#define KEY "error.paths.key"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Texts that are not UTF-8, each for another reason. */
static const char *const not_utf8[] = {
    "\xFF",             /* a byte that UTF-8 never has */
    "abc\xC3",          /* cut in the middle of a character */
    "\xC0\xAF",         /* longer than need be: a slash that filters do not see */
    "\xED\xA0\x80",     /* half of a surrogate pair */
    "\xF4\x90\x80\x80", /* beyond the last character */
    "\x80{{code}}",     /* begins in the middle of a character */
};

/* A pointer that no output may still hold after a call: outputs are set before anything else happens. */
static char somewhere;
#define STALE(type) ((type *)(void *)&somewhere)

/* A text of an exact length that begins like this; to be freed. */
static char *text_of_length(const char *beginning, size_t length)
{
    char *text = malloc(length + 1);
    if (text == NULL) {
        abort();
    }
    memset(text, 'a', length);
    memcpy(text, beginning, strlen(beginning));
    text[length] = '\0';
    return text;
}

/* What is true of every error of an input that was refused; takes the error. */
static void expect_refused(so_status status, so_error *error, so_status wanted)
{
    if (!CHECK(status == wanted)) {
        fprintf(stderr, "    got %s, wanted %s\n", so_status_name(status), so_status_name(wanted));
    }
    if (CHECK(error != NULL)) {
        CHECK(so_error_status(error) == wanted);
        CHECK(so_error_message(error)[0] != '\0');
        CHECK(so_error_delivery(error) == SHOUTOUT_DELIVERY_NOT_SENT);
        CHECK(so_error_http_status(error) == 0);
        CHECK(so_error_attempts(error) == 0);
        CHECK(so_error_retry_after_ms(error) == -1);
        CHECK_TEXT(so_error_service_status(error), "");
        CHECK_TEXT(so_error_service_message(error), "");
        CHECK_TEXT(so_error_reference_id(error), "");
    }
    so_free_error(error);
}

#endif
