//! The control API under `/_sandbox/`: what a test asks to see the "SMS" that its application sent, and to make the
//! service misbehave. One file per subject.

mod clock;
mod events;
mod faults;
mod messages;
mod wait;

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
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
    refused(StatusCode::BAD_REQUEST, &rejection.body_text())
}

fn refused(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({ "error": why }))).into_response()
}
