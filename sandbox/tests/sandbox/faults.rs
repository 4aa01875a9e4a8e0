//! Faults on demand: each kind as a client sees it on the wire, and which requests meet it.

use std::io::{ErrorKind, Read};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http;
use crate::server::{NUMBER, Server, send_body};

const OTHER: &str = "14155550100";

fn fault(action: Value) -> Value {
    json!({ "do": action })
}

/// All that comes until the connection ends, and how it ends.
fn everything(mut stream: impl Read) -> (Vec<u8>, Option<ErrorKind>) {
    let mut bytes = Vec::new();
    let end = stream.read_to_end(&mut bytes);
    (bytes, end.err().map(|error| error.kind()))
}

/// The announced length of the body, and the body as it came.
fn announced_and_body(bytes: &[u8]) -> (usize, String) {
    let text = String::from_utf8(bytes.to_vec()).expect("text");
    let (head, body) = text.split_once("\r\n\r\n").expect("a whole head");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    (length.parse().expect("a number"), body.into())
}

#[test]
fn any_status_with_any_body_can_be_the_answer_and_nothing_is_sent() {
    let server = Server::start();
    server.fault(&fault(json!({ "kind": "answer", "status": 418, "body": "short", "content_type": "text/plain" })));
    let answer = server.post("/otpservice/send", &send_body(NUMBER));
    assert_eq!(
        (answer.status, answer.body.as_str(), answer.header("content-type")),
        (418, "short", Some("text/plain"))
    );
    server.fault(&fault(json!({ "kind": "answer" })));
    let answer = server.post("/otpservice/send", &send_body(NUMBER));
    assert_eq!((answer.status, answer.body.as_str()), (500, ""));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert!(server.messages("").is_empty());
}

#[test]
fn rate_limited_carries_retry_after_and_nothing_is_sent() {
    let server = Server::start();
    server.fault(&fault(json!({ "kind": "rate_limited", "retry_after": "30" })));
    let answer = server.post("/otpservice/send", &send_body(NUMBER));
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("30")));
    assert_eq!(answer.json(), json!({ "message": "Too Many Requests" }));
    assert!(server.messages("").is_empty());
}

#[test]
fn a_gateway_answers_in_html_and_nothing_is_sent() {
    let server = Server::start();
    server.fault(&fault(json!({ "kind": "gateway_html", "status": 504 })));
    let answer = server.post("/otpservice/send", &send_body(NUMBER));
    assert_eq!((answer.status, answer.header("content-type")), (504, Some("text/html; charset=utf-8")));
    assert!(answer.body.contains("504 Gateway Timeout"));
    assert!(server.messages("").is_empty());
}

#[test]
fn close_ends_the_connection_without_a_byte_and_nothing_is_sent() {
    let server = Server::start();
    server.fault(&fault(json!({ "kind": "close" })));
    assert_eq!(everything(server.open_send(NUMBER)), (vec![], None));
    assert!(server.messages("").is_empty());
}

#[test]
fn reset_ends_the_connection_with_an_rst_and_nothing_is_sent() {
    let server = Server::start();
    server.fault(&fault(json!({ "kind": "reset" })));
    assert_eq!(everything(server.open_send(NUMBER)), (vec![], Some(ErrorKind::ConnectionReset)));
    assert!(server.messages("").is_empty());
}

#[test]
fn a_lost_answer_leaves_exactly_one_sms_and_its_code_works() {
    let server = Server::start();
    server.fault(&fault(json!({ "kind": "answer_lost" })));
    assert_eq!(everything(server.open_send(NUMBER)), (vec![], None));
    let messages = server.messages("");
    assert_eq!(messages.len(), 1);
    let reference_id = messages[0]["reference_id"].as_str().unwrap();
    assert_eq!(server.verify(reference_id, messages[0]["code"].as_str().unwrap()).json()["statusCode"], "1000");
}

#[test]
fn a_lost_answer_to_verify_has_used_the_code() {
    let server = Server::start();
    let reference_id = server.send(NUMBER);
    server.fault(&json!({ "path": "verify", "do": { "kind": "answer_lost" } }));
    let body = json!({ "referenceId": reference_id, "code": server.code(&reference_id) }).to_string();
    let headers = [
        &format!("Host: {}", server.address),
        "Authorization: Apikey made-up",
        "Content-Type: application/json",
        &format!("Content-Length: {}", body.len()),
    ];
    let stream = http::open(server.address, "POST /otpservice/verify HTTP/1.1", &headers, &body);
    assert_eq!(everything(stream), (vec![], None));
    assert_eq!(server.messages("")[0]["state"], "verified");
}

#[test]
fn truncated_is_a_whole_head_and_half_of_what_it_announces_every_time() {
    let server = Server::start();
    // Often, because the half must not depend on who is faster.
    server.fault(&json!({ "times": 50, "do": { "kind": "truncated" } }));
    for count in 1..=50 {
        let (bytes, end) = everything(server.open_send(NUMBER));
        let (announced, body) = announced_and_body(&bytes);
        assert_eq!((end, body.len()), (None, announced / 2));
        assert!(body.starts_with("{\"referenceId\""));
        assert_eq!(server.messages("").len(), count);
    }
}

#[test]
fn invalid_json_is_half_a_document_that_calls_itself_whole() {
    let server = Server::start();
    server.fault(&fault(json!({ "kind": "invalid_json" })));
    let (bytes, end) = everything(server.open_send(NUMBER));
    let (announced, body) = announced_and_body(&bytes);
    assert_eq!((end, body.len()), (None, announced));
    assert!(bytes.starts_with(b"HTTP/1.1 200"));
    assert!(body.starts_with("{\"referenceId\"") && serde_json::from_str::<Value>(&body).is_err());
    assert_eq!(server.messages("").len(), 1);
}

#[test]
fn a_delay_before_the_head_holds_the_answer_but_not_the_sms() {
    let server = Server::start();
    server.fault(&fault(json!({ "kind": "delay", "ms": 300 })));
    let began = Instant::now();
    thread::scope(|scope| {
        let send = scope.spawn(|| everything(server.open_send(NUMBER)));
        assert_eq!(server.get("/_sandbox/wait?timeout=20").status, 200);
        let (bytes, end) = send.join().expect("an answer");
        assert!(began.elapsed() >= Duration::from_millis(300));
        let (announced, body) = announced_and_body(&bytes);
        assert_eq!((end, body.len()), (None, announced));
    });
}

#[test]
fn a_delay_in_the_body_lets_the_head_and_half_of_it_through_first() {
    let server = Server::start();
    server.fault(&fault(json!({ "kind": "delay", "ms": 300, "before": "body" })));
    let began = Instant::now();
    let mut stream = server.open_send(NUMBER);
    let mut came = Vec::new();
    let mut stages = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).expect("read");
        if read == 0 {
            break;
        }
        came.extend_from_slice(&buffer[..read]);
        stages.push(came.len());
    }
    assert!(began.elapsed() >= Duration::from_millis(300));
    let (announced, body) = announced_and_body(&came);
    assert_eq!(body.len(), announced);
    let rest = announced - announced / 2;
    assert!(stages.contains(&(came.len() - rest)), "half of it came alone: {stages:?} of {}", came.len());
}

#[test]
fn a_fault_strikes_the_next_n_and_then_all_is_well() {
    let server = Server::start();
    server.fault(&json!({ "times": 2, "do": { "kind": "answer", "status": 503 } }));
    let statuses = || server.post("/otpservice/send", &send_body(NUMBER)).status;
    assert_eq!([statuses(), statuses(), statuses()], [503, 503, 200]);
    assert_eq!(server.get("/_sandbox/faults").json()["faults"], json!([]));
}

#[test]
fn a_fault_is_for_one_path_and_one_number_if_it_says_so() {
    let server = Server::start();
    let answer = |status: u16| json!({ "kind": "answer", "status": status });
    server.fault(&json!({ "path": "verify", "to": "+94 77 123 4567", "do": answer(503) }));
    server.fault(&json!({ "path": "send", "to": OTHER, "do": answer(504) }));
    let (mine, other) = (server.send(NUMBER), NUMBER);
    assert_eq!(server.post("/otpservice/send", &send_body("+14155550100")).status, 504);
    let theirs = server.send(OTHER);
    assert_eq!(server.verify(&theirs, &server.code(&theirs)).status, 200, "a verify of another number than {other}");
    assert_eq!(server.verify(&mine, &server.code(&mine)).status, 503);
    assert_eq!(server.verify(&mine, &server.code(&mine)).status, 200);
}

#[test]
fn the_first_fault_that_matches_wins() {
    let server = Server::start();
    for (to, status) in [(OTHER, 501), ("", 502), (NUMBER, 503)] {
        server.fault(&json!({ "to": to, "do": { "kind": "answer", "status": status } }));
    }
    let status = || server.post("/otpservice/send", &send_body(NUMBER)).status;
    assert_eq!([status(), status(), status()], [502, 503, 200]);
}

#[test]
fn chance_repeats_after_a_reset_and_spares_without_counting_down() {
    let server = Server::start();
    let run = || -> Vec<u16> {
        server.fault(&json!({ "times": 5, "probability": 0.5, "do": { "kind": "answer", "status": 503 } }));
        let statuses = (0..40).map(|_| server.post("/otpservice/send", &send_body(NUMBER)).status).collect();
        http::plain(server.address, "POST", "/_sandbox/reset");
        statuses
    };
    let (first, second) = (run(), run());
    assert_eq!(first, second);
    assert_eq!(first.iter().filter(|status| **status == 503).count(), 5);
    assert!(first[..5].contains(&200), "with this seed, some of the first five are spared");
}

#[test]
fn faults_are_listed_as_they_were_set_and_can_be_taken_back() {
    let server = Server::start();
    let id = server.fault(&json!({ "to": "+94771234567", "times": 3, "do": { "kind": "rate_limited" } }));
    let expected = json!({
        "id": id, "path": "any", "to": NUMBER, "times": 3, "probability": 1.0,
        "do": { "kind": "rate_limited", "retry_after": "7" },
    });
    server.fault(&fault(json!({ "kind": "close" })));
    server.fault(&fault(json!({ "kind": "reset" })));
    let list = server.get("/_sandbox/faults").json();
    assert_eq!((&list["faults"][0], &list["seed"]), (&expected, &json!(1)));
    assert_eq!(server.delete(&format!("/_sandbox/faults?id={id}")).json(), json!({ "deleted": 1 }));
    assert_eq!(server.delete("/_sandbox/faults?idd=2").status, 400);
    assert_eq!(server.delete("/_sandbox/faults").json(), json!({ "deleted": 2 }));
    server.send(NUMBER);
}

#[test]
fn a_hundred_faults_with_the_longest_answer_can_wait_and_no_more() {
    let server = Server::start();
    let longest = fault(json!({ "kind": "answer", "body": "a".repeat(16 * 1024) }));
    for _ in 0..100 {
        server.fault(&longest);
    }
    let refused = server.post("/_sandbox/faults", &longest);
    assert_eq!(refused.status, 409, "{refused:?}");
    assert!(refused.json()["error"].as_str().is_some_and(|why| why.contains("100 faults")), "{refused:?}");
    server.delete("/_sandbox/faults?id=1");
    server.fault(&longest);
}

#[test]
fn reset_takes_the_faults_along() {
    let server = Server::start();
    server.fault(&fault(json!({ "kind": "close" })));
    http::plain(server.address, "POST", "/_sandbox/reset");
    server.send(NUMBER);
}

#[test]
fn a_fault_that_makes_no_sense_is_refused_with_a_reason() {
    let server = Server::start();
    let close = json!({ "kind": "close" });
    let cases = [
        json!({}),
        json!({ "do": { "kind": "explode" } }),
        json!({ "do": { "kind": "close", "staus": 1 } }),
        json!({ "do": { "kind": "answer", "status": 99 } }),
        json!({ "do": { "kind": "answer", "status": 100 } }),
        json!({ "do": { "kind": "answer", "content_type": "a\r\nb" } }),
        json!({ "do": { "kind": "answer", "content_type": "a".repeat(1025) } }),
        json!({ "do": { "kind": "answer", "body": "a".repeat(16 * 1024 + 1) } }),
        json!({ "do": { "kind": "delay", "ms": 120_001 } }),
        json!({ "do": { "kind": "delay" } }),
        json!({ "do": close, "times": 0 }),
        json!({ "do": close, "probability": 0 }),
        json!({ "do": close, "probability": 1.5 }),
        json!({ "do": close, "to": "everyone" }),
        json!({ "do": close, "to": "1".repeat(65) }),
        json!({ "do": close, "path": "resend" }),
        json!({ "do": close, "too": NUMBER }),
    ];
    for case in cases {
        let answer = server.post("/_sandbox/faults", &case);
        assert!((400..500).contains(&answer.status), "{case} {answer:?}");
        assert!(answer.json()["error"].is_string(), "{case}");
    }
    server.send(NUMBER);
}
