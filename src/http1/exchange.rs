//! One exchange on one connection: a request out, its answer back.

use std::time::Duration;

use super::answer_head::AnswerHead;
use super::body::{self, Body};
use super::connection::{Connection, Written};
use super::request_head::{END, RequestHead};
use crate::attempt::Attempt;
use crate::errors::{NetworkFault, Phase};
use crate::panic_probe::panic_if_asked;
use crate::planted_faults::{PlantedFault, is_planted};

/// A request as it goes out.
pub(crate) struct Request<'a> {
    pub(crate) head: &'a RequestHead,
    pub(crate) body: &'a [u8],
}

/// What the service answered. The status counts even if the rest was lost.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) http_status: u16,
    /// The field `Retry-After`, unparsed.
    pub(crate) retry_after: Option<String>,
    /// By what the service's own logs call the request, if it said so.
    pub(crate) request_id: Option<String>,
    pub(crate) body: Body,
    /// Whether it came before the last byte of the request had left.
    pub(crate) is_early: bool,
}

/// An answer, and what becomes of the connection.
pub(crate) struct Exchanged {
    pub(crate) answer: Answer,
    /// Whether another request may follow on the connection.
    pub(crate) keeps_connection: bool,
    /// How long the service says that it keeps the connection.
    pub(crate) keep_alive: Option<Duration>,
}

/// Writes the request and reads its answer.
pub(crate) fn exchange(
    connection: &mut Connection,
    request: &Request,
    attempt: &mut Attempt,
) -> Result<Exchanged, NetworkFault> {
    attempt.phase = Phase::Request;
    panic_if_asked("writing", request.body);
    let length = Decimal::of(request.body.len());
    let parts = [request.head.text().as_bytes(), length.digits(), END.as_bytes(), request.body];
    attempt.last_byte_left = is_planted(PlantedFault::LastByteNoticedEarly);
    let written = connection.write(parts, attempt)?;
    attempt.last_byte_left = matches!(written, Written::Whole) && !is_planted(PlantedFault::LastByteNotNoticed);
    attempt.phase = Phase::Answer;
    let head = match written {
        Written::Answered(head) => head,
        Written::Whole => connection.read_head(attempt)?,
    };
    panic_if_asked("reading", request.body);
    Ok(finish(connection, head, attempt))
}

/// Reads an answer to a request that has left.
#[cfg(feature = "fuzzing")]
pub(crate) fn read_answer(connection: &mut Connection, attempt: &Attempt) -> Result<Exchanged, NetworkFault> {
    let head = connection.read_head(attempt)?;
    Ok(finish(connection, head, attempt))
}

fn finish(connection: &mut Connection, head: AnswerHead, attempt: &Attempt) -> Exchanged {
    let body = body::read(connection, head.framing, attempt);
    let is_early = !attempt.last_byte_left;
    let is_whole = body.fault.is_none() || is_planted(PlantedFault::BrokenBodyKeepsConnection);
    let is_in_turn = !is_early || is_planted(PlantedFault::EarlyAnswerKeepsConnection);
    Exchanged {
        keeps_connection: head.keeps_connection && is_whole && is_in_turn,
        keep_alive: head.keep_alive,
        answer: Answer {
            http_status: head.status,
            retry_after: head.retry_after,
            request_id: head.request_id,
            body,
            is_early,
        },
    }
}

/// A number in decimal digits, without an allocation.
struct Decimal {
    digits: [u8; 20],
    begin: usize,
}

impl Decimal {
    fn of(mut number: usize) -> Decimal {
        let mut decimal = Decimal { digits: [b'0'; 20], begin: 20 };
        loop {
            decimal.begin -= 1;
            decimal.digits[decimal.begin] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                return decimal;
            }
        }
    }

    fn digits(&self) -> &[u8] {
        &self.digits[self.begin..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_in_decimal_digits() {
        for number in [0, 7, 10, 16_384, usize::MAX] {
            assert_eq!(Decimal::of(number).digits(), number.to_string().as_bytes());
        }
    }
}
