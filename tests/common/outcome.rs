//! What a call came to, in the words of `docs/certainty.md`, and whether it kept its deadline.
// Each test program uses its part of this.
#![allow(dead_code)]

use std::time::{Duration, Instant};

use shoutout_otp::{Client, Delivery, Error, VerifyOutcome};

pub const TIMEOUT_MS: u32 = 1_000;
/// What the promise allows beyond the timeout.
const LATE: Duration = Duration::from_millis(100);
/// The promise is about the library, not about a machine that does something else meanwhile: only a call that is late
/// each time is late.
const TRIES: usize = 3;

/// What a call came to, and how long it took.
pub struct Outcome {
    pub words: String,
    took: Duration,
}

/// Meets a fault, again if the call was late; panics if it is always late. Gives what `meet` gives beside the outcome.
pub fn punctually<T>(what: &str, meet: impl Fn() -> (Outcome, T)) -> (String, T) {
    let mut late = Vec::new();
    for _ in 0..TRIES {
        let (outcome, rest) = meet();
        if outcome.took <= Duration::from_millis(TIMEOUT_MS.into()) + LATE {
            return (outcome.words, rest);
        }
        late.push(outcome.took);
    }
    panic!("{what}: with a timeout of {TIMEOUT_MS} ms it took {late:?}");
}

/// `sent`, or the status and the delivery.
pub fn of_send(client: &Client) -> Outcome {
    timed(|| match client.send_otp("ShoutDEMO", "94771234567", "Your code is {{code}}") {
        Ok(_) => "sent".to_owned(),
        Err(error) => of_error(&error),
    })
}

/// `verified`, `not verified`, or the status and the delivery.
pub fn of_verification(client: &Client) -> Outcome {
    timed(|| match client.verify_otp("ref-1", "01234") {
        Ok(result) if result.is_verified() && result.outcome() == VerifyOutcome::Verified => "verified".to_owned(),
        Ok(_) => "not verified".to_owned(),
        Err(error) => of_error(&error),
    })
}

fn timed(call: impl FnOnce() -> String) -> Outcome {
    let start = Instant::now();
    let words = call();
    Outcome { words, took: start.elapsed() }
}

fn of_error(error: &Error) -> String {
    let delivery = if error.delivery() == Delivery::NotSent { "NOT_SENT" } else { "UNKNOWN" };
    format!("{}, {delivery}", error.status().name().trim_start_matches("SHOUTOUT_"))
}
