//! The reference id: what a send gives and a verification asks about. Opaque, UUID-like in practice.

use crate::errors::Error;
use crate::errors::Status;

/// Longest reference id that is accepted, from the caller and from the service, in bytes.
pub(crate) const MAX_BYTES: usize = 256;

/// Whether this can be a reference id at all. The service's answers are checked against the same rule as the caller's
/// input, so that whatever a send gives can be verified.
pub(crate) fn is_valid(reference_id: &str) -> bool {
    !reference_id.is_empty() && reference_id.len() <= MAX_BYTES && !reference_id.chars().any(char::is_control)
}

/// Refuses what no send can have given.
pub(crate) fn check(reference_id: &str) -> Result<(), Error> {
    if is_valid(reference_id) {
        return Ok(());
    }
    let problem = match reference_id.len() {
        0 => "is empty",
        1..=MAX_BYTES => "holds a control character",
        _ => "is longer than 256 bytes",
    };
    Err(Error::refused(
        Status::InvalidReferenceId,
        format!(
            "reference_id {problem}; pass the one that the send returned. Nothing was sent, and no attempt was used up."
        ),
    ))
}
