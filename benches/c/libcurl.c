/* libcurl at its best: one easy handle for all sends, headers made once, JSON by snprintf, the answer collected into a
 * buffer that is kept, and its JSON not even read. */
#include <curl/curl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peer.h"

struct handle {
    CURL *easy;
    struct curl_slist *headers;
    char answer[4096];
    size_t length;
};

static size_t collect(char *bytes, size_t size, size_t count, void *context)
{
    struct handle *handle = context;
    size_t length = size * count;
    if (length > sizeof handle->answer - handle->length) {
        return 0;
    }
    memcpy(handle->answer + handle->length, bytes, length);
    handle->length += length;
    return length;
}

static void *open_handle(const struct target *target)
{
    struct handle *handle = calloc(1, sizeof *handle);
    char url[256];
    snprintf(url, sizeof url, "%s/send", target->base_url);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    handle->easy = curl_easy_init();
    handle->headers = curl_slist_append(NULL, "Authorization: Apikey " API_KEY);
    handle->headers = curl_slist_append(handle->headers, "Content-Type: application/json");
    curl_easy_setopt(handle->easy, CURLOPT_URL, url);
    curl_easy_setopt(handle->easy, CURLOPT_HTTPHEADER, handle->headers);
    curl_easy_setopt(handle->easy, CURLOPT_CAINFO, target->ca_file);
    curl_easy_setopt(handle->easy, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(handle->easy, CURLOPT_WRITEDATA, handle);
    curl_easy_setopt(handle->easy, CURLOPT_TIMEOUT_MS, 30000L);
    curl_easy_setopt(handle->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle->easy, CURLOPT_NOPROXY, "*");
    return handle;
}

static int send_otp(void *state)
{
    struct handle *handle = state;
    char body[1024];
    int length = snprintf(body, sizeof body, BODY_FORMAT, SOURCE, CONTENT, DESTINATION);
    handle->length = 0;
    curl_easy_setopt(handle->easy, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(handle->easy, CURLOPT_POSTFIELDSIZE, (long)length);
    CURLcode code = curl_easy_perform(handle->easy);
    if (code != CURLE_OK) {
        give_up("libcurl: %s", curl_easy_strerror(code));
    }
    long status = 0;
    curl_easy_getinfo(handle->easy, CURLINFO_RESPONSE_CODE, &status);
    return status == 200 && handle->length > 0;
}

static void close_handle(void *state)
{
    struct handle *handle = state;
    curl_easy_cleanup(handle->easy);
    curl_slist_free_all(handle->headers);
    free(handle);
}

const struct peer libcurl_peer = {"libcurl", open_handle, send_otp, close_handle};
