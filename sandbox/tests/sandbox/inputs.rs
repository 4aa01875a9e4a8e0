//! What the provider's paths accept and refuse.

use serde_json::{Value, json};
use shoutout_sandbox::Settings;

use crate::http::{self, Answer};
use crate::server::{KEY, NUMBER, Server, other_than, send_body};

/// A good body with one field replaced, or left out if the value is null.
fn with(field: &str, value: Value) -> Value {
    let mut body = send_body(NUMBER);
    let fields = body.as_object_mut().unwrap();
    if value.is_null() {
        fields.remove(field);
    } else {
        fields.insert(field.into(), value);
    }
    body
}

fn assert_refused(answer: &Answer, reason: &str) {
    assert_eq!(answer.status, 400, "{answer:?}");
    let message = answer.json()["message"].as_str().expect("a message").to_owned();
    assert!(message.contains(reason), "{message:?} does not say {reason:?}");
}

#[test]
fn each_invalid_send_is_refused_with_its_reason() {
    let cases = [
        (json!([send_body(NUMBER)]), "must be a JSON object"),
        (with("source", Value::Null), "source must be a string"),
        (with("source", json!(77)), "source must be a string"),
        (with("destination", Value::Null), "destination must be a string"),
        (with("destination", json!(94_771_234_567_u64)), "destination must be a string"),
        (with("destination", json!("")), "must consist of digits"),
        (with("destination", json!("+")), "must consist of digits"),
        (with("destination", json!("94 77 123 4567")), "must consist of digits"),
        (with("destination", json!("++94771234567")), "must consist of digits"),
        (with("destination", json!("٩٤٧٧١٢٣٤٥٦٧")), "must consist of digits"),
        (with("destination", json!("0771234567")), "must begin with the country code"),
        (with("destination", json!("947712")), "7 to 15 digits"),
        (with("destination", json!("9477123456789012")), "7 to 15 digits"),
        (with("transport", Value::Null), "transport must be \"sms\""),
        (with("transport", json!("voice")), "transport must be \"sms\""),
        (with("content", Value::Null), "content must be an object"),
        (with("content", json!("Your code is {{code}}")), "content must be an object"),
        (with("content", json!({})), "content.sms must be a string"),
        (with("content", json!({ "sms": 1 })), "content.sms must be a string"),
        (with("content", json!({ "sms": "Your code is {code}" })), "must contain {{code}}"),
        (
            with("content", json!({ "sms": format!("{{{{code}}}}{}", "a".repeat(16 * 1024 - 7)) })),
            "at most 16384 bytes",
        ),
    ];
    let server = Server::start();
    for (body, reason) in cases {
        assert_refused(&server.post("/otpservice/send", &body), reason);
    }
    assert!(server.messages("").is_empty());
}

#[test]
fn each_invalid_verify_is_refused_with_its_reason() {
    let server = Server::start();
    let reference_id = server.send(NUMBER);
    let cases = [
        (json!({ "referenceId": reference_id }), "code must be a string"),
        (json!({ "referenceId": reference_id, "code": 12345 }), "code must be a string"),
        (json!({ "referenceId": reference_id, "code": "" }), "code must not be empty"),
        (json!({ "code": "01234" }), "referenceId must be a string"),
        (json!("01234"), "must be a JSON object"),
    ];
    for (body, reason) in cases {
        assert_refused(&server.post("/otpservice/verify", &body), reason);
    }
    assert_eq!(server.messages("")[0]["attempts"], 0);
}

#[test]
fn what_is_not_json_is_refused() {
    let server = Server::start();
    for body in ["", "{", "{\"source\":\"\\ud800\"}"] {
        assert_refused(&http::post(server.address, "/otpservice/send", KEY, body), "not valid JSON");
    }
}

#[test]
fn another_content_type_is_refused_but_a_charset_is_not() {
    let server = Server::start();
    let body = send_body(NUMBER).to_string();
    let send_as = |content_type: &str| {
        let headers = [
            &format!("Host: {}", server.address),
            "Authorization: Apikey made-up-key",
            &format!("Content-Type: {content_type}"),
            &format!("Content-Length: {}", body.len()),
        ];
        http::exchange(server.address, "POST /otpservice/send HTTP/1.1", &headers, &body)
    };
    assert_refused(&send_as("application/x-www-form-urlencoded"), "application/json");
    assert_eq!(send_as("Application/JSON; charset=utf-8").status, 200);
}

#[test]
fn an_invalid_mask_is_answered_like_the_sibling_api() {
    let server = Server::start();
    for mask in ["", "  ", "TwelveLetter", "ශ්‍රී", "a\nb", "1234567890123456"] {
        let answer = server.post("/otpservice/send", &with("source", json!(mask)));
        let expected = json!({ "status": "1007", "description": "invalid source" });
        assert_eq!((answer.status, answer.json()), (200, expected), "{mask:?}");
    }
    for mask in ["ShoutDEMO", "Equest.lk", "A & B-c_d", "123456789012345"] {
        let answer = server.post("/otpservice/send", &with("source", json!(mask)));
        assert_eq!(answer.json()["messageResult"]["status"], "1001", "{mask:?}");
    }
}

#[test]
fn only_a_well_formed_key_under_a_known_scheme_is_accepted() {
    let server = Server::start();
    for value in ["Apikey made-up", "apikey made-up", "Bearer made-up"] {
        assert_eq!(send_with_authorization(&server, &[value]).status, 200, "{value}");
    }
    let refused: [&[&str]; 6] =
        [&[], &["Apikey"], &["Apikey two words"], &["Basic bWFkZTp1cA=="], &["made-up"], &["Apikey a", "Apikey a"]];
    for values in refused {
        let answer = send_with_authorization(&server, values);
        assert_eq!((answer.status, answer.json()), (403, json!({ "message": "Forbidden" })), "{values:?}");
    }
}

#[test]
fn a_configured_key_is_the_only_one_for_both_paths() {
    let server = Server::with(Settings { api_key: Some("the-one".into()), ..Settings::default() });
    assert_eq!(send_with_authorization(&server, &["Apikey the-one"]).status, 200);
    assert_eq!(send_with_authorization(&server, &["Bearer the-one"]).status, 200);
    assert_eq!(send_with_authorization(&server, &["Apikey another"]).status, 403);
    assert_eq!(server.verify("any", "01234").status, 403);
}

fn send_with_authorization(server: &Server, values: &[&str]) -> Answer {
    let body = send_body(NUMBER).to_string();
    let mut headers = vec![
        format!("Host: {}", server.address),
        "Content-Type: application/json".into(),
        format!("Content-Length: {}", body.len()),
    ];
    headers.extend(values.iter().map(|value| format!("Authorization: {value}")));
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    http::exchange(server.address, "POST /otpservice/send HTTP/1.1", &headers, &body)
}

#[test]
fn a_sinhala_text_of_several_lines_arrives_whole_and_every_placeholder_is_filled() {
    let server = Server::start();
    let body = with("content", json!({ "sms": "ඔබේ කේතය {{code}}\n<b>\"{{code}}\"</b>", "subject": "ignored" }));
    let answer = server.post("/otpservice/send", &body).json();
    let code = server.code(answer["referenceId"].as_str().unwrap());
    let message = &server.messages("")[0];
    assert_eq!(message["text"], format!("ඔබේ කේතය {code}\n<b>\"{code}\"</b>"));
    assert_eq!((&message["encoding"], &message["segments"]), (&json!("UCS-2"), &json!(1)));
}

#[test]
fn a_number_with_plus_is_stored_and_answered_as_digits() {
    let server = Server::start();
    let answer = server.post("/otpservice/send", &send_body("+94771234567")).json();
    assert_eq!(answer["messageResult"]["responses"][0]["destination"], NUMBER);
    assert_eq!(server.messages("")[0]["destination"], NUMBER);
}

#[test]
fn a_text_of_16_kib_is_accepted() {
    let server = Server::start();
    let longest = format!("{{{{code}}}}{}", "a".repeat(16 * 1024 - 8));
    assert_eq!(server.post("/otpservice/send", &with("content", json!({ "sms": longest }))).status, 200);
}

#[test]
fn a_body_above_64_kib_is_refused_whether_announced_or_chunked() {
    const CAP: usize = 64 * 1024;
    let server = Server::start();
    let mut largest = send_body(NUMBER).to_string();
    largest.push_str(&" ".repeat(CAP - largest.len()));
    let too_large = format!("{largest} ");
    assert_eq!(http::post(server.address, "/otpservice/send", KEY, &largest).status, 200);
    let refused = http::post(server.address, "/otpservice/send", KEY, &too_large);
    assert_eq!((refused.status, refused.json()), (413, json!({ "message": "Request Too Long" })));
    assert_eq!(http::post(server.address, "/_sandbox/reset", KEY, &too_large).status, 413);

    let chunked = format!("{:x}\r\n{}\r\n0\r\n\r\n", CAP + 1, too_large);
    let host = format!("Host: {}", server.address);
    let headers = [&host, "Authorization: Apikey k", "Content-Type: application/json", "Transfer-Encoding: chunked"];
    let answer = http::exchange(server.address, "POST /otpservice/send HTTP/1.1", &headers, &chunked);
    assert_eq!(answer.status, 413);
    assert_eq!(server.messages("").len(), 1);
}

/// A server that closes while the client still writes makes it see a reset connection.
#[test]
fn who_writes_up_to_a_megabyte_to_the_end_still_reads_the_refusal() {
    let server = Server::start();
    let refused = http::post(server.address, "/otpservice/send", KEY, &" ".repeat(1024 * 1024));
    assert_eq!((refused.status, refused.json()), (413, json!({ "message": "Request Too Long" })));
}

#[test]
fn an_announced_gigabyte_is_refused_before_it_is_sent() {
    let server = Server::start();
    let headers = [&format!("Host: {}", server.address), "Content-Length: 1000000000"];
    assert_eq!(http::exchange(server.address, "POST /otpservice/send HTTP/1.1", &headers, "").status, 413);
}

#[test]
fn other_paths_and_methods_are_answered_in_json() {
    let server = Server::start();
    assert_eq!(server.get("/otpservice/send").status, 405);
    assert!(server.get("/otpservice/send").json()["message"].is_string());
    assert_eq!(server.get("/otpservice/resend").status, 404);
    assert!(server.get("/otpservice/resend").json()["message"].is_string());
}

#[test]
fn a_refusal_never_repeats_what_was_sent() {
    let server = Server::start();
    let reference_id = server.send(NUMBER);
    let wrong = other_than(&server.code(&reference_id));
    let bad_number = server.post("/otpservice/send", &send_body("077-555-1234")).body;
    assert!(!bad_number.contains("555"));
    let unknown = server.verify("secret-reference", wrong).body;
    assert!(!unknown.contains("secret-reference") && !unknown.contains(wrong));
}
