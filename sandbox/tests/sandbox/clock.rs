//! The clock that a test can move.

use serde_json::{Value, json};

use crate::http;
use crate::server::{NUMBER, Server};
use crate::sse::Events;

const STARTED: u64 = 1_700_000_000_000;

fn set(server: &Server, wanted: &Value) -> Value {
    let answer = server.post("/_sandbox/clock", wanted);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn clock(now: u64, moved_ms: u64) -> Value {
    json!({ "now": now, "moved_ms": moved_ms })
}

#[test]
fn it_can_be_advanced_in_steps_and_set_back() {
    let server = Server::start();
    assert_eq!(server.get("/_sandbox/clock").json(), clock(STARTED, 0));
    assert_eq!(set(&server, &json!({ "advance_seconds": 60 })), clock(STARTED + 60_000, 60_000));
    assert_eq!(set(&server, &json!({ "advance_seconds": 0.5 })), clock(STARTED + 60_500, 60_500));
    assert_eq!(server.get("/_sandbox/clock").json(), clock(STARTED + 60_500, 60_500));
    assert_eq!(set(&server, &json!({ "reset": true })), clock(STARTED, 0));
}

#[test]
fn a_code_expires_when_the_clock_says_so_and_followers_are_told() {
    let server = Server::start();
    let reference_id = server.send(NUMBER);
    let code = server.code(&reference_id);
    set(&server, &json!({ "advance_seconds": 100 }));
    let second = server.send(NUMBER);
    let mut events = Events::open(server.address, None);
    events.expect("snapshot");
    set(&server, &json!({ "advance_seconds": 140 }));
    assert_eq!(events.expect("clock").data, json!({ "now": STARTED + 240_000 }));
    let update = events.expect("update").data;
    assert_eq!((&update["seq"], &update["state"]), (&json!(1), &json!("expired")));
    assert_eq!(server.verify(&reference_id, &code).json()["statusCode"], "1002");
    assert_eq!(server.verify(&second, &server.code(&second)).json()["statusCode"], "1000");
    for name in ["update", "request", "update", "request"] {
        events.expect(name);
    }
    set(&server, &json!({ "reset": true }));
    events.expect("clock");
    assert_eq!(events.expect("update").data["state"], "pending", "the first code is good again");
    server.send(NUMBER);
    events.expect("message");
    assert_eq!(server.messages("")[1]["received_at"], STARTED + 100_000);
}

#[test]
fn a_reset_of_everything_sets_it_back_too() {
    let server = Server::start();
    set(&server, &json!({ "advance_seconds": 3600 }));
    http::plain(server.address, "POST", "/_sandbox/reset");
    assert_eq!(server.get("/_sandbox/clock").json(), clock(STARTED, 0));
}

#[test]
fn a_move_that_goes_too_far_is_a_conflict_and_moves_nothing() {
    let server = Server::start();
    let ninety_years = json!({ "advance_seconds": 90 * 366 * 24 * 60 * 60_u64 });
    let moved = set(&server, &ninety_years);
    for too_far in [ninety_years, json!({ "advance_seconds": 4e9 })] {
        let answer = server.post("/_sandbox/clock", &too_far);
        let expected = json!({ "error": "the clock can be moved by a hundred years at most" });
        assert_eq!((answer.status, answer.json()), (409, expected), "{too_far}");
    }
    assert_eq!(server.get("/_sandbox/clock").json(), moved);
}

#[test]
fn a_move_that_makes_no_sense_is_refused_and_moves_nothing() {
    let server = Server::start();
    let cases = [
        json!({}),
        json!({ "advance_seconds": -1 }),
        json!({ "advance_seconds": "60" }),
        json!({ "advance_seconds": 1e300 }),
        json!({ "advance_minutes": 1 }),
        json!({ "reset": false }),
        json!({ "reset": true, "advance_seconds": 1 }),
    ];
    for case in cases {
        let answer = server.post("/_sandbox/clock", &case);
        assert!((400..500).contains(&answer.status), "{case} {answer:?}");
        assert!(answer.json()["error"].is_string(), "{case}");
    }
    assert_eq!(server.get("/_sandbox/clock").json(), clock(STARTED, 0));
}
