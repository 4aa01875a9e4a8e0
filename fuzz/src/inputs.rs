//! The checks before money is spent: what is refused opens no connection, what is sent says what the caller said.
//!
//! ```text
//! <source>
//! <destination>
//! <reference id>
//! <code>
//! <content>
//! ```

use serde_json::Value;
use shoutout_otp::fuzzing::{CaughtRequest, PlantedAnswer, answering};
use shoutout_otp::{Client, Delivery, Error, Options};

use crate::scene::Script;
use crate::secrets::{API_KEY, hold_none};

const ACCEPTED: PlantedAnswer = PlantedAnswer {
    http_status: 200,
    retry_after: b"",
    body: br#"{"referenceId":"ref-1","messageResult":{"status":"1001"},"statusCode":"1001"}"#,
    is_cut_off: false,
};

pub fn check(data: &[u8]) {
    let mut script = Script(data);
    let lines = [script.text(), script.text(), script.text(), script.text(), std::str::from_utf8(script.0).ok()];
    let [Some(source), Some(destination), Some(reference_id), Some(code), Some(content)] = lines else { return };
    let client = Client::new(API_KEY, &Options::new()).expect("the key is one");

    let (outcome, caught) = answering(&client, ACCEPTED, || client.send_otp(source, destination, content));
    match (outcome, caught) {
        (Ok(_), Some(request)) => hold_send(&request, source, destination, content),
        (Err(error), None) => hold_refusal(&error, 3..=5, digits(destination).as_str()),
        (outcome, caught) => panic!("{outcome:?}, and a request left: {}", caught.is_some()),
    }
    let (outcome, caught) = answering(&client, ACCEPTED, || client.verify_otp(reference_id, code));
    match (outcome, caught) {
        (Ok(_), Some(request)) => hold_verify(&request, reference_id, code),
        (Err(error), None) => hold_refusal(&error, 6..=7, code),
        (outcome, caught) => panic!("{outcome:?}, and a request left: {}", caught.is_some()),
    }
}

fn hold_send(request: &CaughtRequest, source: &str, destination: &str, content: &str) {
    let body = hold_request(request, "/otpservice/send");
    let sent = body["destination"].as_str().expect("a number is a string");
    assert!((7..=15).contains(&sent.len()) && sent.bytes().all(|byte| byte.is_ascii_digit()), "{sent} is no number");
    assert!(!sent.starts_with('0'), "{sent} is a local number");
    // The caller's own digits, with nothing guessed and nothing left out but the international prefix.
    let said = digits(destination);
    assert!(said == sent || said.strip_prefix("00") == Some(sent), "{destination} became {sent}");
    assert_eq!(body["source"].as_str(), Some(source));
    assert!((1..=15).contains(&source.len()));
    assert_eq!(body["content"]["sms"].as_str(), Some(content));
    assert!(content.contains("{{code}}"));
    assert_eq!(body["transport"].as_str(), Some("sms"));
}

fn hold_verify(request: &CaughtRequest, reference_id: &str, code: &str) {
    let body = hold_request(request, "/otpservice/verify");
    assert_eq!((body["referenceId"].as_str(), body["code"].as_str()), (Some(reference_id), Some(code)));
    assert!(!code.is_empty() && !reference_id.is_empty());
}

/// The frame of a request is the library's alone.
fn hold_request(request: &CaughtRequest, path: &str) -> Value {
    assert_eq!(request.uri, format!("https://api.getshoutout.com{path}"));
    let authorization: Vec<_> = request.headers.iter().filter(|(name, _)| name == "authorization").collect();
    assert_eq!(authorization.len(), 1);
    assert_eq!(authorization[0].1, format!("Apikey {API_KEY}").into_bytes());
    assert!(request.headers.iter().all(|(_, value)| value.iter().all(|byte| (b' '..=b'~').contains(byte))));
    serde_json::from_slice(&request.body).expect("a request is JSON")
}

fn hold_refusal(error: &Error, statuses: std::ops::RangeInclusive<i32>, secret: &str) {
    assert!(statuses.contains(&error.status().number()), "{error}");
    assert_eq!((error.delivery(), error.attempts(), error.http_status()), (Delivery::NotSent, 0, 0));
    assert!(error.message().contains("Nothing was sent"), "{error}");
    // Shorter ones are part of the message's own words and examples.
    if secret.len() >= 8 && !"947712345670712345678".contains(secret) {
        hold_none(&format!("{error} {error:?}"), "a refusal", &[secret]);
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
