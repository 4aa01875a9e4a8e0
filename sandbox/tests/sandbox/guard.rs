//! Web pages of other origins cannot use the sandbox, neither directly nor by DNS rebinding.

use crate::http::{self, Answer};
use crate::server::{NUMBER, Server, send_body};
use shoutout_sandbox::Settings;
use shoutout_sandbox::server::Access;

const PATHS: [&str; 7] = [
    "/",
    "/assets/main.js",
    "/_sandbox/messages",
    "/_sandbox/wait?timeout=0",
    "/otpservice/send",
    "/otpservice/verify",
    "/no/such/path",
];

fn get(server: &Server, target: &str, headers: &[&str]) -> Answer {
    http::exchange(server.address, &format!("GET {target} HTTP/1.1"), headers, "")
}

#[test]
fn its_own_names_with_its_port_are_answered() {
    let server = Server::start();
    let port = server.address.port();
    for name in ["127.0.0.1", "localhost", "LocalHost", "[::1]"] {
        let host = format!("{name}:{port}");
        assert_eq!(get(&server, "/_sandbox/ready", &[&format!("Host: {host}")]).status, 200, "{host}");
        let absolute = format!("http://{host}/_sandbox/ready");
        assert_eq!(get(&server, &absolute, &[&format!("Host: {host}")]).status, 200, "{absolute}");
    }
}

#[test]
fn a_forged_host_is_refused_on_every_path() {
    let server = Server::start();
    let port = server.address.port();
    let forged = [
        format!("evil.example:{port}"),
        format!("localhost.evil.example:{port}"),
        format!("evil.localhost:{port}"),
        format!("127.0.0.1:{}", port ^ 1),
        format!("127.0.0.1:{port}@evil.example"),
        format!("127.0.0.2:{port}"),
        format!("0.0.0.0:{port}"),
        "127.0.0.1".into(),
        "localhost".into(),
        String::new(),
    ];
    for host in forged {
        for path in PATHS {
            let answer = get(&server, path, &[&format!("Host: {host}")]);
            assert_eq!(answer.status, 403, "{host} {path}");
            let key = if path.starts_with("/_sandbox/") { "error" } else { "message" };
            assert!(answer.json()[key].as_str().is_some_and(|reason| reason.contains("Host")), "{answer:?}");
        }
    }
}

#[test]
fn a_name_that_is_allowed_is_answered_and_is_an_origin() {
    let access = Access { allow_hosts: vec!["Sandbox".into(), "otp.example:9000".into()], ..Access::default() };
    let server = Server::open_to(Settings::default(), access);
    for (host, status) in [
        ("sandbox:8026", 200),
        ("SANDBOX", 200),
        ("otp.example:9000", 200),
        ("otp.example:9001", 403),
        ("otp.example", 403),
        ("sandbox.evil.example:8026", 403),
        ("evil.sandbox", 403),
        ("sandbox:8026x", 403),
    ] {
        let host_line = format!("Host: {host}");
        assert_eq!(get(&server, "/_sandbox/ready", &[&host_line]).status, status, "{host}");
        let origin = format!("Origin: http://{host}");
        assert_eq!(get(&server, "/_sandbox/ready", &[&host_line, &origin]).status, status, "{host}");
        let own = format!("Host: {}", server.address);
        assert_eq!(get(&server, "/_sandbox/ready", &[&own, &origin]).status, 403, "another origin than its host");
    }
}

#[test]
fn writes_and_the_stream_of_another_origin_are_refused_and_change_nothing() {
    let server = Server::start();
    server.send(NUMBER);
    let headers = [&format!("Host: {}", server.address), "Origin: http://evil.example"];
    for request in [
        "POST /_sandbox/faults",
        "DELETE /_sandbox/faults",
        "POST /_sandbox/clock",
        "POST /_sandbox/reset",
        "DELETE /_sandbox/messages",
        "GET /_sandbox/events",
        "GET /_sandbox/requests",
    ] {
        assert_eq!(
            http::exchange(server.address, &format!("{request} HTTP/1.1"), &headers, "").status,
            403,
            "{request}"
        );
    }
    assert_eq!(server.messages("").len(), 1);
}

#[test]
fn no_host_two_hosts_and_a_contradicting_target_are_refused() {
    let server = Server::start();
    let own = format!("Host: {}", server.address);
    assert_eq!(get(&server, "/_sandbox/ready", &[]).status, 403);
    assert_eq!(get(&server, "/_sandbox/ready", &[&own, &own]).status, 403);
    let target = format!("http://evil.example:{}/_sandbox/ready", server.address.port());
    assert_eq!(get(&server, &target, &[&own]).status, 403);
}

#[test]
fn a_foreign_origin_is_refused_on_reads_and_on_writes() {
    let server = Server::start();
    let address = server.address;
    let own = format!("Host: {address}");
    let foreign = [
        "null".to_owned(),
        "https://evil.example".into(),
        format!("https://{address}"),
        format!("http://127.0.0.1:{}", address.port() ^ 1),
        format!("http://localhost:{}", address.port()),
        format!("http://{address}.evil.example"),
        format!("http://{address}/"),
        String::new(),
    ];
    for origin in foreign {
        let origin = format!("Origin: {origin}");
        for path in PATHS {
            assert_eq!(get(&server, path, &[&own, &origin]).status, 403, "{origin} {path}");
        }
        let body = send_body(NUMBER).to_string();
        let length = format!("Content-Length: {}", body.len());
        let headers = [&own, &origin, &length, "Authorization: Apikey k", "Content-Type: application/json"];
        let send = http::exchange(address, "POST /otpservice/send HTTP/1.1", &headers, &body);
        assert_eq!(send.status, 403, "{origin}");
    }
    assert!(server.messages("").is_empty());
}

/// An image, a script, or a fetch in the mode "no-cors" has no Origin.
#[test]
fn what_another_page_asks_for_without_an_origin_is_refused_by_what_the_browser_says_of_it() {
    let server = Server::start();
    let own = format!("Host: {}", server.address);
    for site in ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: "] {
        for path in PATHS.into_iter().chain(["/_sandbox/events", "/_sandbox/wait?timeout=120"]) {
            for kind in [&["Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"][..], &[]] {
                let answer = get(&server, path, &[&[&*own, site], kind].concat());
                assert_eq!(answer.status, 403, "{site} {kind:?} {path}");
            }
        }
    }
    assert_eq!(get(&server, "/", &[&own, "Sec-Fetch-Site: none", "Sec-Fetch-Site: none"]).status, 403);
}

#[test]
fn a_link_on_another_page_opens_the_inbox_but_nothing_else_and_in_no_frame() {
    let server = Server::start();
    let own = format!("Host: {}", server.address);
    let follow = |path: &str, dest: &str| {
        let headers = [&*own, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", dest];
        get(&server, path, &headers).status
    };
    for path in PATHS {
        let status = if path == "/" { 200 } else { 403 };
        assert_eq!(follow(path, "Sec-Fetch-Dest: document"), status, "{path}");
        assert_eq!(follow(path, "Sec-Fetch-Dest: iframe"), 403, "{path}");
    }
}

#[test]
fn what_the_user_opens_and_what_the_page_asks_for_is_answered() {
    let server = Server::start();
    let own = format!("Host: {}", server.address);
    for site in ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: none"] {
        for path in ["/", "/assets/main.js", "/_sandbox/messages"] {
            assert_eq!(get(&server, path, &[&own, site]).status, 200, "{site} {path}");
        }
    }
}

#[test]
fn its_own_page_may_read_and_write() {
    let server = Server::start();
    server.send(NUMBER);
    let headers = [&format!("Host: {}", server.address), &format!("Origin: http://{}", server.address)];
    let headers = headers.map(String::as_str);
    assert_eq!(get(&server, "/_sandbox/messages", &headers).status, 200);
    assert_eq!(http::exchange(server.address, "POST /_sandbox/reset HTTP/1.1", &headers, "").status, 200);
}

#[test]
fn no_answer_invites_other_origins_or_lets_them_frame_it_and_none_is_cached() {
    let server = Server::start();
    let own = format!("Host: {}", server.address);
    let preflight = ["Origin: http://evil.example", "Access-Control-Request-Method: POST"];
    let refused =
        http::exchange(server.address, "OPTIONS /_sandbox/reset HTTP/1.1", &[&[&*own], &preflight[..]].concat(), "");
    assert_eq!(refused.status, 403);
    let mut answers = vec![refused, server.post("/otpservice/send", &send_body(NUMBER))];
    answers.extend(PATHS.map(|path| server.get(path)));
    for answer in answers {
        assert!(!answer.head.to_lowercase().contains("access-control-"), "{answer:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{answer:?}");
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{answer:?}");
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{answer:?}");
    }
}
