//! The event stream: what it tells, and that nobody who follows it misses anything.

use std::io::Read;
use std::time::Instant;

use serde_json::json;

use crate::http::{self, PATIENCE};
use crate::server::{NUMBER, Server, other_than, send_body};
use crate::sse::Events;

#[test]
fn it_begins_with_a_snapshot_of_everything() {
    let server = Server::start();
    server.fault(&json!({ "path": "verify", "do": { "kind": "close" } }));
    server.send(NUMBER);
    let snapshot = Events::open(server.address, None).expect("snapshot");
    let boot = snapshot.data["boot"].as_str().expect("a boot id");
    assert!(snapshot.id.starts_with(&format!("{boot}-")));
    assert_eq!(snapshot.data["now"], 1_700_000_000_000_u64);
    assert_eq!(snapshot.data["messages"], json!(server.messages("")));
    assert_eq!(snapshot.data["requests"], server.get("/_sandbox/requests").json()["requests"]);
    assert_eq!(snapshot.data["faults"], server.get("/_sandbox/faults").json()["faults"]);
    assert_eq!(snapshot.data["settings"]["code_lifetime_seconds"], 240);
    assert_eq!(snapshot.data["settings"]["max_attempts"], 5);
    assert!(snapshot.data["settings"].get("api_key").is_none());
    assert!(snapshot.data["magic_numbers"].is_array() && snapshot.data["warnings"].is_array());
}

#[test]
fn every_change_is_told_as_it_happens_and_numbered_upwards() {
    let server = Server::start();
    let mut events = Events::open(server.address, None);
    let mut ids = vec![events.expect("snapshot").id];

    let reference_id = server.send(NUMBER);
    let message = events.expect("message");
    assert_eq!(message.data, server.messages("")[0]);
    let request = events.expect("request");
    assert_eq!((&request.data["outcome"], &request.data["reference_id"]), (&json!("sent"), &json!(reference_id)));

    server.verify(&reference_id, other_than(&server.code(&reference_id)));
    let update = events.expect("update");
    assert_eq!(update.data["verifications"], json!([{ "at": 1_700_000_000_000_u64, "outcome": "wrong" }]));
    let wrong = events.expect("request");
    assert_eq!(wrong.data["outcome"], "wrong");

    server.fault(&json!({ "do": { "kind": "answer" } }));
    let set = events.expect("faults");
    assert_eq!(set.data[0]["do"]["kind"], "answer");
    server.verify(&reference_id, "01234");
    let taken = events.expect("faults");
    assert_eq!(taken.data, json!([]));
    let struck = events.expect("request");
    assert_eq!(struck.data["fault"], "answer");

    server.delete("/_sandbox/messages");
    let deleted = events.expect("deleted");
    assert_eq!(deleted.data, json!({ "seqs": [1] }));

    ids.extend([message, request, update, wrong, set, taken, struck, deleted].map(|event| event.id));
    let numbers: Vec<u64> = ids.iter().map(|id| id.rsplit_once('-').unwrap().1.parse().unwrap()).collect();
    assert_eq!(numbers, (0..9).collect::<Vec<u64>>());
}

#[test]
fn who_comes_back_gets_what_it_missed_and_nothing_twice() {
    let server = Server::start();
    let mut events = Events::open(server.address, None);
    events.expect("snapshot");
    server.send(NUMBER);
    let seen = events.expect("message").id;
    drop(events);
    server.send("14155550100");

    let mut events = Events::open(server.address, Some(&seen));
    assert_eq!(events.expect("request").data["destination"], NUMBER);
    assert_eq!(events.expect("message").data["destination"], "14155550100");
    let last = events.expect("request").id;

    let mut events = Events::open(server.address, Some(&last));
    server.send(NUMBER);
    assert_eq!(events.expect("message").data["seq"], 3, "nothing was missed, so only news comes");
}

#[test]
fn who_missed_too_much_or_comes_from_another_run_gets_a_snapshot() {
    let server = Server::start();
    let first = Events::open(server.address, None).expect("snapshot").id;
    // Two events each: 1,000 are kept.
    for _ in 0..500 {
        server.send(NUMBER);
    }
    assert_eq!(Events::open(server.address, Some(&first)).next().name, "message", "all 1,000 are still there");
    server.send(NUMBER);
    let boot = first.rsplit_once('-').unwrap().0;
    for id in [first.clone(), format!("{boot}-999999"), "another-5".into(), "nonsense".into(), String::new()] {
        let snapshot = Events::open(server.address, Some(&id)).expect("snapshot");
        assert_eq!(snapshot.data["messages"].as_array().unwrap().len(), 500, "{id}");
    }
}

#[test]
fn the_message_that_is_pushed_out_is_told_as_deleted() {
    let server = Server::start();
    for _ in 0..500 {
        server.send(NUMBER);
    }
    let mut events = Events::open(server.address, None);
    events.expect("snapshot");
    server.send(NUMBER);
    assert_eq!(events.expect("deleted").data, json!({ "seqs": [1] }));
    assert_eq!(events.expect("message").data["seq"], 501);
}

#[test]
fn a_reset_is_told_as_a_new_snapshot() {
    let server = Server::start();
    server.send(NUMBER);
    let mut events = Events::open(server.address, None);
    events.expect("snapshot");
    http::plain(server.address, "POST", "/_sandbox/reset");
    let snapshot = events.expect("snapshot").data;
    assert_eq!(
        (&snapshot["messages"], &snapshot["requests"], &snapshot["faults"]),
        (&json!([]), &json!([]), &json!([]))
    );
}

#[test]
fn thirty_two_can_follow_and_whoever_leaves_makes_room() {
    let server = Server::start();
    let mut followers: Vec<Events> = (0..32).map(|_| Events::open(server.address, None)).collect();
    let refused = server.get("/_sandbox/events");
    assert_eq!(refused.status, 503, "{refused:?}");
    assert!(refused.json()["error"].as_str().is_some_and(|why| why.contains("32")), "{refused:?}");
    server.send(NUMBER);
    for follower in &mut followers {
        follower.expect("snapshot");
    }
    followers.pop();
    let began = Instant::now();
    let host = format!("Host: {}", server.address);
    // Answered with HTTP/1.0, whose status line comes at once, and again until the server has seen the other go.
    let status = || {
        let mut line = [0; 12];
        let mut stream = http::open(server.address, "GET /_sandbox/events HTTP/1.0", &[&host], "");
        stream.read_exact(&mut line).expect("a status line");
        String::from_utf8_lossy(&line).into_owned()
    };
    while !status().ends_with("200") {
        assert!(began.elapsed() < PATIENCE, "nobody made room");
    }
}

#[test]
fn a_stop_lets_go_of_those_who_follow() {
    let server = Server::start();
    Events::open(server.address, None).expect("snapshot");
    let host = format!("Host: {}", server.address);
    let mut stream = http::open(server.address, "GET /_sandbox/events HTTP/1.1", &[&host], "");
    let mut first = [0];
    stream.read_exact(&mut first).expect("the stream has begun");
    drop(server);
    let mut rest = String::new();
    stream.read_to_string(&mut rest).expect("read");
    assert!(rest.ends_with("\r\n0\r\n\r\n"), "it ended properly, and was not cut off: {rest}");
}

#[test]
fn a_forged_host_or_origin_is_refused_on_the_stream_too() {
    let server = Server::start();
    let own = format!("Host: {}", server.address);
    let forged = format!("Host: evil.example:{}", server.address.port());
    for headers in [&[&*own, "Origin: http://evil.example"][..], &[&*own, "Origin: null"], &[&forged]] {
        let answer = http::exchange(server.address, "GET /_sandbox/events HTTP/1.1", headers, "");
        assert_eq!(answer.status, 403, "{headers:?}");
    }
}

#[test]
fn a_text_with_line_breaks_is_still_one_line_of_data() {
    let server = Server::start();
    let mut events = Events::open(server.address, None);
    events.expect("snapshot");
    let mut body = send_body(NUMBER);
    body["content"]["sms"] = json!("one\ntwo\r\n\nevent: forged\n{{code}}");
    server.post("/otpservice/send", &body);
    let text = events.expect("message").data["text"].as_str().unwrap().to_owned();
    assert!(text.starts_with("one\ntwo\r\n\nevent: forged\n"));
}
