//! The API key: looked at, compared, and never kept.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue};

/// `Apikey` is the documented scheme; callers use `Bearer` with success.
const SCHEMES: [&str; 2] = ["Apikey", "Bearer"];
/// Real keys have about 480 characters.
const MAX_LENGTH: usize = 4096;

pub fn is_accepted(headers: &HeaderMap, expected: Option<&str>) -> bool {
    presented(headers).is_some_and(|key| expected.is_none_or(|expected| expected == key))
}

/// The first value that holds what looks like a real key. Whoever uses one by mistake may well make another mistake with
/// it, so it counts without a scheme, after another one and among several, too: the last word of each value is looked at.
pub fn looking_real(headers: &HeaderMap) -> Option<&HeaderValue> {
    headers.get_all(AUTHORIZATION).iter().find(|value| {
        let words = value.as_bytes().split(u8::is_ascii_whitespace);
        words.rev().find(|word| !word.is_empty()).is_some_and(looks_real)
    })
}

/// Real keys are JWTs: three parts in base64url, long. A made-up one that looks like this is a strange one to make up.
pub fn looks_real(key: &[u8]) -> bool {
    let is_base64url =
        |part: &[u8]| !part.is_empty() && part.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte));
    let parts = || key.split(|byte| *byte == b'.');
    key.len() >= 100 && parts().count() == 3 && parts().all(is_base64url)
}

fn presented(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let (scheme, key) = value.to_str().ok()?.split_once(' ')?;
    let is_known = SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme));
    (is_known && is_well_formed(key)).then_some(key)
}

/// Visible ASCII without spaces. A real key is a JWT, but a made-up one need not look like it.
pub fn is_well_formed(key: &str) -> bool {
    (1..=MAX_LENGTH).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}
