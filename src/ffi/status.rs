//! `so_status`: a plain number, so that no value from outside can be an invalid enum.

use std::ffi::c_char;

use super::guard::contain;
use crate::errors::Status;

/// What a fallible function returns: 0 (`SHOUTOUT_OK`), or another of the `SHOUTOUT_*` status numbers.
pub type so_status = i32;

/// The name of a status, such as "SHOUTOUT_TIMEOUT"; "SHOUTOUT_UNKNOWN_STATUS" for a number that is none.
/// The string is static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_status_name(status: so_status) -> *const c_char {
    let name = contain("\0", || match Status::from_number(status) {
        Some(status) => status.name_with_nul(),
        None => "SHOUTOUT_UNKNOWN_STATUS\0",
    });
    name.as_ptr().cast()
}
