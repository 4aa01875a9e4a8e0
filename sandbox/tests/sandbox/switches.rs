//! What is not known of the real service, as switches: an application is tried against either.

use serde_json::json;
use shoutout_sandbox::{RateLimit, Settings, WrongCodeStatus};

use crate::http;
use crate::server::{NUMBER, Server, other_than, send_body};
use crate::sse::Events;

#[test]
fn a_wrong_code_can_be_a_400_with_the_same_body() {
    let settings =
        Settings { wrong_code_status: WrongCodeStatus::new("400").unwrap(), max_attempts: 2, ..Settings::default() };
    let server = Server::with(settings);
    let reference_id = server.send(NUMBER);
    let code = server.code(&reference_id);
    let wrong = server.verify(&reference_id, other_than(&code));
    assert_eq!((wrong.status, &wrong.json()["statusCode"]), (400, &json!("1001")));
    assert_eq!(server.verify(&reference_id, &code).status, 200);
    assert_eq!(server.verify(&reference_id, &code).status, 400, "a used code is answered like a wrong one");
    let expired = server.send("94700000010");
    assert_eq!(server.verify(&expired, "01234").status, 200, "an expired one is not");
}

#[test]
fn without_a_limit_of_attempts_no_code_is_ever_locked() {
    let server = Server::with(Settings { max_attempts: 0, ..Settings::default() });
    let reference_id = server.send(NUMBER);
    let code = server.code(&reference_id);
    for _ in 0..30 {
        assert_eq!(server.verify(&reference_id, other_than(&code)).json()["description"], "wrong code");
    }
    assert_eq!(server.verify(&reference_id, &code).json()["statusCode"], "1000");
}

#[test]
fn a_new_send_can_void_the_older_codes_of_its_number_and_of_no_other() {
    let server = Server::with(Settings { new_send_voids_old: true, ..Settings::default() });
    let (old, other) = (server.send(NUMBER), server.send("14155550100"));
    let mut events = Events::open(server.address, None);
    events.expect("snapshot");
    let new = server.send(NUMBER);
    let update = events.expect("update").data;
    assert_eq!((&update["seq"], &update["state"]), (&json!(1), &json!("superseded")));
    events.expect("message");

    let answer = server.verify(&old, &server.code(&old)).json();
    assert_eq!((&answer["statusCode"], &answer["description"]), (&json!("1001"), &json!("a newer code has been sent")));
    for reference_id in [&other, &new] {
        assert_eq!(server.verify(reference_id, &server.code(reference_id)).json()["statusCode"], "1000");
    }
    assert_eq!(server.messages("")[0]["verifications"][0]["outcome"], "superseded");
}

#[test]
fn a_rate_limit_is_per_number_and_says_how_long_to_wait() {
    let server = Server::with(Settings { rate_limit: RateLimit::read("2/60"), ..Settings::default() });
    server.send(NUMBER);
    server.advance(std::time::Duration::from_millis(500));
    server.send(NUMBER);
    server.send("14155550100");
    let refused = server.post("/otpservice/send", &send_body(NUMBER));
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("60")));
    assert_eq!(refused.json(), json!({ "message": "Too Many Requests" }));
    server.post("/_sandbox/clock", &json!({ "advance_seconds": 60 }));
    server.send(NUMBER);
    let requests = server.get("/_sandbox/requests").json();
    assert_eq!(requests["requests"][3]["outcome"], "refused");
    assert!(requests["requests"][3]["why"].as_str().unwrap().contains("rate limit"));
}

#[test]
fn a_reset_forgets_what_counted_towards_the_limit() {
    let server = Server::with(Settings { rate_limit: RateLimit::read("1/60"), ..Settings::default() });
    server.send(NUMBER);
    http::plain(server.address, "POST", "/_sandbox/reset");
    server.send(NUMBER);
}

#[test]
fn the_page_is_told_how_the_switches_stand() {
    let settings =
        Settings { rate_limit: RateLimit::read("3/60"), new_send_voids_old: true, seed: 7, ..Settings::default() };
    let snapshot = Events::open(Server::with(settings).address, None).expect("snapshot").data;
    let expected = json!({
        "code_lifetime_seconds": 240, "max_attempts": 5, "wrong_code_status": 200, "new_send_voids_old": true,
        "rate_limit": "3/60", "seed": 7,
    });
    assert_eq!(snapshot["settings"], expected);
}
