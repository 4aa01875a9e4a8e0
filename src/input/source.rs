//! The source, or sender mask: the name that the SMS seems to come from.

use crate::errors::Error;
use crate::errors::Status;

/// Longest name, in characters (GSM 03.38 alphanumeric address).
const MAX_CHARACTERS: usize = 11;
/// Longest numeric sender, in digits (E.164).
const MAX_DIGITS: usize = 15;

/// Refuses what cannot be a mask. Letters, digits, dot, space, `&`, hyphen and underscore are in real use.
pub(crate) fn check(source: &str) -> Result<(), Error> {
    let problem = if source.trim_matches(' ').is_empty() {
        "is empty"
    } else if !source.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
        "holds a character that is not printable ASCII"
    } else if source.len() > MAX_CHARACTERS && !is_numeric(source) {
        "is longer than 11 characters"
    } else if source.len() > MAX_DIGITS {
        "is longer than 15 digits"
    } else {
        return Ok(());
    };
    Err(Error::refused(
        Status::InvalidSource,
        format!(
            "source {problem}; a sender mask is 1 to 11 printable ASCII characters (or up to 15 digits) and \
             registered with the provider, for example ShoutDEMO. Nothing was sent."
        ),
    ))
}

fn is_numeric(source: &str) -> bool {
    source.bytes().all(|b| b.is_ascii_digit())
}
