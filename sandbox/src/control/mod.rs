//! The control API under `/_sandbox/`: what a test asks to see the "SMS" that its application sent, and to make the
//! service misbehave. One file per subject.

mod clock;
mod events;
mod faults;
mod messages;
mod wait;

use std::sync::Arc;

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::Sandbox;

type Shared = State<Arc<Sandbox>>;
type QueryOf<T> = Result<Query<T>, QueryRejection>;

pub const PREFIX: &str = "/_sandbox";

/// Whether a path is one of these, or would be if it existed.
pub fn has(path: &str) -> bool {
    path.strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

pub fn routes() -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/ready", get(ready))
        .route("/messages", get(messages::list).delete(messages::delete))
        .route("/wait", get(wait::wait))
        .route("/faults", get(faults::list).post(faults::add).delete(faults::delete))
        .route("/requests", get(requests))
        .route("/events", get(events::events))
        .route("/clock", get(clock::read).post(clock::set))
        .route("/reset", post(reset))
}

async fn ready(State(sandbox): Shared) -> Json<Value> {
    let state = sandbox.state();
    let store = &state.messages;
    Json(json!({
        "ready": true,
        "version": env!("CARGO_PKG_VERSION"),
        "messages": store.len(),
        "cursor": store.last_seq(),
        "waiting": sandbox.waiting(),
    }))
}

/// Back to the beginning, except that sequence numbers go on: a cursor that someone holds stays valid.
async fn reset(State(sandbox): Shared) -> Json<Value> {
    let deleted = sandbox.reset();
    Json(json!({ "deleted": deleted, "cursor": sandbox.state().messages.last_seq() }))
}

async fn requests(State(sandbox): Shared) -> Json<Value> {
    Json(json!({ "requests": sandbox.state().journal.all() }))
}

fn bad_query(rejection: &QueryRejection) -> Response {
    refused(StatusCode::BAD_REQUEST, plain(&rejection.body_text()))
}

fn bad_body(rejection: &JsonRejection) -> Response {
    refused(rejection.status(), plain(&rejection.body_text()))
}

/// What is wrong, without the types of this program and without a position that says nothing about a good JSON. (Where it
/// is none, the position is what helps.)
fn plain(text: &str) -> &str {
    let target = "Failed to deserialize the JSON body into the target type: ";
    match text.strip_prefix(target) {
        Some(what) => without_position(what),
        None => text.strip_prefix("Failed to deserialize query string: ").unwrap_or(text),
    }
}

fn without_position(text: &str) -> &str {
    let position = text
        .rsplit_once(" at line ")
        .filter(|(_, place)| place.split(" column ").all(|number| number.bytes().all(|byte| byte.is_ascii_digit())));
    position.map_or(text, |(what, _)| what)
}

fn refused(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({ "error": why }))).into_response()
}
