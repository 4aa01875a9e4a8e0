//! `so_call`: one call's own settings, and the way to stop it.

use std::ffi::{c_char, c_void};

use super::guard::contain;
use super::handle::{borrow, free};
use super::setter;
use super::status::so_status;
use super::text;
use crate::call::Call;
use crate::errors::Error;
use crate::options::{MAX_HEADER_VALUE_BYTES, MAX_SHORT_BYTES};

/// What is special about one call: a timeout, headers, and a way to stop it. It can be used again for the next call, but by one
/// call at a time. Set it up on one thread; so_call_cancel may come from any. Freed with so_free_call.
pub struct so_call {
    pub(super) call: Call,
}

/// Is asked on the thread of the call; anything but 0 cancels the call.
pub type so_interrupt_check = Option<unsafe extern "C" fn(data: *mut c_void) -> i32>;

/// Runs a setter and gives its status.
///
/// # Safety
/// NULL or a live handle that no other thread uses.
unsafe fn set(call: *mut so_call, set: impl FnOnce(&mut Call) -> Result<(), Error>) -> so_status {
    // SAFETY: the caller's promise.
    unsafe { setter::set(call, |handle| set(&mut handle.call)) }
}

/// Makes a call like any other, until something is set. It opens no descriptor; its first use opens one, which stays until it is
/// freed. NULL only after a contained panic.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_call_new() -> *mut so_call {
    contain(std::ptr::null_mut(), || Box::into_raw(Box::new(so_call { call: Call::new() })))
}

/// How long this call may take, in milliseconds, in place of the client's timeout_ms; 1 to 600000. A value that is refused makes
/// the next use fail.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_call_set_timeout_ms(call: *mut so_call, milliseconds: u32) -> so_status {
    // SAFETY: law 1 for the handle.
    unsafe { set(call, |call| call.set_timeout_ms(milliseconds)) }
}

/// One more header on the request of this call, such as traceparent. The rules are those of so_options_add_header; at most 32
/// with those of the client. A header that is refused makes the next use fail.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_call_add_header(
    call: *mut so_call,
    name: *const c_char,
    value: *const c_char,
) -> so_status {
    // SAFETY: law 1 for the handle, law 2 for the strings.
    unsafe {
        set(call, |call| {
            let name = call_text(call, name, MAX_SHORT_BYTES)?;
            let value = call_text(call, value, MAX_HEADER_VALUE_BYTES)?;
            call.add_header(name, value)
        })
    }
}

/// Reads a text of add_header; what cannot be read is refused, and remembered.
///
/// # Safety
/// As `text::read`.
unsafe fn call_text<'a>(call: &mut Call, value: *const c_char, max_bytes: usize) -> Result<&'a str, Error> {
    // SAFETY: the caller's promise.
    unsafe { text::read(value, max_bytes) }.map_err(|fault| call.refuse("add_header", &fault.problem(max_bytes)))
}

/// Sets a check that is asked on the thread of the call while the call waits, at least every 50 ms and after every signal; NULL
/// takes it away. Anything but 0 cancels the call. It is for hosts whose signal handlers only note that a signal came. It may
/// call any so_* function except on its own so_call; it must not throw, longjmp, or end the thread. The data is passed to it and
/// must live as long as the call is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_call_set_interrupt_check(
    call: *mut so_call,
    check: so_interrupt_check,
    data: *mut c_void,
) -> so_status {
    let data = Data(data);
    // SAFETY: law 1 for the handle.
    unsafe {
        set(call, |call| {
            call.set_interrupt_check(check.map(|check| -> crate::sys::InterruptCheck {
                // SAFETY: the caller promises that the function and its data live as long as the call is used.
                Box::new(move || check(data.pointer()) != 0)
            }));
            Ok(())
        })
    }
}

/// The data of an interrupt check.
#[derive(Clone, Copy)]
struct Data(*mut c_void);

impl Data {
    fn pointer(self) -> *mut c_void {
        self.0
    }
}

// SAFETY: it is only passed on. What it points to is the caller's, who knows on which threads the calls run.
unsafe impl Send for Data {}
// SAFETY: as above.
unsafe impl Sync for Data {}

/// Ends the call that uses it, within 50 ms, with SHOUTOUT_CANCELLED; so_error_delivery tells whether an SMS may be on its way.
/// A call that has ended is not changed. Every later use is SHOUTOUT_CANCELLED and SHOUTOUT_DELIVERY_NOT_SENT. Any thread may call
/// this at any time until the call is freed, and so may a signal handler; errno stays as it is. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_call_cancel(call: *mut so_call) {
    // Not contained: nothing in it can panic, and a signal handler must not touch what containing needs.
    // SAFETY: law 1: NULL or a live handle; only a shared borrow, beside the one of the call that uses it.
    if let Some(handle) = unsafe { borrow(call.cast_const()) } {
        handle.call.cancel();
    }
}

/// Frees a call that is not in use; NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_free_call(call: *mut so_call) {
    // SAFETY: law 1: NULL or a handle that is given back.
    contain((), || unsafe { free(call) });
}
