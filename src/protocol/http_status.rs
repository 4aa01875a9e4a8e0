//! What an HTTP status says by itself, before any body is read: the same for both operations.

use crate::errors::Delivery;
use crate::errors::Status;

/// The verdict of a status line; `None` for 2xx, where the body decides.
pub(crate) fn verdict(http_status: u16) -> Option<(Status, Delivery)> {
    Some(match http_status {
        200..=299 => return None,
        401 | 403 => (Status::Unauthorized, Delivery::NotSent),
        429 => (Status::RateLimited, Delivery::NotSent),
        // The server gave up waiting, which it may say of a request that it had whole.
        408 => (Status::Rejected, Delivery::Unknown),
        400..=499 => (Status::Rejected, Delivery::NotSent),
        500..=599 => (Status::ServiceFailed, Delivery::Unknown),
        // 1xx as the last word, redirects (never followed), and what is no status at all.
        _ => (Status::UnexpectedResponse, Delivery::Unknown),
    })
}

/// Whether the status line says that the client was wrong.
pub(crate) fn is_client_error(http_status: u16) -> bool {
    (400..=499).contains(&http_status)
}

/// What the status line means to the person who reads the message, and what to do about it.
pub(crate) fn explanation(http_status: u16) -> &'static str {
    match http_status {
        401 | 403 => "the service did not accept the API key: check the key, and that base_url is the service's",
        404 => "there is nothing at this address: check base_url",
        408 => "the service gave up waiting for the request",
        429 => "too many requests: wait before the next one",
        400..=499 => "the service refused the request",
        500..=599 => "the service failed",
        300..=399 => "the answer is a redirect, which is never followed: check base_url, or the network's login page",
        _ => "the answer has no usable HTTP status",
    }
}
