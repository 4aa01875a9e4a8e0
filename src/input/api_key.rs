//! The API key: opaque, sent in a header, able to use the whole account.

use crate::errors::Error;
use crate::errors::Status;

/// Longest key that is accepted, in bytes. Keys seen in practice have about 480.
pub(crate) const MAX_BYTES: usize = 4096;

/// Refuses what cannot travel in the `Authorization` header.
pub(crate) fn check(key: &str) -> Result<(), Error> {
    let problem = if key.is_empty() {
        "is empty; pass the key that the provider's dashboard shows"
    } else if key.len() > MAX_BYTES {
        "is longer than 4096 bytes; is this really the key?"
    } else if key.contains(' ') {
        "holds a space; pass the key alone, without \"Apikey \" before it"
    } else if !key.bytes().all(|b| b.is_ascii_graphic()) {
        "holds a control or non-ASCII character; look for a line break at its end"
    } else {
        return Ok(());
    };
    Err(Error::refused(Status::InvalidApiKey, format!("api_key {problem}. Nothing was sent.")))
}
