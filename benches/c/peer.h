/* One way to send an OTP, as the benchmark drives it. Every peer sends the same values to the same server, over one
 * connection that it keeps. */
#ifndef PEER_H
#define PEER_H

struct target {
    const char *base_url; /* http://127.0.0.1:PORT or https://…, without a slash at the end */
    const char *ca_file;  /* PEM: whom to trust over TLS */
};

struct peer {
    const char *name;
    void *(*open)(const struct target *target);
    /* 1 when the answer has arrived whole and says 200. */
    int (*send)(void *state);
    void (*close)(void *state);
};

extern const struct peer shoutout_otp_peer; /* ours, through the public C ABI */
extern const struct peer libcurl_peer;      /* one easy handle, reused */
extern const struct peer socket_peer;       /* the floor: write, read, over OpenSSL where the URL is https */

/* What every peer sends. */
#define API_KEY "bench.api.key"
#define SOURCE "ShoutDEMO"
#define DESTINATION "94771234567"
#define CONTENT "Your code is {{code}}"
#define BODY_FORMAT "{\"source\":\"%s\",\"transport\":\"sms\",\"content\":{\"sms\":\"%s\"},\"destination\":\"%s\"}"

/* Ends the program: a benchmark whose sends fail has measured nothing. */
_Noreturn void give_up(const char *format, ...);

#endif
