//! An answer as the bytes of a connection, for the fuzz target that makes them up. Compiled with the feature `fuzzing` only.
#![allow(missing_docs)]

use super::failure::Failure;
use super::pool::Pool;
use super::scripted::{saying, service};
use super::{answer_head, exchange, progress};

/// What was made of the bytes.
#[derive(Debug, PartialEq)]
pub struct Reading {
    pub http_status: u16,
    pub retry_after: Option<String>,
    /// Or the name of what is wrong with it.
    pub body: Result<Vec<u8>, String>,
    /// Whether the next request would go over the connection.
    pub is_connection_kept: bool,
}

/// Reads one answer from a connection that says these bytes, so many at once, and then ends; or names what is wrong.
pub fn read_of(bytes: &[u8], at_once: usize) -> Result<Reading, String> {
    progress::forget();
    let (mut connection, pool) = (saying(bytes, at_once), Pool::default());
    let head = answer_head::read(&mut connection).map_err(name_of)?;
    let answer = exchange::finish(connection, head, &pool);
    Ok(Reading {
        http_status: answer.http_status,
        retry_after: answer.retry_after,
        body: answer.body.map_err(name_of),
        is_connection_kept: pool.take(&service()).is_some(),
    })
}

fn name_of(failure: Failure) -> String {
    format!("{:?}", failure.cause)
}
