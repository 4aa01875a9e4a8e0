//! The head of an answer: its status, how long its body is, and whether another request may follow on the connection.
//! RFC 9112 section 6.3. A head that two readers could read differently is refused, because one of them may be a proxy.

use std::str;
use std::time::Duration;

use httparse::Header;

use super::head::{Head, check_folds, with_head};
use crate::planted_faults::{PlantedFault, is_planted};

#[derive(Debug, PartialEq)]
pub(crate) struct AnswerHead {
    pub(crate) status: u16,
    pub(super) framing: Framing,
    /// Whether the connection may carry another request.
    pub(super) keeps_connection: bool,
    /// How long the service keeps an idle connection, if it says so.
    pub(super) keep_alive: Option<Duration>,
    /// The first `Retry-After`, if it is visible ASCII.
    pub(super) retry_after: Option<String>,
    /// By what the service's own logs call the request, if it says so in visible ASCII.
    pub(super) request_id: Option<String>,
}

/// Where the body ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Framing {
    Length(u64),
    Chunked,
    UntilClose,
}

#[derive(Debug, PartialEq)]
pub(super) enum Parsed {
    /// The head, and how many bytes it had.
    Answer(AnswerHead, usize),
    Interim(usize),
    Partial,
}

pub(super) fn parse(input: &[u8]) -> Result<Parsed, String> {
    with_head(input, |head| match head {
        None => Ok(Parsed::Partial),
        // 101 switches to a protocol that was not asked for: it is final and has no body.
        Some(Head { status: 101, bytes, .. }) => Ok(Parsed::Answer(AnswerHead::without_body(101), bytes)),
        Some(Head { status: 100..200, bytes, .. }) if !is_planted(PlantedFault::InterimIsAnswer) => {
            Ok(Parsed::Interim(bytes))
        }
        Some(Head { status, fields, is_http_10, bytes, is_folded }) => {
            if is_folded {
                check_folds(&input[..bytes])?;
            }
            let fields = Fields::of(fields)?;
            Ok(Parsed::Answer(fields.head(status, is_http_10, is_folded)?, bytes))
        }
    })
}

impl AnswerHead {
    fn without_body(status: u16) -> AnswerHead {
        AnswerHead {
            status,
            framing: Framing::Length(0),
            keeps_connection: false,
            keep_alive: None,
            retry_after: None,
            request_id: None,
        }
    }
}

/// The names of the field that names a request, the one that counts most first: what Amazon's API Gateway sends, and what many others
/// do. The service sits behind a cloud gateway (seen once); which one it is, is not known.
const REQUEST_ID_NAMES: [&str; 3] = ["x-amzn-requestid", "apigw-requestid", "x-request-id"];
/// A longer one is no id.
const MAX_REQUEST_ID_BYTES: usize = 128;

/// What is of interest among the headers.
#[derive(Default)]
struct Fields<'a> {
    content_length: Option<u64>,
    is_chunked: bool,
    says_close: bool,
    says_keep_alive: bool,
    keep_alive: Option<Duration>,
    retry_after: Option<&'a [u8]>,
    /// By its place in [`REQUEST_ID_NAMES`].
    request_id: Option<(usize, &'a [u8])>,
}

impl<'a> Fields<'a> {
    fn of(headers: &[Header<'a>]) -> Result<Fields<'a>, String> {
        let mut fields = Fields::default();
        for header in headers {
            // Most names differ in length, and no call is needed to see it.
            let is = |name: &str| header.name.len() == name.len() && header.name.eq_ignore_ascii_case(name);
            if is("content-length") {
                fields.take_content_length(header.value)?;
            } else if is("transfer-encoding") {
                fields.take_transfer_encoding(header.value)?;
            } else if is("connection") {
                fields.take_connection(header.value);
            } else if is("keep-alive") {
                fields.take_keep_alive(header.value);
            } else if is("retry-after") {
                fields.retry_after.get_or_insert(header.value);
            } else if let Some(place) = REQUEST_ID_NAMES.iter().position(|name| is(name)) {
                fields.take_request_id(place, header.value);
            }
        }
        Ok(fields)
    }

    /// The first of the name that counts most.
    fn take_request_id(&mut self, place: usize, value: &'a [u8]) {
        if self.request_id.is_none_or(|(known, _)| place < known) {
            self.request_id = Some((place, value));
        }
    }

    /// The same value may come twice.
    fn take_content_length(&mut self, value: &[u8]) -> Result<(), String> {
        for element in value.split(|byte| *byte == b',') {
            let length = length_of(element.trim_ascii()).ok_or("invalid content-length")?;
            if *self.content_length.get_or_insert(length) != length {
                return Err("two values of content-length that differ".to_owned());
            }
        }
        Ok(())
    }

    /// No other coding was asked for.
    fn take_transfer_encoding(&mut self, value: &[u8]) -> Result<(), String> {
        if self.is_chunked || !value.trim_ascii().eq_ignore_ascii_case(b"chunked") {
            return Err("a transfer-encoding that is not chunked alone".to_owned());
        }
        self.is_chunked = true;
        Ok(())
    }

    fn take_connection(&mut self, value: &[u8]) {
        for option in value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii) {
            self.says_close |= option.eq_ignore_ascii_case(b"close");
            self.says_keep_alive |= option.eq_ignore_ascii_case(b"keep-alive");
        }
    }

    /// `timeout=5, max=100`: draft-thomson-hybi-http-timeout, and what servers send. What cannot be read counts as not said.
    fn take_keep_alive(&mut self, value: &[u8]) {
        for parameter in value.split(|byte| matches!(byte, b',' | b';')) {
            let mut halves = parameter.splitn(2, |byte| *byte == b'=').map(<[u8]>::trim_ascii);
            let (Some(name), Some(seconds)) = (halves.next(), halves.next()) else { continue };
            if name.eq_ignore_ascii_case(b"timeout") {
                let seconds =
                    length_of(seconds.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\"")).unwrap_or(seconds));
                self.keep_alive = self.keep_alive.or(seconds.map(Duration::from_secs));
            }
        }
    }

    fn head(self, status: u16, is_http_10: bool, is_folded: bool) -> Result<AnswerHead, String> {
        if self.is_chunked && is_http_10 {
            return Err("a transfer-encoding in HTTP/1.0, which has none".to_owned());
        }
        let has_no_body = matches!(status, 204 | 304);
        let framing = match self.content_length {
            _ if has_no_body => Framing::Length(0),
            // Chunks win over a length. A head with both may be a smuggling attempt, so the connection is not kept.
            _ if self.is_chunked => Framing::Chunked,
            Some(length) => Framing::Length(length),
            None => Framing::UntilClose,
        };
        let says_a_body = self.is_chunked || self.content_length.unwrap_or_default() > 0;
        let is_framed_twice = self.is_chunked && self.content_length.is_some();
        // A reader that does not support folding sees a folded line as a field of its own.
        let is_doubtful = is_framed_twice || (has_no_body && says_a_body) || is_folded;
        let says_close = self.says_close && !is_planted(PlantedFault::ConnectionCloseIgnored);
        let is_to_be_kept = !says_close && (self.says_keep_alive || !is_http_10);
        Ok(AnswerHead {
            status,
            framing,
            keeps_connection: is_to_be_kept && framing != Framing::UntilClose && !is_doubtful,
            keep_alive: self.keep_alive,
            retry_after: self.retry_after.and_then(visible_text),
            request_id: self
                .request_id
                .and_then(|(_, value)| visible_text(value))
                .filter(|id| id.len() <= MAX_REQUEST_ID_BYTES),
        })
    }
}

/// Digits alone: `parse` would take a sign, too.
fn length_of(value: &[u8]) -> Option<u64> {
    let digits = str::from_utf8(value).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok()
}

/// A header's value as text, if it is visible ASCII.
pub(crate) fn visible_text(value: &[u8]) -> Option<String> {
    let is_visible = value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
    str::from_utf8(value).ok().filter(|_| is_visible).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::errors::Cause;
    use crate::http1::head::MAX_HEADERS;
    use crate::testing::scripted::{attempt, saying};

    /// The head with these lines after the status line; `None` if it is no answer.
    fn head_with(status_line: &str, lines: &[&str]) -> Option<AnswerHead> {
        let text =
            format!("{status_line}\r\n{}\r\n", lines.iter().map(|line| format!("{line}\r\n")).collect::<String>());
        match parse(text.as_bytes()) {
            Ok(Parsed::Answer(head, bytes)) => {
                assert_eq!(bytes, text.len());
                Some(head)
            }
            Ok(other) => panic!("{other:?}"),
            Err(_) => None,
        }
    }

    /// Where the body of a 200 ends, and whether its connection is kept.
    fn framing(lines: &[&str]) -> Option<(Framing, bool)> {
        head_with("HTTP/1.1 200 OK", lines).map(|head| (head.framing, head.keeps_connection))
    }

    #[test]
    fn a_body_ends_by_length_by_chunks_or_by_close() {
        assert_eq!(framing(&["Content-Length: 12"]), Some((Framing::Length(12), true)));
        assert_eq!(framing(&["Transfer-Encoding: Chunked"]), Some((Framing::Chunked, true)));
        assert_eq!(framing(&["Content-Type: text/plain"]), Some((Framing::UntilClose, false)));
    }

    #[test]
    fn a_length_that_is_said_twice_counts_only_if_it_is_the_same() {
        assert_eq!(framing(&["Content-Length: 12", "content-length: 12"]), Some((Framing::Length(12), true)));
        assert_eq!(framing(&["Content-Length: 12, 12"]), Some((Framing::Length(12), true)));
        assert_eq!(framing(&["Content-Length: 12", "Content-Length: 13"]), None);
        assert_eq!(framing(&["Content-Length: 12, 13"]), None);
    }

    #[test]
    fn a_length_that_is_no_number_of_64_bits_makes_it_no_answer() {
        for length in ["", " ", "-1", "+1", "1 2", "0x10", "12,", "12a", "18446744073709551616", "١"] {
            assert_eq!(framing(&[&format!("Content-Length: {length}")]), None, "{length:?}");
        }
        assert_eq!(framing(&["Content-Length: 18446744073709551615"]), Some((Framing::Length(u64::MAX), true)));
    }

    #[test]
    fn chunks_beat_a_length_but_the_connection_is_not_kept() {
        assert_eq!(framing(&["Content-Length: 5", "Transfer-Encoding: chunked"]), Some((Framing::Chunked, false)));
        assert_eq!(framing(&["Transfer-Encoding: chunked", "Content-Length: 5"]), Some((Framing::Chunked, false)));
        assert_eq!(framing(&["Transfer-Encoding: chunked", "Content-Length: x"]), None);
    }

    #[test]
    fn any_transfer_encoding_except_chunked_alone_is_refused() {
        for coding in ["gzip", "gzip, chunked", "chunked, gzip", "identity", "chunked, chunked", "xchunked", ""] {
            assert_eq!(framing(&[&format!("Transfer-Encoding: {coding}")]), None, "{coding:?}");
        }
        assert_eq!(framing(&["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"]), None);
        assert_eq!(head_with("HTTP/1.0 200 OK", &["Transfer-Encoding: chunked"]), None);
    }

    #[test]
    fn a_fold_or_a_space_in_what_frames_the_body_is_no_answer() {
        for lines in [&["Content-Length: 5", " 6"], &["Content-Length:", " 5"], &["Transfer-Encoding:", "\tchunked"]] {
            assert_eq!(framing(lines), None, "{lines:?}");
        }
        assert_eq!(framing(&["Content-Length : 5"]), None);
    }

    #[test]
    fn a_fold_in_another_field_only_ends_the_connection() {
        for folded in [["X-A: 1", "\tTransfer-Encoding: chunked"], ["X-A:", " 1"]] {
            let lines = [&folded[..], &["Content-Length: 5"]].concat();
            assert_eq!(framing(&lines), Some((Framing::Length(5), false)), "{folded:?}");
        }
    }

    #[test]
    fn lines_may_end_in_a_line_feed_alone() {
        for text in ["HTTP/1.1 200 OK\nContent-Length: 5\n\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\n\r\n"] {
            let Ok(Parsed::Answer(head, bytes)) = parse(text.as_bytes()) else { panic!("{text:?}") };
            assert_eq!((head.framing, head.keeps_connection, bytes), (Framing::Length(5), true, text.len()));
        }
    }

    #[test]
    fn a_service_may_say_how_long_it_keeps_a_connection() {
        let keep_alive = |value: &str| {
            let lines = ["Content-Length: 0", &format!("Keep-Alive: {value}")];
            head_with("HTTP/1.1 200 OK", &lines).unwrap().keep_alive.map(|time| time.as_secs())
        };
        assert_eq!(keep_alive("timeout=5"), Some(5));
        assert_eq!(keep_alive("max=100, Timeout=75"), Some(75));
        for odd in ["timeout=5;max=100", "timeout=\"5\"", "timeout = 5", "timeout=x, timeout=5", "timeout=5, timeout=x"]
        {
            assert_eq!(keep_alive(odd), Some(5), "{odd}");
        }
        for nothing in ["", "5", "timeout", "timeout=", "timeout=x", "timeout=-1", "max=5"] {
            assert_eq!(keep_alive(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn a_status_without_a_body_has_none_whatever_is_announced() {
        for status_line in ["HTTP/1.1 204 No Content", "HTTP/1.1 304 Not Modified"] {
            let of = |lines: &[&str]| head_with(status_line, lines).map(|head| (head.framing, head.keeps_connection));
            assert_eq!(of(&[]), Some((Framing::Length(0), true)));
            assert_eq!(of(&["Content-Length: 5"]), Some((Framing::Length(0), false)));
            assert_eq!(of(&["Transfer-Encoding: chunked"]), Some((Framing::Length(0), false)));
        }
    }

    #[test]
    fn keep_alive_follows_the_version_and_the_connection_field() {
        let kept = |version: &str, option: &str| {
            let lines = ["Content-Length: 0", &format!("Connection: {option}")];
            head_with(&format!("{version} 200 OK"), &lines).unwrap().keeps_connection
        };
        assert!(kept("HTTP/1.1", "x-a"));
        assert!(!kept("HTTP/1.1", "x-a, Close"));
        assert!(!kept("HTTP/1.1", "keep-alive, close"));
        assert!(!kept("HTTP/1.0", "x-a"));
        assert!(kept("HTTP/1.0", "Keep-Alive"));
    }

    #[test]
    fn the_first_retry_after_counts_if_it_is_visible_ascii() {
        let retry_after = |lines: &[&str]| head_with("HTTP/1.1 429 x", lines).unwrap().retry_after;
        assert_eq!(retry_after(&["Retry-After: 7", "Retry-After: 8"]).as_deref(), Some("7"));
        assert_eq!(retry_after(&["Retry-After: ü"]), None);
        assert_eq!(retry_after(&[]), None);
    }

    #[test]
    fn the_request_id_is_taken_from_the_name_that_counts_most() {
        let request_id = |lines: &[&str]| head_with("HTTP/1.1 200 x", lines).unwrap().request_id;
        assert_eq!(request_id(&["X-Request-Id: a", "x-amzn-RequestId: b", "apigw-requestid: c"]).as_deref(), Some("b"));
        assert_eq!(request_id(&["x-request-id: a", "X-REQUEST-ID: b"]).as_deref(), Some("a"));
        assert_eq!(request_id(&[&format!("x-request-id: {}", "a".repeat(129))]), None);
        assert_eq!(request_id(&["x-request-id: \u{e4}"]), None);
        assert_eq!(request_id(&[]), None);
    }

    #[test]
    fn what_is_not_http_1_is_no_answer() {
        for line in
            ["HTTP/2 200 OK", "HTTP/9.9 200 OK", "SSH-2.0-x", "HTTP/1.1 99 x", "HTTP/1.1 099 x", "POST / HTTP/1.1"]
        {
            assert_eq!(head_with(line, &["Content-Length: 0"]), None, "{line}");
        }
        assert_eq!(head_with("HTTP/1.1 999 x", &["Content-Length: 0"]).unwrap().status, 999);
    }

    #[test]
    fn more_headers_than_128_are_no_answer() {
        let lines = |count| vec!["x: y"; count];
        assert!(framing(&lines(MAX_HEADERS)).is_some());
        assert_eq!(framing(&lines(MAX_HEADERS + 1)), None);
    }

    #[test]
    fn interim_answers_are_skipped_in_any_pieces() {
        let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\nContent-Length: 9\r\n\r\n";
        let text = format!("{}HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\nbody", interim.repeat(200));
        for at_once in [1, 7, text.len()] {
            let mut connection = saying(text.as_bytes(), at_once);
            let head = connection.read_head(&attempt()).unwrap();
            assert_eq!((head.status, head.framing), (201, Framing::Length(4)));
        }
    }

    #[test]
    fn status_101_is_final_and_ends_the_connection() {
        let head = head_with("HTTP/1.1 101 Switching Protocols", &["Upgrade: x", "Content-Length: 5"]).unwrap();
        assert_eq!(head, AnswerHead { status: 101, ..AnswerHead::without_body(101) });
    }

    #[test]
    fn a_head_that_never_ends_fills_the_buffer_and_is_no_answer() {
        let text = format!("HTTP/1.1 200 OK\r\nx: {}", "y".repeat(100_000));
        let fault = saying(text.as_bytes(), 1000).read_head(&attempt()).unwrap_err();
        assert_eq!(fault.cause, Cause::NotHttp);
    }
}
