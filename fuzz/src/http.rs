//! HTTP as a connection says it: in whatever pieces the bytes of an answer come, the same is read of them; and where an
//! answer was read, it ends where a second reader sees its end. Otherwise the next send would be told what was left of it.
//!
//! ```text
//! <how many bytes come at once>
//! <the bytes of the answer>
//! ```

use shoutout_otp::fuzzing::{Reading, read_of};

use crate::scene::Script;

pub fn check(data: &[u8]) {
    let mut script = Script(data);
    let at_once = script.text().and_then(|line| line.parse().ok()).unwrap_or(1).clamp(1, 10_000);
    let bytes = script.0;
    match (read_of(bytes, at_once), read_of(bytes, bytes.len().max(1))) {
        (Ok(in_pieces), Ok(whole)) => {
            assert_eq!(what_counts(&in_pieces), what_counts(&whole), "it depends on how many bytes come at once");
            assert!(in_pieces.is_connection_kept || !whole.is_connection_kept, "kept only if all comes at once");
            hold(&whole, bytes);
        }
        (in_pieces, whole) => {
            assert_eq!(in_pieces.err(), whole.err(), "it depends on how many bytes come at once");
        }
    }
}

/// All but whether the connection is kept: what has not come yet cannot speak against it.
fn what_counts(reading: &Reading) -> (u16, &Option<String>, &Result<Vec<u8>, String>) {
    (reading.http_status, &reading.retry_after, &reading.body)
}

fn hold(reading: &Reading, bytes: &[u8]) {
    let (head, rest) = Head::of(bytes).expect("an answer without a head");
    assert_eq!(reading.http_status, head.status);
    let seen = head.body(rest);
    match &reading.body {
        Ok(body) => {
            let seen = seen.expect("a body that a second reader does not see");
            assert_eq!(*body, seen.data);
            let is_over = seen.is_ended && seen.rest.is_empty();
            assert_eq!(reading.is_connection_kept, is_over && head.may_be_followed(), "is the connection silent now?");
        }
        Err(_) => {
            assert!(head.is_chunked() || seen.is_none(), "a body that is there was not read");
            assert!(!reading.is_connection_kept, "kept after half an answer");
        }
    }
}

/// A body as somebody reads it who believes everything.
struct Body<'a> {
    data: Vec<u8>,
    /// What follows it.
    rest: &'a [u8],
    /// Whether its own bytes say so, and not the end of the connection.
    is_ended: bool,
}

/// The head as somebody reads it who believes everything.
struct Head {
    is_http_10: bool,
    status: u16,
    fields: Vec<(String, String)>,
}

impl Head {
    /// The first that is no interim one, and what follows it.
    fn of(mut bytes: &[u8]) -> Option<(Head, &[u8])> {
        loop {
            let mut head = Script(bytes);
            let mut status_line = line(&mut head)?;
            while status_line.is_empty() {
                status_line = line(&mut head)?;
            }
            let (version, status) = (status_line.split(' ').next()?, status_line.split(' ').nth(1)?.parse().ok()?);
            let mut fields = Vec::new();
            loop {
                let field = line(&mut head)?;
                if field.is_empty() {
                    break;
                }
                let (name, value) = field.split_once(':')?;
                fields.push((name.to_ascii_lowercase(), value.to_owned()));
            }
            bytes = head.0;
            if status == 101 || status >= 200 {
                return Some((Head { is_http_10: version == "HTTP/1.0", status, fields }, bytes));
            }
        }
    }

    /// `None` where it is not whole.
    fn body<'a>(&self, rest: &'a [u8]) -> Option<Body<'a>> {
        if matches!(self.status, 101 | 204 | 304) {
            return Some(Body { data: Vec::new(), rest, is_ended: true });
        }
        if self.is_chunked() {
            return of_chunks(rest);
        }
        match self.values("content-length").next() {
            Some(length) => {
                let (data, rest) = rest.split_at_checked(length.parse().ok()?)?;
                Some(Body { data: data.to_vec(), rest, is_ended: true })
            }
            None => Some(Body { data: rest.to_vec(), rest: &[], is_ended: false }),
        }
    }

    fn may_be_followed(&self) -> bool {
        let lengths: Vec<_> = self.values("content-length").collect();
        let is_framed_once = match self.status {
            101 => false,
            204 | 304 => !self.is_chunked() && lengths.iter().all(|length| length.parse() == Ok(0)),
            _ => {
                self.is_chunked() == lengths.is_empty()
                    && lengths.iter().all(|length| length.parse::<u64>() == lengths[0].parse())
            }
        };
        let options: Vec<_> = self.values("connection").map(str::to_ascii_lowercase).collect();
        let says = |option: &str| options.iter().any(|said| said == option);
        is_framed_once && !says("close") && (!self.is_http_10 || says("keep-alive"))
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

/// The data of chunks. The end of the connection may stand for their trailers.
fn of_chunks(mut rest: &[u8]) -> Option<Body<'_>> {
    let mut data = Vec::new();
    loop {
        let mut script = Script(rest);
        let size_line = line(&mut script)?;
        let size = size_line.split(';').next()?.trim_matches([' ', '\t']);
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            loop {
                let trailer = line(&mut script);
                if trailer.as_ref().is_none_or(String::is_empty) {
                    return Some(Body { data, rest: script.0, is_ended: trailer.is_some() });
                }
            }
        }
        let (chunk, after) = script.0.split_at_checked(size)?;
        data.extend_from_slice(chunk);
        rest = after.strip_prefix(b"\r\n")?;
    }
}

/// A line without its end, with a sign for each byte that is no text; `None` where it does not end.
fn line(script: &mut Script) -> Option<String> {
    let is_whole = script.0.contains(&b'\n');
    let line = script.line();
    is_whole.then(|| String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned())
}
