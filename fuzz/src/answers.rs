//! The answer parser: whatever the service says, a success is a success and NOT_SENT is NOT_SENT.
//!
//! ```text
//! send            or: verify
//! 200             or: 200 cut
//! <Retry-After>
//! <body>
//! ```

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use shoutout_otp::fuzzing::{PlantedAnswer, answering};
use shoutout_otp::{Client, Delivery, Error, Options, SendResult, VerifyOutcome, VerifyResult};

use crate::scene::Script;
use crate::secrets::{API_KEY, CODE, NUMBER, hold_none};

const REFERENCE_ID: &str = "ref-1";

pub fn check(data: &[u8]) {
    let mut script = Script(data);
    let is_send = script.line() == b"send";
    let answer = script.answer(|script| script.0);
    let client = Client::new(API_KEY, &Options::new()).expect("the key is one");
    if is_send {
        let (outcome, caught) =
            answering(&client, answer, || client.send_otp("ShoutDEMO", NUMBER, "Your code is {{code}}"));
        assert!(caught.is_some(), "nothing was sent");
        match outcome {
            Ok(sent) => hold_sent(&sent, &answer),
            Err(error) => hold_send_error(&error, &answer),
        }
    } else {
        let (outcome, caught) = answering(&client, answer, || client.verify_otp(REFERENCE_ID, CODE));
        assert!(caught.is_some(), "nothing was sent");
        match outcome {
            Ok(result) => hold_verified(&result, &answer),
            Err(error) => hold_verify_error(&error, &answer),
        }
    }
}

/// A success needs a 2xx, a whole body, a reference id, and 1001.
fn hold_sent(sent: &SendResult, answer: &PlantedAnswer) {
    let Some(body) = body_of_a_result(answer) else { return };
    assert!(is_success(answer.http_status), "a success with status {}", answer.http_status);
    assert_eq!(text(&body["referenceId"]).as_deref(), Some(sent.reference_id()));
    assert!(!sent.reference_id().is_empty());
    assert_eq!(text(&body["messageResult"]["status"]).as_deref(), Some("1001"));
    assert_eq!((sent.status(), sent.attempts()), ("1001", 1));
    assert!(sent.cost().is_none_or(|cost| cost.is_finite() && cost >= 0.0));
    hold_shown(sent.description(), &[API_KEY, NUMBER]);
    if !names_secrets_in_ids_or_costs(sent) {
        hold_none(&format!("{sent:?}"), "Debug", &[API_KEY, NUMBER]);
    }
}

/// Ids and costs are passed on as the service gave them, as SECURITY.md says.
fn names_secrets_in_ids_or_costs(sent: &SendResult) -> bool {
    let of_responses = sent.responses().iter().map(|r| format!("{} {:?}", r.reference_id(), r.cost()));
    let all: Vec<_> = of_responses.chain([format!("{} {:?}", sent.reference_id(), sent.cost())]).collect();
    [API_KEY, NUMBER].iter().any(|secret| all.iter().any(|text| text.contains(secret)))
}

fn hold_send_error(error: &Error, answer: &PlantedAnswer) {
    hold_error(error, answer, &[API_KEY, NUMBER]);
    if error.delivery() == Delivery::NotSent {
        let refusals = ["1005", "1007", "1012", "1015"];
        let is_refused = statuses(answer).iter().any(|status| refusals.contains(&status.as_str()));
        let by_body = is_refused && is_success(answer.http_status);
        assert!(by_body || is_refused_by_status_line(answer.http_status), "NOT_SENT for no reason: {error}");
        assert!(!is_unread_json(answer), "NOT_SENT, and yet the answer may have said that it was sent: {error}");
        let claims_success = statuses(answer).iter().any(|status| status == "1001")
            && names_a_reference(answer)
            && is_of_the_documented_shape(answer);
        assert!(!claims_success, "NOT_SENT, and yet the answer names 1001 and a reference: {error}");
    }
}

/// "Verified" needs a 2xx, 1000, and the reference id and the code that were asked about.
fn hold_verified(result: &VerifyResult, answer: &PlantedAnswer) {
    let Some(body) = body_of_a_result(answer) else { return };
    let code = text(&body["statusCode"]).expect("an outcome without a statusCode");
    if result.outcome() == VerifyOutcome::Verified {
        assert!(is_success(answer.http_status), "verified with status {}", answer.http_status);
        assert_eq!(code, "1000");
        assert_eq!(text(&body["referenceId"]).as_deref(), Some(REFERENCE_ID));
        assert!(text(&body["code"]).is_none_or(|echo| echo == CODE), "verified another code");
    } else {
        assert_ne!(code, "1000", "not verified, and yet it is");
    }
    hold_shown(result.status(), &[API_KEY, CODE]);
    hold_shown(result.description(), &[API_KEY, CODE]);
    hold_none(&format!("{result:?}"), "Debug", &[API_KEY, CODE]);
}

fn hold_verify_error(error: &Error, answer: &PlantedAnswer) {
    hold_error(error, answer, &[API_KEY, CODE]);
    if error.delivery() == Delivery::NotSent {
        let by_body = statuses(answer).iter().any(|status| status == "1005") && is_success(answer.http_status);
        assert!(by_body || is_refused_by_status_line(answer.http_status), "NOT_SENT for no reason: {error}");
        assert!(!is_unread_json(answer), "NOT_SENT, and yet the answer may have said that it was counted: {error}");
    }
}

/// Whether the body begins like a JSON object, and nobody can read all of it.
fn is_unread_json(answer: &PlantedAnswer) -> bool {
    let is_whole = !answer.is_cut_off && serde_json::from_slice::<IgnoredAny>(answer.body).is_ok();
    answer.body.trim_ascii_start().starts_with(b"{") && !is_whole
}

fn hold_error(error: &Error, answer: &PlantedAnswer, secrets: &[&str]) {
    assert!((20..60).contains(&error.status().number()), "{error}");
    assert_eq!((error.http_status(), error.attempts()), (answer.http_status, 1));
    assert!(error.retry_after().is_none_or(|wait| wait.as_secs() <= 24 * 60 * 60));
    for shown in [error.message(), error.service_status(), error.service_message(), error.reference_id()] {
        hold_shown(shown, secrets);
    }
    hold_none(&format!("{error} {error:?}"), "Display or Debug", secrets);
}

/// What may be shown is one short line, whatever the service made of it.
fn hold_shown(text: &str, secrets: &[&str]) {
    hold_none(text, "a text", secrets);
    assert!(!text.chars().any(char::is_control), "a text breaks the line: {text:?}");
    assert!(text.chars().count() <= 1_500, "a text is long: {text}");
}

fn is_success(http_status: u16) -> bool {
    (200..300).contains(&http_status)
}

fn is_refused_by_status_line(http_status: u16) -> bool {
    (400..500).contains(&http_status) && http_status != 408
}

fn whole_body(answer: &PlantedAnswer) -> Option<Value> {
    if answer.is_cut_off { None } else { serde_json::from_slice(answer.body).ok() }
}

/// The body, without which there is no result. Nothing where the two readers differ in what they overlook: the library does
/// not look into a field that it does not know, be it half of a surrogate pair.
fn body_of_a_result(answer: &PlantedAnswer) -> Option<Value> {
    let is_json = serde_json::from_slice::<IgnoredAny>(answer.body).is_ok();
    assert!(is_json && !answer.is_cut_off, "a result without a whole body that is JSON");
    whole_body(answer)
}

/// Whether each part is there once and what it should be: otherwise nothing is taken from a body, and the status line decides.
fn is_of_the_documented_shape(answer: &PlantedAnswer) -> bool {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[allow(dead_code)] // that it can be read is all that counts
    struct Answer {
        reference_id: Option<Value>,
        message_result: Option<MessageResult>,
        message: Option<Value>,
        status: Option<Value>,
        description: Option<Value>,
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct MessageResult {
        status: Option<Value>,
        description: Option<Value>,
        cost: Option<Value>,
        responses: Option<Value>,
    }
    serde_json::from_slice::<Answer>(answer.body).is_ok()
}

/// Every status that the answer of a send or a verification can name.
fn statuses(answer: &PlantedAnswer) -> Vec<String> {
    let Some(body) = whole_body(answer) else { return Vec::new() };
    let named = [&body["messageResult"]["status"], &body["status"], &body["statusCode"]];
    named.into_iter().filter_map(text).collect()
}

/// One that a code could be verified with.
fn names_a_reference(answer: &PlantedAnswer) -> bool {
    let is_usable = |id: String| (1..=256).contains(&id.len()) && !id.chars().any(char::is_control);
    whole_body(answer).is_some_and(|body| text(&body["referenceId"]).is_some_and(is_usable))
}

/// A text, or a number as text, as the service writes its numbers.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
