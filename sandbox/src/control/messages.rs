//! Listing and deleting messages.

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::{QueryOf, Shared, bad_query};
use crate::number::Number;
use crate::store::matches;
use crate::view::MessageView;

/// Unknown parameters are refused: a misspelt `to` must not delete every message.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    to: Option<Number>,
}

/// `through` spares what came after it: whoever deletes cannot mean what they have not seen.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Doomed {
    to: Option<Number>,
    through: Option<u64>,
}

pub async fn list(State(sandbox): Shared, filter: QueryOf<Filter>) -> Response {
    let Filter { to } = match filter {
        Ok(Query(filter)) => filter,
        Err(rejection) => return bad_query(&rejection),
    };
    let now = sandbox.now();
    let state = sandbox.state();
    let store = &state.messages;
    let chosen = store.iter().filter(|message| matches(to.as_ref(), message));
    let messages: Vec<MessageView> = chosen.map(|message| MessageView::new(message, now)).collect();
    Json(json!({ "messages": messages, "cursor": store.last_seq() })).into_response()
}

/// A deleted message is gone with its code: verify knows its reference no longer.
pub async fn delete(State(sandbox): Shared, doomed: QueryOf<Doomed>) -> Response {
    match doomed {
        Ok(Query(Doomed { to, through })) => {
            let mut state = sandbox.state();
            Json(json!({ "deleted": state.delete(to.as_ref(), through), "cursor": state.messages.last_seq() }))
                .into_response()
        }
        Err(rejection) => bad_query(&rejection),
    }
}
