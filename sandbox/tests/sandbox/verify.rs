//! What becomes of a code: the stories that a login page tells.

use std::time::Duration;

use serde_json::json;
use shoutout_sandbox::Settings;

use crate::http::Answer;
use crate::server::{NUMBER, Server, other_than, send_body};

fn assert_status(answer: &Answer, status_code: &str, description: &str) {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["statusCode"], status_code);
    assert_eq!(answer.json()["description"], description);
}

#[test]
fn send_answers_in_the_documented_shape_and_the_text_carries_the_code() {
    let server = Server::start();
    let answer = server.post("/otpservice/send", &send_body(NUMBER)).json();
    let response_id = &answer["messageResult"]["responses"][0]["reference_id"];
    let expected = json!({
        "referenceId": answer["referenceId"],
        "messageResult": {
            "status": "1001",
            "description": "submit success",
            "cost": 1,
            "responses": [{ "destination": NUMBER, "reference_id": response_id, "status": "1001", "cost": 1 }],
        },
    });
    assert_eq!(answer, expected);
    assert!(response_id.is_string() && answer["referenceId"].is_string());

    let code = server.code(answer["referenceId"].as_str().unwrap());
    assert_eq!(server.messages("")[0]["text"], format!("Your code is {code}"));
    assert!(code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit()));
}

#[test]
fn the_right_code_is_verified_and_echoed() {
    let server = Server::start();
    let reference_id = server.send(NUMBER);
    let code = server.code(&reference_id);
    let answer = server.verify(&reference_id, &code);
    let expected =
        json!({ "referenceId": reference_id, "code": code, "statusCode": "1000", "description": "verified" });
    assert_eq!(answer.json(), expected);
    assert_eq!(server.messages("")[0]["verified"], true);
}

#[test]
fn a_wrong_code_is_refused_and_the_right_one_still_works() {
    let server = Server::start();
    let reference_id = server.send(NUMBER);
    let code = server.code(&reference_id);
    assert_status(&server.verify(&reference_id, other_than(&code)), "1001", "wrong code");
    assert_status(&server.verify(&reference_id, &code), "1000", "verified");
    let message = &server.messages("")[0];
    assert_eq!(message["attempts"], 2);
    let at = 1_700_000_000_000_u64;
    let expected = json!([{ "at": at, "outcome": "wrong" }, { "at": at, "outcome": "verified" }]);
    assert_eq!(message["verifications"], expected);
}

#[test]
fn a_used_code_does_not_work_again() {
    let server = Server::start();
    let reference_id = server.send(NUMBER);
    let code = server.code(&reference_id);
    assert_status(&server.verify(&reference_id, &code), "1000", "verified");
    assert_status(&server.verify(&reference_id, &code), "1001", "code already used");
}

#[test]
fn a_code_expires_at_the_end_of_its_lifetime_and_not_before() {
    let server = Server::with(Settings { code_lifetime: Duration::from_secs(60), ..Settings::default() });
    let (early, late) = (server.send(NUMBER), server.send(NUMBER));
    server.advance(Duration::from_millis(59_999));
    assert_status(&server.verify(&early, &server.code(&early)), "1000", "verified");
    server.advance(Duration::from_millis(1));
    assert_status(&server.verify(&late, &server.code(&late)), "1002", "code expired");
    assert_eq!(server.messages("")[1]["state"], "expired");
}

#[test]
fn an_unknown_reference_is_refused_in_the_documented_shape() {
    let server = Server::start();
    let answer = server.verify("f437c171-2d08-48c8-a4a2-000000000000", "01234");
    assert_eq!((answer.status, answer.json()), (400, json!({ "message": "unknown referenceId" })));
}

#[test]
fn the_reference_of_the_sms_is_not_the_reference_of_the_otp() {
    let server = Server::start();
    let answer = server.post("/otpservice/send", &send_body(NUMBER)).json();
    let code = server.code(answer["referenceId"].as_str().unwrap());
    let wrong_one = answer["messageResult"]["responses"][0]["reference_id"].as_str().unwrap();
    assert_eq!(server.verify(wrong_one, &code).status, 400);
}

#[test]
fn guessing_locks_the_code_even_for_who_then_has_it_right() {
    let server = Server::with(Settings { max_attempts: 3, ..Settings::default() });
    let reference_id = server.send(NUMBER);
    let code = server.code(&reference_id);
    for _ in 0..3 {
        assert_status(&server.verify(&reference_id, other_than(&code)), "1001", "wrong code");
    }
    assert_status(&server.verify(&reference_id, &code), "1001", "too many wrong codes");
    assert_eq!(server.messages("")[0]["state"], "locked");
}

#[test]
fn a_second_send_leaves_the_first_code_alone() {
    let server = Server::start();
    let (first, second) = (server.send(NUMBER), server.send(NUMBER));
    assert_ne!(first, second);
    assert_status(&server.verify(&first, &server.code(&first)), "1000", "verified");
    assert_status(&server.verify(&second, &server.code(&second)), "1000", "verified");
}
