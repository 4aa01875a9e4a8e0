//! What the simulated service answers, and what a caller should then be told. Written from the tables of the documentation,
//! and shares no code with the library.

use std::time::Duration;

use shoutout_otp::{Delivery, Status, VerifyOutcome};

use crate::chance::Dice;
use crate::laws::Operation;
use crate::sim::CallNumber;

/// The status of what is no answer in HTTP.
const NO_HTTP: u16 = 0;

/// An answer of the service.
#[derive(Clone, Debug)]
pub struct Word {
    pub http_status: u16,
    /// The service's own status; empty where it names none.
    pub service_status: &'static str,
    body: String,
    pub retry_after: Option<RetryAfter>,
    /// Whether the service does what it was asked to do.
    pub is_accepted: bool,
    pub expected: Expected,
}

/// When to come back.
#[derive(Clone, Copy, Debug)]
pub struct RetryAfter {
    pub time: Duration,
    /// Said as a date, and not as seconds.
    pub is_date: bool,
}

/// What a caller should be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Sent,
    Checked(VerifyOutcome),
    Failed(Status, Delivery),
}

/// The reference id that the service gives to a send.
pub fn reference_id(call: CallNumber) -> String {
    format!("ref-{call}-of-the-service")
}

impl Word {
    /// The request is accepted.
    pub fn yes(operation: Operation, call: CallNumber, code: &str) -> Word {
        match operation {
            Operation::Send => Word::of(200, "1001", submitted(call), true, Expected::Sent),
            Operation::Verify { of } => {
                let body = format!(
                    r#"{{"referenceId":"{}","code":"{code}","statusCode":"1000","description":"ok"}}"#,
                    reference_id(of)
                );
                Word::of(200, "1000", body, true, Expected::Checked(VerifyOutcome::Verified))
            }
        }
    }

    /// Something else is answered.
    pub fn other(operation: Operation, call: CallNumber, dice: &mut Dice, echo: &str) -> Word {
        match operation {
            Operation::Send => Word::other_to_send(call, dice, echo),
            Operation::Verify { of } => Word::other_to_verify(of, dice, echo),
        }
    }

    /// A refusal that needs no whole request.
    pub fn early(dice: &mut Dice, echo: &str) -> Word {
        let message = format!(r#"{{"message":"no {echo}"}}"#);
        let (http_status, status) = dice.pick(&[
            (400, Status::Rejected),
            (401, Status::Unauthorized),
            (413, Status::Rejected),
            (429, Status::RateLimited),
        ]);
        Word::of(http_status, "", message, false, Expected::Failed(status, Delivery::NotSent))
    }

    fn of(http_status: u16, service_status: &'static str, body: String, is_accepted: bool, expected: Expected) -> Word {
        Word { http_status, service_status, body, retry_after: None, is_accepted, expected }
    }

    fn other_to_send(call: CallNumber, dice: &mut Dice, echo: &str) -> Word {
        use Delivery::{NotSent, Unknown};
        use Expected::Failed;
        let message = format!(r#"{{"message":"because of {echo}"}}"#);
        let page = format!("<html>{echo}</html>");
        let result = |status: &str| format!(r#"{{"messageResult":{{"status":"{status}","description":"{echo}"}}}}"#);
        let is_done = dice.is_one_in(2);
        match dice.below(19) {
            0 => Word::of(200, "1007", result("1007"), false, Failed(Status::Rejected, NotSent)),
            1 => Word::of(200, "1005", result("1005"), false, Failed(Status::Rejected, NotSent)),
            2 => Word::of(200, "1026", result("1026"), true, Failed(Status::Rejected, Unknown)),
            3 => Word::of(200, "1099", result("1099"), is_done, Failed(Status::Rejected, Unknown)),
            4 => Word::of(400, "1007", result("1007"), false, Failed(Status::Rejected, NotSent)),
            5 => Word::of(400, "", message, false, Failed(Status::Rejected, NotSent)),
            6 => Word::of(401, "", message, false, Failed(Status::Unauthorized, NotSent)),
            7 => Word::of(403, "", page, false, Failed(Status::Unauthorized, NotSent)),
            8 => Word::of(429, "", message, false, Failed(Status::RateLimited, NotSent)).with_retry_after(dice),
            9 => Word::of(408, "", message, is_done, Failed(Status::Rejected, Unknown)),
            10 => Word::of(500, "", message, is_done, Failed(Status::ServiceFailed, Unknown)),
            11 => Word::of(503, "", page, is_done, Failed(Status::ServiceFailed, Unknown)).with_retry_after(dice),
            12 => Word::of(302, "", page, is_done, Failed(Status::UnexpectedResponse, Unknown)),
            13 => Word::of(200, "", page, is_done, Failed(Status::UnexpectedResponse, Unknown)),
            14 => Word::of(200, "1001", result("1001"), true, Failed(Status::UnexpectedResponse, Unknown)),
            15 => Word::of(204, "", String::new(), is_done, Failed(Status::UnexpectedResponse, Unknown)),
            17 => {
                Word::of(NO_HTTP, "", "SSH-2.0-x\r\n".to_owned(), is_done, Failed(Status::UnexpectedResponse, Unknown))
            }
            // The refusal that must not be believed is worth more draws.
            _ => Word::of(400, "1001", submitted(call), true, Failed(Status::Rejected, Unknown)),
        }
    }

    fn other_to_verify(of: CallNumber, dice: &mut Dice, echo: &str) -> Word {
        use Delivery::{NotSent, Unknown};
        use Expected::{Checked, Failed};
        let message = format!(r#"{{"message":"because of {echo}"}}"#);
        let said = |code: &str| {
            format!(r#"{{"referenceId":"{}","statusCode":"{code}","description":"{echo}"}}"#, reference_id(of))
        };
        match dice.below(10) {
            0 => Word::of(200, "1001", said("1001"), true, Checked(VerifyOutcome::WrongCode)),
            1 => Word::of(400, "1001", said("1001"), true, Checked(VerifyOutcome::WrongCode)),
            2 => Word::of(200, "1002", said("1002"), true, Checked(VerifyOutcome::Expired)),
            3 => Word::of(200, "1044", said("1044"), true, Checked(VerifyOutcome::Refused)),
            4 => Word::of(401, "", message, false, Failed(Status::Unauthorized, NotSent)),
            5 => Word::of(429, "", message, false, Failed(Status::RateLimited, NotSent)).with_retry_after(dice),
            6 => Word::of(500, "", message, true, Failed(Status::ServiceFailed, Unknown)),
            // The right code, but of another verification.
            9 => {
                let body = format!(r#"{{"referenceId":"{}","code":"other","statusCode":"1000"}}"#, reference_id(of));
                Word::of(200, "1000", body, true, Failed(Status::UnexpectedResponse, Unknown))
            }
            7 => Word::of(200, "", "<html>".to_owned(), true, Failed(Status::UnexpectedResponse, Unknown)),
            _ => Word::of(302, "", String::new(), true, Failed(Status::UnexpectedResponse, Unknown)),
        }
    }

    fn with_retry_after(self, dice: &mut Dice) -> Word {
        let time = Duration::from_secs(dice.pick(&[0, 1, 30, 3600]));
        Word { retry_after: Some(RetryAfter { time, is_date: dice.is_one_in(2) }), ..self }
    }

    /// The bytes of the answer in the usual frame.
    pub fn framed(&self, now: Duration) -> Framed {
        if self.http_status == NO_HTTP {
            return Framed { bytes: self.body.clone().into(), keeps: true, ends_with_connection: false };
        }
        let length = format!("Content-Length: {}", self.body.len());
        Framed::of(self, now, "HTTP/1.1", "\r\n", &[&length])
    }

    /// The same in another frame.
    pub fn oddly_framed(&self, now: Duration, dice: &mut Dice) -> Framed {
        if [204, NO_HTTP].contains(&self.http_status) {
            return self.framed(now);
        }
        let length = format!("content-length: {}", self.body.len());
        let framed = |version, line_end, fields: &[&str]| Framed::of(self, now, version, line_end, fields);
        match dice.below(7) {
            0 => {
                let word = Word { body: chunked(&self.body, dice), ..self.clone() };
                Framed::of(&word, now, "HTTP/1.1", "\r\n", &["Transfer-Encoding: chunked"])
            }
            1 => Framed { keeps: false, ..framed("HTTP/1.0", "\r\n", &[&length]) },
            2 => {
                let framed = framed("HTTP/1.1", "\r\n", &["Connection: close"]);
                Framed { keeps: false, ends_with_connection: true, ..framed }
            }
            3 => framed("HTTP/1.1", "\n", &[&length]),
            4 => Framed { keeps: false, ..framed("HTTP/1.1", "\r\n", &[&length, "connection: close"]) },
            5 => {
                let keep_alive = format!("Keep-Alive: timeout={}", dice.pick(&[0, 1, 2, 5, 100]));
                framed("HTTP/1.1", "\r\n", &[&keep_alive, &length])
            }
            _ => {
                let filler = format!("x-filler: {}", "x".repeat(dice.below(3_000) as usize));
                framed("HTTP/1.1", "\r\n", &[&filler, &length, &filler])
            }
        }
    }
}

/// An answer as bytes.
pub struct Framed {
    pub bytes: Vec<u8>,
    /// Whether the service keeps the connection.
    pub keeps: bool,
    /// Whether only the end of the connection ends the answer.
    pub ends_with_connection: bool,
}

impl Framed {
    fn of(word: &Word, now: Duration, version: &str, line_end: &str, fields: &[&str]) -> Framed {
        let mut lines = vec![format!("{version} {} Whatever", word.http_status)];
        lines.extend(fields.iter().map(|field| field.to_string()));
        if let Some(RetryAfter { time, is_date }) = word.retry_after {
            let value = if is_date { http_date(now + time) } else { time.as_secs().to_string() };
            lines.push(format!("Retry-After: {value}"));
        }
        lines.push("Content-Type: application/json".to_owned());
        let head = [&lines.join(line_end), line_end, line_end].concat();
        let bytes = [head.as_bytes(), word.body.as_bytes()].concat();
        Framed { bytes, keeps: true, ends_with_connection: false }
    }
}

fn submitted(call: CallNumber) -> String {
    format!(
        r#"{{"referenceId":"{}","messageResult":{{"status":"1001","description":"submit success","cost":"1"}}}}"#,
        reference_id(call)
    )
}

fn chunked(body: &str, dice: &mut Dice) -> String {
    let mut chunks = String::new();
    let mut rest = body;
    while !rest.is_empty() {
        let size = (1 + dice.below(40) as usize).min(rest.len());
        let extension = if dice.is_one_in(3) { ";name=value" } else { "" };
        chunks.push_str(&format!("{size:x}{extension}\r\n{}\r\n", &rest[..size]));
        rest = &rest[size..];
    }
    let trailer = if dice.is_one_in(2) { "x-trailer: x\r\n" } else { "" };
    format!("{chunks}0\r\n{trailer}\r\n")
}

/// So long after the run's first date, 1 March 2026. No run lasts a month.
fn http_date(time: Duration) -> String {
    let seconds = time.as_secs();
    let (day, hour, minute) = (1 + seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    format!("Sun, {day:02} Mar 2026 {hour:02}:{minute:02}:{:02} GMT", seconds % 60)
}

/// One or more interim answers.
pub fn interim(dice: &mut Dice) -> Vec<u8> {
    let one = ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"];
    (0..=dice.below(3)).map(|_| dice.pick(&one)).collect::<String>().into_bytes()
}

/// A whole answer that belongs to no request.
pub fn to_nobody(dice: &mut Dice) -> Vec<u8> {
    let body = r#"{"referenceId":"ref-nobody","messageResult":{"status":"1001"}}"#;
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let whole = answer.len() as u64;
    answer.into_bytes()[..1 + dice.below(whole) as usize].to_vec()
}

/// What many servers say on a connection that was idle for long.
pub const REQUEST_TIMEOUT: &[u8] = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
