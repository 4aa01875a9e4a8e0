//! `POST /otpservice/verify`: compare a code with the one that was sent.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::{Fields, Refusal, fields, text};
use crate::Sandbox;
use crate::challenge::Verdict;
use crate::note::Note;

pub async fn verify(State(sandbox): State<Arc<Sandbox>>, headers: HeaderMap, body: Bytes) -> Response {
    answer(&sandbox, &headers, &body).unwrap_or_else(IntoResponse::into_response)
}

fn answer(sandbox: &Sandbox, headers: &HeaderMap, body: &Bytes) -> Result<Response, Refusal> {
    let fields = fields(&sandbox.settings, headers, body)?;
    let attempt = Attempt::read(&fields)?;
    // The documented shape of a failure; that an unknown reference gets it is an assumption.
    let verdict =
        sandbox.attempt(attempt.reference_id, attempt.code).ok_or(Refusal::BadRequest("unknown referenceId"))?;
    let (status_code, description) = status(verdict);
    let answer = Answer { reference_id: attempt.reference_id, code: attempt.code, status_code, description };
    let why = if verdict == Verdict::Verified { "" } else { description };
    Ok(Note::new(verdict.into(), why).beside(Json(answer)))
}

struct Attempt<'a> {
    code: &'a str,
    reference_id: &'a str,
}

impl<'a> Attempt<'a> {
    fn read(fields: &'a Fields) -> Result<Self, Refusal> {
        let code = text(fields, "code", "code must be a string: leading zeros matter")?;
        let reference_id = text(fields, "referenceId", "referenceId must be a string: the one that send returned")?;
        if code.is_empty() {
            return Err(Refusal::BadRequest("code must not be empty"));
        }
        Ok(Self { code, reference_id })
    }
}

/// The one table of verify: `statusCode` and `description`, always on HTTP 200.
///
/// | verdict  | provenance                                                                           |
/// |----------|--------------------------------------------------------------------------------------|
/// | verified | documented, but for the words                                                        |
/// | wrong    | one caller relies on 1001 with HTTP 200                                              |
/// | expired  | one caller reads 1002 (and 1003) like this                                           |
/// | used     | unknown; answered as a wrong code, the one refusal for which there is any evidence   |
/// | locked   | unknown, even whether there is a limit; likewise                                     |
fn status(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Verified => ("1000", "verified"),
        Verdict::Wrong => ("1001", "wrong code"),
        Verdict::Expired => ("1002", "code expired"),
        Verdict::Used => ("1001", "code already used"),
        Verdict::Locked => ("1001", "too many wrong codes"),
    }
}

/// The documented answer. It repeats the code, which makes it a secret in any log.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    reference_id: &'a str,
    code: &'a str,
    status_code: &'static str,
    description: &'static str,
}
