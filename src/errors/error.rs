//! The error: what happened, whether an SMS may be on its way, and what the service said.
//! All modules build it; it depends on none of them.

use std::fmt;
use std::time::Duration;

use super::{Delivery, Status};

/// Why a call failed, as an immutable value that any thread may read.
///
/// Its texts hold no API key, no code and no full phone number.
#[derive(Clone, Debug)]
pub struct Error(Box<Contents>);

/// Boxed, so that every `Result` on the way stays small.
#[derive(Clone, Debug)]
struct Contents {
    status: Status,
    delivery: Delivery,
    message: String,
    report: Report,
}

/// What a call found out about the service before it failed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    pub(crate) http_status: u16,
    pub(crate) service_status: String,
    pub(crate) service_message: String,
    pub(crate) reference_id: String,
    pub(crate) request_id: String,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
}

impl Error {
    /// An input that was refused: nothing left the machine.
    pub(crate) fn refused(status: Status, message: impl Into<String>) -> Error {
        Error::new(status, Delivery::NotSent, message)
    }

    pub(crate) fn new(status: Status, delivery: Delivery, message: impl Into<String>) -> Error {
        Error(Box::new(Contents { status, delivery, message: message.into(), report: Report::default() }))
    }

    pub(crate) fn with_report(mut self, report: Report) -> Error {
        self.0.report = report;
        self
    }

    /// Notes how often the request was tried and how long the whole call took.
    pub(crate) fn after(mut self, attempts: u32, elapsed: Duration) -> Error {
        self.0.report.attempts = attempts;
        self.0.report.elapsed = elapsed;
        self
    }

    /// The kind of failure.
    pub fn status(&self) -> Status {
        self.0.status
    }

    /// Whether an SMS may be on its way.
    pub fn delivery(&self) -> Delivery {
        self.0.delivery
    }

    /// One or two sentences for a person: what happened, to which argument or in which phase, and what to do.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The HTTP status of the answer; 0 when there was none.
    pub fn http_status(&self) -> u16 {
        self.0.report.http_status
    }

    /// The service's own code, such as `1007`; empty when it gave none.
    pub fn service_status(&self) -> &str {
        &self.0.report.service_status
    }

    /// The service's own words, scrubbed of the key, the code and the full number; empty when it gave none.
    pub fn service_message(&self) -> &str {
        &self.0.report.service_message
    }

    /// The reference id of an answer that was not a success; empty if there was none. With it,
    /// a code that arrives after all can be verified.
    pub fn reference_id(&self) -> &str {
        &self.0.report.reference_id
    }

    /// The request's id in the service's own logs, for a support ticket: `x-amzn-requestid`, `apigw-requestid` or `x-request-id`;
    /// empty if the answer named none.
    pub fn request_id(&self) -> &str {
        &self.0.report.request_id
    }

    /// How long the service asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.report.retry_after
    }

    /// How many times the request was tried; 0 when the input was refused.
    pub fn attempts(&self) -> u32 {
        self.0.report.attempts
    }

    /// How long the call took.
    pub fn elapsed(&self) -> Duration {
        self.0.report.elapsed
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.status.name(), self.0.message)
    }
}

impl std::error::Error for Error {}
