//! Which path leads where, and through which layers.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde_json::json;

use crate::guard::{self, OwnPort};
use crate::{Sandbox, body, control, delivery, faults, inbox, provider};

pub fn router(sandbox: Arc<Sandbox>, port: OwnPort) -> Router {
    Router::new()
        .nest("/otpservice", provider_routes(&sandbox))
        .nest("/_sandbox", control::routes())
        .route("/", get(inbox::page))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn(body::cap))
        .layer(middleware::from_fn_with_state(port, guard::check))
        .layer(middleware::from_fn(delivery::deliver))
        .with_state(sandbox)
}

fn provider_routes(sandbox: &Arc<Sandbox>) -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/send", post(provider::send))
        .route("/verify", post(provider::verify))
        .layer(middleware::from_fn_with_state(sandbox.clone(), faults::inject))
}

async fn not_found() -> impl IntoResponse {
    (StatusCode::NOT_FOUND, Json(json!({ "message": "sandbox: no such path" })))
}

async fn method_not_allowed() -> impl IntoResponse {
    (StatusCode::METHOD_NOT_ALLOWED, Json(json!({ "message": "sandbox: no such method for this path" })))
}
