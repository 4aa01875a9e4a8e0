//! The witness of delivery: a request body that knows whether its last byte was handed out.
//! No error value tells whether the service can have got a request. This flag does: until it is set, the request
//! was incomplete, and no service acts on an incomplete request.

use std::io::{self, Read};

use super::progress::{self, Phase};

/// A body that is read once, and remembers how far it got.
pub(crate) struct Witness<'a> {
    rest: &'a [u8],
    last_byte_left: bool,
}

impl<'a> Witness<'a> {
    /// The body must not be empty: an empty one would be complete before it is read.
    pub(crate) fn new(body: &'a [u8]) -> Witness<'a> {
        debug_assert!(!body.is_empty());
        Witness { rest: body, last_byte_left: false }
    }

    /// Whether the service may have the whole request.
    pub(crate) fn last_byte_left(&self) -> bool {
        self.last_byte_left
    }
}

impl Read for Witness<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.rest.read(buffer)?;
        if self.rest.is_empty() {
            self.last_byte_left = true;
            progress::enter(Phase::Answer);
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_the_last_byte_is_not_a_request_yet() {
        let mut witness = Witness::new(b"abcd");
        let mut buffer = [0; 3];
        assert!(!witness.last_byte_left());
        witness.read_exact(&mut buffer).unwrap();
        assert!(!witness.last_byte_left());
        assert_eq!(witness.read(&mut buffer).unwrap(), 1);
        assert!(witness.last_byte_left());
    }
}
