#define _GNU_SOURCE

#include "relay.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    /* More than a client's part of a TLS handshake, and less than a request with the shorter content. */
    BYTES_BEFORE_THE_END = 2000,
    SHORT_CONTENT = 3000,
    LONG_CONTENT = 16 * 1024
};

static struct sockaddr_in loopback(int port)
{
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/* Listens with windows so small that a long request does not fit into the kernel's buffers; gives the port. */
static int listen_with_small_windows(int *listener)
{
    struct sockaddr_in address = loopback(0);
    int smallest_segment = 88, window = 1;
    socklen_t length = sizeof address;
    *listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (setsockopt(*listener, IPPROTO_TCP, TCP_MAXSEG, &smallest_segment, sizeof smallest_segment) != 0 ||
        setsockopt(*listener, SOL_SOCKET, SO_RCVBUF, &window, sizeof window) != 0 ||
        bind(*listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(*listener, 8) != 0 ||
        getsockname(*listener, (struct sockaddr *)&address, &length) != 0) {
        perror("relay");
        exit(2);
    }
    return ntohs(address.sin_port);
}

static int connect_to(int port)
{
    struct sockaddr_in address = loopback(port);
    int service = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(service, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("relay");
        _exit(2);
    }
    return service;
}

/* Passes on what is there, `most` bytes at most; 0 or less when that was nothing. */
static long pass_on(int from, int to, long most)
{
    char bytes[4096];
    ssize_t count = read(from, bytes, most < (long)sizeof bytes ? (size_t)most : sizeof bytes);
    return count > 0 ? (long)send(to, bytes, (size_t)count, MSG_NOSIGNAL) : (long)count;
}

/* Until BYTES_BEFORE_THE_END came from the client, or one side ends. */
static void pass_on_both_ways(int client, int service)
{
    struct pollfd sides[2];
    long left = BYTES_BEFORE_THE_END;
    sides[0].fd = client;
    sides[1].fd = service;
    sides[0].events = sides[1].events = POLLIN;
    while (left > 0) {
        long count = 1;
        poll(sides, 2, -1);
        if (sides[1].revents != 0) {
            count = pass_on(service, client, BYTES_BEFORE_THE_END);
        }
        if (count > 0 && sides[0].revents != 0) {
            count = pass_on(client, service, left);
            left -= count;
        }
        if (count <= 0) {
            return;
        }
    }
}

static void reset_connection(int client)
{
    struct linger at_once = {1, 0};
    shutdown(client, SHUT_WR);
    setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(client);
}

/* A stalled connection stays open for as long as the relay lives. */
static void relay_forever(int listener, int service_port, enum relay_end end)
{
    int client;
    while ((client = accept(listener, NULL, NULL)) >= 0) {
        int service = connect_to(service_port);
        pass_on_both_ways(client, service);
        if (end == RELAY_RESETS) {
            reset_connection(client);
        }
        close(service);
    }
    perror("relay");
    _exit(2);
}

void relay_start(struct relay *relay, const char *service_url, enum relay_end end)
{
    const char *colon = strrchr(service_url, ':');
    int listener, port = listen_with_small_windows(&listener);
    snprintf(relay->url, sizeof relay->url, "%.*s:%d", (int)(colon - service_url), service_url, port);
    relay->process = fork();
    if (relay->process == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        relay_forever(listener, atoi(colon + 1), end);
    }
    if (relay->process < 0) {
        perror("relay");
        exit(2);
    }
    close(listener);
}

void relay_stop(struct relay *relay)
{
    kill(relay->process, SIGKILL);
    waitpid(relay->process, NULL, 0);
}

static const char *content_of(char *text, char letter, size_t length)
{
    static const char code[] = "{{code}}";
    memset(text, letter, length);
    memcpy(text, code, strlen(code));
    text[length] = '\0';
    return text;
}

const char *content_in_one_piece(void)
{
    static char text[SHORT_CONTENT + 1];
    return content_of(text, 'x', SHORT_CONTENT);
}

const char *content_in_many_pieces(void)
{
    static char text[LONG_CONTENT + 1];
    /* U+0001 is six letters in JSON. */
    return content_of(text, 1, LONG_CONTENT);
}
