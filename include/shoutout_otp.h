/**
 * @file
 * libshoutout_otp: sends a one-time passcode by SMS through the ShoutOUT OTP service, and verifies it.
 * It never sends a second SMS behind your back and always says whether one may be on its way.
 *
 * Made by cbindgen from the Rust source; do not edit.
 *
 * The laws, true for every function:
 *
 *  1. Only so_client, so_options, so_call, the results and so_error are handles, and all are opaque. Whatever a _new,
 *     a send or a verification hands out is yours, and its so_free_* takes it back, on any thread; freeing NULL
 *     does nothing. Strings from an accessor live as long as their handle.
 *  2. Receiver first, then inputs, then outputs. Inputs are borrowed, NUL-terminated UTF-8, and copied if kept; each
 *     has a maximum (key and header value 4 KiB, content 16 KiB, paths and URLs 4 KiB, others 256 bytes). Outputs are
 *     set to NULL first, whatever they held (free that before); a client or result is written only on success, an error
 *     only on failure. error may be NULL; a NULL result is refused before anything is sent, for the money would be
 *     spent and the reference lost.
 *  3. Every fallible function returns so_status, 0 = SHOUTOUT_OK. Details are in an so_error that is yours: nothing is
 *     thread-local, nothing is global. Results and errors are immutable and readable from any thread.
 *  4. No input is undefined behaviour short of a dangling pointer: NULL, bad UTF-8, absurd lengths, indexes out of
 *     range and unknown numbers all give a status or an empty value. NULL is SHOUTOUT_INVALID_ARGUMENT; an empty string
 *     has the status of its argument.
 *  5. No panic crosses this boundary or prints anything. After one the handle still works or reports
 *     SHOUTOUT_INTERNAL_ERROR; it never hangs. (Running out of memory ends the process.)
 *  6. A const so_client * may be used by any number of threads at once. Freeing it is the only call that needs to be
 *     alone. An so_options belongs to one thread at a time, and so does an so_call, which any thread may cancel.
 *  7. A client survives fork(): in the child it opens connections of its own and never touches inherited ones, even
 *     when the fork came in the middle of another thread's send.
 *  8. The library reads no environment variable (the C library's resolver reads its own), writes to no stream, changes no
 *     signal disposition, and never raises SIGPIPE. Loading it and so_client_new start no thread and open no socket.
 *     Threads that it starts later block all signals. Its descriptors are 3 and up, close on exec, and its own: closing
 *     one breaks its connection, though a call still ends in time. pthread_cancel ends no thread inside a call. It stays
 *     mapped after dlclose.
 *  9. The API key, proxy credentials, extra header values, codes and full phone numbers appear in no error text; text
 *     that came from the service is scrubbed of those that we know.
 *  10. Options fail closed: a setter that refuses its value returns a status and the options remember it, so that
 *      so_client_new fails with that status and a message that names the option: the first one refused, even if its
 *      setter was called again with a better value. The order of setters never matters. An so_call does the same.
 */

#ifndef SHOUTOUT_OTP_H
#define SHOUTOUT_OTP_H

#include <stddef.h>
#include <stdint.h>

/** The version of this header, as text, such as "0.1.0". */
#define SHOUTOUT_OTP_VERSION "0.1.0"
/** The first number of the version of this header. */
#define SHOUTOUT_OTP_VERSION_MAJOR 0
/** The second number of the version of this header. */
#define SHOUTOUT_OTP_VERSION_MINOR 1
/** The third number of the version of this header. */
#define SHOUTOUT_OTP_VERSION_PATCH 0
/** What this header needs of the library: the same major part of so_abi_version(), and at least the minor one. */
#define SHOUTOUT_OTP_ABI_VERSION (0u << 16 | 1u)

/**
 * The values of a status: what became of a call. The numbers are the C ABI's and never change.
 * 0 is success; 1 to 19 are the caller's input, and nothing left the machine; 20 to 39 the network; 40 to 59 the
 * service's answer; 60 and up the library itself.
 */
typedef enum {
    /**
     * Success.
     */
    SHOUTOUT_OK = 0,
    /**
     * NULL where a value is needed, bytes that are not UTF-8, or an option that was refused.
     */
    SHOUTOUT_INVALID_ARGUMENT = 1,
    /**
     * The API key is empty, too long, or holds something other than printable ASCII without spaces.
     */
    SHOUTOUT_INVALID_API_KEY = 2,
    /**
     * The source cannot be a sender mask.
     */
    SHOUTOUT_INVALID_SOURCE = 3,
    /**
     * The destination is not a number in E.164 format.
     */
    SHOUTOUT_INVALID_DESTINATION = 4,
    /**
     * The content lacks `{{code}}`, is too long, or holds U+0000.
     */
    SHOUTOUT_INVALID_CONTENT = 5,
    /**
     * The code is empty, too long, or holds a control character.
     */
    SHOUTOUT_INVALID_CODE = 6,
    /**
     * The reference id is empty, too long, or holds a control character.
     */
    SHOUTOUT_INVALID_REFERENCE_ID = 7,
    /**
     * The host's name could not be looked up.
     */
    SHOUTOUT_RESOLVE_FAILED = 20,
    /**
     * No connection to the host.
     */
    SHOUTOUT_CONNECT_FAILED = 21,
    /**
     * The TLS handshake failed: certificate, host name or protocol.
     */
    SHOUTOUT_TLS_FAILED = 22,
    /**
     * The deadline passed.
     */
    SHOUTOUT_TIMEOUT = 23,
    /**
     * The connection ended too early.
     */
    SHOUTOUT_CONNECTION_LOST = 24,
    /**
     * The proxy refused, or did not speak HTTP.
     */
    SHOUTOUT_PROXY_FAILED = 25,
    /**
     * The caller cancelled the call (so_call_cancel, or an interrupt check that said so).
     */
    SHOUTOUT_CANCELLED = 26,
    /**
     * HTTP 401 or 403: the service did not accept the API key.
     */
    SHOUTOUT_UNAUTHORIZED = 40,
    /**
     * The service refused: another 4xx, or a send whose service status is not "submitted".
     */
    SHOUTOUT_REJECTED = 41,
    /**
     * HTTP 429: too many requests.
     */
    SHOUTOUT_RATE_LIMITED = 42,
    /**
     * HTTP 5xx, or the service's own word for an internal error.
     */
    SHOUTOUT_SERVICE_FAILED = 43,
    /**
     * An answer that cannot be trusted: not JSON, fields missing, a redirect, too large, not HTTP.
     */
    SHOUTOUT_UNEXPECTED_RESPONSE = 44,
    /**
     * A contained panic, or a thread that could not be started.
     */
    SHOUTOUT_INTERNAL_ERROR = 60,
} so_status_code;

/**
 * Whether an SMS may be on its way although the call failed; for a verification, whether the attempt may have been
 * counted or the code used up.
 */
typedef enum {
    /**
     * Surely not: the request never left whole, or the service refused it. Repeating the call is safe.
     */
    SHOUTOUT_DELIVERY_NOT_SENT = 1,
    /**
     * Perhaps: ask the user to wait before a resend; treat a code as not verified.
     */
    SHOUTOUT_DELIVERY_UNKNOWN = 2,
} so_delivery;

/**
 * What the service said of a code. The numbers are the C ABI's; zero is never success.
 */
typedef enum {
    /**
     * The code is right, and now used up (the provider documents 1000).
     */
    SHOUTOUT_VERIFY_VERIFIED = 1,
    /**
     * The code is wrong (1001, as a public caller reads it). The service may say so too when it has had enough
     * attempts: count them yourself.
     */
    SHOUTOUT_VERIFY_WRONG_CODE = 2,
    /**
     * The code is too old; send a new one (1002 and 1003, as one public caller reads them: unconfirmed).
     */
    SHOUTOUT_VERIFY_EXPIRED = 3,
    /**
     * Any other word of the service, such as used or unknown; send a new one.
     */
    SHOUTOUT_VERIFY_REFUSED = 4,
} so_verify_outcome;

/**
 * What is special about one call: a timeout, headers, and a way to stop it. It can be used again for the next call, but by one
 * call at a time. Set it up on one thread; so_call_cancel may come from any. Freed with so_free_call.
 */
typedef struct so_call so_call;

/**
 * A client of the service: immutable, used by any number of threads at once, freed with so_free_client.
 */
typedef struct so_client so_client;

/**
 * Why a call failed: immutable, readable from any thread, freed with so_free_error.
 */
typedef struct so_error so_error;

/**
 * How a client is to behave; used by one thread at a time, freed with so_free_options.
 */
typedef struct so_options so_options;

/**
 * An accepted send: immutable, readable from any thread, freed with so_free_send_result.
 */
typedef struct so_send_result so_send_result;

/**
 * The service's word on a code: immutable, readable from any thread, freed with so_free_verify_result.
 */
typedef struct so_verify_result so_verify_result;

/**
 * What a fallible function returns: 0 (`SHOUTOUT_OK`), or another of the `SHOUTOUT_*` status numbers.
 */
typedef int32_t so_status;

/**
 * Is asked on the thread of the call; anything but 0 cancels the call.
 */
typedef int32_t (*so_interrupt_check)(void *data);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The name of a status, such as "SHOUTOUT_TIMEOUT"; "SHOUTOUT_UNKNOWN_STATUS" for a number that is none.
 * The string is static.
 */
const char *so_status_name(so_status status);

/**
 * The name of a delivery, such as "SHOUTOUT_DELIVERY_UNKNOWN"; "SHOUTOUT_UNKNOWN_DELIVERY" for a number that is none.
 * The string is static.
 */
const char *so_delivery_name(int32_t delivery);

/**
 * The name of a verification's outcome, such as "SHOUTOUT_VERIFY_EXPIRED"; "SHOUTOUT_UNKNOWN_VERIFY_OUTCOME" for a number that is
 * none. The string is static.
 */
const char *so_verify_outcome_name(int32_t outcome);

/**
 * The version of the library, such as "0.1.0". The string is static.
 */
const char *so_version(void);

/**
 * The version of the binary interface: major << 16 | minor. Compare it with SHOUTOUT_OTP_ABI_VERSION, which is the
 * header's: an equal major and a minor that is not smaller fit together.
 */
uint32_t so_abi_version(void);

/**
 * Makes options that are all unset, that is, at their defaults. Free them with so_free_options; a client keeps no
 * pointer to them. NULL only after a contained panic.
 */
so_options *so_options_new(void);

/**
 * Where the service is: https:// (http:// on this machine only), without user info, query and fragment, at most
 * 4096 bytes; /send and /verify are appended. Default: https://api.getshoutout.com/otpservice
 */
so_status so_options_set_base_url(so_options *options,
                                  const char *url);

/**
 * The word before the key in the Authorization header. Default: Apikey. "Bearer" has been seen to work.
 */
so_status so_options_set_auth_scheme(so_options *options, const char *scheme);

/**
 * One more header on every request, as some gateways want it; at most 32. Refused are those that frame, route or
 * authorise a request: Host, Content-*, Transfer-Encoding, Connection, Expect, TE, Trailer, Upgrade, Accept-Encoding,
 * Authorization, Proxy-* and User-Agent. The value (at most 4096 bytes of printable ASCII) is treated as a secret.
 */
so_status so_options_add_header(so_options *options,
                                const char *name,
                                const char *value);

/**
 * How long a whole call may take, in milliseconds: name lookup, proxy, TLS, retries, everything.
 * 1 to 600000. Default: 30000.
 */
so_status so_options_set_timeout_ms(so_options *options, uint32_t milliseconds);

/**
 * How long one attempt may take until its connection stands, in milliseconds: name lookup, proxy and TLS included.
 * 1 to 600000. Default: 5000.
 */
so_status so_options_set_connect_timeout_ms(so_options *options,
                                            uint32_t milliseconds);

/**
 * How often a request is tried again, only where surely nothing was sent. 0 to 10; 0 means never. Default: 2.
 */
so_status so_options_set_max_retries(so_options *options, uint32_t retries);

/**
 * A PEM file with the certificates of the authorities to trust instead of the bundled web PKI set. What it holds
 * now is what counts: to take up a renewed file, make new options and a new client. A process need not read a file again
 * that has not changed, so a client for each web request may name the whole bundle of a distribution.
 */
so_status so_options_set_ca_file(so_options *options,
                                 const char *path);

/**
 * An http:// proxy to reach the service through, by CONNECT; user and password may stand in the URL. NULL for none,
 * which is the default: no environment variable is read.
 */
so_status so_options_set_proxy(so_options *options,
                               const char *url);

/**
 * Not 0 accepts an http:// base URL beyond this machine, over which the key travels in the clear. Default: 0.
 */
so_status so_options_set_allow_plain_http(so_options *options, int32_t allow);

/**
 * What to append to the User-Agent, such as "my-shop/2.1"; at most 256 bytes of printable ASCII.
 */
so_status so_options_set_user_agent_suffix(so_options *options, const char *suffix);

/**
 * Frees options; NULL does nothing.
 */
void so_free_options(so_options *options);

/**
 * Makes a call like any other, until something is set. It opens no descriptor; its first use opens one, which stays until it is
 * freed. NULL only after a contained panic.
 */
so_call *so_call_new(void);

/**
 * How long this call may take, in milliseconds, in place of the client's timeout_ms; 1 to 600000. A value that is refused makes
 * the next use fail.
 */
so_status so_call_set_timeout_ms(so_call *call,
                                 uint32_t milliseconds);

/**
 * One more header on the request of this call, such as traceparent. The rules are those of so_options_add_header; at most 32
 * with those of the client. A header that is refused makes the next use fail.
 */
so_status so_call_add_header(so_call *call,
                             const char *name,
                             const char *value);

/**
 * Sets a check that is asked on the thread of the call while the call waits, at least every 50 ms and after every signal; NULL
 * takes it away. Anything but 0 cancels the call. It is for hosts whose signal handlers only note that a signal came. It may
 * call any so_* function except on its own so_call; it must not throw, longjmp, or end the thread. The data is passed to it and
 * must live as long as the call is used.
 */
so_status so_call_set_interrupt_check(so_call *call,
                                      so_interrupt_check check,
                                      void *data);

/**
 * Ends the call that uses it, within 50 ms, with SHOUTOUT_CANCELLED; so_error_delivery tells whether an SMS may be on its way.
 * A call that has ended is not changed. Every later use is SHOUTOUT_CANCELLED and SHOUTOUT_DELIVERY_NOT_SENT. Any thread may call
 * this at any time until the call is freed, and so may a signal handler; errno stays as it is. NULL does nothing.
 */
void so_call_cancel(so_call *call);

/**
 * Frees a call that is not in use; NULL does nothing.
 */
void so_free_call(so_call *call);

/**
 * Makes a client. It opens no socket and starts no thread, and shares its connections with all other clients of the
 * process. The options may be NULL (all defaults), and may be freed afterwards.
 * Fails with SHOUTOUT_INVALID_API_KEY, or with SHOUTOUT_INVALID_ARGUMENT and a message that names the option, also
 * when its setter refused it and nobody looked.
 */
so_status so_client_new(const char *api_key,
                        const so_options *options,
                        so_client **client,
                        so_error **error);

/**
 * Has the service make a passcode, put it in the place of {{code}} in the content, and send that by SMS. Blocks for
 * at most timeout_ms.
 * source: the sender mask, 1 to 11 printable ASCII characters or up to 15 digits, registered with the provider.
 * destination: the number in E.164 format, such as "+94 77 123 4567"; a leading + or 00, spaces, - . ( and ) may stand
 * in it, and it goes out as digits.
 * content: the text, with {{code}} in it; at most 16384 bytes of UTF-8.
 * After a failure, so_error_delivery tells whether an SMS may be on its way. The request is tried again by itself only
 * while it surely was not sent.
 */
so_status so_send_otp(const so_client *client,
                      const char *source,
                      const char *destination,
                      const char *content,
                      so_send_result **result,
                      so_error **error);

/**
 * The same as so_send_otp, with the settings of one call; NULL for none.
 * Fails with SHOUTOUT_CANCELLED after so_call_cancel, and with SHOUTOUT_INVALID_ARGUMENT if a setter of the call refused its value
 * or another call uses it.
 */
so_status so_send_otp_with(const so_client *client,
                           so_call *call,
                           const char *source,
                           const char *destination,
                           const char *content,
                           so_send_result **result,
                           so_error **error);

/**
 * Asks whether a code is the right one for a send. Blocks for at most timeout_ms. A wrong code is a result, not an
 * error: SHOUTOUT_OK, and so_verify_result_is_verified gives 0.
 * reference_id: of the send, at most 256 bytes. code: what the user typed, at most 256 bytes without control characters;
 * it goes out as it is, so trim what a form may add.
 * After a failure, SHOUTOUT_DELIVERY_UNKNOWN means that the attempt may have been counted, or the code used up.
 */
so_status so_verify_otp(const so_client *client,
                        const char *reference_id,
                        const char *code,
                        so_verify_result **result,
                        so_error **error);

/**
 * The same as so_verify_otp, with the settings of one call; NULL for none. It fails as so_send_otp_with does.
 */
so_status so_verify_otp_with(const so_client *client,
                             so_call *call,
                             const char *reference_id,
                             const char *code,
                             so_verify_result **result,
                             so_error **error);

/**
 * Frees a client, once no thread uses it any more; NULL does nothing. Its connections stay with the process for the
 * next client.
 */
void so_free_client(so_client *client);

/**
 * What to verify the code with later: keep it. NULL for NULL.
 */
const char *so_send_result_reference_id(const so_send_result *result);

/**
 * messageResult.status: "1001", submit success. NULL for NULL.
 */
const char *so_send_result_status(const so_send_result *result);

/**
 * messageResult.description, or "". NULL for NULL.
 */
const char *so_send_result_description(const so_send_result *result);

/**
 * messageResult.cost in the provider's credits; -1 when absent, and for NULL.
 */
double so_send_result_cost(const so_send_result *result);

/**
 * How many entries messageResult.responses has: one per destination, at most 64 (the rest is in the JSON); 0 for NULL.
 */
size_t so_send_result_response_count(const so_send_result *result);

/**
 * The number of a response, in full: do not log it. "" for an index out of range, NULL for NULL.
 */
const char *so_send_result_response_destination(const so_send_result *result, size_t index);

/**
 * The message's own id; not the one to verify with. "" for an index out of range, NULL for NULL.
 */
const char *so_send_result_response_reference_id(const so_send_result *result, size_t index);

/**
 * The status of a response, such as "1001". "" for an index out of range, NULL for NULL.
 */
const char *so_send_result_response_status(const so_send_result *result, size_t index);

/**
 * The cost of a response in credits; -1 when absent, for an index out of range, and for NULL.
 */
double so_send_result_response_cost(const so_send_result *result, size_t index);

/**
 * The HTTP status of the answer; 0 for NULL.
 */
int32_t so_send_result_http_status(const so_send_result *result);

/**
 * How many times the request was tried; those before the last surely did not arrive. 0 for NULL.
 */
uint32_t so_send_result_attempts(const so_send_result *result);

/**
 * How long the call took, in microseconds; 0 for NULL.
 */
uint64_t so_send_result_elapsed_us(const so_send_result *result);

/**
 * The whole answer as received, scrubbed of nothing: it holds the full number, and whatever else the service repeated.
 * Do not log it. NULL for NULL.
 */
const char *so_send_result_json(const so_send_result *result);

/**
 * The request's id in the service's own logs, for a support ticket: x-amzn-requestid, apigw-requestid or x-request-id; "" when
 * the answer named none. NULL for NULL.
 */
const char *so_send_result_request_id(const so_send_result *result);

/**
 * Frees a result; NULL does nothing.
 */
void so_free_send_result(so_send_result *result);

/**
 * 1 if the code is right, else 0: the only thing to let a user in for. 0 for NULL.
 */
int32_t so_verify_result_is_verified(const so_verify_result *result);

/**
 * One of the SHOUTOUT_VERIFY_* numbers; 0, which is none of them, for NULL.
 */
int32_t so_verify_result_outcome(const so_verify_result *result);

/**
 * The service's statusCode, such as "1000". NULL for NULL.
 */
const char *so_verify_result_status(const so_verify_result *result);

/**
 * The service's words, or "". NULL for NULL.
 */
const char *so_verify_result_description(const so_verify_result *result);

/**
 * The reference id that was asked about. NULL for NULL.
 */
const char *so_verify_result_reference_id(const so_verify_result *result);

/**
 * The HTTP status of the answer; 0 for NULL.
 */
int32_t so_verify_result_http_status(const so_verify_result *result);

/**
 * How long the call took, in microseconds; 0 for NULL.
 */
uint64_t so_verify_result_elapsed_us(const so_verify_result *result);

/**
 * The request's id in the service's own logs, for a support ticket: x-amzn-requestid, apigw-requestid or x-request-id; "" when
 * the answer named none. NULL for NULL.
 */
const char *so_verify_result_request_id(const so_verify_result *result);

/**
 * Frees a result; NULL does nothing.
 */
void so_free_verify_result(so_verify_result *result);

/**
 * The status that the failed function returned; 0 for NULL.
 */
so_status so_error_status(const so_error *error);

/**
 * What happened, to which argument or in which phase, whether an SMS may be on its way, and what to do: for logs
 * and people. Holds no key, no code and no full number. NULL for NULL.
 */
const char *so_error_message(const so_error *error);

/**
 * SHOUTOUT_DELIVERY_NOT_SENT or SHOUTOUT_DELIVERY_UNKNOWN; 0, which is neither, for NULL.
 */
int32_t so_error_delivery(const so_error *error);

/**
 * The HTTP status of the answer; 0 when there was none, and for NULL.
 */
int32_t so_error_http_status(const so_error *error);

/**
 * The service's own code, such as "1007"; "" when it gave none. NULL for NULL.
 */
const char *so_error_service_status(const so_error *error);

/**
 * The service's own words, scrubbed of the key, the code and the full number; "" when it gave none. NULL for NULL.
 */
const char *so_error_service_message(const so_error *error);

/**
 * The reference id, where an answer named one although it could not be taken for a success; else "". With it, a code
 * that arrives after all can be verified. NULL for NULL.
 */
const char *so_error_reference_id(const so_error *error);

/**
 * The request's id in the service's own logs, for a support ticket: x-amzn-requestid, apigw-requestid or x-request-id; "" when
 * the answer named none. NULL for NULL.
 */
const char *so_error_request_id(const so_error *error);

/**
 * How long the service asked to wait, in milliseconds, at most a day; -1 when it did not, and for NULL.
 */
int64_t so_error_retry_after_ms(const so_error *error);

/**
 * How many times the request was tried; 0 when the input was refused, and for NULL.
 */
uint32_t so_error_attempts(const so_error *error);

/**
 * How long the call took, in microseconds; 0 for NULL.
 */
uint64_t so_error_elapsed_us(const so_error *error);

/**
 * Frees an error; NULL does nothing.
 */
void so_free_error(so_error *error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* SHOUTOUT_OTP_H */
