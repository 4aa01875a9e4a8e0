//! A head as httparse takes it apart: that of an answer, or of what a proxy says to a CONNECT. What it means is in
//! `answer_head.rs` and `connect/tunnel.rs`.

use std::mem::MaybeUninit;

use httparse::{Header, ParserConfig, Response};

/// More fields than this are no answer.
pub(super) const MAX_HEADERS: usize = 128;

/// The status of a head and how many bytes the head has, whatever else it says; `None` where it is not whole yet.
pub(crate) fn status_and_length(input: &[u8]) -> Result<Option<(u16, usize)>, String> {
    with_head(input, |head| Ok(head.map(|head| (head.status, head.bytes))))
}

/// The status as soon as its line is there; `None` before.
pub(crate) fn status_of_line(input: &[u8]) -> Result<Option<u16>, String> {
    // Empty lines before it do not count (RFC 9112 section 2.2).
    let begin = input.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(input.len());
    let Some(length) = input[begin..].iter().position(|byte| *byte == b'\n') else { return Ok(None) };
    let line = [&input[begin..begin + length], b"\n\n"].concat();
    with_head(&line, |head| Ok(head.map(|head| head.status)))
}

/// A whole head as it was parsed.
pub(super) struct Head<'a> {
    pub(super) status: u16,
    pub(super) fields: &'a [Header<'a>],
    pub(super) is_http_10: bool,
    pub(super) bytes: usize,
    /// Whether a field goes on in a next line that begins with a space.
    pub(super) is_folded: bool,
}

/// Looks at a head, which is `None` where it is not whole yet.
pub(super) fn with_head<T>(input: &[u8], look: impl FnOnce(Option<Head>) -> Result<T, String>) -> Result<T, String> {
    parse_head(false, input, look)
}

fn parse_head<T>(
    allow_folds: bool,
    input: &[u8],
    look: impl FnOnce(Option<Head>) -> Result<T, String>,
) -> Result<T, String> {
    let mut headers = [const { MaybeUninit::uninit() }; MAX_HEADERS];
    let mut response = Response::new(&mut []);
    let mut config = ParserConfig::default();
    // RFC 9112 section 5.2: a folded line is a space.
    config.allow_obsolete_multiline_headers_in_responses(allow_folds);
    match config.parse_response_with_uninit_headers(&mut response, input, &mut headers) {
        Err(httparse::Error::HeaderName) if !allow_folds => parse_head(true, input, look),
        Err(error) => Err(error.to_string()),
        Ok(httparse::Status::Partial) => look(None),
        Ok(httparse::Status::Complete(bytes)) => match response.code {
            Some(status @ 100..) => {
                let is_http_10 = response.version == Some(0);
                look(Some(Head { status, fields: response.headers, is_http_10, bytes, is_folded: allow_folds }))
            }
            _ => Err("invalid status code".to_owned()),
        },
    }
}

/// Refuses a folded `content-length` or `transfer-encoding`: a reader that does not support folding would see another body.
pub(super) fn check_folds(head: &[u8]) -> Result<(), String> {
    let mut is_about_the_body = false;
    for line in head.split(|byte| *byte == b'\n') {
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
            is_about_the_body =
                [&b"content-length"[..], b"transfer-encoding"].iter().any(|one| name.eq_ignore_ascii_case(one));
        } else if is_about_the_body {
            return Err("a folded field that says where the body ends".to_owned());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_known_as_soon_as_its_line_is_there() {
        assert_eq!(status_of_line(b"HTTP/1.1 407 No"), Ok(None));
        assert_eq!(status_of_line(b"HTTP/1.1 407 No\r\nno colon"), Ok(Some(407)));
        assert_eq!(status_of_line(b"\r\n\nHTTP/1.1 407 No\r\n"), Ok(Some(407)));
        assert!(status_of_line(b"SSH-2.0-x\r\n").is_err());
    }
}
