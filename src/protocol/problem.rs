//! An answer that is no success, before it is put into words: the one shape for both operations.

use super::answer::Unread;
use super::http_status;
use crate::errors::{Delivery, Error, Phase, Report, Status};
use crate::operation::Operation;

pub(crate) struct Problem {
    pub(crate) status: Status,
    pub(crate) delivery: Delivery,
    what: String,
}

impl Problem {
    pub(crate) fn new(status: Status, delivery: Delivery, what: impl Into<String>) -> Problem {
        Problem { status, delivery, what: what.into() }
    }

    /// An answer that cannot be trusted.
    pub(crate) fn unexpected(what: &str) -> Problem {
        Problem::new(Status::UnexpectedResponse, Delivery::Unknown, what)
    }

    /// What the status line says by itself; `None` for 2xx.
    pub(crate) fn of_status_line(http_status: u16) -> Option<Problem> {
        let (status, delivery) = http_status::verdict(http_status)?;
        Some(Problem::new(status, delivery, http_status::explanation(http_status)))
    }

    /// A 2xx whose body cannot be used: lost on the way, or not what the service documents.
    pub(crate) fn of_body(body: &Result<String, Unread>) -> Problem {
        match body {
            Err(Unread { fault: Some(fault), .. }) => {
                Problem::new(fault.status(), Delivery::Unknown, fault.summary(Phase::Answer))
            }
            _ => Problem::unexpected("the answer is not the JSON object that the service documents"),
        }
    }

    /// A refusal that is in doubt, because its body could not be read and may contradict the status line.
    pub(crate) fn in_doubt(self) -> Problem {
        self.with_delivery(Delivery::Unknown)
    }

    pub(crate) fn with_delivery(self, delivery: Delivery) -> Problem {
        Problem { delivery, ..self }
    }

    /// In words: what happened, what the service said, where the user stands.
    pub(crate) fn into_error(self, operation: Operation, report: Report) -> Error {
        let mut message = format!("{} (HTTP {}", self.what, report.http_status);
        if !report.service_status.is_empty() {
            message.push_str(", status ");
            message.push_str(&report.service_status);
        }
        if !report.service_message.is_empty() {
            message.push_str(": ");
            message.push_str(&report.service_message);
        }
        message.push_str("). ");
        if let Some(wait) = report.retry_after {
            message.push_str(&format!("It asks to wait {} s. ", wait.as_secs()));
        }
        message.push_str(operation.outlook(self.delivery));
        Error::new(self.status, self.delivery, message).with_report(report)
    }
}
