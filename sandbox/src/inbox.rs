//! The page at `/` and its files: all inside the program, under a policy that lets nothing else in.

use axum::extract::Path;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, response::Html};
use serde_json::json;

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
);
const NO_REFERRER: HeaderValue = HeaderValue::from_static("no-referrer");
const HEADERS: [(HeaderName, HeaderValue); 2] = [(CONTENT_SECURITY_POLICY, POLICY), (REFERRER_POLICY, NO_REFERRER)];

/// Each with its text, from the folder `page`.
macro_rules! files {
    ($($name:literal)*) => { &[$(($name, include_str!(concat!("../page/", $name)))),*] };
}

const PAGE: &str = include_str!("../page/index.html");
const ASSETS: &[(&str, &str)] = files! {
    "theme.css" "layout.css" "inbox.css" "tools.css"
    "main.js" "model.js" "stream.js" "api.js" "element.js" "format.js" "clock.js" "announce.js" "copy.js"
    "feed.js" "sms.js" "state.js" "filter.js" "unread.js" "deletion.js" "keys.js" "views.js" "tabs.js" "notices.js"
    "journal.js" "faults.js" "fault-form.js" "fault-kinds.js" "magic.js" "settings.js"
};

pub async fn page() -> Response {
    (HEADERS, Html(PAGE)).into_response()
}

pub async fn asset(Path(wanted): Path<String>) -> Response {
    match ASSETS.iter().find(|(name, _)| *name == wanted) {
        Some((name, text)) => (HEADERS, [(CONTENT_TYPE, media_type(name))], *text).into_response(),
        None => (StatusCode::NOT_FOUND, Json(json!({ "message": "sandbox: no such file" }))).into_response(),
    }
}

fn media_type(name: &str) -> &'static str {
    if name.ends_with(".css") { "text/css; charset=utf-8" } else { "text/javascript; charset=utf-8" }
}
