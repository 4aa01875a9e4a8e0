//! `so_status`, and the names of all numbers: plain numbers, so that no value from outside can be an invalid enum.

use std::ffi::c_char;

use super::guard::contain;
use crate::errors::{Delivery, Status};
use crate::protocol::VerifyOutcome;

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

/// The name of a delivery, such as "SHOUTOUT_DELIVERY_UNKNOWN"; "SHOUTOUT_UNKNOWN_DELIVERY" for a number that is none.
/// The string is static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_delivery_name(delivery: i32) -> *const c_char {
    let known = [Delivery::NotSent, Delivery::Unknown].into_iter().find(|known| *known as i32 == delivery);
    known.map_or("SHOUTOUT_UNKNOWN_DELIVERY\0", Delivery::name_with_nul).as_ptr().cast()
}

/// The name of a verification's outcome, such as "SHOUTOUT_VERIFY_EXPIRED"; "SHOUTOUT_UNKNOWN_VERIFY_OUTCOME" for a number that is
/// none. The string is static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_verify_outcome_name(outcome: i32) -> *const c_char {
    use VerifyOutcome::{Expired, Refused, Verified, WrongCode};
    let known = [Verified, WrongCode, Expired, Refused].into_iter().find(|known| *known as i32 == outcome);
    known.map_or("SHOUTOUT_UNKNOWN_VERIFY_OUTCOME\0", VerifyOutcome::name_with_nul).as_ptr().cast()
}
