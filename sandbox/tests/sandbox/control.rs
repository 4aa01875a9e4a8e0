//! The control API: listing, waiting, deleting.

use std::thread;

use serde_json::{Value, json};

use crate::http;
use crate::server::{KEY, NUMBER, Server};

#[test]
fn ready_says_so_with_the_cursor_to_wait_from() {
    let server = Server::start();
    server.send(NUMBER);
    let expected = json!({
        "ready": true, "version": env!("CARGO_PKG_VERSION"), "messages": 1, "cursor": 1, "waiting": 0,
    });
    assert_eq!(server.get("/_sandbox/ready").json(), expected);
}

#[test]
fn a_message_is_listed_with_everything_a_test_needs() {
    let server = Server::start();
    let reference_id = server.send(NUMBER);
    let code = server.code(&reference_id);
    let expected = json!([{
        "seq": 1,
        "reference_id": reference_id,
        "source": "ShoutDEMO",
        "destination": NUMBER,
        "text": format!("Your code is {code}"),
        "code": code,
        "cost": 1,
        "encoding": "GSM-7",
        "segments": 1,
        "received_at": 1_700_000_000_000_u64,
        "expires_at": 1_700_000_240_000_u64,
        "state": "pending",
        "verified": false,
        "attempts": 0,
        "verifications": [],
    }]);
    assert_eq!(json!(server.messages("")), expected);
}

#[test]
fn the_filter_compares_digits_so_plus_and_spaces_do_not_matter() {
    let server = Server::start();
    server.send("+94771234567");
    server.send("14155550100");
    // A raw + in a query string means a space, and %2B means +.
    for to in ["94771234567", "+94771234567", "%2B94771234567", "%2B94%2077%20123%204567", "94-77-123-4567"] {
        let found = server.messages(&format!("?to={to}"));
        assert_eq!(found.len(), 1, "{to}");
        assert_eq!(found[0]["seq"], 1, "{to}");
    }
    assert!(server.messages("?to=4771234567").is_empty(), "part of a number is another number");
    assert_eq!(server.messages("").len(), 2);
}

#[test]
fn a_filter_that_cannot_be_a_number_or_is_misspelt_is_refused_and_deletes_nothing() {
    let server = Server::start();
    server.send(NUMBER);
    for query in ["?to=", "?to=%2B", "?to=everyone", "?too=94771234567", "?to=1&to=2"] {
        let path = format!("/_sandbox/messages{query}");
        assert_eq!(server.get(&path).status, 400, "{query}");
        assert_eq!(server.delete(&path).status, 400, "{query}");
    }
    assert_eq!(server.messages("").len(), 1);
}

/// What the guards refuse is said like everything else that these paths refuse.
#[test]
fn every_error_is_a_sentence_under_error_and_nothing_else() {
    let server = Server::start();
    let foreign = ["Host: evil.example"];
    let too_large = " ".repeat(64 * 1024 + 1);
    for (status, answer) in [
        (400, server.get("/_sandbox/messages?to=everyone")),
        (403, http::exchange(server.address, "GET /_sandbox/ready HTTP/1.1", &foreign, "")),
        (404, server.get("/_sandbox")),
        (404, server.get("/_sandbox/")),
        (404, server.get("/_sandbox/nothing?to=94771234567")),
        (405, http::plain(server.address, "PUT", "/_sandbox/ready")),
        (405, server.delete("/_sandbox/clock")),
        (413, http::post(server.address, "/_sandbox/clock", KEY, &too_large)),
        (422, server.post("/_sandbox/clock", &json!({ "advance_seconds": -1 }))),
    ] {
        assert_eq!(answer.status, status, "{answer:?}");
        let body = answer.json();
        assert!(body["error"].as_str().is_some_and(|why| !why.is_empty()), "{answer:?}");
        assert_eq!(body.as_object().map(serde_json::Map::len), Some(1), "{answer:?}");
    }
}

#[test]
fn a_refusal_says_what_is_wrong_and_nothing_of_the_program() {
    let server = Server::start();
    let set = |path: &str, body: &str| http::post(server.address, path, KEY, body);
    let (faults, clock) = ("/_sandbox/faults", "/_sandbox/clock");
    let number = "a number consists of digits, and + - . ( ) or spaces between them";
    let status = "a status is 200 to 999: one below 200 cannot be an answer";
    let odd = "x at line 1 column 2";
    for (answer, why) in [
        (server.get("/_sandbox/messages?to=x"), format!("to: {number}")),
        (server.get("/_sandbox/messages?too=1"), "too: unknown field `too`, expected `to`".into()),
        (set(faults, r#"{"to":"x","do":{"kind":"close"}}"#), format!("to: {number}")),
        (set(faults, r#"{"do":{"kind":"answer","status":99}}"#), format!("do: {status}")),
        (set(faults, "{}"), "missing field `do`".into()),
        (
            set(clock, &format!(r#"{{"{odd}":1}}"#)),
            format!("unknown variant `{odd}`, expected `advance_seconds` or `reset`"),
        ),
        (set(clock, r#"{"reset":false}"#), "reset: true, or leave it out".into()),
    ] {
        assert_eq!(answer.json(), json!({ "error": why }), "{answer:?}");
    }
    let not_json = set(clock, "{").json();
    assert!(not_json["error"].as_str().is_some_and(|why| why.ends_with("at line 1 column 1")), "{not_json}");
}

#[test]
fn a_path_that_only_begins_like_these_is_answered_as_any_other() {
    let server = Server::start();
    let answer = server.get("/_sandboxes");
    assert_eq!((answer.status, answer.json()), (404, json!({ "message": "sandbox: no such path" })));
}

#[test]
fn delete_through_a_message_spares_what_came_after_it() {
    let server = Server::start();
    for _ in 0..3 {
        server.send(NUMBER);
    }
    server.send("94712223334");
    let path = format!("/_sandbox/messages?to={NUMBER}&through=2");
    assert_eq!(server.delete(&path).json(), json!({ "deleted": 2, "cursor": 4 }));
    let left = server.get("/_sandbox/messages").json();
    let seqs: Vec<&Value> =
        left["messages"].as_array().expect("a list").iter().map(|message| &message["seq"]).collect();
    assert_eq!(seqs, [3, 4]);
}

#[test]
fn delete_takes_one_number_or_all_and_the_codes_with_them() {
    let server = Server::start();
    let reference_id = server.send(NUMBER);
    let code = server.code(&reference_id);
    server.send("14155550100");
    server.send("14155550100");
    assert_eq!(server.delete("/_sandbox/messages?to=+94771234567").json(), json!({ "deleted": 1, "cursor": 3 }));
    assert_eq!(server.verify(&reference_id, &code).status, 400);
    assert_eq!(server.delete("/_sandbox/messages").json(), json!({ "deleted": 2, "cursor": 3 }));
    assert!(server.messages("").is_empty());
}

#[test]
fn reset_empties_it_but_a_cursor_stays_valid() {
    let server = Server::start();
    server.send(NUMBER);
    let answer = http::plain(server.address, "POST", "/_sandbox/reset").json();
    assert_eq!(answer, json!({ "deleted": 1, "cursor": 1 }));
    server.send(NUMBER);
    assert_eq!(server.get("/_sandbox/wait?after=1&timeout=0").json()["message"]["seq"], 2);
}

#[test]
fn a_message_that_came_before_the_wait_is_not_lost() {
    let server = Server::start();
    let reference_id = server.send(NUMBER);
    let answer = server.get("/_sandbox/wait?to=+94771234567&after=0&timeout=0");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["message"]["reference_id"], reference_id);
    assert_eq!(answer.json()["cursor"], 1);
}

#[test]
fn the_cursor_steps_through_the_messages_in_order() {
    let server = Server::start();
    let references = [server.send(NUMBER), server.send("14155550100"), server.send(NUMBER)];
    let first = server.get(&format!("/_sandbox/wait?to={NUMBER}&timeout=0")).json();
    assert_eq!(first["message"]["reference_id"], references[0]);
    let next = server.get(&format!("/_sandbox/wait?to={NUMBER}&after={}&timeout=0", first["cursor"])).json();
    assert_eq!(next["message"]["reference_id"], references[2]);
}

#[test]
fn eight_parallel_waiters_each_get_their_own() {
    let server = Server::start();
    let numbers: Vec<String> = (0..8).map(|n| format!("9477000000{n}")).collect();
    let wait = |number: &str| server.get(&format!("/_sandbox/wait?to={number}&timeout=15"));
    thread::scope(|scope| {
        let waits: Vec<_> = numbers.iter().map(|number| scope.spawn(|| wait(number))).collect();
        server.until_waiting(8);
        let references: Vec<String> = numbers.iter().rev().map(|number| server.send(number)).collect();
        for (wait, reference_id) in waits.into_iter().zip(references.iter().rev()) {
            let answer = wait.join().expect("an answer");
            assert_eq!(answer.json()["message"]["reference_id"], *reference_id);
        }
    });
    server.until_waiting(0);
}

#[test]
fn a_wait_in_vain_says_what_did_arrive() {
    let server = Server::start();
    let seen = server.send(NUMBER);
    let other = server.send("14155550100");
    let answer = server.get(&format!("/_sandbox/wait?to={NUMBER}&after=1&timeout=0.05"));
    assert_eq!(answer.status, 404);
    let mut body = answer.json();
    assert!(body["waited_ms"].as_u64().is_some_and(|waited| waited >= 50));
    body["waited_ms"] = json!(50);
    let expected = json!({
        "error": "timeout",
        "to": NUMBER,
        "after": 1,
        "waited_ms": 50,
        "cursor": 2,
        "arrived": [
            { "seq": 2, "destination": "14155550100", "reference_id": other },
            { "seq": 1, "destination": NUMBER, "reference_id": seen },
        ],
    });
    assert_eq!(body, expected);
}

#[test]
fn a_waiter_that_hangs_up_is_forgotten() {
    let server = Server::start();
    let host = format!("Host: {}", server.address);
    let stream = http::open(server.address, "GET /_sandbox/wait?timeout=100 HTTP/1.1", &[&host], "");
    server.until_waiting(1);
    drop(stream);
    server.until_waiting(0);
}

#[test]
fn a_wait_without_bounds_is_refused() {
    let server = Server::start();
    for query in ["timeout=-1", "timeout=121", "timeout=inf", "timeout=NaN", "timeout=soon", "after=-1", "untill=3"] {
        let answer = server.get(&format!("/_sandbox/wait?{query}"));
        assert_eq!(answer.status, 400, "{query}");
        assert!(answer.json()["error"].is_string(), "{query}");
    }
}

#[test]
fn message_501_pushes_out_the_first() {
    let server = Server::start();
    let first = server.send(NUMBER);
    let code = server.code(&first);
    for _ in 0..499 {
        server.send(NUMBER);
    }
    assert_eq!(server.messages("").len(), 500);
    assert_eq!(server.messages("")[0]["reference_id"], first);

    server.send(NUMBER);
    let messages = server.messages("");
    assert_eq!(messages.len(), 500);
    assert_eq!((&messages[0]["seq"], &messages[499]["seq"]), (&json!(2), &json!(501)));
    assert_eq!(server.verify(&first, &code).status, 400, "its code is gone with it");
}
