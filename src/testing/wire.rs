//! An answer as the bytes of a connection, for the fuzz target that makes them up.
#![allow(missing_docs)]

use super::scripted::{attempt, saying};
use crate::errors::{NetworkFault, Phase};
use crate::http1;
use crate::net::SinceLastAnswer;

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
    let (mut connection, mut attempt) = (saying(bytes, at_once), attempt());
    (attempt.phase, attempt.last_byte_left) = (Phase::Answer, true);
    let read = http1::read_answer(&mut connection, &attempt).map_err(name_of)?;
    let body = read.answer.body;
    Ok(Reading {
        http_status: read.answer.http_status,
        retry_after: read.answer.retry_after,
        body: body.fault.map_or(Ok(body.bytes), |fault| Err(name_of(fault))),
        is_connection_kept: read.keeps_connection && connection.look() == SinceLastAnswer::Silent,
    })
}

fn name_of(fault: NetworkFault) -> String {
    format!("{:?}", fault.cause)
}
