//! Setting and removing faults.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{QueryOf, Shared, bad_body, bad_query, refused};
use crate::faults::Rule;

pub async fn list(State(sandbox): Shared) -> Json<Value> {
    let state = sandbox.state();
    Json(json!({ "faults": state.faults.all(), "seed": state.faults.seed() }))
}

pub async fn add(State(sandbox): Shared, rule: Result<Json<Rule>, JsonRejection>) -> Response {
    let Json(rule) = match rule {
        Ok(rule) => rule,
        Err(rejection) => return bad_body(&rejection),
    };
    match sandbox.state().add_fault(rule) {
        Some(fault) => (StatusCode::CREATED, Json(fault)).into_response(),
        None => refused(StatusCode::CONFLICT, "100 faults are waiting, and more cannot; delete some"),
    }
}

/// Unknown parameters are refused: a misspelt `id` must not delete every fault.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Which {
    id: Option<u64>,
}

pub async fn delete(State(sandbox): Shared, which: QueryOf<Which>) -> Response {
    match which {
        Ok(Query(Which { id })) => Json(json!({ "deleted": sandbox.state().remove_faults(id) })).into_response(),
        Err(rejection) => bad_query(&rejection),
    }
}
