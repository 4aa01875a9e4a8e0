//! The API key: looked at, compared, and never kept.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

/// `Apikey` is the documented scheme; callers use `Bearer` with success.
const SCHEMES: [&str; 2] = ["Apikey", "Bearer"];
/// Real keys have about 480 characters.
const MAX_LENGTH: usize = 4096;

pub fn is_accepted(headers: &HeaderMap, expected: Option<&str>) -> bool {
    presented(headers).is_some_and(|key| expected.is_none_or(|expected| expected == key))
}

/// Real keys are JWTs: three parts in base64url, long. A made-up one that looks like this is a strange one to make up.
pub fn looks_real(headers: &HeaderMap) -> bool {
    let Some(key) = presented(headers) else {
        return false;
    };
    let is_base64url = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    key.len() >= 100 && key.split('.').count() == 3 && key.split('.').all(is_base64url)
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
