//! One exchange on one connection: a request out, its answer back (HTTP/1.1, RFC 9112).

use super::answer_head::AnswerHead;
use super::connection::Connection;
use super::connector::Transport;
use super::failure::Failure;
use super::pool::Pool;
use super::{Answer, Request, answer_head, body, request_head};
use crate::panic_probe::panic_if_asked;

pub(super) fn run(transport: &Transport, request: &Request) -> Result<Answer, Failure> {
    let mut connection = transport.connection(request.head.uri()).map_err(|error| Failure::of(&error))?;
    panic_if_asked("writing", request.body);
    let length = request.body.len().to_string();
    let parts = [request.head.text().as_bytes(), length.as_bytes(), request_head::END, request.body];
    connection.write(parts).map_err(|error| Failure::of(&error))?;
    let head = answer_head::read(&mut connection)?;
    panic_if_asked("reading", request.body);
    Ok(finish(connection, head, &transport.pool))
}

/// Reads the body, after which the connection may be kept.
pub(super) fn finish(mut connection: Connection, head: AnswerHead, pool: &Pool) -> Answer {
    let body = body::read(&mut connection, head.framing);
    if head.keeps_connection && body.is_ok() {
        pool.put(connection);
    }
    Answer { http_status: head.status, retry_after: head.retry_after, body }
}
