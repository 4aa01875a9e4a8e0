/* The floor: a head and a body in one write, reads until the answer is whole. No deadline, no pool, no check of anything. */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"

struct connection {
    int socket;
    uint16_t port;
    SSL_CTX *context;
    SSL *ssl; /* NULL: plain */
};

static void *open_connection(const struct target *target)
{
    struct connection *connection = calloc(1, sizeof *connection);
    unsigned port;
    if (sscanf(strrchr(target->base_url, ':'), ":%u", &port) != 1) {
        give_up("socket: no port in %s", target->base_url);
    }
    connection->port = (uint16_t)port;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(connection->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connection->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(connection->socket, (struct sockaddr *)&address, sizeof address) != 0) {
        give_up("socket: nothing listens at %s", target->base_url);
    }
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (strncmp(target->base_url, "https:", 6) == 0) {
        connection->context = SSL_CTX_new(TLS_client_method());
        SSL_CTX_load_verify_locations(connection->context, target->ca_file, NULL);
        SSL_CTX_set_verify(connection->context, SSL_VERIFY_PEER, NULL);
        connection->ssl = SSL_new(connection->context);
        SSL_set_fd(connection->ssl, connection->socket);
        if (SSL_connect(connection->ssl) != 1) {
            give_up("socket: no TLS with %s", target->base_url);
        }
    }
    return connection;
}

static int write_all(struct connection *connection, const char *bytes, int length)
{
    return connection->ssl != NULL ? SSL_write(connection->ssl, bytes, length) == length
                                   : write(connection->socket, bytes, (size_t)length) == length;
}

static int read_some(struct connection *connection, char *bytes, int most)
{
    return connection->ssl != NULL ? SSL_read(connection->ssl, bytes, most)
                                   : (int)read(connection->socket, bytes, (size_t)most);
}

/* Whether the head and as many bytes as it announces are there. */
static int is_whole(const char *answer, int length)
{
    const char *end_of_head = strstr(answer, "\r\n\r\n");
    const char *announced = strstr(answer, "Content-Length: ");
    return end_of_head != NULL && announced != NULL && answer + length - (end_of_head + 4) >= atol(announced + 16);
}

static int send_otp(void *state)
{
    struct connection *connection = state;
    char body[512], request[1024], answer[4096];
    int body_length = snprintf(body, sizeof body, BODY_FORMAT, SOURCE, CONTENT, DESTINATION);
    int length = snprintf(request, sizeof request,
                          "POST /send HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAuthorization: Apikey " API_KEY "\r\n"
                          "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
                          (unsigned)connection->port, body_length, body);
    if (!write_all(connection, request, length)) {
        give_up("socket: the request did not leave whole");
    }
    int have = 0;
    do {
        int count = read_some(connection, answer + have, (int)sizeof answer - 1 - have);
        if (count <= 0) {
            give_up("socket: the answer broke off");
        }
        have += count;
        answer[have] = '\0';
    } while (!is_whole(answer, have));
    return strncmp(answer, "HTTP/1.1 200", 12) == 0;
}

static void close_connection(void *state)
{
    struct connection *connection = state;
    SSL_free(connection->ssl);
    SSL_CTX_free(connection->context);
    close(connection->socket);
    free(connection);
}

const struct peer socket_peer = {"socket", open_connection, send_otp, close_connection};
