<?php

declare(strict_types=1);

namespace ShoutoutOtp\Internal;

/**
 * The declarations of the C library. Made from include/shoutout_otp.h by
 * bin/flatten-header.php: do not edit.
 *
 * A constant, which OPcache keeps in memory: a header of its own would be read
 * from disk at every request.
 *
 * @internal
 */
final class Declarations
{
    public const TEXT = <<<'C'
    typedef struct so_call so_call;
    typedef struct so_client so_client;
    typedef struct so_error so_error;
    typedef struct so_options so_options;
    typedef struct so_send_result so_send_result;
    typedef struct so_verify_result so_verify_result;
    typedef int32_t so_status;
    typedef int32_t (*so_interrupt_check)(void *);
    const char *so_status_name(so_status);
    const char *so_delivery_name(int32_t);
    const char *so_verify_outcome_name(int32_t);
    const char *so_version(void);
    uint32_t so_abi_version(void);
    so_options *so_options_new(void);
    so_status so_options_set_base_url(so_options *, const char *);
    so_status so_options_set_auth_scheme(so_options *, const char *);
    so_status so_options_add_header(so_options *, const char *, const char *);
    so_status so_options_set_timeout_ms(so_options *, uint32_t);
    so_status so_options_set_connect_timeout_ms(so_options *, uint32_t);
    so_status so_options_set_max_retries(so_options *, uint32_t);
    so_status so_options_set_ca_file(so_options *, const char *);
    so_status so_options_set_proxy(so_options *, const char *);
    so_status so_options_set_allow_plain_http(so_options *, int32_t);
    so_status so_options_set_user_agent_suffix(so_options *, const char *);
    void so_free_options(so_options *);
    so_call *so_call_new(void);
    so_status so_call_set_timeout_ms(so_call *, uint32_t);
    so_status so_call_add_header(so_call *, const char *, const char *);
    so_status so_call_set_interrupt_check(so_call *, so_interrupt_check, void *);
    void so_call_cancel(so_call *);
    void so_free_call(so_call *);
    so_status so_client_new(const char *, const so_options *, so_client **, so_error **);
    so_status so_send_otp(const so_client *, const char *, const char *, const char *, so_send_result **, so_error **);
    so_status so_send_otp_with(const so_client *, so_call *, const char *, const char *, const char *, so_send_result
        **, so_error **);
    so_status so_verify_otp(const so_client *, const char *, const char *, so_verify_result **, so_error **);
    so_status so_verify_otp_with(const so_client *, so_call *, const char *, const char *, so_verify_result **, so_error
        **);
    void so_free_client(so_client *);
    const char *so_send_result_reference_id(const so_send_result *);
    const char *so_send_result_status(const so_send_result *);
    const char *so_send_result_description(const so_send_result *);
    double so_send_result_cost(const so_send_result *);
    size_t so_send_result_response_count(const so_send_result *);
    const char *so_send_result_response_destination(const so_send_result *, size_t);
    const char *so_send_result_response_reference_id(const so_send_result *, size_t);
    const char *so_send_result_response_status(const so_send_result *, size_t);
    double so_send_result_response_cost(const so_send_result *, size_t);
    int32_t so_send_result_http_status(const so_send_result *);
    uint32_t so_send_result_attempts(const so_send_result *);
    uint64_t so_send_result_elapsed_us(const so_send_result *);
    const char *so_send_result_json(const so_send_result *);
    const char *so_send_result_request_id(const so_send_result *);
    void so_free_send_result(so_send_result *);
    int32_t so_verify_result_is_verified(const so_verify_result *);
    int32_t so_verify_result_outcome(const so_verify_result *);
    const char *so_verify_result_status(const so_verify_result *);
    const char *so_verify_result_description(const so_verify_result *);
    const char *so_verify_result_reference_id(const so_verify_result *);
    int32_t so_verify_result_http_status(const so_verify_result *);
    uint64_t so_verify_result_elapsed_us(const so_verify_result *);
    const char *so_verify_result_request_id(const so_verify_result *);
    void so_free_verify_result(so_verify_result *);
    so_status so_error_status(const so_error *);
    const char *so_error_message(const so_error *);
    int32_t so_error_delivery(const so_error *);
    int32_t so_error_http_status(const so_error *);
    const char *so_error_service_status(const so_error *);
    const char *so_error_service_message(const so_error *);
    const char *so_error_reference_id(const so_error *);
    const char *so_error_request_id(const so_error *);
    int64_t so_error_retry_after_ms(const so_error *);
    uint32_t so_error_attempts(const so_error *);
    uint64_t so_error_elapsed_us(const so_error *);
    void so_free_error(so_error *);
    C;
}
