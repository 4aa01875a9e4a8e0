//! The inbox page: what can be said about it without a browser.

use crate::server::{NUMBER, Server};

#[test]
fn the_page_says_what_it_is_for_and_needs_nothing_from_outside() {
    let server = Server::start();
    let page = server.get("/");
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.body.contains("For development and tests only"));
    for outside in ["http:", "https:", "src=", "@import", "url("] {
        assert!(!page.body.contains(outside), "{outside}");
    }
}

#[test]
fn only_the_script_of_the_page_may_run_and_text_stays_text() {
    let server = Server::start();
    let page = server.get("/");
    let policy = page.header("content-security-policy").expect("a policy");
    let nonce = policy.split("script-src 'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
    assert!(page.body.contains(&format!("<script nonce=\"{nonce}\">")));
    assert!(page.body.contains(&format!("<style nonce=\"{nonce}\">")));
    assert!(!page.body.contains("{{nonce}}"));
    assert_ne!(policy, server.get("/").header("content-security-policy").expect("a policy"));
    for markup in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
        assert!(!page.body.contains(markup), "{markup}");
    }
}

#[test]
fn the_page_itself_holds_no_message() {
    let server = Server::start();
    server.send(NUMBER);
    assert!(!server.get("/").body.contains(NUMBER));
}
