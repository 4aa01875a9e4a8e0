/* Secrets to give to the library, and the search for what is left of them in the memory of this process.
 *
 * A secret's end is looked for in every writable mapping, since the allocator writes over the beginning of what is
 * freed. The secrets are kept masked here, so that the search does not find itself. */
#ifndef SECRETS_H
#define SECRETS_H

enum { SECRET_LENGTH = 200 };

enum secret { KEY, HEADER_VALUE, SECRETS };

/* All secrets are others from now on: what one client left behind is not blamed on the next. */
void secrets_renew(void);

void secret_write_out(enum secret secret, char text[SECRET_LENGTH + 1]);
/* For the copy that was written out. */
void secret_wipe(volatile char text[SECRET_LENGTH + 1]);

/* How often the secret stands in the writable memory of this process. */
int copies_of(enum secret secret);

#endif
