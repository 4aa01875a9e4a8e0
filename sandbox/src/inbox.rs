//! The page at `/`: one file without any outside resource, under a policy that runs no script but its own.

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::response::{Html, IntoResponse, Response};

use crate::random;

const PAGE: &str = include_str!("page.html");

pub async fn page() -> Response {
    let nonce = random::nonce();
    let policy = HeaderValue::try_from(policy(&nonce)).expect("a hexadecimal nonce fits into a header");
    let mut response = Html(PAGE.replace("{{nonce}}", &nonce)).into_response();
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    )
}
