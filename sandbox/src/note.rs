//! What became of a request, noted beside its answer by whoever decided it, for the journal.

use std::borrow::Cow;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use crate::challenge::Verdict;
use crate::control;
use crate::subject::Subject;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Sent,
    Verified,
    Wrong,
    Used,
    Expired,
    Locked,
    Superseded,
    Refused,
    /// A fault came in the way before the request was processed.
    Fault,
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Verified => Self::Verified,
            Verdict::Wrong => Self::Wrong,
            Verdict::Used => Self::Used,
            Verdict::Expired => Self::Expired,
            Verdict::Locked => Self::Locked,
            Verdict::Superseded => Self::Superseded,
        }
    }
}

/// Travels in the extensions of an answer.
#[derive(Clone, Debug)]
pub struct Note {
    pub outcome: Outcome,
    /// A sentence; empty when all is well.
    pub why: Cow<'static, str>,
    /// The kind of the fault that struck; empty if none did.
    pub fault: &'static str,
    pub destination: String,
    pub reference_id: String,
}

impl Note {
    pub fn new(outcome: Outcome, why: impl Into<Cow<'static, str>>) -> Self {
        Self { outcome, why: why.into(), fault: "", destination: String::new(), reference_id: String::new() }
    }

    pub fn about(mut self, subject: &Subject) -> Self {
        self.destination.clone_from(&subject.destination);
        if !subject.reference_id.is_empty() {
            self.reference_id.clone_from(&subject.reference_id);
        }
        self
    }

    pub fn beside(self, answer: impl IntoResponse) -> Response {
        let mut response = answer.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The answer to a request that is refused before anybody has looked at it, with its note. The path decides its shape:
/// that of the control API's errors, or that of the gateway before the provider.
pub fn refuse(path: &str, status: StatusCode, why: &'static str) -> Response {
    let key = if control::has(path) { "error" } else { "message" };
    Note::new(Outcome::Refused, why).beside((status, Json(json!({ key: why }))))
}
