//! The provider's two paths, as far as its documentation and public callers show them.
//!
//! Where nobody outside the provider knows its behaviour, the comment beside the choice says so, and the README has the
//! whole list. `send` and `verify` hold one path each; what they share is here.

mod answer;
mod key;
mod magic;
mod send;
mod verify;

use axum::Json;
use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::Settings;
use crate::note::{Note, Outcome};

pub use key::{
    is_well_formed as is_well_formed_key, looking_real as key_looking_real, looks_real as is_like_a_real_key,
};
pub use send::send;
pub use verify::verify;

/// In credits. The documented example says 1; whether the real cost follows the number of SMS parts is unknown.
pub const COST_PER_MESSAGE: u32 = 1;

/// A failure in the documented shape.
fn message_only(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "message": message }))).into_response()
}

/// As an API gateway limits a rate.
fn too_many_requests(retry_after: u64) -> Response {
    let mut response = message_only(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests");
    response.headers_mut().insert(RETRY_AFTER, retry_after.into());
    response
}

type Fields = Map<String, Value>;

/// The two documented failures, in the documented shape `{"message"}`. A reason never repeats what was sent.
enum Refusal {
    Forbidden,
    BadRequest(&'static str),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, message) = match self {
            // The words of the API gateway that the service evidently sits behind.
            Self::Forbidden => (StatusCode::FORBIDDEN, "Forbidden"),
            Self::BadRequest(reason) => (StatusCode::BAD_REQUEST, reason),
        };
        Note::new(Outcome::Refused, message).beside(message_only(status, message))
    }
}

/// What both paths ask of a request: a key, then a JSON object.
fn fields(settings: &Settings, headers: &HeaderMap, body: &Bytes) -> Result<Fields, Refusal> {
    if !key::is_accepted(headers, settings.api_key.as_deref()) {
        return Err(Refusal::Forbidden);
    }
    if !is_json(headers) {
        return Err(Refusal::BadRequest("the Content-Type must be application/json"));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Refusal::BadRequest("the body must be a JSON object")),
        Err(_) => Err(Refusal::BadRequest("the body is not valid JSON in UTF-8")),
    }
}

/// The header is documented; that the service insists on it is an assumption, and the safer one for a caller.
fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// A field that must be a string. A number is refused: it would lose leading zeros, or become `9.4e10`, one day.
fn text<'a>(fields: &'a Fields, name: &str, reason: &'static str) -> Result<&'a str, Refusal> {
    fields.get(name).and_then(Value::as_str).ok_or(Refusal::BadRequest(reason))
}
