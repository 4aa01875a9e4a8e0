//! An answer as the bytes of a connection, for the fuzz target that makes them up. Compiled with the feature `fuzzing` only.
#![allow(missing_docs)]

use super::scripted::saying;
use super::{exchange, progress};

/// What was made of the bytes.
pub struct Reading {
    pub http_status: u16,
    pub retry_after: Option<String>,
    /// Or the name of what is wrong with it.
    pub body: Result<Vec<u8>, String>,
    /// Whether the next request may go over the connection, as far as it has been heard.
    pub is_connection_kept: bool,
}

/// Reads one answer from a connection that says these bytes, so many at once, and then ends; or says what is wrong.
pub fn read_of(bytes: &[u8], at_once: usize) -> Result<Reading, String> {
    progress::forget();
    let mut connection = saying(bytes, at_once);
    let (answer, is_to_be_kept) = exchange::read(&mut connection).map_err(|failure| format!("{:?}", failure.cause))?;
    Ok(Reading {
        http_status: answer.http_status,
        retry_after: answer.retry_after,
        body: answer.body.map_err(|failure| format!("{:?}", failure.cause)),
        is_connection_kept: is_to_be_kept && connection.is_open(),
    })
}
