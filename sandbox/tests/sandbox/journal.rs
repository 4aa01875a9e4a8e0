//! The journal: every request of the application, the refused ones included, and why.

use serde_json::{Value, json};

use crate::http;
use crate::server::{KEY, NUMBER, Server, other_than, send_body};

fn requests(server: &Server) -> Vec<Value> {
    server.get("/_sandbox/requests").json()["requests"].as_array().expect("a list").clone()
}

fn last(server: &Server) -> Value {
    requests(server).pop().expect("an entry")
}

#[test]
fn a_request_is_recorded_with_what_became_of_it() {
    let server = Server::start();
    let reference_id = server.send("+94771234567");
    let expected = json!([{
        "n": 1,
        "at": 1_700_000_000_000_u64,
        "method": "POST",
        "path": "/otpservice/send",
        "destination": NUMBER,
        "reference_id": reference_id,
        "status": 200,
        "outcome": "sent",
        "why": "",
        "fault": "",
        // printf 'Apikey made-up-key' | sha256sum
        "key": "c021b41c",
    }]);
    assert_eq!(json!(requests(&server)), expected);
}

#[test]
fn verifications_are_recorded_with_their_outcome_and_their_number() {
    let server = Server::start();
    let reference_id = server.send(NUMBER);
    let code = server.code(&reference_id);
    for (code, outcome) in [(other_than(&code), "wrong"), (&*code, "verified"), (&*code, "used")] {
        server.verify(&reference_id, code);
        let entry = last(&server);
        assert_eq!((&entry["outcome"], &entry["status"]), (&json!(outcome), &json!(200)));
        assert_eq!((&entry["destination"], &entry["reference_id"]), (&json!(NUMBER), &json!(reference_id)));
        assert_eq!(entry["why"] == "", outcome == "verified", "{entry}");
    }
}

#[test]
fn a_refused_request_is_recorded_with_the_reason() {
    let server = Server::start();
    let send = |key: &str, body: &str| http::post(server.address, "/otpservice/send", key, body);
    let refused = |status: u16, why: &str| {
        let entry = last(&server);
        assert_eq!((&entry["outcome"], &entry["status"]), (&json!("refused"), &json!(status)), "{entry}");
        assert!(entry["why"].as_str().is_some_and(|text| text.contains(why)), "{entry}");
        entry
    };
    send(KEY, "not JSON");
    refused(400, "not valid JSON");
    send("two words", &send_body(NUMBER).to_string());
    assert_eq!(refused(403, "Forbidden")["destination"], NUMBER);
    send(KEY, &" ".repeat(65 * 1024));
    refused(413, "Too Long");
    server.get("/otpservice/send");
    assert_eq!(refused(405, "no such method")["method"], "GET");
    server.get("/otp/send?with=query");
    assert_eq!(refused(404, "no such path")["path"], "/otp/send");
    let mut body = send_body(NUMBER);
    body["source"] = json!("TwelveLetter");
    server.post("/otpservice/send", &body);
    refused(200, "sender mask");
    http::exchange(server.address, "POST /otpservice/send HTTP/1.1", &["Host: other:1", "Content-Length: 0"], "");
    refused(403, "Host");
    assert_eq!(requests(&server).len(), 7);
}

#[test]
fn no_more_of_a_path_is_kept_than_can_be_read() {
    let server = Server::start();
    server.get(&format!("/{}", "a".repeat(5000)));
    assert_eq!(last(&server)["path"], format!("/{}", "a".repeat(199)));
}

#[test]
fn what_looks_like_a_real_key_is_not_kept_in_a_path_either() {
    let server = Server::start();
    let key = ["k".repeat(40), "e".repeat(40), "y".repeat(40)].join(".");
    server.get(&format!("/otpservice/{key}/send?key={key}"));
    assert_eq!(last(&server)["path"], "/otpservice/…/send");
}

#[test]
fn a_fault_is_recorded_with_its_kind_and_with_whether_the_request_was_processed() {
    let server = Server::start();
    let cases = [
        (json!({ "kind": "close" }), "fault", 0),
        (json!({ "kind": "reset" }), "fault", 0),
        (json!({ "kind": "answer_lost" }), "sent", 0),
        (json!({ "kind": "answer", "status": 503 }), "fault", 503),
        (json!({ "kind": "rate_limited" }), "fault", 429),
        (json!({ "kind": "gateway_html" }), "fault", 502),
        (json!({ "kind": "truncated" }), "sent", 200),
        (json!({ "kind": "invalid_json" }), "sent", 200),
        (json!({ "kind": "delay", "ms": 1 }), "sent", 200),
    ];
    for (action, outcome, status) in cases {
        server.fault(&json!({ "do": action }));
        let mut end = server.open_send(NUMBER);
        // How it ends is for the tests of the faults to say.
        let _ = std::io::copy(&mut end, &mut std::io::sink());
        let entry = last(&server);
        assert_eq!((&entry["fault"], &entry["outcome"]), (&action["kind"], &json!(outcome)));
        assert_eq!((&entry["status"], &entry["destination"]), (&json!(status), &json!(NUMBER)), "{entry}");
        assert_ne!(entry["why"], "");
        assert_eq!(entry["reference_id"] == "", outcome == "fault");
    }
}

#[test]
fn a_request_is_recorded_before_its_answer_so_that_impatient_clients_are_seen() {
    let server = Server::start();
    server.fault(&json!({ "do": { "kind": "delay", "ms": 60_000 } }));
    let stream = server.open_send(NUMBER);
    assert_eq!(server.get("/_sandbox/wait?timeout=20").status, 200);
    drop(stream);
    assert_eq!(last(&server)["fault"], "delay");
}

#[test]
fn the_page_and_the_control_api_are_not_recorded() {
    let server = Server::start();
    for path in ["/", "/favicon.ico", "/_sandbox/ready", "/_sandbox/nothing", "/_sandbox/wait?to=nobody"] {
        server.get(path);
        http::plain(server.address, "PUT", path);
    }
    assert!(requests(&server).is_empty());
}

#[test]
fn the_newest_500_are_kept_and_a_reset_empties_it_without_counting_anew() {
    let server = Server::start();
    for _ in 0..501 {
        server.get("/otpservice/resend");
    }
    let kept = requests(&server);
    assert_eq!((kept.len(), &kept[0]["n"], &kept[499]["n"]), (500, &json!(2), &json!(501)));
    http::plain(server.address, "POST", "/_sandbox/reset");
    assert!(requests(&server).is_empty());
    server.send(NUMBER);
    assert_eq!(last(&server)["n"], 502);
}

#[test]
fn whatever_a_request_says_of_itself_is_kept_to_a_length() {
    let server = Server::start();
    server.verify(&"r".repeat(60_000), "01234");
    http::post(server.address, &format!("/{}", "p".repeat(5_000)), KEY, "{}");
    let entries = requests(&server);
    assert_eq!(entries.len(), 2);
    for entry in entries {
        let texts = entry.as_object().expect("an entry").values().filter_map(Value::as_str);
        assert_eq!(texts.map(str::len).max(), Some(200), "{entry}");
    }
}
