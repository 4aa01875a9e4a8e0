//! `so_send_result`: an accepted send.

use std::ffi::{CString, c_char};

use super::error::microseconds;
use super::guard::contain;
use super::handle::{borrow, free};
use super::text::{borrowed, c_string};
use crate::protocol::{SendResponse, SendResult};

/// An accepted send: immutable, readable from any thread, freed with so_free_send_result.
pub struct so_send_result {
    result: SendResult,
    reference_id: CString,
    /// `None` where it is empty, as with most services.
    request_id: Option<CString>,
    status: CString,
    description: CString,
    json: CString,
    responses: Vec<Response>,
}

/// One entry of `messageResult.responses`, as C reads it.
struct Response {
    destination: CString,
    reference_id: CString,
    status: CString,
    cost: Option<f64>,
}

impl From<SendResult> for so_send_result {
    fn from(result: SendResult) -> so_send_result {
        so_send_result {
            reference_id: c_string(result.reference_id()),
            request_id: Some(result.request_id()).filter(|id| !id.is_empty()).map(c_string),
            status: c_string(result.status()),
            description: c_string(result.description()),
            json: c_string(result.json()),
            responses: result.responses().iter().map(Response::from).collect(),
            result,
        }
    }
}

impl From<&SendResponse> for Response {
    fn from(response: &SendResponse) -> Response {
        Response {
            destination: c_string(response.destination()),
            reference_id: c_string(response.reference_id()),
            status: c_string(response.status()),
            cost: response.cost(),
        }
    }
}

/// What C reads where the service gave no cost.
const NO_COST: f64 = -1.0;

/// A field of one response: NULL for no handle, "" where the index is out of range.
///
/// # Safety
/// NULL or a live handle.
unsafe fn response_text(
    result: *const so_send_result,
    index: usize,
    field: fn(&Response) -> &CString,
) -> *const c_char {
    // SAFETY: the caller's promise.
    let result = unsafe { borrow(result) };
    borrowed(result.map(|r| r.responses.get(index).map_or(c"", |response| field(response))))
}

/// What to verify the code with later: keep it. NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_send_result_reference_id(result: *const so_send_result) -> *const c_char {
    // SAFETY: law 1: NULL or a live handle.
    borrowed(unsafe { borrow(result) }.map(|r| r.reference_id.as_c_str()))
}

/// messageResult.status: "1001", submit success. NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_send_result_status(result: *const so_send_result) -> *const c_char {
    // SAFETY: law 1: NULL or a live handle.
    borrowed(unsafe { borrow(result) }.map(|r| r.status.as_c_str()))
}

/// messageResult.description, or "". NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_send_result_description(result: *const so_send_result) -> *const c_char {
    // SAFETY: law 1: NULL or a live handle.
    borrowed(unsafe { borrow(result) }.map(|r| r.description.as_c_str()))
}

/// messageResult.cost in the provider's credits; -1 when absent, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_send_result_cost(result: *const so_send_result) -> f64 {
    // SAFETY: law 1: NULL or a live handle.
    unsafe { borrow(result) }.and_then(|r| r.result.cost()).unwrap_or(NO_COST)
}

/// How many entries messageResult.responses has: one per destination, at most 64 (the rest is in the JSON); 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_send_result_response_count(result: *const so_send_result) -> usize {
    // SAFETY: law 1: NULL or a live handle.
    unsafe { borrow(result) }.map_or(0, |r| r.responses.len())
}

/// The number of a response, in full: do not log it. "" for an index out of range, NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_send_result_response_destination(
    result: *const so_send_result,
    index: usize,
) -> *const c_char {
    // SAFETY: law 1: NULL or a live handle.
    unsafe { response_text(result, index, |r| &r.destination) }
}

/// The message's own id; not the one to verify with. "" for an index out of range, NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_send_result_response_reference_id(
    result: *const so_send_result,
    index: usize,
) -> *const c_char {
    // SAFETY: law 1: NULL or a live handle.
    unsafe { response_text(result, index, |r| &r.reference_id) }
}

/// The status of a response, such as "1001". "" for an index out of range, NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_send_result_response_status(result: *const so_send_result, index: usize) -> *const c_char {
    // SAFETY: law 1: NULL or a live handle.
    unsafe { response_text(result, index, |r| &r.status) }
}

/// The cost of a response in credits; -1 when absent, for an index out of range, and for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_send_result_response_cost(result: *const so_send_result, index: usize) -> f64 {
    // SAFETY: law 1: NULL or a live handle.
    let response = unsafe { borrow(result) }.and_then(|r| r.responses.get(index));
    response.and_then(|r| r.cost).unwrap_or(NO_COST)
}

/// The HTTP status of the answer; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_send_result_http_status(result: *const so_send_result) -> i32 {
    // SAFETY: law 1: NULL or a live handle.
    unsafe { borrow(result) }.map_or(0, |r| r.result.http_status().into())
}

/// How many times the request was tried; those before the last surely did not arrive. 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_send_result_attempts(result: *const so_send_result) -> u32 {
    // SAFETY: law 1: NULL or a live handle.
    unsafe { borrow(result) }.map_or(0, |r| r.result.attempts())
}

/// How long the call took, in microseconds; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_send_result_elapsed_us(result: *const so_send_result) -> u64 {
    // SAFETY: law 1: NULL or a live handle.
    unsafe { borrow(result) }.map_or(0, |r| microseconds(r.result.elapsed()))
}

/// The whole answer as received, scrubbed of nothing: it holds the full number, and whatever else the service repeated.
/// Do not log it. NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_send_result_json(result: *const so_send_result) -> *const c_char {
    // SAFETY: law 1: NULL or a live handle.
    borrowed(unsafe { borrow(result) }.map(|r| r.json.as_c_str()))
}

/// The request's id in the service's own logs, for a support ticket: x-amzn-requestid, apigw-requestid or x-request-id; "" when
/// the answer named none. NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_send_result_request_id(result: *const so_send_result) -> *const c_char {
    // SAFETY: law 1: NULL or a live handle.
    borrowed(unsafe { borrow(result) }.map(|handle| handle.request_id.as_deref().unwrap_or_default()))
}

/// Frees a result; NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_free_send_result(result: *mut so_send_result) {
    // SAFETY: law 1: NULL or a handle that is given back.
    contain((), || unsafe { free(result) });
}
