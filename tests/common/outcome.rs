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

/// What a call came to, how often it was tried, what the answer said beside its body, and how long it took.
pub struct Outcome {
    pub words: String,
    pub attempts: u32,
    pub http_status: u16,
    pub retry_after: Option<Duration>,
    pub took: Duration,
}

/// Meets a fault, again if the call was late; panics if it is always late. Gives what `meet` gives beside the outcome.
pub fn punctually<T>(what: &str, meet: impl Fn() -> (Outcome, T)) -> (Outcome, T) {
    punctually_within(TIMEOUT_MS, what, meet)
}

/// The same for calls with another timeout.
pub fn punctually_within<T>(timeout_ms: u32, what: &str, meet: impl Fn() -> (Outcome, T)) -> (Outcome, T) {
    within(Duration::from_millis(timeout_ms.into()) + LATE, what, meet)
}

/// The same where nothing is worth a wait: long before the timeout.
pub fn at_once<T>(what: &str, meet: impl Fn() -> (Outcome, T)) -> (Outcome, T) {
    within(Duration::from_millis(TIMEOUT_MS.into()) / 2, what, meet)
}

fn within<T>(limit: Duration, what: &str, meet: impl Fn() -> (Outcome, T)) -> (Outcome, T) {
    let mut late = Vec::new();
    for _ in 0..TRIES {
        let (outcome, rest) = meet();
        if outcome.took <= limit {
            return (outcome, rest);
        }
        late.push((outcome.took, outcome.words));
    }
    panic!("{what}: always later than {limit:?}: {late:?}");
}

/// `sent`, or the status and the delivery.
pub fn of_send(client: &Client) -> Outcome {
    of_send_with(client, "Your code is {{code}}")
}

pub fn of_send_with(client: &Client, content: &str) -> Outcome {
    timed(|| match client.send_otp("ShoutDEMO", NUMBER, content) {
        Ok(sent) => Outcome::good("sent", sent.http_status(), sent.attempts()),
        Err(error) => Outcome::of_error(&error, &[NUMBER]),
    })
}

/// `verified`, `not verified`, or the status and the delivery.
pub fn of_verification(client: &Client) -> Outcome {
    timed(|| match client.verify_otp("ref-1", CODE) {
        Ok(result) => {
            let is_verified = result.is_verified() && result.outcome() == VerifyOutcome::Verified;
            Outcome::good(if is_verified { "verified" } else { "not verified" }, result.http_status(), 1)
        }
        Err(error) => Outcome::of_error(&error, &[CODE]),
    })
}

fn timed(call: impl FnOnce() -> Outcome) -> Outcome {
    let start = Instant::now();
    let outcome = call();
    Outcome { took: start.elapsed(), ..outcome }
}

impl Outcome {
    fn good(words: &str, http_status: u16, attempts: u32) -> Outcome {
        Outcome { words: words.to_owned(), attempts, http_status, retry_after: None, took: Duration::ZERO }
    }

    /// Whatever went wrong, and whatever the other side said, no secret is in the error.
    fn of_error(error: &Error, secrets: &[&str]) -> Outcome {
        // A call that ends at a deadline of a second may take 1.001234 s: there stands a code, and no secret.
        let texts = format!("{error} {error:?}").replace(&format!("{:?}", error.elapsed()), "");
        for secret in secrets.iter().chain([&API_KEY]) {
            assert!(!texts.contains(secret), "{secret} is in an error: {texts}");
        }
        let delivery = if error.delivery() == Delivery::NotSent { "NOT_SENT" } else { "UNKNOWN" };
        Outcome {
            words: format!("{}, {delivery}", error.status().name().trim_start_matches("SHOUTOUT_")),
            attempts: error.attempts(),
            http_status: error.http_status(),
            retry_after: error.retry_after(),
            took: Duration::ZERO,
        }
    }
}
