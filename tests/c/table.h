/* Reads the golden table (tests/golden/README.md) with cJSON. */
#ifndef TABLE_H
#define TABLE_H

#include <cjson/cJSON.h>

/* The rows of a file, to be freed with cJSON_Delete; NULL, and a word on stderr, if it cannot be read. */
cJSON *table_read(const char *folder, const char *file);

/* The string field of a row, or the default that the table's README gives it. */
const char *table_name(const cJSON *row, const char *field);

/* A text, written out, to be freed; NULL for JSON's null. */
char *table_text(const cJSON *text);

/* The text of a row's field, or its default; to be freed. */
char *table_field(const cJSON *row, const char *field);

/* Whether a text, or one within an array or object, holds U+0000, which a C string cannot. NULL holds nothing. */
int table_holds_nul(const cJSON *value);

/* The text with the service's host and port in the place of GOLDEN; base_url begins with http://, or is NULL. */
char *table_url(const cJSON *text, const char *base_url);

/* What no text may hold, whether the row says so or not: ends with NULL; it and each of its strings are to be freed. */
char **table_secrets(const cJSON *row);

#endif
