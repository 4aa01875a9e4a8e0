//! `so_error`: why a call failed.

use std::ffi::{CString, c_char};

use super::guard::contain;
use super::handle::{borrow, free};
use super::status::so_status;
use super::text::{borrowed, c_string};
use crate::errors::Error;

/// Why a call failed: immutable, readable from any thread, freed with so_free_error.
pub struct so_error {
    error: Error,
    message: CString,
    service_status: CString,
    service_message: CString,
    reference_id: CString,
    /// `None` where it is empty, as with most services.
    request_id: Option<CString>,
}

impl From<Error> for so_error {
    fn from(error: Error) -> so_error {
        so_error {
            message: c_string(error.message()),
            service_status: c_string(error.service_status()),
            service_message: c_string(error.service_message()),
            reference_id: c_string(error.reference_id()),
            request_id: Some(error.request_id()).filter(|id| !id.is_empty()).map(c_string),
            error,
        }
    }
}

/// The status that the failed function returned; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_error_status(error: *const so_error) -> so_status {
    // SAFETY: law 1: NULL or a live handle.
    unsafe { borrow(error) }.map_or(0, |e| e.error.status().number())
}

/// What happened, to which argument or in which phase, whether an SMS may be on its way, and what to do: for logs
/// and people. Holds no key, no code and no full number. NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_error_message(error: *const so_error) -> *const c_char {
    // SAFETY: law 1: NULL or a live handle.
    borrowed(unsafe { borrow(error) }.map(|e| e.message.as_c_str()))
}

/// SHOUTOUT_DELIVERY_NOT_SENT or SHOUTOUT_DELIVERY_UNKNOWN; 0, which is neither, for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_error_delivery(error: *const so_error) -> i32 {
    // SAFETY: law 1: NULL or a live handle.
    unsafe { borrow(error) }.map_or(0, |e| e.error.delivery() as i32)
}

/// The HTTP status of the answer; 0 when there was none, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_error_http_status(error: *const so_error) -> i32 {
    // SAFETY: law 1: NULL or a live handle.
    unsafe { borrow(error) }.map_or(0, |e| e.error.http_status().into())
}

/// The service's own code, such as "1007"; "" when it gave none. NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_error_service_status(error: *const so_error) -> *const c_char {
    // SAFETY: law 1: NULL or a live handle.
    borrowed(unsafe { borrow(error) }.map(|e| e.service_status.as_c_str()))
}

/// The service's own words, scrubbed of the key, the code and the full number; "" when it gave none. NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_error_service_message(error: *const so_error) -> *const c_char {
    // SAFETY: law 1: NULL or a live handle.
    borrowed(unsafe { borrow(error) }.map(|e| e.service_message.as_c_str()))
}

/// The reference id, where an answer named one although it could not be taken for a success; else "". With it, a code
/// that arrives after all can be verified. NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_error_reference_id(error: *const so_error) -> *const c_char {
    // SAFETY: law 1: NULL or a live handle.
    borrowed(unsafe { borrow(error) }.map(|e| e.reference_id.as_c_str()))
}

/// The request's id in the service's own logs, for a support ticket: x-amzn-requestid, apigw-requestid or x-request-id; "" when
/// the answer named none. NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_error_request_id(error: *const so_error) -> *const c_char {
    // SAFETY: law 1: NULL or a live handle.
    borrowed(unsafe { borrow(error) }.map(|handle| handle.request_id.as_deref().unwrap_or_default()))
}

/// How long the service asked to wait, in milliseconds, at most a day; -1 when it did not, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_error_retry_after_ms(error: *const so_error) -> i64 {
    // SAFETY: law 1: NULL or a live handle.
    let wait = unsafe { borrow(error) }.and_then(|e| e.error.retry_after());
    wait.map_or(-1, |wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
}

/// How many times the request was tried; 0 when the input was refused, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_error_attempts(error: *const so_error) -> u32 {
    // SAFETY: law 1: NULL or a live handle.
    unsafe { borrow(error) }.map_or(0, |e| e.error.attempts())
}

/// How long the call took, in microseconds; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_error_elapsed_us(error: *const so_error) -> u64 {
    // SAFETY: law 1: NULL or a live handle.
    unsafe { borrow(error) }.map_or(0, |e| microseconds(e.error.elapsed()))
}

/// A duration as the accessors give it.
pub(super) fn microseconds(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// Frees an error; NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_free_error(error: *mut so_error) {
    // SAFETY: law 1: NULL or a handle that is given back.
    contain((), || unsafe { free(error) });
}
