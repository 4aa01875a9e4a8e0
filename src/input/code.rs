//! The code that a person typed: an opaque string, in which leading zeros matter.

use crate::errors::Error;
use crate::errors::Status;

/// Longest code that is accepted, in bytes. Five digits are seen in practice.
pub(crate) const MAX_BYTES: usize = 256;

/// Refuses what no passcode can be. The code itself is never repeated in the message.
pub(crate) fn check(code: &str) -> Result<(), Error> {
    let problem = if code.is_empty() {
        "is empty: ask the user for it"
    } else if code.len() > MAX_BYTES {
        "is longer than 256 bytes"
    } else if code.chars().any(char::is_control) {
        "holds a control character; trim the line break from what the user typed"
    } else {
        return Ok(());
    };
    Err(Error::refused(Status::InvalidCode, format!("code {problem}. Nothing was sent, and no attempt was used up.")))
}
