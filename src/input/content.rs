//! The content: the template of the SMS, in which the service puts the code.

use crate::errors::Error;
use crate::errors::Status;

/// Longest template that is accepted, in bytes of UTF-8.
pub(crate) const MAX_BYTES: usize = 16 * 1024;
/// What the service replaces by the code (the provider's documentation; it must be present).
const PLACEHOLDER: &str = "{{code}}";

/// Refuses a template that could only waste an SMS.
pub(crate) fn check(content: &str) -> Result<(), Error> {
    let problem = if content.is_empty() {
        "is empty"
    } else if content.len() > MAX_BYTES {
        "is longer than 16384 bytes"
    } else if content.contains('\0') {
        "holds U+0000"
    } else if !content.contains(PLACEHOLDER) {
        "lacks {{code}}, written exactly so, which the service replaces by the passcode"
    } else {
        return Ok(());
    };
    Err(Error::refused(
        Status::InvalidContent,
        format!("content {problem}; for example \"Your code is {{{{code}}}}\". Nothing was sent."),
    ))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_message_shows_the_placeholder_as_it_must_be_typed() {
        let error = super::check("no placeholder").unwrap_err();
        assert!(error.message().contains("\"Your code is {{code}}\""), "{error}");
    }
}
