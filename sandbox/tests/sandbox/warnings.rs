//! Warnings: said once, and shown until the end.

use serde_json::{Value, json};

use crate::http;
use crate::server::{NUMBER, Server, send_body};
use crate::sse::Events;

fn warnings(server: &Server) -> Vec<Value> {
    let snapshot = Events::open(server.address, None).expect("snapshot").data;
    snapshot["warnings"].as_array().expect("a list").clone()
}

fn send_with(server: &Server, key: &str) -> u16 {
    http::post(server.address, "/otpservice/send", key, &send_body(NUMBER).to_string()).status
}

/// The shape of a real one, and nothing of its content.
fn like_a_real_key() -> String {
    format!("{}.{}.{}", "eyJh-_".repeat(6), "b".repeat(60), "c".repeat(43))
}

#[test]
fn a_key_that_looks_real_is_warned_about_once_and_over_a_reset_but_never_shown() {
    let server = Server::start();
    let key = like_a_real_key();
    let mut events = Events::open(server.address, None);
    events.expect("snapshot");
    assert_eq!(send_with(&server, &key), 200);
    let text = events.expect("warning").data["text"].as_str().expect("a text").to_owned();
    assert!(text.contains("looks like a real provider key") && !text.contains(&key[..20]), "{text}");
    let request = server.get("/_sandbox/requests").json()["requests"][0].clone();
    assert!(text.contains(request["key"].as_str().expect("a fingerprint")), "{text}");

    send_with(&server, &key);
    http::plain(server.address, "POST", "/_sandbox/reset");
    assert_eq!(warnings(&server), [json!(text)]);
}

#[test]
fn a_key_that_looks_real_is_warned_about_however_and_wherever_it_is_sent() {
    let key = like_a_real_key();
    let values: [&[&str]; 7] = [
        &[&key],
        &[&format!("Apikey  {key}")],
        &[&format!("apikey\t{key} ")],
        &[&format!("Basic {key}")],
        &[&format!("Apikey: {key}")],
        &["Apikey made-up", &format!("Apikey {key}")],
        &[&format!("é {key}")],
    ];
    for values in values {
        for request in ["POST /otpservice/send", "GET /", "GET /_sandbox/messages", "GET /no/such/path"] {
            let server = Server::start();
            let lines: Vec<String> = values.iter().map(|value| format!("Authorization: {value}")).collect();
            let host = format!("Host: {}", server.address);
            let headers: Vec<&str> = [&*host].into_iter().chain(lines.iter().map(String::as_str)).collect();
            http::exchange(server.address, &format!("{request} HTTP/1.1"), &headers, "");
            let warned = warnings(&server);
            assert_eq!(warned.len(), 1, "{request} {values:?}");
            assert!(!warned[0].as_str().expect("a text").contains(&key[..20]), "{warned:?}");
        }
    }
}

#[test]
fn made_up_keys_are_no_reason_to_warn() {
    let server = Server::start();
    let long = "a".repeat(200);
    let (short, plain) = ("aaa.bbb.ccc", format!("{}.{}", &long, &long));
    let (four, odd) = (format!("{plain}.a.b"), format!("{plain}.+/="));
    let empty = format!("{plain}.");
    for key in [&*long, short, &plain, &four, &odd, &empty] {
        send_with(&server, key);
    }
    assert!(warnings(&server).is_empty());
}
