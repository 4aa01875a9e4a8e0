//! `POST /otpservice/send`: check, make a code, put it into the text, deliver.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::answer::Answer;
use super::{Fields, Refusal, fields, text};
use crate::challenge::Challenge;
use crate::note::{Note, Outcome};
use crate::store::Message;
use crate::{Sandbox, magic, random, sms};

const PLACEHOLDER: &str = "{{code}}";
/// In bytes. Assumed: the provider has a limit, but nobody outside knows it.
const LONGEST_TEXT: usize = 16 * 1024;

pub async fn send(State(sandbox): State<Arc<Sandbox>>, headers: HeaderMap, body: Bytes) -> Response {
    let order = match fields(&sandbox.settings, &headers, &body).and_then(|fields| Order::read(&fields)) {
        Ok(order) => order,
        Err(refusal) => return refusal.into_response(),
    };
    if !is_mask(&order.source) {
        return Note::new(Outcome::Refused, "invalid source: this cannot be a sender mask").beside(invalid_source());
    }
    match magic::find(&order.destination) {
        Some(magic) => super::magic::play(magic, order, &sandbox),
        None => match sandbox.admit(&order.destination) {
            Ok(()) => order.deliver(&sandbox, sandbox.settings.code_lifetime),
            Err(wait) => too_many(wait),
        },
    }
}

/// In whole seconds, and long enough: who comes back then is let through.
fn too_many(wait: Duration) -> Response {
    let seconds = u64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u64::MAX);
    let why = "the rate limit (--rate-limit): too many sends to this number";
    Note::new(Outcome::Refused, why).beside(super::too_many_requests(seconds))
}

/// A send request whose shape is right.
pub struct Order {
    source: String,
    pub destination: String,
    template: String,
}

impl Order {
    fn read(fields: &Fields) -> Result<Self, Refusal> {
        let source = text(fields, "source", "source must be a string: the sender mask")?;
        let destination =
            text(fields, "destination", "destination must be a string: the mobile number in E.164 format")?;
        if text(fields, "transport", "transport must be \"sms\"")? != "sms" {
            return Err(Refusal::BadRequest("transport must be \"sms\""));
        }
        Ok(Self {
            source: source.into(),
            destination: e164_digits(destination)?.into(),
            template: template(fields)?.into(),
        })
    }

    /// Makes a code, puts it into the text, keeps the "SMS", and answers that it is under way.
    pub fn deliver(self, sandbox: &Sandbox, lifetime: Duration) -> Response {
        let message = self.into_message(sandbox, lifetime);
        let answer = Answer::submitted(&message);
        let note = Note { reference_id: message.reference_id.clone(), ..Note::new(Outcome::Sent, "") };
        sandbox.deliver(message);
        note.beside(Json(answer))
    }

    fn into_message(self, sandbox: &Sandbox, lifetime: Duration) -> Message {
        let now = sandbox.now();
        let challenge = Challenge::new(random::code(), now + lifetime, sandbox.settings.max_attempts);
        let text = self.template.replace(PLACEHOLDER, &challenge.code);
        Message {
            seq: 0, // given by the store
            reference_id: random::uuid(),
            source: self.source,
            destination: self.destination,
            segmentation: sms::segmentation(&text),
            text,
            received_at: now,
            challenge,
        }
    }
}

/// Documented without `+`, evidently accepted with it. Anything else, such as a local `077…`, is refused, never repaired.
fn e164_digits(destination: &str) -> Result<&str, Refusal> {
    let digits = destination.strip_prefix('+').unwrap_or(destination);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::BadRequest("destination must consist of digits, with or without a leading +"));
    }
    if digits.starts_with('0') {
        return Err(Refusal::BadRequest("destination must begin with the country code, not with 0"));
    }
    if !(7..=15).contains(&digits.len()) {
        return Err(Refusal::BadRequest("destination must have 7 to 15 digits"));
    }
    Ok(digits)
}

fn template(fields: &Fields) -> Result<&str, Refusal> {
    let Some(Value::Object(content)) = fields.get("content") else {
        return Err(Refusal::BadRequest("content must be an object with the text in \"sms\""));
    };
    let template = text(content, "sms", "content.sms must be a string: the text")?;
    if template.len() > LONGEST_TEXT {
        return Err(Refusal::BadRequest("content.sms must have at most 16384 bytes"));
    }
    if template.contains(PLACEHOLDER) {
        Ok(template)
    } else {
        Err(Refusal::BadRequest("content.sms must contain {{code}}"))
    }
}

/// What can be a sender mask: 1 to 11 printable ASCII characters, or a number of up to 15 digits. (Whether it has been
/// registered, the provider knows and the sandbox does not.)
fn is_mask(source: &str) -> bool {
    let is_alias = source.len() <= 11 && source.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let is_number = source.len() <= 15 && source.bytes().all(|byte| byte.is_ascii_digit());
    !source.trim().is_empty() && (is_alias || is_number)
}

/// The shape is that of the provider's sibling API, probable here. HTTP 200 is an assumption: the status of that answer is
/// not documented, and 200 is the one that shows whether a caller reads the body.
pub fn invalid_source() -> Response {
    Json(json!({ "status": "1007", "description": "invalid source" })).into_response()
}
