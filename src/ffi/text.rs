//! Strings across the boundary: borrowed, checked and measured on the way in, NUL-terminated on the way out.

use std::ffi::{CStr, CString, c_char};

use crate::error::Error;
use crate::status::Status;

/// An argument that is a string: its name in messages, its limit, and the status where it is longer.
pub(super) struct TextArgument {
    pub(super) name: &'static str,
    pub(super) max_bytes: usize,
    pub(super) too_long: Status,
}

/// What is wrong with a string, before anybody looks at what it says.
pub(super) enum TextFault {
    Null,
    TooLong,
    NotUtf8,
}

impl TextFault {
    pub(super) fn problem(&self, max_bytes: usize) -> String {
        match self {
            TextFault::Null => "is NULL".to_owned(),
            TextFault::TooLong => format!("is longer than {max_bytes} bytes"),
            TextFault::NotUtf8 => "is not UTF-8".to_owned(),
        }
    }
}

impl TextArgument {
    /// Reads the argument.
    ///
    /// # Safety
    /// NULL, or readable up to its NUL or for `max_bytes` + 1 bytes, whichever comes first, until `'a` ends.
    pub(super) unsafe fn read<'a>(&self, text: *const c_char) -> Result<&'a str, Error> {
        // SAFETY: the caller's promise.
        unsafe { read(text, self.max_bytes) }.map_err(|fault| {
            let status = match fault {
                TextFault::TooLong => self.too_long,
                TextFault::Null | TextFault::NotUtf8 => Status::InvalidArgument,
            };
            Error::refused(status, format!("{} {}. Nothing was sent.", self.name, fault.problem(self.max_bytes)))
        })
    }
}

/// Reads a string of at most `max_bytes`; never looks further, however long it is.
///
/// # Safety
/// As [`TextArgument::read`].
pub(super) unsafe fn read<'a>(text: *const c_char, max_bytes: usize) -> Result<&'a str, TextFault> {
    if text.is_null() {
        return Err(TextFault::Null);
    }
    // SAFETY: the caller's promise.
    let length = unsafe { libc::strnlen(text, max_bytes + 1) };
    if length > max_bytes {
        return Err(TextFault::TooLong);
    }
    // SAFETY: `length` bytes before the NUL that strnlen found.
    let bytes = unsafe { std::slice::from_raw_parts(text.cast::<u8>(), length) };
    std::str::from_utf8(bytes).map_err(|_| TextFault::NotUtf8)
}

/// A string for the caller. Whatever could hold a NUL was checked before; should one be left, the text is dropped
/// rather than cut in the middle.
pub(super) fn c_string(text: &str) -> CString {
    CString::new(text).unwrap_or_default()
}

/// The pointer that an accessor gives: NULL for no handle, else a string that lives as long as it.
pub(super) fn borrowed(text: Option<&CStr>) -> *const c_char {
    text.map_or(std::ptr::null(), CStr::as_ptr)
}
