//! HTTP as a connection says it. In whatever pieces the bytes of an answer come, the same is read of them. What is plainly
//! an answer is read; what two readers could read differently is none; and a connection is kept exactly when the answer
//! ended where a second reader sees its end. Otherwise the next send would be told what was left of it.
//!
//! ```text
//! <how many bytes come at once>
//! <the bytes of the answer>
//! ```

use shoutout_otp::fuzzing::{Reading, read_of};

use crate::scene::Script;

pub fn check(data: &[u8]) {
    let mut script = Script(data);
    let at_once = script.text().and_then(|line| line.parse().ok()).unwrap_or(1).clamp(1, 100_000);
    let bytes = script.0;
    let reading = read_of(bytes, at_once);
    assert_eq!(reading, read_of(bytes, bytes.len().max(1)), "it depends on how many bytes come at once");
    let seen = Head::of(bytes);
    match reading {
        Ok(reading) => {
            let (head, rest) = seen.expect("an answer without a head");
            hold(&reading, &head, head.body(rest));
        }
        Err(_) => {
            assert!(!seen.is_some_and(|(head, _)| head.is_plain && head.says_one_thing()), "a plain head is refused")
        }
    }
}

fn hold(reading: &Reading, head: &Head, seen: Option<Body>) {
    assert_eq!(reading.http_status, head.status);
    assert_eq!(reading.retry_after, head.retry_after());
    assert!(head.status == 101 || head.says_one_thing(), "another reader could see another end");
    match (&reading.body, seen) {
        (Ok(body), Some(seen)) => {
            assert_eq!(*body, seen.data);
            let is_over = seen.is_ended && seen.rest.is_empty();
            assert_eq!(reading.is_connection_kept, is_over && head.may_be_followed(), "is the connection silent now?");
        }
        (Ok(_), None) => panic!("a body that a second reader does not see"),
        (Err(_), Some(seen)) => assert!(seen.is_beyond_limits, "a body that is there was not read"),
        (Err(_), None) => assert!(!reading.is_connection_kept, "kept after half an answer"),
    }
}

/// A body as a second reader sees it.
struct Body<'a> {
    data: Vec<u8>,
    /// What follows it.
    rest: &'a [u8],
    /// Whether its own bytes say so, and not the end of the connection.
    is_ended: bool,
    /// Whether the library may find it too much: long lines between chunks, many trailers.
    is_beyond_limits: bool,
}

impl<'a> Body<'a> {
    fn new(data: &[u8], rest: &'a [u8], is_ended: bool) -> Body<'a> {
        Body { data: data.to_vec(), rest, is_ended, is_beyond_limits: false }
    }
}

/// A head as a second reader sees it, who believes everything.
struct Head {
    is_http_10: bool,
    status: u16,
    fields: Vec<(String, String)>,
    /// The fields that go on in a next line.
    folded: Vec<String>,
    /// Whether no reader could find anything wrong with it and the interim ones before it, except with what it says.
    is_plain: bool,
}

impl Head {
    /// The first that is no interim one, and what follows it.
    fn of(mut bytes: &[u8]) -> Option<(Head, &[u8])> {
        let mut is_plain = true;
        loop {
            let begin = bytes;
            let mut head = Script(bytes);
            let mut status_line = line(&mut head)?;
            while status_line.is_empty() {
                status_line = line(&mut head)?;
            }
            let (version, status) = (status_line.split(' ').next()?, status_line.split(' ').nth(1)?.parse().ok()?);
            let (mut fields, mut folded): (Vec<(String, String)>, Vec<String>) = Default::default();
            loop {
                let field = line(&mut head)?;
                if field.is_empty() {
                    break;
                }
                if field.starts_with([' ', '\t']) {
                    let (name, value) = fields.last_mut()?;
                    folded.push(name.clone());
                    let next = field.trim_matches([' ', '\t']);
                    *value = if value.is_empty() { next.to_owned() } else { format!("{value}\n{next}") };
                    continue;
                }
                let (name, value) = field.split_once(':')?;
                fields.push((name.to_ascii_lowercase(), value.trim_matches([' ', '\t']).to_owned()));
            }
            bytes = head.0;
            is_plain &= is_plain_head(&begin[..begin.len() - bytes.len()]);
            if status == 101 || status >= 200 {
                return Some((Head { is_http_10: version == "HTTP/1.0", status, fields, folded, is_plain }, bytes));
            }
        }
    }

    /// `None` where it is not whole.
    fn body<'a>(&self, rest: &'a [u8]) -> Option<Body<'a>> {
        if matches!(self.status, 101 | 204 | 304) {
            return Some(Body::new(&[], rest, true));
        }
        if self.is_chunked() {
            return of_chunks(rest);
        }
        match self.values("content-length").next() {
            Some(length) => {
                let (data, rest) = rest.split_at_checked(length.parse().ok()?)?;
                Some(Body::new(data, rest, true))
            }
            None => Some(Body::new(rest, &[], false)),
        }
    }

    fn may_be_followed(&self) -> bool {
        let has_no_length = self.values("content-length").next().is_none();
        let is_framed_once = match self.status {
            101 => false,
            204 | 304 => !self.is_chunked() && self.values("content-length").all(|length| length.parse() == Ok(0)),
            _ => self.is_chunked() == has_no_length,
        };
        let says = |option: &str| self.values("connection").any(|said| said.eq_ignore_ascii_case(option));
        self.folded.is_empty() && is_framed_once && !says("close") && (!self.is_http_10 || says("keep-alive"))
    }

    /// Whether all its fields agree on where the body ends, in words that all readers know.
    fn says_one_thing(&self) -> bool {
        let lengths: Vec<_> = self.values("content-length").collect();
        let is_length = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u64>().is_ok();
        let is_one_length =
            lengths.iter().all(|length| is_length(length) && length.parse() == lengths[0].parse::<u64>());
        let codings: Vec<_> = self.values("transfer-encoding").collect();
        let is_one_coding = match codings[..] {
            [] => true,
            [coding] => coding.eq_ignore_ascii_case("chunked") && !self.is_http_10,
            _ => false,
        };
        let is_fold_elsewhere = |name: &String| name != "content-length" && name != "transfer-encoding";
        is_one_length && is_one_coding && self.folded.iter().all(is_fold_elsewhere)
    }

    /// The first that is there, if it can be shown.
    fn retry_after(&self) -> Option<String> {
        if self.status == 101 {
            return None;
        }
        let (_, value) = self.fields.iter().find(|(name, _)| name == "retry-after")?;
        let is_visible = value.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
        is_visible.then(|| value.clone())
    }

    fn is_chunked(&self) -> bool {
        self.values("transfer-encoding").next().is_some()
    }

    /// A field may be there several times, and hold several values with commas between them.
    fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = self.fields.iter().filter(move |(of, _)| of == name);
        values.flat_map(|(_, value)| value.split(',')).map(|value| value.trim_matches([' ', '\t']))
    }
}

/// Whether nothing is in it that any reader could refuse, and it is not too long for one. Its lines may end in a line feed
/// alone, and a field may be folded: RFC 9112 allows a reader to take both, and this library does.
fn is_plain_head(head: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(head) else { return false };
    let is_visible = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let mut lines: Vec<&str> = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    if lines.len() < 3 || lines.pop() != Some("") || lines.pop() != Some("") {
        return false;
    }
    let (status_line, fields) = (lines[0], &lines[1..]);
    let status = status_line.strip_prefix("HTTP/1.1 ").or(status_line.strip_prefix("HTTP/1.0 ")).unwrap_or_default();
    let (number, reason) = status.split_once(' ').unwrap_or_default();
    let is_status = number.len() == 3
        && number.parse::<u16>().is_ok_and(|number| (100..1000).contains(&number))
        && is_visible(reason);
    let is_field = |line: &str| {
        let (name, value) = line.split_once(": ").unwrap_or_default();
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-') && is_visible(value)
    };
    let is_fold = |line: &str| line.starts_with(' ') && !line.trim().is_empty() && is_visible(line);
    head.len() < 4_000
        && fields.len() <= 100
        && is_status
        && fields.iter().enumerate().all(|(index, line)| is_field(line) || (index > 0 && is_fold(line)))
}

/// The data of chunks. The end of the connection may stand for their trailers.
fn of_chunks(mut rest: &[u8]) -> Option<Body<'_>> {
    let (mut data, mut is_beyond_limits) = (Vec::new(), false);
    loop {
        let (line, after) = chunk_line(rest)?;
        is_beyond_limits |= line.len() > 2_000;
        let size = line.split(|byte| *byte == b';').next()?.trim_ascii_end();
        let is_number = size.iter().all(u8::is_ascii_hexdigit);
        let size = std::str::from_utf8(size).ok().filter(|_| is_number)?;
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            let (rest, is_ended) = after_trailers(after, &mut is_beyond_limits)?;
            return Some(Body { data, rest, is_ended, is_beyond_limits });
        }
        let (chunk, after) = after.split_at_checked(size)?;
        data.extend_from_slice(chunk);
        rest = after.strip_prefix(b"\r\n")?;
    }
}

/// What follows the trailers, and whether they end, or the connection before them; `None` where they are no trailers.
fn after_trailers<'a>(mut rest: &'a [u8], is_beyond_limits: &mut bool) -> Option<(&'a [u8], bool)> {
    let mut count = 0;
    loop {
        let is_cut_off = !rest.contains(&b'\n') && !rest[..rest.len().saturating_sub(1)].contains(&b'\r');
        if is_cut_off {
            *is_beyond_limits |= rest.len() > 2_000;
            return Some((rest, false));
        }
        let (line, after) = chunk_line(rest)?;
        if line.is_empty() {
            return Some((after, true));
        }
        count += 1;
        *is_beyond_limits |= line.len() > 2_000 || count > 100;
        rest = after;
    }
}

/// A line that ends in CR LF, and has neither within; and what follows it.
fn chunk_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.windows(2).position(|pair| pair == b"\r\n")?;
    let (line, after) = (&bytes[..end], &bytes[end + 2..]);
    (!line.contains(&b'\r') && !line.contains(&b'\n')).then_some((line, after))
}

/// A line without its end, with a sign for each byte that is no text; `None` where it does not end.
fn line(script: &mut Script) -> Option<String> {
    let is_whole = script.0.contains(&b'\n');
    let line = script.line();
    is_whole.then(|| String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned())
}
