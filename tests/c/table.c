#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A C string ends at U+0000, and so do those of cJSON. U+FFFF, which is no character and in no row, takes its place
 * before the file is parsed, so that the rows that want it can be told from the rest.
 */
static const char nul_escape[] = "\\u0000";
static const char stand_in_escape[] = "\\uFFFF";
static const char stand_in[] = "\xEF\xBF\xBF";

static void replace_nul_escapes(char *json)
{
    while (*json != '\0') {
        if (*json != '\\') {
            json++;
        } else if (strncmp(json, nul_escape, strlen(nul_escape)) == 0) {
            memcpy(json, stand_in_escape, strlen(stand_in_escape));
            json += strlen(stand_in_escape);
        } else {
            json += json[1] == '\0' ? 1 : 2; /* another escape: what follows its backslash starts none */
        }
    }
}

static char *read_whole(const char *path)
{
    enum { most = 1 << 20 };
    FILE *file = fopen(path, "rb");
    char *text = malloc(most + 1);
    size_t length;
    if (file == NULL || text == NULL) {
        perror(path);
        abort();
    }
    length = fread(text, 1, most, file);
    if (length == most) {
        fprintf(stderr, "%s is larger than this runner expects\n", path);
        abort();
    }
    text[length] = '\0';
    fclose(file);
    return text;
}

cJSON *table_read(const char *folder, const char *file)
{
    char path[4096];
    char *json;
    cJSON *rows;
    snprintf(path, sizeof path, "%s/%s", folder, file);
    json = read_whole(path);
    replace_nul_escapes(json);
    rows = cJSON_Parse(json);
    if (!cJSON_IsArray(rows)) {
        fprintf(stderr, "%s is not an array of rows\n", path);
    }
    free(json);
    return rows;
}

static const char *default_of(const char *field)
{
    static const char *const defaults[][2] = {
        {"api_key", "golden.test.key"},
        {"source", "ShoutDEMO"},
        {"destination", "94771234567"},
        {"content", "Your code is {{code}}"},
        {"reference_id", "f437c171-2d08-48c8-a4a2-0123456789ab"},
        {"code", "01234"},
    };
    size_t i;
    for (i = 0; i < sizeof defaults / sizeof defaults[0]; i++) {
        if (strcmp(field, defaults[i][0]) == 0) {
            return defaults[i][1];
        }
    }
    return "";
}

const char *table_name(const cJSON *row, const char *field)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row, field));
    return text != NULL ? text : default_of(field);
}

static char *copy(const char *text)
{
    char *result = malloc(strlen(text) + 1);
    if (result == NULL) {
        abort();
    }
    return strcpy(result, text);
}

char *table_text(const cJSON *text)
{
    const char *unit;
    const char *then;
    size_t times;
    size_t i;
    char *result;
    char *end;
    if (cJSON_IsNull(text)) {
        return NULL;
    }
    if (cJSON_IsString(text)) {
        return copy(text->valuestring);
    }
    unit = table_name(text, "repeat");
    then = table_name(text, "then");
    times = (size_t)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(text, "times"));
    result = malloc(strlen(unit) * times + strlen(then) + 1);
    if (result == NULL) {
        abort();
    }
    end = result;
    for (i = 0; i < times; i++) {
        end = strcpy(end, unit) + strlen(unit);
    }
    strcpy(end, then);
    return result;
}

char *table_field(const cJSON *row, const char *field)
{
    const cJSON *text = cJSON_GetObjectItemCaseSensitive(row, field);
    return text != NULL ? table_text(text) : copy(default_of(field));
}

int table_holds_nul(const cJSON *value)
{
    const cJSON *child;
    if (cJSON_IsString(value)) {
        return strstr(value->valuestring, stand_in) != NULL;
    }
    cJSON_ArrayForEach(child, value) {
        if (table_holds_nul(child)) {
            return 1;
        }
    }
    return 0;
}

char *table_url(const cJSON *text, const char *base_url)
{
    static const char place[] = "GOLDEN";
    static const char scheme[] = "http://";
    char *url = table_text(text);
    const char *at = url == NULL ? NULL : strstr(url, place);
    const char *host = base_url == NULL ? "" : base_url + strlen(scheme);
    int host_length = (int)strcspn(host, "/");
    size_t size;
    char *placed;
    if (at == NULL) {
        return url;
    }
    size = strlen(url) + strlen(host) + 1;
    placed = malloc(size);
    if (placed == NULL) {
        abort();
    }
    snprintf(placed, size, "%.*s%.*s%s", (int)(at - url), url, host_length, host, at + strlen(place));
    free(url);
    return placed;
}

/* Shorter ones may look like a status or an amount. */
enum { SHORTEST_SECRET = 5, MOST_SECRETS = 64 };

/* Appends a secret, which the list then owns, if it tells. */
static void add_secret(char **secrets, char *secret)
{
    size_t count = 0;
    if (secret == NULL || strlen(secret) < SHORTEST_SECRET) {
        free(secret);
        return;
    }
    while (secrets[count] != NULL) {
        count++;
    }
    if (count == MOST_SECRETS) {
        abort();
    }
    secrets[count] = secret;
}

static char *digits_of(const char *text)
{
    char *digits = copy(text);
    char *end = digits;
    for (; *text != '\0'; text++) {
        if (*text >= '0' && *text <= '9') {
            *end++ = *text;
        }
    }
    *end = '\0';
    return digits;
}

/* What stands before the @ of a URL, and the password in it. */
static void add_user_info(char **secrets, char *url)
{
    char *user_info = url == NULL ? NULL : strstr(url, "//");
    char *end = user_info == NULL ? NULL : strrchr(user_info, '@');
    if (end != NULL) {
        *end = '\0';
        add_secret(secrets, copy(user_info + 2));
        if (strchr(user_info + 2, ':') != NULL) {
            add_secret(secrets, copy(strchr(user_info + 2, ':') + 1));
        }
    }
    free(url);
}

char **table_secrets(const cJSON *row)
{
    const cJSON *set = cJSON_GetObjectItemCaseSensitive(row, "set");
    const cJSON *settings = set != NULL ? set : cJSON_GetObjectItemCaseSensitive(row, "options");
    const cJSON *setting;
    char **secrets = calloc(MOST_SECRETS + 1, sizeof *secrets);
    char *destination = table_field(row, "destination");
    if (secrets == NULL) {
        abort();
    }
    add_secret(secrets, table_field(row, "api_key"));
    add_secret(secrets, table_field(row, "code"));
    add_secret(secrets, digits_of(destination));
    add_secret(secrets, destination);
    cJSON_ArrayForEach(setting, settings) {
        const char *option = cJSON_GetArrayItem(setting, 0)->valuestring;
        if (strcmp(option, "add_header") == 0) {
            add_secret(secrets, table_text(cJSON_GetArrayItem(setting, 2)));
        } else if (strcmp(option, "proxy") == 0 || strcmp(option, "base_url") == 0) {
            add_user_info(secrets, table_text(cJSON_GetArrayItem(setting, 1)));
        }
    }
    return secrets;
}
