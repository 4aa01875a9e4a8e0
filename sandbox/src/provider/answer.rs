//! The documented answer to a send.

use serde::Serialize;

use super::COST_PER_MESSAGE;
use crate::random;
use crate::store::Message;

/// On send, 1001 is success. (On verify it is failure: two tables, never one.)
const SUBMITTED: Status = Status { status: "1001", description: "submit success", cost: COST_PER_MESSAGE };

#[derive(Clone, Copy)]
struct Status {
    status: &'static str,
    description: &'static str,
    cost: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    reference_id: String,
    message_result: MessageResult,
}

#[derive(Serialize)]
struct MessageResult {
    status: &'static str,
    description: &'static str,
    cost: u32,
    responses: [DestinationResult; 1],
}

#[derive(Serialize)]
struct DestinationResult {
    destination: String,
    /// Of the SMS, not of the OTP: another id than `referenceId`, and no good for verify.
    reference_id: String,
    status: &'static str,
    cost: u32,
}

impl Answer {
    pub fn submitted(message: &Message) -> Self {
        Self::new(message.reference_id.clone(), message.destination.clone(), SUBMITTED)
    }

    /// Whether such an answer names a reference is unknown; with one, it shows whether a caller reads the status.
    pub fn not_submitted(destination: String, status: &'static str, description: &'static str) -> Self {
        Self::new(random::uuid(), destination, Status { status, description, cost: 0 })
    }

    fn new(reference_id: String, destination: String, Status { status, description, cost }: Status) -> Self {
        let response = DestinationResult { destination, reference_id: random::uuid(), status, cost };
        Self { reference_id, message_result: MessageResult { status, description, cost, responses: [response] } }
    }
}
