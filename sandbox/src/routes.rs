//! Which path leads where, and through which layers.

use std::sync::Arc;

use axum::extract::OriginalUri;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Router, middleware};

use crate::guard::{self, Names};
use crate::note::refuse;
use crate::{Sandbox, body, control, delivery, faults, inbox, provider, record};

pub fn router(sandbox: Arc<Sandbox>, names: Names) -> Router {
    Router::new()
        .nest("/otpservice", provider_routes(&sandbox))
        .nest(control::PREFIX, control::routes())
        .route("/", get(inbox::page))
        .route("/assets/{name}", get(inbox::asset))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn(body::cap))
        .layer(middleware::from_fn_with_state(Arc::new(names), guard::check))
        .layer(middleware::from_fn_with_state(sandbox.clone(), record::record))
        .layer(middleware::from_fn(delivery::deliver))
        .with_state(sandbox)
}

fn provider_routes(sandbox: &Arc<Sandbox>) -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/send", post(provider::send))
        .route("/verify", post(provider::verify))
        .layer(middleware::from_fn_with_state(sandbox.clone(), faults::inject))
}

async fn not_found(OriginalUri(uri): OriginalUri) -> Response {
    refuse(uri.path(), StatusCode::NOT_FOUND, "sandbox: no such path")
}

async fn method_not_allowed(OriginalUri(uri): OriginalUri) -> Response {
    refuse(uri.path(), StatusCode::METHOD_NOT_ALLOWED, "sandbox: no such method for this path")
}
