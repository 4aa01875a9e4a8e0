//! As much of HTTP/1.1 as a test service needs: a request with a `Content-Length`, an answer with any status and headers.

use std::io::{self, BufRead, ErrorKind, Read};

use serde::Deserialize;

/// More than any test sends; keeps a client gone wild from filling the memory.
const MAX_HEAD: u64 = 64 * 1024;
const MAX_BODY: u64 = 4 * 1024 * 1024;
/// What every TLS connection begins with.
const TLS_HANDSHAKE: u8 = 0x16;

/// A request as it came over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    /// Path and query, undecoded.
    pub target: String,
    /// In their order, names in lower case, repeated ones kept apart: a header sent twice is a fault worth seeing.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    keep_alive: bool,
}

impl Request {
    /// Reads the next request of a connection; `None` when the client closed it in between.
    pub fn read(reader: &mut impl BufRead) -> io::Result<Option<Request>> {
        // A TLS handshake may hold no line end to wait for.
        if reader.fill_buf()?.first() == Some(&TLS_HANDSHAKE) {
            return Err(malformed("request line: this is TLS"));
        }
        let mut head = reader.by_ref().take(MAX_HEAD);
        let Some(request_line) = read_line(&mut head)? else {
            return Ok(None);
        };
        let mut words = request_line.split(' ');
        let (Some(method), Some(target), Some(version), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(malformed("request line"));
        };
        let headers = read_headers(&mut head)?;

        let mut request = Request {
            method: method.to_owned(),
            target: target.to_owned(),
            keep_alive: version == "HTTP/1.1",
            headers,
            body: Vec::new(),
        };
        if request.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")) {
            request.keep_alive = false;
        }
        request.body = read_body(&request, reader)?;
        Ok(Some(request))
    }

    /// The first header of this name, which is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers_named(name).next()
    }

    /// Every header of this name, which is given in lower case.
    pub fn headers_named<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether the client wants to send another request on this connection.
    pub fn keep_alive(&self) -> bool {
        self.keep_alive
    }
}

fn read_headers(head: &mut impl BufRead) -> io::Result<Vec<(String, String)>> {
    let mut headers = Vec::new();
    loop {
        let line = read_line(head)?.ok_or(ErrorKind::UnexpectedEof)?;
        if line.is_empty() {
            return Ok(headers);
        }
        let (name, value) = line.split_once(':').ok_or_else(|| malformed("header line"))?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
}

fn read_body(request: &Request, reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    if request.header("transfer-encoding").is_some() {
        return Err(malformed("transfer-encoding: only content-length is spoken here"));
    }
    let length = match request.header("content-length") {
        Some(length) => length.parse().map_err(|_| malformed("content-length"))?,
        None => 0,
    };
    if length > MAX_BODY {
        return Err(malformed("content-length: too large"));
    }
    let mut body = Vec::new();
    if reader.by_ref().take(length).read_to_end(&mut body)? as u64 != length {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(body)
}

/// One line without its line end; `None` at a clean end of the stream.
fn read_line(reader: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    if reader.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    match line.strip_suffix(b"\r\n") {
        Some(line) => Ok(Some(String::from_utf8_lossy(line).into_owned())),
        None => Err(malformed("line end")),
    }
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("malformed {what}"))
}

/// An answer to a request. `Content-Length` is added where the status allows a body and no header says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    status: u16,
    reason: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    unsaid: Option<Unsaid>,
}

/// What a service does in the place of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unsaid {
    /// It ends the connection.
    HangsUp,
    /// It says nothing until the client has had enough.
    FallsSilent,
}

impl Answer {
    pub fn new(status: u16) -> Answer {
        Answer { status, reason: String::new(), headers: Vec::new(), body: Vec::new(), unsaid: None }
    }

    /// No answer at all.
    pub fn unsaid(how: Unsaid) -> Answer {
        Answer { unsaid: Some(how), ..Answer::new(0) }
    }

    /// How it stays unsaid, if it does.
    pub fn stays_unsaid(&self) -> Option<Unsaid> {
        self.unsaid
    }

    /// Gives the status line its last words.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<String>) -> Answer {
        self.reason = reason.into();
        self
    }

    /// The usual answer: a JSON text.
    pub fn json(status: u16, body: impl Into<String>) -> Answer {
        Answer::new(status).header("content-type", "application/json").body(body.into())
    }

    /// Adds a header; one that is named twice is sent twice.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Answer {
        self.headers.push((name.into(), value.into()));
        self
    }

    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Answer {
        self.body = body.into();
        self
    }

    /// Whether the connection stays open after this answer.
    pub fn keep_alive(&self) -> bool {
        !self
            .headers
            .iter()
            .any(|(name, value)| name.eq_ignore_ascii_case("connection") && value.eq_ignore_ascii_case("close"))
    }

    /// The bytes for the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, self.reason);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let bodiless = self.status < 200 || matches!(self.status, 204 | 304);
        let has_length = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        if !bodiless && !has_length {
            head.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(mut bytes: &[u8]) -> io::Result<Option<Request>> {
        Request::read(&mut bytes)
    }

    #[test]
    fn reads_a_request_and_leaves_the_next_one_alone() {
        let mut wire: &[u8] =
            b"POST /a HTTP/1.1\r\nX-Two: 1\r\nx-two: 2\r\nContent-Length: 2\r\n\r\nhiGET /b HTTP/1.0\r\n\r\n";
        let first = Request::read(&mut wire).unwrap().unwrap();
        assert_eq!((first.method.as_str(), first.target.as_str()), ("POST", "/a"));
        assert_eq!(first.headers_named("x-two").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(first.body, b"hi");
        assert!(first.keep_alive());
        let second = Request::read(&mut wire).unwrap().unwrap();
        assert_eq!((second.target.as_str(), second.body.len()), ("/b", 0));
        assert!(!second.keep_alive());
        assert_eq!(Request::read(&mut wire).unwrap(), None);
    }

    #[test]
    fn refuses_what_it_does_not_speak() {
        assert!(read(b"POST /a HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
        assert!(read(b"POST /a HTTP/1.1\r\ncontent-length: 3\r\n\r\nhi").is_err(), "a body cut short");
        assert!(read(b"POST /a HTTP/1.1\r\ncontent-length: 9999999\r\n\r\n").is_err());
        assert!(read(b"POST /a HTTP/1.1\nno-cr: 1\r\n\r\n").is_err());
        assert!(read(b"hello\r\n\r\n").is_err());
        assert!(read(b"\x16\x03\x01").is_err(), "TLS, with no line end to come");
    }

    #[test]
    fn an_answer_states_its_length_unless_it_has_no_body() {
        let plain = Answer::json(200, "{}").to_bytes();
        assert_eq!(plain, b"HTTP/1.1 200 \r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}");
        assert_eq!(Answer::new(204).to_bytes(), b"HTTP/1.1 204 \r\n\r\n");
    }
}
