//! How much a request may say.

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

use crate::note::refuse;

/// The largest body that is looked at; an OTP request has a few hundred bytes.
const MAX_BODY: usize = 64 * 1024;
/// The largest body that is read, only to be refused: a server that answers and closes while the client still writes
/// makes the client see a reset connection instead of the answer.
const MAX_READ: usize = 1024 * 1024;

pub async fn cap(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match read(body).await {
        Some(body) => next.run(Request::from_parts(parts, body)).await,
        None => refuse(parts.uri.path(), StatusCode::PAYLOAD_TOO_LARGE, "Request Too Long"),
    }
}

/// `None` if it is too large, or cut short by a client that is gone and will read no answer.
async fn read(body: Body) -> Option<Body> {
    if body.size_hint().lower() > MAX_READ as u64 {
        return None;
    }
    let bytes = to_bytes(body, MAX_READ).await.ok()?;
    (bytes.len() <= MAX_BODY).then(|| Body::from(bytes))
}
