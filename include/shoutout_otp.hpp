/**
 * @file
 * libshoutout_otp for C++17: a thin RAII layer over shoutout_otp.h.
 *
 *     shoutout::client client{api_key};
 *     try {
 *         auto sent = client.send_otp("ShoutDEMO", "+94 77 123 4567", "Your code is {{code}}");
 *         bool ok = client.verify_otp(sent.reference_id, code_of_the_user).is_verified();
 *     } catch (const shoutout::error &e) {
 *         if (e.delivery() == shoutout::delivery::unknown) { ... an SMS may be on its way: wait before a resend ... }
 *     }
 *
 * A client is move-only and may be used by any number of threads at once, but for being moved from or destroyed.
 * Results and errors are plain values. Whatever fails throws shoutout::error (or std::bad_alloc), nothing else.
 */
#ifndef SHOUTOUT_OTP_HPP
#define SHOUTOUT_OTP_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shoutout_otp.h"

namespace shoutout {

/** Whether an SMS may be on its way although the call failed. */
enum class delivery : std::int32_t {
    not_sent = SHOUTOUT_DELIVERY_NOT_SENT, ///< surely no SMS
    unknown = SHOUTOUT_DELIVERY_UNKNOWN    ///< ask the user to wait before a resend
};

/** What the service said of a code. */
enum class verify_outcome : std::int32_t {
    verified = SHOUTOUT_VERIFY_VERIFIED,     ///< the right one: let the user in
    wrong_code = SHOUTOUT_VERIFY_WRONG_CODE, ///< ask for it again
    expired = SHOUTOUT_VERIFY_EXPIRED,       ///< too late: send a new one
    refused = SHOUTOUT_VERIFY_REFUSED        ///< for a reason that status and description give
};

/// @cond what only this header uses
namespace detail {

template <typename T, void (*Free)(T *)> struct deleter {
    void operator()(T *handle) const noexcept { Free(handle); }
};
template <typename T, void (*Free)(T *)> using handle = std::unique_ptr<T, deleter<T, Free>>;

using client_handle = handle<so_client, so_free_client>;
using options_handle = handle<so_options, so_free_options>;
using send_result_handle = handle<so_send_result, so_free_send_result>;
using verify_result_handle = handle<so_verify_result, so_free_verify_result>;
using error_handle = handle<so_error, so_free_error>;

/** The service's amount, or nothing where it gave none (-1 in C). */
inline std::optional<double> amount(double cost) {
    return cost < 0 ? std::nullopt : std::optional<double>(cost);
}

inline bool holds_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

} // namespace detail
/// @endcond

/** Why a call failed. what() is the whole message; it holds no key, no code and no full number. Copying never throws. */
class error : public std::runtime_error {
public:
    /** Takes over an error of the C library. */
    explicit error(detail::error_handle from)
        : std::runtime_error(so_error_message(from.get())), details_(details_of(from.get())) {}

    /** An input that this layer refuses: nothing was sent. */
    error(so_status status, const std::string &message)
        : std::runtime_error(message), details_(std::make_shared<const details>(details{status})) {}

    /** One of the SHOUTOUT_* status numbers. */
    so_status status() const noexcept { return details_->status; }
    /** The status as text, such as "SHOUTOUT_TIMEOUT". */
    const char *status_name() const noexcept { return so_status_name(details_->status); }
    /** Whether an SMS may be on its way all the same: ask this before any resend. */
    shoutout::delivery delivery() const noexcept { return details_->delivery; }
    /** The HTTP status of the answer; 0 when there was none. */
    int http_status() const noexcept { return details_->http_status; }
    /** The service's own code; empty when it gave none. */
    const std::string &service_status() const noexcept { return details_->service_status; }
    /** The service's own words, without the secrets of the call; empty when it gave none. */
    const std::string &service_message() const noexcept { return details_->service_message; }
    /** Empty, or the reference id of a send that may have gone: a code that arrives can be verified with it. */
    const std::string &reference_id() const noexcept { return details_->reference_id; }
    /** How long the service asked to wait. */
    std::optional<std::chrono::milliseconds> retry_after() const noexcept { return details_->retry_after; }
    /** How many times the request was tried; 0 when the input was refused. */
    std::uint32_t attempts() const noexcept { return details_->attempts; }
    /** How long the call took, from its beginning to its end. */
    std::chrono::microseconds elapsed() const noexcept { return details_->elapsed; }

private:
    struct details {
        so_status status;
        shoutout::delivery delivery = shoutout::delivery::not_sent;
        int http_status = 0;
        std::string service_status = {};
        std::string service_message = {};
        std::string reference_id = {};
        std::optional<std::chrono::milliseconds> retry_after = {};
        std::uint32_t attempts = 0;
        std::chrono::microseconds elapsed{0};
    };

    static std::shared_ptr<const details> details_of(const so_error *from) {
        details all{so_error_status(from)};
        all.delivery = static_cast<shoutout::delivery>(so_error_delivery(from));
        all.http_status = so_error_http_status(from);
        all.service_status = so_error_service_status(from);
        all.service_message = so_error_service_message(from);
        all.reference_id = so_error_reference_id(from);
        if (const auto wait = so_error_retry_after_ms(from); wait >= 0) {
            all.retry_after = std::chrono::milliseconds(wait);
        }
        all.attempts = so_error_attempts(from);
        all.elapsed = std::chrono::microseconds(so_error_elapsed_us(from));
        return std::make_shared<const details>(std::move(all));
    }

    /** Shared, so that the exception can be copied while it is on its way. */
    std::shared_ptr<const details> details_;
};

namespace detail {

/** A C string from a view; a view with a NUL in it would be cut in silence, so it is refused. */
inline std::string c_string(std::string_view text, const char *argument, so_status status) {
    if (holds_nul(text)) {
        throw error(status, std::string(argument) + " holds U+0000. Nothing was sent.");
    }
    return std::string(text);
}

/** Throws unless the call succeeded. */
inline void check(so_status status, so_error *failed) {
    error_handle owned(failed);
    if (status == SHOUTOUT_OK) {
        return;
    }
    if (!owned) {
        throw error(status, std::string(so_status_name(status)) + " without details");
    }
    throw error(std::move(owned));
}

} // namespace detail

/**
 * How a client is to behave. A value that is refused is remembered, and the client's constructor throws with the name
 * of the option; so the setters can be chained without a look at each. Used by one thread at a time.
 */
class options {
public:
    options() : handle_(so_options_new()) {
        if (!handle_) {
            throw std::bad_alloc();
        }
    }

    /** Where the service is; /send and /verify are appended. */
    options &base_url(std::string_view url) { return set("base_url", so_options_set_base_url, url); }
    /** The word before the key in the Authorization header. */
    options &auth_scheme(std::string_view scheme) { return set("auth_scheme", so_options_set_auth_scheme, scheme); }
    /** One more header on every request; its value is treated as a secret. */
    options &add_header(std::string_view name, std::string_view value) {
        if (detail::holds_nul(name) || detail::holds_nul(value)) {
            return refuse("add_header");
        }
        so_options_add_header(handle_.get(), std::string(name).c_str(), std::string(value).c_str());
        return *this;
    }
    /** How long a whole call may take: name lookup, proxy, TLS, retries, everything. 1 ms to 600 s. */
    options &timeout(std::chrono::milliseconds timeout) {
        so_options_set_timeout_ms(handle_.get(), milliseconds(timeout));
        return *this;
    }
    /** How long one attempt may take until its connection stands. 1 ms to 600 s. */
    options &connect_timeout(std::chrono::milliseconds timeout) {
        so_options_set_connect_timeout_ms(handle_.get(), milliseconds(timeout));
        return *this;
    }
    /** How often a request is tried again, only where surely nothing was sent. */
    options &max_retries(std::uint32_t retries) {
        so_options_set_max_retries(handle_.get(), retries);
        return *this;
    }
    /** A PEM file with the certificates to trust instead of the bundled ones; read now. */
    options &ca_file(std::string_view path) { return set("ca_file", so_options_set_ca_file, path); }
    /** An http:// proxy to reach the service through, by CONNECT. */
    options &proxy(std::string_view url) { return set("proxy", so_options_set_proxy, url); }
    /** Accepts an http:// base URL beyond this machine, over which the key travels in the clear. */
    options &allow_plain_http(bool allow) {
        so_options_set_allow_plain_http(handle_.get(), allow ? 1 : 0);
        return *this;
    }
    /** What to append to the User-Agent. */
    options &user_agent_suffix(std::string_view suffix) {
        return set("user_agent_suffix", so_options_set_user_agent_suffix, suffix);
    }

private:
    friend class client;
    using text_setter = so_status (*)(so_options *, const char *);

    options &set(const char *option, text_setter setter, std::string_view value) {
        if (detail::holds_nul(value)) {
            return refuse(option);
        }
        setter(handle_.get(), std::string(value).c_str());
        return *this;
    }

    options &refuse(const char *option) {
        if (refusal_.empty()) {
            refusal_ = std::string("option ") + option + " holds U+0000. Nothing was sent.";
        }
        return *this;
    }

    /** What does not fit is passed on as 0, which the library refuses. */
    static std::uint32_t milliseconds(std::chrono::milliseconds duration) {
        const auto count = duration.count();
        return count < 0 || count > UINT32_MAX ? 0 : static_cast<std::uint32_t>(count);
    }

    detail::options_handle handle_;
    std::string refusal_;
};

/** One entry of messageResult.responses. What the service left out is empty. */
struct send_response {
    std::string destination;    ///< in full: do not log it
    std::string reference_id;   ///< of this entry
    std::string status;         ///< of this entry
    std::optional<double> cost; ///< in the provider's credits
};

/** An accepted send. What the service left out is empty. */
struct send_result {
    std::string reference_id;             ///< what to verify the code with
    std::string status;                   ///< the service's own, such as "1001"
    std::string description;              ///< in the service's words
    std::optional<double> cost;           ///< in the provider's credits
    std::vector<send_response> responses; ///< at most 64
    int http_status;                      ///< of the answer
    std::uint32_t attempts;               ///< how many times the request was tried
    std::chrono::microseconds elapsed;    ///< from the beginning of the call to its end
    std::string json;                     ///< the whole answer, scrubbed of nothing; it holds the full number: do not log it
};

/** The service's word on a code. */
struct verify_result {
    verify_outcome outcome;            ///< what to tell the user
    std::string status;                ///< the service's own, such as "1000"
    std::string description;           ///< in the service's words
    std::string reference_id;          ///< that of the send
    int http_status;                   ///< of the answer
    std::chrono::microseconds elapsed; ///< from the beginning of the call to its end

    /** The only thing to let a user in for. */
    bool is_verified() const noexcept { return outcome == verify_outcome::verified; }
};

/** A client of the service. Opens no socket until it sends; all clients of a process share their connections. */
class client {
public:
    /** Throws shoutout::error where the key or an option cannot be used. */
    explicit client(std::string_view api_key, const options &with = options()) {
        if (!with.handle_) {
            throw error(SHOUTOUT_INVALID_ARGUMENT, "options were moved from, and hold nothing. Nothing was sent.");
        }
        if (!with.refusal_.empty()) {
            throw error(SHOUTOUT_INVALID_ARGUMENT, with.refusal_);
        }
        const std::string key = detail::c_string(api_key, "api_key", SHOUTOUT_INVALID_API_KEY);
        so_client *made = nullptr;
        so_error *failed = nullptr;
        const so_status status = so_client_new(key.c_str(), with.handle_.get(), &made, &failed);
        handle_.reset(made);
        detail::check(status, failed);
    }

    /** Sends a passcode: content holds {{code}}, destination is in E.164 format. Throws shoutout::error. */
    send_result send_otp(std::string_view source, std::string_view destination, std::string_view content) const {
        const std::string from = detail::c_string(source, "source", SHOUTOUT_INVALID_SOURCE);
        const std::string to = detail::c_string(destination, "destination", SHOUTOUT_INVALID_DESTINATION);
        const std::string text = detail::c_string(content, "content", SHOUTOUT_INVALID_CONTENT);
        so_send_result *sent = nullptr;
        so_error *failed = nullptr;
        const so_status status = so_send_otp(handle_.get(), from.c_str(), to.c_str(), text.c_str(), &sent, &failed);
        const detail::send_result_handle owned(sent);
        detail::check(status, failed);
        return value_of(owned.get());
    }

    /** Asks whether a code is the right one. A wrong code is a result; throws shoutout::error for everything else. */
    verify_result verify_otp(std::string_view reference_id, std::string_view code) const {
        const std::string id = detail::c_string(reference_id, "reference_id", SHOUTOUT_INVALID_REFERENCE_ID);
        const std::string typed = detail::c_string(code, "code", SHOUTOUT_INVALID_CODE);
        so_verify_result *checked = nullptr;
        so_error *failed = nullptr;
        const so_status status = so_verify_otp(handle_.get(), id.c_str(), typed.c_str(), &checked, &failed);
        const detail::verify_result_handle owned(checked);
        detail::check(status, failed);
        return value_of(owned.get());
    }

private:
    static send_result value_of(const so_send_result *sent) {
        std::vector<send_response> responses;
        responses.reserve(so_send_result_response_count(sent));
        for (std::size_t i = 0; i < so_send_result_response_count(sent); ++i) {
            responses.push_back({so_send_result_response_destination(sent, i),
                                 so_send_result_response_reference_id(sent, i), so_send_result_response_status(sent, i),
                                 detail::amount(so_send_result_response_cost(sent, i))});
        }
        return {so_send_result_reference_id(sent),
                so_send_result_status(sent),
                so_send_result_description(sent),
                detail::amount(so_send_result_cost(sent)),
                std::move(responses),
                so_send_result_http_status(sent),
                so_send_result_attempts(sent),
                std::chrono::microseconds(so_send_result_elapsed_us(sent)),
                so_send_result_json(sent)};
    }

    static verify_result value_of(const so_verify_result *checked) {
        return {static_cast<verify_outcome>(so_verify_result_outcome(checked)),
                so_verify_result_status(checked),
                so_verify_result_description(checked),
                so_verify_result_reference_id(checked),
                so_verify_result_http_status(checked),
                std::chrono::microseconds(so_verify_result_elapsed_us(checked))};
    }

    detail::client_handle handle_;
};

} // namespace shoutout

#endif // SHOUTOUT_OTP_HPP
