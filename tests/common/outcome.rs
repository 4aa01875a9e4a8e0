//! What a call came to, in the words of `docs/certainty.md`, and whether it kept its deadline.
// Each test program uses its part of this.
#![allow(dead_code)]

use std::time::{Duration, Instant};

use shoutout_otp::{Client, Delivery, Error, VerifyOutcome};

use crate::common::API_KEY;

pub const TIMEOUT_MS: u32 = 1_000;
pub const NUMBER: &str = "94771234567";
pub const CODE: &str = "01234";
/// What the promise allows beyond the timeout.
const LATE: Duration = Duration::from_millis(100);
/// The promise is about the library, not about a machine that does something else meanwhile: only a call that is late
/// each time is late.
const TRIES: usize = 3;

/// What a call came to, how often it was tried, and how long it took.
pub struct Outcome {
    pub words: String,
    pub attempts: u32,
    pub took: Duration,
}

/// Meets a fault, again if the call was late; panics if it is always late. Gives what `meet` gives beside the outcome.
pub fn punctually<T>(what: &str, meet: impl Fn() -> (Outcome, T)) -> (Outcome, T) {
    punctually_within(TIMEOUT_MS, what, meet)
}

/// The same for calls with another timeout.
pub fn punctually_within<T>(timeout_ms: u32, what: &str, meet: impl Fn() -> (Outcome, T)) -> (Outcome, T) {
    let mut late = Vec::new();
    for _ in 0..TRIES {
        let (outcome, rest) = meet();
        if outcome.took <= Duration::from_millis(timeout_ms.into()) + LATE {
            return (outcome, rest);
        }
        late.push(outcome.took);
    }
    panic!("{what}: with a timeout of {timeout_ms} ms it took {late:?}");
}

/// `sent`, or the status and the delivery.
pub fn of_send(client: &Client) -> Outcome {
    of_send_with(client, "Your code is {{code}}")
}

pub fn of_send_with(client: &Client, content: &str) -> Outcome {
    timed(|| match client.send_otp("ShoutDEMO", NUMBER, content) {
        Ok(sent) => ("sent".to_owned(), sent.attempts()),
        Err(error) => of_error(&error, &[NUMBER]),
    })
}

/// `verified`, `not verified`, or the status and the delivery.
pub fn of_verification(client: &Client) -> Outcome {
    timed(|| match client.verify_otp("ref-1", CODE) {
        Ok(result) if result.is_verified() && result.outcome() == VerifyOutcome::Verified => ("verified".to_owned(), 1),
        Ok(_) => ("not verified".to_owned(), 1),
        Err(error) => of_error(&error, &[CODE]),
    })
}

fn timed(call: impl FnOnce() -> (String, u32)) -> Outcome {
    let start = Instant::now();
    let (words, attempts) = call();
    Outcome { words, attempts, took: start.elapsed() }
}

/// Whatever went wrong, and whatever the other side said, no secret is in the error.
fn of_error(error: &Error, secrets: &[&str]) -> (String, u32) {
    // A call that ends at a deadline of a second may take 1.001234 s: there stands a code, and no secret.
    let texts = format!("{error} {error:?}").replace(&format!("{:?}", error.elapsed()), "");
    for secret in secrets.iter().chain([&API_KEY]) {
        assert!(!texts.contains(secret), "{secret} is in an error: {texts}");
    }
    let delivery = if error.delivery() == Delivery::NotSent { "NOT_SENT" } else { "UNKNOWN" };
    (format!("{}, {delivery}", error.status().name().trim_start_matches("SHOUTOUT_")), error.attempts())
}
