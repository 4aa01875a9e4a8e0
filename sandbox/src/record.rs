//! The layer that writes the journal: outside of every guard, so that what they refuse is in it, too.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::Response;
use ring::digest::{SHA256, digest};

use crate::Sandbox;
use crate::control;
use crate::delivery::Delivery;
use crate::journal::Seen;
use crate::note::Note;
use crate::provider::{is_like_a_real_key, key_looking_real};

pub async fn record(State(sandbox): State<Arc<Sandbox>>, request: Request, next: Next) -> Response {
    if let Some(value) = key_looking_real(request.headers()) {
        sandbox.warn(format!(
            "A request came with what looks like a real provider key (fingerprint {}). The sandbox needs none: \
             configure a made-up key.",
            fingerprint(value)
        ));
    }
    let path = request.uri().path();
    if is_ours(path) {
        return next.run(request).await;
    }
    let seen = Seen {
        method: request.method().to_string(),
        path: without_keys(path),
        key: request.headers().get(AUTHORIZATION).map(fingerprint).unwrap_or_default(),
    };
    let mut response = next.run(request).await;
    // Whatever answers without a note is a part of the page.
    if let Some(note) = response.extensions_mut().remove::<Note>() {
        sandbox.record(seen, note, status(&response));
    }
    response
}

/// What the page and the tests ask for is no business of the application's. The icon is a browser's own idea.
fn is_ours(path: &str) -> bool {
    path == "/" || path == "/favicon.ico" || control::has(path)
}

fn status(response: &Response) -> u16 {
    match response.extensions().get::<Delivery>() {
        Some(Delivery::Never(_)) => 0,
        _ => response.status().as_u16(),
    }
}

/// A key has no business in a path, and the journal none with a key.
fn without_keys(path: &str) -> String {
    let parts: Vec<&str> =
        path.split('/').map(|part| if is_like_a_real_key(part.as_bytes()) { "…" } else { part }).collect();
    parts.join("/")
}

/// Enough to see which requests came with the same key, and too little to find the key.
fn fingerprint(value: &HeaderValue) -> String {
    let hash = digest(&SHA256, value.as_bytes());
    hash.as_ref()[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}
