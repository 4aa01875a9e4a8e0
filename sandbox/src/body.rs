//! How much a request may say.

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt;

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
    let (mut kept, mut length) = (Vec::new(), 0);
    let mut parts = body.into_data_stream();
    while let Some(part) = parts.next().await {
        let part = part.ok()?;
        length += part.len();
        if length <= MAX_BODY {
            kept.extend_from_slice(&part);
        } else if length <= MAX_READ {
            // Nobody will look at it any more.
            kept = Vec::new();
        } else {
            return None;
        }
    }
    (length <= MAX_BODY).then(|| Body::from(kept))
}
