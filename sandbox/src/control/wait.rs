//! Waiting for a message: what every automated test does between its act and its check.

use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{QueryOf, Shared, bad_query};
use crate::Sandbox;
use crate::number::Number;
use crate::store::Message;
use crate::view::MessageView;

/// How many messages the answer to a wait in vain lists.
const ARRIVED_SHOWN: usize = 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaitFor {
    to: Option<Number>,
    /// The sequence number after which to look; 0 is from the start.
    #[serde(default)]
    after: u64,
    #[serde(default)]
    timeout: Timeout,
}

/// Seconds, with decimals if wanted.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "f64")]
struct Timeout(Duration);

impl Default for Timeout {
    fn default() -> Self {
        Self(Duration::from_secs(10))
    }
}

impl TryFrom<f64> for Timeout {
    type Error = &'static str;

    fn try_from(seconds: f64) -> Result<Self, Self::Error> {
        if (0.0..=120.0).contains(&seconds) {
            Ok(Self(Duration::from_secs_f64(seconds)))
        } else {
            Err("0 to 120 seconds")
        }
    }
}

/// Answers with the first message to that number after the cursor, at once if it is there already. In vain, the answer
/// is 404 and not 408, because some clients repeat a request by themselves on 408.
pub async fn wait(State(sandbox): Shared, wanted: QueryOf<WaitFor>) -> Response {
    let wanted = match wanted {
        Ok(Query(wanted)) => wanted,
        Err(rejection) => return bad_query(&rejection),
    };
    let began = Instant::now();
    match tokio::time::timeout(wanted.timeout.0, first_match(&sandbox, &wanted)).await {
        Ok(message) => Json(json!({ "message": message, "cursor": message.seq() })).into_response(),
        Err(_) => (StatusCode::NOT_FOUND, Json(in_vain(&sandbox, &wanted, began.elapsed()))).into_response(),
    }
}

async fn first_match(sandbox: &Sandbox, wanted: &WaitFor) -> MessageView {
    let mut arrivals = sandbox.arrivals();
    loop {
        if let Some(message) = sandbox.state().messages.first_after(wanted.after, wanted.to.as_ref()) {
            return MessageView::new(message, sandbox.now());
        }
        // The sender lives in the sandbox that we borrow, so this cannot fail.
        let _ = arrivals.changed().await;
    }
}

/// Enough of a message to see why it was not the wanted one: another number, or not after the cursor.
#[derive(Serialize)]
struct Arrived<'a> {
    seq: u64,
    destination: &'a str,
    reference_id: &'a str,
}

impl<'a> Arrived<'a> {
    fn new(message: &'a Message) -> Self {
        Self { seq: message.seq, destination: &message.destination, reference_id: &message.reference_id }
    }
}

fn in_vain(sandbox: &Sandbox, wanted: &WaitFor, waited: Duration) -> Value {
    let state = sandbox.state();
    let store = &state.messages;
    let arrived: Vec<Arrived> = store.iter().rev().take(ARRIVED_SHOWN).map(Arrived::new).collect();
    json!({
        "error": "timeout",
        "to": wanted.to.as_ref().map(Number::as_str),
        "after": wanted.after,
        "waited_ms": u64::try_from(waited.as_millis()).unwrap_or(u64::MAX),
        "cursor": store.last_seq(),
        "arrived": arrived,
    })
}
