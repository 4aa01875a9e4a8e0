//! What a magic number does to a send whose shape is right.

use std::time::Duration;

use axum::Json;
use axum::response::{IntoResponse, Response};

use super::answer::Answer;
use super::send::{Order, invalid_source};
use super::{message_only, too_many_requests};
use crate::Sandbox;
use crate::connection::Cut;
use crate::delivery::Delivery;
use crate::magic::{Effect, MagicNumber};
use crate::note::{Note, Outcome};

pub fn play(magic: &'static MagicNumber, order: Order, sandbox: &Sandbox) -> Response {
    let (outcome, mut response) = match magic.effect {
        Effect::InvalidSource => (Outcome::Refused, invalid_source()),
        Effect::NotSubmitted { status } => {
            let answer = Answer::not_submitted(order.destination, status, magic.name);
            (Outcome::Refused, Json(answer).into_response())
        }
        Effect::Refused { status, message } => (Outcome::Refused, message_only(status, message)),
        Effect::RateLimited { retry_after } => (Outcome::Refused, too_many_requests(retry_after)),
        Effect::Failed { status, message, after } => {
            (Outcome::Fault, Delivery::Late(after).of(message_only(status, message)))
        }
        Effect::AnswerLost => {
            let answer = order.deliver(sandbox, sandbox.settings.code_lifetime);
            (Outcome::Sent, Delivery::Never(Cut::Close).of(answer))
        }
        Effect::ExpiredOnArrival => (Outcome::Sent, order.deliver(sandbox, Duration::ZERO)),
    };
    let note = response.extensions_mut().remove::<Note>().unwrap_or_else(|| Note::new(outcome, ""));
    Note { why: format!("magic number: {}", magic.name).into(), ..note }.beside(response)
}
