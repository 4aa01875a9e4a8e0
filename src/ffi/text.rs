//! Strings across the boundary: borrowed, checked and measured on the way in, NUL-terminated on the way out.

use std::ffi::{CStr, CString, c_char};

use crate::errors::Error;
use crate::errors::Status;

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
    let length = unsafe { length_up_to(text, max_bytes + 1) };
    if length > max_bytes {
        return Err(TextFault::TooLong);
    }
    // SAFETY: `length` bytes before the NUL that was found.
    let bytes = unsafe { std::slice::from_raw_parts(text.cast::<u8>(), length) };
    std::str::from_utf8(bytes).map_err(|_| TextFault::NotUtf8)
}

/// How many bytes stand before the NUL; looks at no more than `most`.
///
/// # Safety
/// Not NULL, and readable up to its NUL or for `most` bytes, whichever comes first.
unsafe fn length_up_to(text: *const c_char, most: usize) -> usize {
    if cfg!(miri) {
        // Miri has no strnlen.
        // SAFETY: the caller's promise, as no byte after the first NUL is looked at.
        return (0..most).find(|&index| unsafe { *text.add(index) } == 0).unwrap_or(most);
    }
    // SAFETY: the caller's promise.
    unsafe { libc::strnlen(text, most) }
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

#[cfg(test)]
mod tests {
    use super::*;

    const MAX_BYTES: usize = 4;
    const ARGUMENT: TextArgument = TextArgument { name: "code", max_bytes: MAX_BYTES, too_long: Status::InvalidCode };

    /// Reads the argument from memory that ends with the bytes: a look any further is for Miri to find.
    fn read_argument(memory: &[u8]) -> Result<&str, Error> {
        // SAFETY: the tests give a NUL, or one byte more than the limit.
        unsafe { ARGUMENT.read(memory.as_ptr().cast()) }
    }

    fn refusal(memory: &[u8]) -> (Status, String) {
        let error = read_argument(memory).unwrap_err();
        (error.status(), error.message().to_owned())
    }

    fn too_long() -> (Status, String) {
        (Status::InvalidCode, "code is longer than 4 bytes. Nothing was sent.".to_owned())
    }

    #[test]
    fn a_text_of_up_to_the_limit_is_read_whole() {
        assert_eq!(read_argument(b"\0").unwrap(), "");
        assert_eq!(read_argument(b"abc\0").unwrap(), "abc");
        assert_eq!(read_argument(b"abcd\0").unwrap(), "abcd");
        assert_eq!(read_argument("\u{e4}\u{e4}\0".as_bytes()).unwrap(), "\u{e4}\u{e4}");
    }

    #[test]
    fn what_stands_behind_the_nul_is_no_part_of_a_text() {
        assert_eq!(read_argument(b"ab\0cd\xff").unwrap(), "ab");
    }

    #[test]
    fn a_text_longer_than_the_limit_is_refused_and_not_looked_at_any_further() {
        assert_eq!(refusal(b"abcde\0"), too_long());
        assert_eq!(refusal(b"abcde"), too_long());
        assert_eq!(refusal(b"\xff\xff\xff\xff\xff"), too_long());
    }

    #[test]
    fn null_and_what_is_not_utf_8_are_refused() {
        // SAFETY: NULL is allowed.
        let null = unsafe { ARGUMENT.read(std::ptr::null()) }.unwrap_err();
        assert_eq!((null.status(), null.message()), (Status::InvalidArgument, "code is NULL. Nothing was sent."));
        for memory in [b"\xff\0".as_slice(), b"ab\xc3\0", b"\xed\xa0\x80\0", b"\xc0\x80\0"] {
            let not_utf_8 = "code is not UTF-8. Nothing was sent.".to_owned();
            assert_eq!(refusal(memory), (Status::InvalidArgument, not_utf_8), "{memory:x?}");
        }
    }

    #[test]
    fn a_text_with_a_nul_in_it_is_dropped_rather_than_cut() {
        assert_eq!(c_string("abc").as_bytes_with_nul(), b"abc\0");
        assert_eq!(c_string("a\0bc").as_bytes_with_nul(), b"\0");
        assert_eq!(c_string("").as_bytes_with_nul(), b"\0");
    }

    #[test]
    fn an_accessor_gives_null_for_no_handle_and_else_the_handles_own_string() {
        assert!(borrowed(None).is_null());
        let text = c_string("abc");
        assert_eq!(borrowed(Some(&text)), text.as_ptr());
        // SAFETY: `text` lives until the end of the test.
        assert_eq!(unsafe { CStr::from_ptr(borrowed(Some(&text))) }, c"abc");
    }
}
