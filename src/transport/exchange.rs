//! One exchange on one connection: a request out, its answer back (HTTP/1.1, RFC 9112).

use super::connection::Connection;
use super::connector::Transport;
use super::failure::Failure;
use super::{Answer, Request, answer_head, body, request_head};
use crate::panic_probe::panic_if_asked;

pub(super) fn run(transport: &Transport, request: &Request) -> Result<Answer, Failure> {
    let mut connection = transport.connection(request.head.uri()).map_err(|error| Failure::of(&error))?;
    panic_if_asked("writing", request.body);
    let length = request.body.len().to_string();
    let parts = [request.head.text().as_bytes(), length.as_bytes(), request_head::END, request.body];
    connection.write(parts).map_err(|error| Failure::of(&error))?;
    panic_if_asked("reading", request.body);
    let (answer, is_to_be_kept) = read(&mut connection)?;
    if is_to_be_kept {
        transport.pool.put(connection);
    }
    Ok(answer)
}

/// The next answer, and whether its connection may be kept.
pub(super) fn read(connection: &mut Connection) -> Result<(Answer, bool), Failure> {
    let head = answer_head::read(connection)?;
    let body = body::read(connection, head.framing);
    let is_to_be_kept = head.keeps_connection && body.is_ok();
    Ok((Answer { http_status: head.status, retry_after: head.retry_after, body }, is_to_be_kept))
}
