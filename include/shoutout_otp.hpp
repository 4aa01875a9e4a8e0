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

#if !(defined(_MSVC_LANG) && _MSVC_LANG >= 201703L) && __cplusplus < 201703L
#error "shoutout_otp.hpp needs C++17: compile with -std=c++17. For older C++, shoutout_otp.h has everything in C."
#endif
#if !defined(__cpp_exceptions) && !defined(_CPPUNWIND)
#error "shoutout_otp.hpp throws exceptions: compile without -fno-exceptions. Without them, shoutout_otp.h has everything in C."
#endif

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "shoutout_otp.h"

// curses has a macro of this name.
#pragma push_macro("timeout")
#undef timeout

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
using call_handle = handle<so_call, so_free_call>;
using options_handle = handle<so_options, so_free_options>;
using send_result_handle = handle<so_send_result, so_free_send_result>;
using verify_result_handle = handle<so_verify_result, so_free_verify_result>;
using error_handle = handle<so_error, so_free_error>;

/** The service's amount, or nothing where it gave none (-1 in C). */
inline std::optional<double> amount(double cost) {
    return cost < 0 ? std::nullopt : std::optional<double>(cost);
}

/** What does not fit is passed on as 0, which the library refuses. */
inline std::uint32_t whole_milliseconds(std::chrono::milliseconds duration) {
    const auto count = duration.count();
    return count < 0 || count > UINT32_MAX ? 0 : static_cast<std::uint32_t>(count);
}

/**
 * A text argument: whatever a std::string_view can be made of, and a null pointer, of which it cannot: the library then says
 * which argument is NULL.
 */
class text {
public:
    text(const char *from) : is_null_(from == nullptr), view_(is_null_ ? std::string_view() : std::string_view(from)) {}
    text(std::nullptr_t) : is_null_(true), view_() {}
    template <typename T, typename = std::enable_if_t<std::is_convertible_v<const T &, std::string_view> &&
                                                      !std::is_convertible_v<const T &, const char *>>>
    text(const T &from) : is_null_(false), view_(from) {}

    bool is_null() const noexcept { return is_null_; }
    /** A text with a NUL in it would be cut silently. */
    bool holds_nul() const noexcept { return view_.find('\0') != std::string_view::npos; }
    std::string string() const { return std::string(view_); }

private:
    bool is_null_;
    std::string_view view_;
};

/** A C string that ends with a NUL, or null. */
class c_text {
public:
    explicit c_text(const text &from) : is_null_(from.is_null()), string_(from.string()) {}

    const char *get() const noexcept { return is_null_ ? nullptr : string_.c_str(); }

private:
    bool is_null_;
    std::string string_;
};

} // namespace detail
/// @endcond

#if defined(__clang__)
#pragma clang diagnostic push
// A header has no place for a function that is in one object file only.
#pragma clang diagnostic ignored "-Wweak-vtables"
#endif

/** Why a call failed. what() is the whole message; it holds no key, no code and no full number. Copying never throws. */
class error : public std::runtime_error {
public:
    /** Takes over an error of the C library. */
    explicit error(detail::error_handle from)
        : std::runtime_error(so_error_message(from.get())), details_(details_of(from.get())) {}

    /** Copied, and never moved from: one that was handed on stays readable. */
    error(const error &) = default;
    /** The same. */
    error &operator=(const error &) = default;
    ~error() override = default;

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
    /** The request's id in the service's own logs, for a support ticket; empty where the answer named none. */
    const std::string &request_id() const noexcept { return details_->request_id; }
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
        std::string request_id = {};
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
        all.request_id = so_error_request_id(from);
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

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

namespace detail {

/** A C string; a text with a NUL in it is refused. */
inline c_text c_string(const text &from, const char *argument, so_status status) {
    if (from.holds_nul()) {
        throw error(status, std::string(argument) + " holds U+0000. Nothing was sent.");
    }
    return c_text(from);
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
    options &base_url(const detail::text &url) { return set("base_url", so_options_set_base_url, url); }
    /** The word before the key in the Authorization header. */
    options &auth_scheme(const detail::text &scheme) { return set("auth_scheme", so_options_set_auth_scheme, scheme); }
    /** One more header on every request; its value is treated as a secret. */
    options &add_header(const detail::text &name, const detail::text &value) {
        if (name.holds_nul() || value.holds_nul()) {
            return refuse("add_header");
        }
        so_options_add_header(handle_.get(), detail::c_text(name).get(), detail::c_text(value).get());
        return *this;
    }
    /** How long a whole call may take: name lookup, proxy, TLS, retries, everything. 1 ms to 600 s. */
    options &timeout(std::chrono::milliseconds duration) {
        so_options_set_timeout_ms(handle_.get(), detail::whole_milliseconds(duration));
        return *this;
    }
    /** How long one attempt may take until its connection stands. 1 ms to 600 s. */
    options &connect_timeout(std::chrono::milliseconds duration) {
        so_options_set_connect_timeout_ms(handle_.get(), detail::whole_milliseconds(duration));
        return *this;
    }
    /** How often a request is tried again, only where surely nothing was sent. */
    options &max_retries(std::uint32_t retries) {
        so_options_set_max_retries(handle_.get(), retries);
        return *this;
    }
    /** A PEM file with the certificates to trust instead of the bundled ones; read now. */
    options &ca_file(const detail::text &path) { return set("ca_file", so_options_set_ca_file, path); }
    /** An http:// proxy to reach the service through, by CONNECT. */
    options &proxy(const detail::text &url) { return set("proxy", so_options_set_proxy, url); }
    /** Accepts an http:// base URL beyond this machine, over which the key travels in the clear. */
    options &allow_plain_http(bool allow) {
        so_options_set_allow_plain_http(handle_.get(), allow ? 1 : 0);
        return *this;
    }
    /** What to append to the User-Agent. */
    options &user_agent_suffix(const detail::text &suffix) {
        return set("user_agent_suffix", so_options_set_user_agent_suffix, suffix);
    }

private:
    friend class client;
    using text_setter = so_status (*)(so_options *, const char *);

    options &set(const char *option, text_setter setter, const detail::text &value) {
        if (value.holds_nul()) {
            return refuse(option);
        }
        setter(handle_.get(), detail::c_text(value).get());
        return *this;
    }

    options &refuse(const char *option) {
        if (refusal_.empty()) {
            refusal_ = std::string("option ") + option + " holds U+0000. Nothing was sent.";
        }
        return *this;
    }

    detail::options_handle handle_;
    std::string refusal_{};
};

/**
 * What is special about one call: a timeout, headers, and a way to stop it. Move-only. It can be used again for the next call, but
 * by one call at a time. A value that is refused is remembered, and the next use throws.
 */
class call {
public:
    call() : handle_(so_call_new()) {
        if (!handle_) {
            throw std::bad_alloc();
        }
    }

    /** How long this call may take, in place of the client's timeout. 1 ms to 600 s. */
    call &timeout(std::chrono::milliseconds duration) {
        so_call_set_timeout_ms(handle_.get(), detail::whole_milliseconds(duration));
        return *this;
    }
    /** One more header on the request, such as traceparent; its value is treated as a secret. */
    call &add_header(const detail::text &name, const detail::text &value) {
        if (name.holds_nul() || value.holds_nul()) {
            if (refusal_.empty()) {
                refusal_ = "setting add_header of the call holds U+0000. Nothing was sent.";
            }
            return *this;
        }
        so_call_add_header(handle_.get(), detail::c_text(name).get(), detail::c_text(value).get());
        return *this;
    }
    /**
     * Asked on the thread of the call, at least every 50 ms while it waits; true cancels it. It must not throw: an exception ends
     * the program. It must not use this call.
     */
    call &interrupt_check(std::function<bool()> check) {
        check_ = check ? std::make_unique<std::function<bool()>>(std::move(check)) : nullptr;
        so_call_set_interrupt_check(handle_.get(), check_ ? is_interrupted : nullptr, check_.get());
        return *this;
    }
    /**
     * Ends the call that uses it, within 50 ms, with SHOUTOUT_CANCELLED; error::delivery() tells whether an SMS may be on its way.
     * Every later use throws it, too. From any thread, and from a signal handler.
     */
    void cancel() const noexcept { so_call_cancel(handle_.get()); }

private:
    friend class client;

    static std::int32_t is_interrupted(void *check) noexcept {
        return (*static_cast<const std::function<bool()> *>(check))() ? 1 : 0;
    }

    /** The handle, for a use. */
    so_call *usable() const {
        if (!handle_) {
            throw error(SHOUTOUT_INVALID_ARGUMENT, "call was moved from, and holds nothing. Nothing was sent.");
        }
        if (!refusal_.empty()) {
            throw error(SHOUTOUT_INVALID_ARGUMENT, refusal_);
        }
        return handle_.get();
    }

    // Freed after the handle, which points to it.
    std::unique_ptr<std::function<bool()>> check_{};
    detail::call_handle handle_;
    std::string refusal_{};
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
    std::string request_id;               ///< in the service's own logs, for a support ticket; may be empty
    std::string json;                     ///< the whole answer, scrubbed of nothing; it holds the full number: do not log it
};

/** The service's word on a code. */
struct verify_result {
    verify_outcome outcome;            ///< what to tell the user
    std::string status;                ///< the service's own, such as "1000"
    std::string description;           ///< in the service's words
    std::string reference_id;          ///< that of the send
    std::string request_id;            ///< in the service's own logs, for a support ticket; may be empty
    int http_status;                   ///< of the answer
    std::chrono::microseconds elapsed; ///< from the beginning of the call to its end

    /** The only thing to let a user in for. */
    bool is_verified() const noexcept { return outcome == verify_outcome::verified; }
};

/** A client of the service. Opens no socket until it sends; all clients of a process share their connections. */
class client {
public:
    /** Throws shoutout::error where the key or an option cannot be used. */
    explicit client(const detail::text &api_key, const options &with = options()) : handle_() {
        if (!with.handle_) {
            throw error(SHOUTOUT_INVALID_ARGUMENT, "options were moved from, and hold nothing. Nothing was sent.");
        }
        if (!with.refusal_.empty()) {
            throw error(SHOUTOUT_INVALID_ARGUMENT, with.refusal_);
        }
        const detail::c_text key = detail::c_string(api_key, "api_key", SHOUTOUT_INVALID_API_KEY);
        so_client *made = nullptr;
        so_error *failed = nullptr;
        const so_status status = so_client_new(key.get(), with.handle_.get(), &made, &failed);
        handle_.reset(made);
        detail::check(status, failed);
    }

    /** Sends a passcode: content holds {{code}}, destination is in E.164 format. Throws shoutout::error. */
    send_result send_otp(const detail::text &source, const detail::text &destination, const detail::text &content) const {
        return send(nullptr, source, destination, content);
    }
    /** The same with the settings of one call. */
    send_result send_otp(const detail::text &source, const detail::text &destination, const detail::text &content,
                         const call &with) const {
        return send(with.usable(), source, destination, content);
    }

    /** Asks whether a code is the right one. A wrong code is a result; throws shoutout::error for everything else. */
    verify_result verify_otp(const detail::text &reference_id, const detail::text &code) const {
        return verify(nullptr, reference_id, code);
    }
    /** The same with the settings of one call. */
    verify_result verify_otp(const detail::text &reference_id, const detail::text &code, const call &with) const {
        return verify(with.usable(), reference_id, code);
    }

private:
    send_result send(so_call *with, const detail::text &source, const detail::text &destination,
                     const detail::text &content) const {
        const auto from = detail::c_string(source, "source", SHOUTOUT_INVALID_SOURCE);
        const auto to = detail::c_string(destination, "destination", SHOUTOUT_INVALID_DESTINATION);
        const auto text = detail::c_string(content, "content", SHOUTOUT_INVALID_CONTENT);
        so_send_result *sent = nullptr;
        so_error *failed = nullptr;
        const so_status status =
            so_send_otp_with(handle_.get(), with, from.get(), to.get(), text.get(), &sent, &failed);
        const detail::send_result_handle owned(sent);
        detail::check(status, failed);
        return value_of(owned.get());
    }

    verify_result verify(so_call *with, const detail::text &reference_id, const detail::text &code) const {
        const auto id = detail::c_string(reference_id, "reference_id", SHOUTOUT_INVALID_REFERENCE_ID);
        const auto typed = detail::c_string(code, "code", SHOUTOUT_INVALID_CODE);
        so_verify_result *checked = nullptr;
        so_error *failed = nullptr;
        const so_status status = so_verify_otp_with(handle_.get(), with, id.get(), typed.get(), &checked, &failed);
        const detail::verify_result_handle owned(checked);
        detail::check(status, failed);
        return value_of(owned.get());
    }

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
                so_send_result_request_id(sent),
                so_send_result_json(sent)};
    }

    static verify_result value_of(const so_verify_result *checked) {
        return {static_cast<verify_outcome>(so_verify_result_outcome(checked)),
                so_verify_result_status(checked),
                so_verify_result_description(checked),
                so_verify_result_reference_id(checked),
                so_verify_result_request_id(checked),
                so_verify_result_http_status(checked),
                std::chrono::microseconds(so_verify_result_elapsed_us(checked))};
    }

    detail::client_handle handle_;
};

} // namespace shoutout

#pragma pop_macro("timeout")

#endif // SHOUTOUT_OTP_HPP
