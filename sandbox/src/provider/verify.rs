//! `POST /otpservice/verify`: compare a code with the one that was sent.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
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
    let http_status = if status_code == WRONG { sandbox.settings.wrong_code_status.code() } else { StatusCode::OK };
    let answer = Answer { reference_id: attempt.reference_id, code: attempt.code, status_code, description };
    let why = if verdict == Verdict::Verified { "" } else { description };
    Ok(Note::new(verdict.into(), why).beside((http_status, Json(answer))))
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

/// On verify, 1001 is failure. (On send it is success: two tables, never one.)
const WRONG: &str = "1001";

/// The one table of verify: `statusCode` and `description`. 1001 comes with the status that the settings say.
///
/// | verdict  | provenance                                                                           |
/// |----------|--------------------------------------------------------------------------------------|
/// | verified | documented, but for the words                                                        |
/// | wrong    | one caller relies on 1001 with HTTP 200; a 4xx with it has been seen once            |
/// | expired  | one caller reads 1002 (and 1003) like this                                           |
/// | used     | unknown; answered as a wrong code, the one refusal for which there is any evidence   |
/// | locked   | unknown, even whether there is a limit; likewise                                     |
/// | superseded | unknown, even whether it exists; likewise                                          |
fn status(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Verified => ("1000", "verified"),
        Verdict::Wrong => (WRONG, "wrong code"),
        Verdict::Expired => ("1002", "code expired"),
        Verdict::Used => (WRONG, "code already used"),
        Verdict::Locked => (WRONG, "too many wrong codes"),
        Verdict::Superseded => (WRONG, "a newer code has been sent"),
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
