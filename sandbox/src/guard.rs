//! Who may talk to the sandbox: programs of this machine and its own page, but no other web page.
//!
//! Loopback alone does not keep web pages out. A page can send requests to 127.0.0.1 (hence the Origin check) or have
//! its own name resolve to it (DNS rebinding, hence the Host check). No CORS header is ever set.

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, HOST, HeaderName, ORIGIN, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use crate::note::refuse;

const OWN_NAMES: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The port the sandbox listens on, which is part of every name it answers to.
#[derive(Clone, Copy)]
pub struct OwnPort(pub u16);

pub async fn check(State(port): State<OwnPort>, request: Request, next: Next) -> Response {
    let mut response = match refusal(port, &request) {
        Some(reason) => refuse(StatusCode::FORBIDDEN, reason),
        None => next.run(request).await,
    };
    harden(response.headers_mut());
    response
}

fn refusal(port: OwnPort, request: &Request) -> Option<&'static str> {
    let headers = request.headers();
    let Some(host) = single(headers, &HOST) else {
        return Some("sandbox: a request needs one Host header");
    };
    // A target in absolute form outranks the Host header (RFC 9112, section 3.2.2), so it must agree with it.
    let target = request.uri().authority().map_or(host, |authority| authority.as_str());
    if !is_own(port, host) || !target.eq_ignore_ascii_case(host) {
        return Some("sandbox: the Host must be 127.0.0.1, localhost or [::1], with the sandbox's port");
    }
    if headers.contains_key(ORIGIN) && !is_same_origin(host, single(headers, &ORIGIN)) {
        return Some("sandbox: requests from web pages of another origin are refused");
    }
    None
}

fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

fn is_own(OwnPort(port): OwnPort, host: &str) -> bool {
    OWN_NAMES.iter().any(|name| {
        host.eq_ignore_ascii_case(&format!("{name}:{port}")) || (port == 80 && host.eq_ignore_ascii_case(name))
    })
}

fn is_same_origin(host: &str, origin: Option<&str>) -> bool {
    origin.and_then(|origin| origin.strip_prefix("http://")).is_some_and(|rest| rest.eq_ignore_ascii_case(host))
}

/// Keeps answers out of caches and out of other pages (as scripts, images or frames).
fn harden(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
}
