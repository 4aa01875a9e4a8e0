//! The system's resolver, as far as a test program is concerned: its `getaddrinfo` stands before the C library's, and
//! gives the three answers that hurt. Names only ever come here from the library under test.
// Only an exported function can take the place of another one.
#![allow(unsafe_code)]
// Each test program uses its part of this.
#![allow(dead_code)]

use std::ffi::CStr;

/// A name that has no address.
pub const NO_SUCH_NAME: &str = "no-such-name.test";
/// A name that cannot be looked up for now.
pub const NOT_FOR_NOW: &str = "not-for-now.test";
/// A name whose lookup never ends.
pub const HANGS: &str = "hangs.test";

/// # Safety
/// As the C library's: `name` is NULL or a C string.
#[unsafe(no_mangle)]
unsafe extern "C" fn getaddrinfo(
    name: *const libc::c_char,
    _: *const libc::c_char,
    _: *const libc::addrinfo,
    _: *mut *mut libc::addrinfo,
) -> libc::c_int {
    // SAFETY: the caller's promise.
    let name = unsafe { name.as_ref().map(|name| CStr::from_ptr(name)) };
    match name.and_then(|name| name.to_str().ok()) {
        Some(NOT_FOR_NOW) => libc::EAI_AGAIN,
        Some(HANGS) => loop {
            std::thread::park();
        },
        _ => libc::EAI_NONAME,
    }
}
