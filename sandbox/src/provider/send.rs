//! `POST /otpservice/send`: check, make a code, put it into the text, deliver.
//!
//! A table of magic numbers would be asked here, between the checks and the delivery.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use super::{COST_PER_MESSAGE, Fields, Refusal, fields, text};
use crate::challenge::Challenge;
use crate::note::{Note, Outcome};
use crate::store::Message;
use crate::{Sandbox, random, sms};

const PLACEHOLDER: &str = "{{code}}";
/// On send, 1001 is success. (On verify it is failure: two tables, never one.)
const SUBMITTED: &str = "1001";

pub async fn send(State(sandbox): State<Arc<Sandbox>>, headers: HeaderMap, body: Bytes) -> Response {
    let order = match fields(&sandbox.settings, &headers, &body).and_then(|fields| Order::read(&fields)) {
        Ok(order) => order,
        Err(refusal) => return refusal.into_response(),
    };
    if !is_mask(&order.source) {
        return invalid_source();
    }
    let message = order.into_message(&sandbox);
    let answer = Answer::new(&message);
    let mut note = Note::new(Outcome::Sent, "");
    note.reference_id.clone_from(&message.reference_id);
    sandbox.deliver(message);
    note.beside(Json(answer))
}

/// A send request whose shape is right.
struct Order {
    source: String,
    destination: String,
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

    fn into_message(self, sandbox: &Sandbox) -> Message {
        let settings = &sandbox.settings;
        let now = sandbox.now();
        let challenge = Challenge::new(random::code(), now + settings.code_lifetime, settings.max_attempts);
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
fn invalid_source() -> Response {
    let answer = Json(json!({ "status": "1007", "description": "invalid source" }));
    Note::new(Outcome::Refused, "invalid source: this cannot be a sender mask").beside(answer)
}

/// The documented answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    reference_id: String,
    message_result: MessageResult,
}

#[derive(Serialize)]
struct MessageResult {
    status: &'static str,
    description: &'static str,
    cost: u32,
    responses: [DestinationResult; 1],
}

#[derive(Serialize)]
struct DestinationResult {
    destination: String,
    /// Of the SMS, not of the OTP: another id than `referenceId`, and no good for verify.
    reference_id: String,
    status: &'static str,
    cost: u32,
}

impl Answer {
    fn new(message: &Message) -> Self {
        let response = DestinationResult {
            destination: message.destination.clone(),
            reference_id: random::uuid(),
            status: SUBMITTED,
            cost: COST_PER_MESSAGE,
        };
        let message_result = MessageResult {
            status: SUBMITTED,
            description: "submit success",
            cost: COST_PER_MESSAGE,
            responses: [response],
        };
        Self { reference_id: message.reference_id.clone(), message_result }
    }
}
