//! Who may talk to the sandbox: programs of this machine and its own page, but no other web page.
//!
//! Loopback alone does not keep web pages out. A page can have its own name resolve to it (DNS rebinding, hence the Host
//! check) or send requests to 127.0.0.1 (hence the Origin check). An image or a fetch that wants no answer has no Origin;
//! of those the browser says whose they are (hence the Sec-Fetch-Site check). No CORS header is ever set.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, HOST, HeaderName, ORIGIN, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use crate::note::refuse;

const OWN_NAMES: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");
const FOREIGN: &str = "sandbox: requests from web pages of another origin are refused";

/// The names that the sandbox answers to.
pub(crate) struct Names {
    /// With the port; in lower case.
    own: Vec<String>,
    /// Allowed by the user, with or without a port; in lower case.
    allowed: Vec<String>,
    /// How an origin of ours begins.
    scheme: &'static str,
}

impl Names {
    pub fn new(address: SocketAddr, allowed: &[String], is_tls: bool) -> Self {
        let (scheme, default_port) = if is_tls { ("https://", 443) } else { ("http://", 80) };
        let port = address.port();
        let mut own: Vec<String> = OWN_NAMES.iter().map(|name| format!("{name}:{port}")).collect();
        if !address.ip().is_unspecified() {
            own.push(address.to_string());
        }
        if port == default_port {
            own.extend(OWN_NAMES.map(str::to_owned));
        }
        Self { own, allowed: allowed.iter().map(|name| name.to_ascii_lowercase()).collect(), scheme }
    }

    /// A name that is allowed without a port is allowed with any: a container's port is often another one outside.
    fn include(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let name = without_port(&host);
        self.own.contains(&host) || self.allowed.iter().any(|allowed| *allowed == host || allowed == name)
    }
}

/// A host without the port, if it has one.
pub fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

pub(crate) async fn check(State(names): State<Arc<Names>>, request: Request, next: Next) -> Response {
    let mut response = match refusal(&names, &request) {
        Some(reason) => refuse(request.uri().path(), StatusCode::FORBIDDEN, reason),
        None => next.run(request).await,
    };
    harden(response.headers_mut());
    response
}

fn refusal(names: &Names, request: &Request) -> Option<&'static str> {
    let headers = request.headers();
    let Some(host) = single(headers, &HOST) else {
        return Some("sandbox: a request needs one Host header");
    };
    // A target in absolute form outranks the Host header (RFC 9112, section 3.2.2), so it must agree with it.
    let target = request.uri().authority().map_or(host, |authority| authority.as_str());
    if !names.include(host) || !target.eq_ignore_ascii_case(host) {
        return Some(
            "sandbox: the Host must be 127.0.0.1, localhost or [::1] with the sandbox's port, or a name that --allow-host names",
        );
    }
    if headers.contains_key(ORIGIN) && !is_same_origin(names.scheme, host, single(headers, &ORIGIN)) {
        return Some(FOREIGN);
    }
    let is_foreign =
        headers.contains_key(FETCH_SITE) && !matches!(single(headers, &FETCH_SITE), Some("same-origin" | "none"));
    (is_foreign && !is_link_to_the_page(request)).then_some(FOREIGN)
}

/// A link on another page may open the inbox: in a tab of its own, where that other page sees nothing of it.
fn is_link_to_the_page(request: &Request) -> bool {
    let says = |name, value| single(request.headers(), &name) == Some(value);
    request.uri().path() == "/" && says(FETCH_MODE, "navigate") && says(FETCH_DEST, "document")
}

fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

fn is_same_origin(scheme: &str, host: &str, origin: Option<&str>) -> bool {
    origin.and_then(|origin| origin.strip_prefix(scheme)).is_some_and(|rest| rest.eq_ignore_ascii_case(host))
}

/// Keeps answers out of caches and out of other pages (as scripts, images or frames).
fn harden(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
}
