//! `shoutout-sandbox wait`: the control API's wait, for a shell.
//!
//! A client of a few lines, on a connection of its own: what it talks to is this very program.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::number::Number;

/// What the answer may take longer than the wait itself.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Wanted {
    pub to: Number,
    pub after: u64,
    pub timeout: Duration,
    pub print: Print,
    /// Host and port.
    pub address: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Print {
    Code,
    Text,
    ReferenceId,
    Json,
}

impl Print {
    pub fn read(text: &str) -> Option<Self> {
        match text {
            "code" => Some(Self::Code),
            "text" => Some(Self::Text),
            "reference_id" => Some(Self::ReferenceId),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    fn of(self, message: &Value) -> String {
        let field = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
        match self {
            Self::Code => field("code"),
            Self::Text => field("text"),
            Self::ReferenceId => field("reference_id"),
            Self::Json => message.to_string(),
        }
    }
}

/// The value to print; in vain, an error that says what did arrive.
pub fn wait(wanted: &Wanted) -> io::Result<String> {
    let path = format!(
        "/_sandbox/wait?to={}&after={}&timeout={}",
        wanted.to.as_str(),
        wanted.after,
        wanted.timeout.as_secs_f64()
    );
    let (status, body) = get(&wanted.address, &path, wanted.timeout + PATIENCE)?;
    match status {
        200 => Ok(wanted.print.of(&body["message"])),
        404 if body["error"] == "timeout" => Err(io::Error::new(io::ErrorKind::TimedOut, in_vain(wanted, &body))),
        _ => Err(io::Error::other(format!("http://{} answered {status}: {body}", wanted.address))),
    }
}

fn in_vain(wanted: &Wanted, body: &Value) -> String {
    let seconds = wanted.timeout.as_secs_f64();
    let what = format!("no SMS to {} after {} within {seconds} s", wanted.to.as_str(), wanted.after);
    let arrived: Vec<String> = body["arrived"].as_array().into_iter().flatten().map(line).collect();
    if arrived.is_empty() {
        format!("{what}; none is there at all")
    } else {
        format!("{what}; there are:{}", arrived.concat())
    }
}

fn line(arrived: &Value) -> String {
    let field = |name: &str| arrived[name].as_str().unwrap_or_default();
    format!("\n  {} to {}, reference {}", arrived["seq"], field("destination"), field("reference_id"))
}

/// By HTTP/1.0, so that the answer ends where the connection does.
fn get(address: &str, path: &str, patience: Duration) -> io::Result<(u16, Value)> {
    let told = |what: &'static str| {
        move |error: io::Error| io::Error::new(error.kind(), format!("{what} http://{address}: {error}"))
    };
    let stream = TcpStream::connect(address).map_err(told("no sandbox at"))?;
    let answer = ask(stream, address, path, patience).map_err(told("no answer from"))?;
    parse(&answer).ok_or_else(|| {
        let hint = if answer.first() == Some(&TLS_ALERT) { "; is it started with --tls?" } else { "" };
        io::Error::other(format!("http://{address} does not answer as a sandbox does{hint}"))
    })
}

/// With which TLS answers what is none.
const TLS_ALERT: u8 = 21;

fn ask(mut stream: TcpStream, address: &str, path: &str, patience: Duration) -> io::Result<Vec<u8>> {
    stream.set_read_timeout(Some(patience))?;
    // In one piece: a sandbox on https answers the first bytes with a TLS alert and closes, and a second write would find the
    // connection gone and the alert with it.
    stream.write_all(format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").as_bytes())?;
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        // What came before a reset is an answer as well.
        Err(error) if answer.is_empty() => Err(error),
        _ => Ok(answer),
    }
}

fn parse(answer: &[u8]) -> Option<(u16, Value)> {
    let (head, body) = std::str::from_utf8(answer).ok()?.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, serde_json::from_str(body).ok()?))
}
