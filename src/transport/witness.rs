//! The witness of delivery. No error value tells whether the service can have got a request; two facts do: the body's
//! last byte was handed out, and the kernel took the write that carried it. Until both are true the request was
//! incomplete, and no service acts on an incomplete request.
//!
//! The first fact is noted here, by the reader that the body goes out through; the second by `established`, which knows
//! which write is the last, and `tcp`, which makes it. Where a TLS layer still has something of an earlier write to get rid
//! of, the second comes a little early: that errs to UNKNOWN.

use std::io::{self, Read};

use super::progress;
use crate::panic_probe::panic_if_asked;

/// A body that is read once, and notes when its last byte is handed out.
pub(crate) struct Witness<'a> {
    rest: &'a [u8],
}

impl<'a> Witness<'a> {
    /// The body must not be empty: an empty one would be complete before it is read.
    pub(crate) fn new(body: &'a [u8]) -> Witness<'a> {
        debug_assert!(!body.is_empty());
        Witness { rest: body }
    }
}

impl Read for Witness<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        panic_if_asked("writing", self.rest);
        let count = self.rest.read(buffer)?;
        if self.rest.is_empty() {
            progress::last_byte_handed_out();
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Limits;
    use std::time::Instant;

    #[test]
    fn a_request_has_left_when_its_last_byte_was_handed_out_and_written() {
        let now = Instant::now();
        progress::begin(Limits { deadline: now, connect_deadline: now }, false);
        let mut witness = Witness::new(b"abcd");
        let mut buffer = [0; 3];
        witness.read_exact(&mut buffer).unwrap();
        progress::written();
        assert!(!progress::request_has_left(), "all but the last byte is not a request yet");
        assert_eq!(witness.read(&mut buffer).unwrap(), 1);
        progress::written();
        assert!(!progress::request_has_left(), "what was written did not hold it");
        progress::writes_the_last_that_was_handed_out();
        assert!(!progress::request_has_left(), "the kernel has not taken it yet");
        progress::written();
        assert!(progress::request_has_left());
    }
}
