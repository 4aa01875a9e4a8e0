/* After so_free_client the API key stands nowhere in the memory of the process: its end is looked for in every writable
 * mapping, since the allocator writes over the beginning of what is freed. The key is kept masked here, so that the
 * search does not find itself. */
#include "check.h"

#include <shoutout_otp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_LENGTH = 200, TAIL_LENGTH = 24, MASK = 0x55 };

/* A key whose bytes no other data happens to hold in this order. */
static unsigned char masked_key_byte(int i)
{
    return (unsigned char)((unsigned char)('a' + (i * 7) % 26) ^ MASK);
}

static int is_the_end_of_the_key(const volatile unsigned char *at)
{
    for (int i = 0; i < TAIL_LENGTH; i++) {
        if ((at[i] ^ MASK) != masked_key_byte(KEY_LENGTH - TAIL_LENGTH + i)) {
            return 0;
        }
    }
    return 1;
}

/* How often the key stands in the writable memory of this process. */
static int copies_of_the_key(void)
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
            copies += is_the_end_of_the_key((const volatile unsigned char *)at);
        }
    }
    if (maps != NULL) {
        fclose(maps);
    }
    return copies;
}

static so_client *client_with_the_key(void)
{
    char key[KEY_LENGTH + 1] = "";
    so_client *client = NULL;
    for (int i = 0; i < KEY_LENGTH; i++) {
        key[i] = (char)(masked_key_byte(i) ^ MASK);
    }
    CHECK_TEXT(so_status_name(so_client_new(key, NULL, &client, NULL)), "SHOUTOUT_OK");
    for (volatile char *at = key; at < key + KEY_LENGTH; at++) {
        *at = 0;
    }
    return client;
}

int main(void)
{
    so_client *client = client_with_the_key();
    check_subject = "while the client lives: the search must find its key";
    CHECK(copies_of_the_key() > 0);
    so_free_client(client);
    check_subject = "after so_free_client";
    CHECK(copies_of_the_key() == 0);
    return check_summary("key_is_wiped");
}
