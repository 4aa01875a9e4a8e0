//! `so_verify_result`: the service's word on a code.

use std::ffi::{CString, c_char};

use super::error::microseconds;
use super::guard::contain;
use super::handle::{borrow, free};
use super::text::{borrowed, c_string};
use crate::protocol::VerifyResult;

/// The service's word on a code: immutable, readable from any thread, freed with so_free_verify_result.
pub struct so_verify_result {
    result: VerifyResult,
    status: CString,
    description: CString,
    reference_id: CString,
    /// `None` where it is empty, as with most services.
    request_id: Option<CString>,
}

impl From<VerifyResult> for so_verify_result {
    fn from(result: VerifyResult) -> so_verify_result {
        so_verify_result {
            status: c_string(result.status()),
            description: c_string(result.description()),
            reference_id: c_string(result.reference_id()),
            request_id: Some(result.request_id()).filter(|id| !id.is_empty()).map(c_string),
            result,
        }
    }
}

/// 1 if the code is right, else 0: the only thing to let a user in for. 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_verify_result_is_verified(result: *const so_verify_result) -> i32 {
    // SAFETY: law 1: NULL or a live handle.
    unsafe { borrow(result) }.map_or(0, |r| r.result.is_verified().into())
}

/// One of the SHOUTOUT_VERIFY_* numbers; 0, which is none of them, for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_verify_result_outcome(result: *const so_verify_result) -> i32 {
    // SAFETY: law 1: NULL or a live handle.
    unsafe { borrow(result) }.map_or(0, |r| r.result.outcome() as i32)
}

/// The service's statusCode, such as "1000". NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_verify_result_status(result: *const so_verify_result) -> *const c_char {
    // SAFETY: law 1: NULL or a live handle.
    borrowed(unsafe { borrow(result) }.map(|r| r.status.as_c_str()))
}

/// The service's words, or "". NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_verify_result_description(result: *const so_verify_result) -> *const c_char {
    // SAFETY: law 1: NULL or a live handle.
    borrowed(unsafe { borrow(result) }.map(|r| r.description.as_c_str()))
}

/// The reference id that was asked about. NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_verify_result_reference_id(result: *const so_verify_result) -> *const c_char {
    // SAFETY: law 1: NULL or a live handle.
    borrowed(unsafe { borrow(result) }.map(|r| r.reference_id.as_c_str()))
}

/// The HTTP status of the answer; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_verify_result_http_status(result: *const so_verify_result) -> i32 {
    // SAFETY: law 1: NULL or a live handle.
    unsafe { borrow(result) }.map_or(0, |r| r.result.http_status().into())
}

/// How long the call took, in microseconds; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_verify_result_elapsed_us(result: *const so_verify_result) -> u64 {
    // SAFETY: law 1: NULL or a live handle.
    unsafe { borrow(result) }.map_or(0, |r| microseconds(r.result.elapsed()))
}

/// The request's id in the service's own logs, for a support ticket: x-amzn-requestid, apigw-requestid or x-request-id; "" when
/// the answer named none. NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_verify_result_request_id(result: *const so_verify_result) -> *const c_char {
    // SAFETY: law 1: NULL or a live handle.
    borrowed(unsafe { borrow(result) }.map(|handle| handle.request_id.as_deref().unwrap_or_default()))
}

/// Frees a result; NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_free_verify_result(result: *mut so_verify_result) {
    // SAFETY: law 1: NULL or a handle that is given back.
    contain((), || unsafe { free(result) });
}
