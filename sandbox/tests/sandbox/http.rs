//! A client of a few lines that can also send what no proper client would: forged Host and Origin, two of a header.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// Longer than any test should take, so that a hang becomes a failure.
pub const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

pub fn get(address: SocketAddr, path: &str) -> Answer {
    plain(address, "GET", path)
}

/// A request without a body, with the headers that any client sends.
pub fn plain(address: SocketAddr, method: &str, path: &str) -> Answer {
    exchange(address, &format!("{method} {path} HTTP/1.1"), &[&format!("Host: {address}")], "")
}

/// A request to the provider's paths, as a proper client sends it.
pub fn post(address: SocketAddr, path: &str, key: &str, body: &str) -> Answer {
    let headers = [
        &format!("Host: {address}"),
        &format!("Authorization: Apikey {key}"),
        "Content-Type: application/json",
        &format!("Content-Length: {}", body.len()),
    ];
    exchange(address, &format!("POST {path} HTTP/1.1"), &headers, body)
}

/// Sends exactly these header lines, and nothing else but `Connection: close`.
pub fn exchange(address: SocketAddr, first_line: &str, headers: &[&str], body: &str) -> Answer {
    read(open(address, first_line, headers, body))
}

/// Sends a request and leaves the answer for later.
pub fn open(address: SocketAddr, first_line: &str, headers: &[&str], body: &str) -> TcpStream {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).expect("connect");
    stream.set_read_timeout(Some(PATIENCE)).expect("set the timeout");
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let request = format!("{first_line}\r\n{headers}Connection: close\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).expect("send the request");
    stream
}

fn read(mut stream: TcpStream) -> Answer {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("read the answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an HTTP answer");
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).expect("a status");
    Answer { status, head: head.into(), body: body.into() }
}
