/* A peer between a client and a service of this machine, plain or TLS: it passes on what both say until so many bytes
 * came from the client, and then it breaks off. A process of its own, whose memory no search for a secret looks through,
 * and which no signal of the test interrupts. */
#ifndef RELAY_H
#define RELAY_H

#include <sys/types.h>

/* How a relay breaks off. */
enum relay_end {
    /* It ends its own half first, and then resets: the client's next write is EPIPE, and a SIGPIPE unless the client
     * sees to it. */
    RELAY_RESETS,
    /* It reads nothing more, and keeps the connection. */
    RELAY_STALLS
};

struct relay {
    pid_t process;
    char url[64]; /* the service's, but for the port */
};

/* Ends the program when the relay cannot be started. */
void relay_start(struct relay *relay, const char *service_url, enum relay_end end);
void relay_stop(struct relay *relay);

/* A content whose request is written at once: it has left when the relay breaks off. */
const char *content_in_one_piece(void);
/* One whose request does not fit into the kernel's buffers: it has not left whole then. */
const char *content_in_many_pieces(void);

#endif
