//! What a caller gets for an accepted send.

use std::fmt;
use std::time::Duration;

use super::send::SUBMITTED;
use crate::secret::masked_number;

/// An accepted send: the SMS is on its way. Immutable, readable from any thread.
#[derive(Clone)]
pub struct SendResult {
    pub(crate) reference_id: String,
    pub(crate) description: String,
    pub(crate) cost: Option<f64>,
    pub(crate) responses: Vec<SendResponse>,
    pub(crate) request_id: String,
    pub(crate) http_status: u16,
    pub(crate) json: String,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
}

impl SendResult {
    /// What to verify the code with later. Opaque, at most 256 bytes, not secret.
    pub fn reference_id(&self) -> &str {
        &self.reference_id
    }

    /// `messageResult.status`: always `1001`, "submit success", for a send that succeeded (doc).
    pub fn status(&self) -> &str {
        SUBMITTED
    }

    /// `messageResult.description`, or empty.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// `messageResult.cost` in the provider's credits. Whether it counts SMS segments is unknown.
    pub fn cost(&self) -> Option<f64> {
        self.cost
    }

    /// `messageResult.responses`: one entry per destination; of a longer list the first 64.
    pub fn responses(&self) -> &[SendResponse] {
        &self.responses
    }

    /// The request's id in the service's own logs, for a support ticket: `x-amzn-requestid`, `apigw-requestid` or `x-request-id`;
    /// empty if the answer named none.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The HTTP status of the answer: 200, or 201.
    pub fn http_status(&self) -> u16 {
        self.http_status
    }

    /// The whole answer as received, scrubbed of nothing: it holds the full number, and whatever else the service
    /// repeated. Do not log it.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// How many times the request was tried; those before the last surely did not arrive.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// How long the call took.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}

/// One entry of `messageResult.responses`.
#[derive(Clone)]
pub struct SendResponse {
    pub(crate) destination: String,
    pub(crate) reference_id: String,
    pub(crate) status: String,
    pub(crate) cost: Option<f64>,
}

impl SendResponse {
    /// The number, in full: do not log it.
    pub fn destination(&self) -> &str {
        &self.destination
    }

    /// The message's own id. Not the one to verify with: that is [`SendResult::reference_id`].
    pub fn reference_id(&self) -> &str {
        &self.reference_id
    }

    /// The status for this destination, such as `1001`.
    pub fn status(&self) -> &str {
        &self.status
    }

    /// The cost for this destination in credits.
    pub fn cost(&self) -> Option<f64> {
        self.cost
    }
}

impl fmt::Debug for SendResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendResult")
            .field("reference_id", &self.reference_id)
            .field("description", &self.description)
            .field("cost", &self.cost)
            .field("responses", &self.responses)
            .field("http_status", &self.http_status)
            .field("attempts", &self.attempts)
            .field("elapsed", &self.elapsed)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SendResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendResponse")
            .field("destination", &masked_text(&self.destination))
            .field("reference_id", &self.reference_id)
            .field("status", &self.status)
            .field("cost", &self.cost)
            .finish()
    }
}

/// The number of an answer, masked; hidden altogether where it is no plain number.
fn masked_text(destination: &str) -> String {
    let digits = destination.strip_prefix('+').unwrap_or(destination);
    if digits.bytes().all(|b| b.is_ascii_digit()) { masked_number(digits) } else { "[redacted]".to_owned() }
}
