#ifndef SHOUTOUT_OTP_H
#define SHOUTOUT_OTP_H 
#include <stddef.h>
#include <stdint.h>
#define SHOUTOUT_OTP_VERSION "0.1.0"
#define SHOUTOUT_OTP_VERSION_MAJOR 0
#define SHOUTOUT_OTP_VERSION_MINOR 1
#define SHOUTOUT_OTP_VERSION_PATCH 0
#define SHOUTOUT_OTP_ABI_VERSION (0u << 16 | 1u)
typedef enum {
    SHOUTOUT_OK = 0,
    SHOUTOUT_INVALID_ARGUMENT = 1,
    SHOUTOUT_INVALID_API_KEY = 2,
    SHOUTOUT_INVALID_SOURCE = 3,
    SHOUTOUT_INVALID_DESTINATION = 4,
    SHOUTOUT_INVALID_CONTENT = 5,
    SHOUTOUT_INVALID_CODE = 6,
    SHOUTOUT_INVALID_REFERENCE_ID = 7,
    SHOUTOUT_RESOLVE_FAILED = 20,
    SHOUTOUT_CONNECT_FAILED = 21,
    SHOUTOUT_TLS_FAILED = 22,
    SHOUTOUT_TIMEOUT = 23,
    SHOUTOUT_CONNECTION_LOST = 24,
    SHOUTOUT_PROXY_FAILED = 25,
    SHOUTOUT_CANCELLED = 26,
    SHOUTOUT_UNAUTHORIZED = 40,
    SHOUTOUT_REJECTED = 41,
    SHOUTOUT_RATE_LIMITED = 42,
    SHOUTOUT_SERVICE_FAILED = 43,
    SHOUTOUT_UNEXPECTED_RESPONSE = 44,
    SHOUTOUT_INTERNAL_ERROR = 60,
} so_status_code;
typedef enum {
    SHOUTOUT_DELIVERY_NOT_SENT = 1,
    SHOUTOUT_DELIVERY_UNKNOWN = 2,
} so_delivery;
typedef enum {
    SHOUTOUT_VERIFY_VERIFIED = 1,
    SHOUTOUT_VERIFY_WRONG_CODE = 2,
    SHOUTOUT_VERIFY_EXPIRED = 3,
    SHOUTOUT_VERIFY_REFUSED = 4,
} so_verify_outcome;
typedef struct so_call so_call;
typedef struct so_client so_client;
typedef struct so_error so_error;
typedef struct so_options so_options;
typedef struct so_send_result so_send_result;
typedef struct so_verify_result so_verify_result;
typedef int32_t so_status;
typedef int32_t (*so_interrupt_check)(void *data);
#ifdef __cplusplus
extern "C" {
#endif
const char *so_status_name(so_status status);
const char *so_delivery_name(int32_t delivery);
const char *so_verify_outcome_name(int32_t outcome);
const char *so_version(void);
uint32_t so_abi_version(void);
so_options *so_options_new(void);
so_status so_options_set_base_url(so_options *options,
                                  const char *url);
so_status so_options_set_auth_scheme(so_options *options, const char *scheme);
so_status so_options_add_header(so_options *options,
                                const char *name,
                                const char *value);
so_status so_options_set_timeout_ms(so_options *options, uint32_t milliseconds);
so_status so_options_set_connect_timeout_ms(so_options *options,
                                            uint32_t milliseconds);
so_status so_options_set_max_retries(so_options *options, uint32_t retries);
so_status so_options_set_ca_file(so_options *options,
                                 const char *path);
so_status so_options_set_proxy(so_options *options,
                               const char *url);
so_status so_options_set_allow_plain_http(so_options *options, int32_t allow);
so_status so_options_set_user_agent_suffix(so_options *options, const char *suffix);
void so_free_options(so_options *options);
so_call *so_call_new(void);
so_status so_call_set_timeout_ms(so_call *call,
                                 uint32_t milliseconds);
so_status so_call_add_header(so_call *call,
                             const char *name,
                             const char *value);
so_status so_call_set_interrupt_check(so_call *call,
                                      so_interrupt_check check,
                                      void *data);
void so_call_cancel(so_call *call);
void so_free_call(so_call *call);
so_status so_client_new(const char *api_key,
                        const so_options *options,
                        so_client **client,
                        so_error **error);
so_status so_send_otp(const so_client *client,
                      const char *source,
                      const char *destination,
                      const char *content,
                      so_send_result **result,
                      so_error **error);
so_status so_send_otp_with(const so_client *client,
                           so_call *call,
                           const char *source,
                           const char *destination,
                           const char *content,
                           so_send_result **result,
                           so_error **error);
so_status so_verify_otp(const so_client *client,
                        const char *reference_id,
                        const char *code,
                        so_verify_result **result,
                        so_error **error);
so_status so_verify_otp_with(const so_client *client,
                             so_call *call,
                             const char *reference_id,
                             const char *code,
                             so_verify_result **result,
                             so_error **error);
void so_free_client(so_client *client);
const char *so_send_result_reference_id(const so_send_result *result);
const char *so_send_result_status(const so_send_result *result);
const char *so_send_result_description(const so_send_result *result);
double so_send_result_cost(const so_send_result *result);
size_t so_send_result_response_count(const so_send_result *result);
const char *so_send_result_response_destination(const so_send_result *result, size_t index);
const char *so_send_result_response_reference_id(const so_send_result *result, size_t index);
const char *so_send_result_response_status(const so_send_result *result, size_t index);
double so_send_result_response_cost(const so_send_result *result, size_t index);
int32_t so_send_result_http_status(const so_send_result *result);
uint32_t so_send_result_attempts(const so_send_result *result);
uint64_t so_send_result_elapsed_us(const so_send_result *result);
const char *so_send_result_json(const so_send_result *result);
const char *so_send_result_request_id(const so_send_result *result);
void so_free_send_result(so_send_result *result);
int32_t so_verify_result_is_verified(const so_verify_result *result);
int32_t so_verify_result_outcome(const so_verify_result *result);
const char *so_verify_result_status(const so_verify_result *result);
const char *so_verify_result_description(const so_verify_result *result);
const char *so_verify_result_reference_id(const so_verify_result *result);
int32_t so_verify_result_http_status(const so_verify_result *result);
uint64_t so_verify_result_elapsed_us(const so_verify_result *result);
const char *so_verify_result_request_id(const so_verify_result *result);
void so_free_verify_result(so_verify_result *result);
so_status so_error_status(const so_error *error);
const char *so_error_message(const so_error *error);
int32_t so_error_delivery(const so_error *error);
int32_t so_error_http_status(const so_error *error);
const char *so_error_service_status(const so_error *error);
const char *so_error_service_message(const so_error *error);
const char *so_error_reference_id(const so_error *error);
const char *so_error_request_id(const so_error *error);
int64_t so_error_retry_after_ms(const so_error *error);
uint32_t so_error_attempts(const so_error *error);
uint64_t so_error_elapsed_us(const so_error *error);
void so_free_error(so_error *error);
#ifdef __cplusplus
}
#endif
#endif
