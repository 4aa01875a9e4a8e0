//! A message as the control API shows it. Times are Unix milliseconds.

use std::time::Duration;

use serde::Serialize;

use crate::challenge::{Attempt, State, Verdict};
use crate::provider::COST_PER_MESSAGE;
use crate::sms::Encoding;
use crate::store::Message;

#[derive(Serialize)]
pub struct MessageView {
    seq: u64,
    reference_id: String,
    source: String,
    destination: String,
    text: String,
    code: String,
    cost: u32,
    encoding: Encoding,
    segments: usize,
    received_at: u64,
    expires_at: u64,
    state: State,
    verified: bool,
    attempts: u32,
    verifications: Vec<Verification>,
}

#[derive(Serialize)]
struct Verification {
    at: u64,
    outcome: Verdict,
}

impl From<&Attempt> for Verification {
    fn from(attempt: &Attempt) -> Self {
        Self { at: millis(attempt.at), outcome: attempt.verdict }
    }
}

impl MessageView {
    pub fn new(message: &Message, now: Duration) -> Self {
        let message = message.clone();
        let state = message.challenge.state(now);
        Self {
            seq: message.seq,
            reference_id: message.reference_id,
            source: message.source,
            destination: message.destination,
            text: message.text,
            cost: COST_PER_MESSAGE,
            encoding: message.segmentation.encoding,
            segments: message.segmentation.segments,
            received_at: millis(message.received_at),
            expires_at: millis(message.challenge.expires_at),
            state,
            verified: state == State::Verified,
            attempts: message.challenge.attempts,
            verifications: message.challenge.history.iter().map(Verification::from).collect(),
            code: message.challenge.code,
        }
    }

    pub fn seq(&self) -> u64 {
        self.seq
    }
}

pub fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
