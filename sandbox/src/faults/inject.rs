//! Between the guards and the provider's paths: a request that a fault waits for meets it here.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;

use super::rule::{Action, Before};
use crate::Sandbox;
use crate::connection::Cut;
use crate::delivery::{Delivery, whole};
use crate::note::{Note, Outcome};
use crate::subject::Subject;

pub async fn inject(State(sandbox): State<Arc<Sandbox>>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let body = whole(body).await;
    let Some(subject) = Subject::read(parts.uri.path(), &body, &sandbox.state().messages) else {
        return next.run(Request::from_parts(parts, Body::from(body))).await;
    };
    let action = sandbox.state().strike(&subject);
    let request = Request::from_parts(parts, Body::from(body));
    match action {
        Some(action) => {
            let (fault, why) = (action.kind(), action.effect());
            struck(apply(action, request, next).await, &subject, fault, why)
        }
        None => about(next.run(request).await, &subject),
    }
}

/// Whoever answered knows what became of the request, but only here is it known what it was about.
fn about(mut response: Response, subject: &Subject) -> Response {
    match response.extensions_mut().remove::<Note>() {
        Some(note) => note.about(subject).beside(response),
        None => response,
    }
}

/// An answer without a note is the fault's own: the request was not processed.
fn struck(mut response: Response, subject: &Subject, fault: &'static str, why: &'static str) -> Response {
    let note = response.extensions_mut().remove::<Note>().unwrap_or_else(|| Note::new(Outcome::Fault, ""));
    let why = if note.why.is_empty() { why.into() } else { format!("{}; {why}", note.why).into() };
    Note { fault, why, ..note }.about(subject).beside(response)
}

/// A request is processed where `next` runs, and only there.
async fn apply(action: Action, request: Request, next: Next) -> Response {
    match action {
        Action::Answer { status, body, content_type } => {
            (status.0, [(CONTENT_TYPE, content_type.0)], body.0).into_response()
        }
        Action::RateLimited { retry_after } => {
            let body = Json(json!({ "message": "Too Many Requests" }));
            (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, retry_after.0)], body).into_response()
        }
        Action::GatewayHtml { status } => (status.0, Html(gateway_page(status.0))).into_response(),
        Action::Close {} => Delivery::Never(Cut::Close).of(StatusCode::OK.into_response()),
        Action::Reset {} => Delivery::Never(Cut::Reset).of(StatusCode::OK.into_response()),
        Action::AnswerLost {} => Delivery::Never(Cut::Close).of(next.run(request).await),
        Action::Truncated {} => Delivery::HalfOnly.of(next.run(request).await),
        Action::InvalidJson {} => cut_short(next.run(request).await).await,
        Action::Delay { ms, before } => {
            let time = Duration::from_millis(ms.0);
            let delivery = match before {
                Before::Head => Delivery::Late(time),
                Before::Body => Delivery::HalfLate(time),
            };
            delivery.of(next.run(request).await)
        }
    }
}

/// Half of the JSON as a whole and successful answer.
async fn cut_short(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    parts.status = StatusCode::OK;
    parts.headers.remove(CONTENT_LENGTH);
    let mut half = whole(body).await;
    half.truncate(half.len() / 2);
    Response::from_parts(parts, Body::from(half))
}

/// As proxies in front of a service answer when it is away.
fn gateway_page(status: StatusCode) -> String {
    format!(
        "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<center><h1>{status}</h1></center>\r\n\
         <hr><center>gateway</center>\r\n</body>\r\n</html>\r\n"
    )
}
