//! Headers that the caller adds: some gateways want a tenant or a subscription key beside `Authorization`.
//! Those that frame, route or authorise a request are not the caller's, or a value could smuggle a second request.

use super::{MAX_HEADER_VALUE_BYTES, MAX_HEADERS, MAX_SHORT_BYTES};
use crate::secret::Secret;

const NOT_THE_CALLERS: [&str; 10] = [
    "host",
    "transfer-encoding",
    "connection",
    "expect",
    "te",
    "trailer",
    "upgrade",
    "accept-encoding",
    "authorization",
    "user-agent",
];
const NOT_THE_CALLERS_PREFIXES: [&str; 2] = ["content-", "proxy-"];

/// A checked header. Its value may be a credential, so it is kept as a secret.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) name: String,
    pub(crate) value: Secret,
}

impl Header {
    /// One more beside those that are there already.
    pub(crate) fn parse_beside(others: &[Header], name: &str, value: &str) -> Result<Header, String> {
        if others.len() < MAX_HEADERS {
            Header::parse(name, value)
        } else {
            Err(format!("there are {MAX_HEADERS} headers already"))
        }
    }

    pub(crate) fn parse(name: &str, value: &str) -> Result<Header, String> {
        check_token(name).map_err(|problem| format!("name {problem}"))?;
        let lower = name.to_ascii_lowercase();
        if NOT_THE_CALLERS.contains(&lower.as_str())
            || NOT_THE_CALLERS_PREFIXES.iter().any(|prefix| lower.starts_with(prefix))
        {
            return Err(format!("name {lower} frames, routes or authorises the request and is set by the library"));
        }
        check_value(value, MAX_HEADER_VALUE_BYTES).map_err(|problem| format!("value of {lower} {problem}"))?;
        Ok(Header { name: lower, value: Secret::new(value) })
    }
}

/// A token of RFC 9110 section 5.6.2: what header names and authentication schemes are made of.
pub(crate) fn check_token(token: &str) -> Result<(), String> {
    if token.is_empty() {
        return Err("is empty".to_owned());
    }
    if token.len() > MAX_SHORT_BYTES {
        return Err(format!("is longer than {MAX_SHORT_BYTES} bytes"));
    }
    if !token.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b)) {
        return Err("holds a character that is not a letter, a digit or one of !#$%&'*+-.^_`|~".to_owned());
    }
    Ok(())
}

/// Printable ASCII only: no CR or LF that would begin another header, nothing that two servers read differently.
pub(crate) fn check_value(value: &str, most_bytes: usize) -> Result<(), String> {
    if value.len() > most_bytes {
        return Err(format!("is longer than {most_bytes} bytes"));
    }
    if !value.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
        return Err("holds a line break, a control character or a non-ASCII character".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_that_frames_or_authorises_is_refused_in_any_letter_case() {
        for name in [
            "Host",
            "CONTENT-LENGTH",
            "content-type",
            "Transfer-Encoding",
            "connection",
            "Expect",
            "TE",
            "Trailer",
            "Upgrade",
            "Accept-Encoding",
            "authorization",
            "Proxy-Authorization",
            "User-Agent",
        ] {
            assert!(Header::parse(name, "x").is_err(), "{name}");
        }
    }

    #[test]
    fn a_line_break_never_reaches_the_wire() {
        for value in ["a\r\nx: y", "a\nb", "a\rb", "a\0b", "naïve"] {
            let error = Header::parse("x-tenant", value).unwrap_err();
            assert!(!error.contains("naïve"), "{error}");
        }
        assert!(Header::parse("x-ten\r\nant", "x").is_err());
    }
}
