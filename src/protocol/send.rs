//! `POST /send`: the request of the provider's page, and the table of send statuses.
//! Sources: the provider's page (doc) for the request, the success and `{"message"}`; the sibling message API for
//! the other statuses (probable).

use std::cell::LazyCell;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::answer::{self, FirstOf, LateScrubber, Object, Text, Unread};
use super::http_status;
use super::problem::Problem;
use super::send_result::{SendResponse, SendResult};
use crate::errors::Delivery;
use crate::errors::Status;
use crate::errors::{Error, Report};
use crate::http1::Answer;
use crate::input::reference_id;
use crate::net::World;
use crate::operation::Operation;
use crate::planted_faults::{PlantedFault, is_planted};
use crate::scrubber::Scrubber;

/// "submit success" (doc).
pub(super) const SUBMITTED: &str = "1001";
/// Invalid request, invalid source, no route, blocked (sibling API): refused before anything was sent. 1000, 1026
/// and 1029 mean "under way" and others are unknown, so none of those is here.
const REFUSED: [&str; 4] = ["1005", "1007", "1012", "1015"];

/// The body of a send: compact JSON, non-ASCII as UTF-8.
pub(crate) fn send_body(source: &str, digits: &str, content: &str) -> Vec<u8> {
    #[derive(Serialize)]
    struct Body<'a> {
        source: &'a str,
        transport: &'a str,
        content: Content<'a>,
        destination: &'a str,
    }
    #[derive(Serialize)]
    struct Content<'a> {
        sms: &'a str,
    }
    let body = Body { source, transport: "sms", content: Content { sms: content }, destination: digits };
    serde_json::to_vec(&body).expect("strings are always JSON")
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct SendAnswer<'a> {
    reference_id: Text<'a>,
    message_result: Object<MessageResult<'a>>,
    // An error answer: {"message"} (doc), or the sibling API's {"status","description"} (probable).
    message: Text<'a>,
    status: Text<'a>,
    description: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct MessageResult<'a> {
    status: Text<'a>,
    description: Text<'a>,
    cost: Text<'a>,
    #[serde(deserialize_with = "answer::lenient")]
    responses: FirstOf<ResponseEntry<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct ResponseEntry<'a> {
    destination: Text<'a>,
    reference_id: Text<'a>,
    status: Text<'a>,
    cost: Text<'a>,
}

/// What an answer to a send means. Attempts and elapsed time are the caller's to add.
pub(crate) fn read_send_answer<'a>(
    mut answer: Answer,
    world: &dyn World,
    scrubber: impl FnOnce() -> Scrubber<'a>,
) -> Result<SendResult, Error> {
    let body = answer::take_text(&mut answer);
    let parsed: Option<SendAnswer> = body.as_ref().ok().and_then(|body| answer::parse(body));
    let scrubber = LazyCell::new(scrubber);
    let (problem, said) = match (Problem::of_status_line(answer.http_status), parsed) {
        (Some(problem), Some(said)) => (said.correct(problem, answer.http_status), said),
        (Some(problem), None) if answer::may_be_the_services_word(&body, SUBMITTED, answer.is_early) => {
            (problem.in_doubt(), SendAnswer::of_another_shape(&body))
        }
        (Some(problem), None) => (problem, SendAnswer::of_another_shape(&body)),
        (None, Some(said)) => match said.accept() {
            Ok(()) => {
                let result = said.into_result(answer.http_status, &scrubber);
                let request_id = answer::request_id(&answer, &scrubber);
                return Ok(SendResult { json: body.unwrap_or_default(), request_id, ..result });
            }
            Err(problem) => (problem, said),
        },
        (None, None) => (Problem::of_body(&body), SendAnswer::of_another_shape(&body)),
    };
    let report = Report {
        service_status: answer::service_code(said.send_status().unwrap_or_default(), &scrubber),
        service_message: answer::foreign_text(said.service_message(), &scrubber),
        reference_id: answer::trusted_reference_id(said.reference_id.as_deref(), &scrubber),
        ..answer::report(&answer, world, &scrubber)
    };
    Err(problem.into_error(Operation::Send, report))
}

impl<'a> SendAnswer<'a> {
    /// An answer that is not what was expected may still name what a code that arrives can be verified with.
    fn of_another_shape(body: &'a Result<String, Unread>) -> SendAnswer<'a> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
        struct Reference<'a> {
            reference_id: Text<'a>,
        }
        let named = body.as_ref().ok().and_then(|body| answer::parse::<Reference>(body));
        SendAnswer { reference_id: named.map(|named| named.reference_id).unwrap_or_default(), ..SendAnswer::default() }
    }

    /// Whether a 2xx means that the SMS is on its way: a reference id, and 1001 as the only status.
    fn accept(&self) -> Result<(), Problem> {
        if self.holds_nul() {
            return Err(Problem::unexpected("the answer holds U+0000 in a field"));
        }
        match self.send_status() {
            _ if is_planted(PlantedFault::SuccessFromStatusLine) => Ok(()),
            None => Err(Problem::unexpected("the answer names no send status")),
            Some(SUBMITTED) if !self.names_reference_id() => {
                Err(Problem::unexpected("the answer names no usable referenceId"))
            }
            Some(SUBMITTED) => Ok(()),
            Some(refused) => {
                let delivery = self.delivery_of(refused);
                Err(Problem::new(Status::Rejected, delivery, "the service did not accept the send"))
            }
        }
    }

    /// The status line decides, except for a 4xx whose body clearly says what happened to the send.
    fn correct(&self, problem: Problem, http_status: u16) -> Problem {
        let delivery = if !http_status::is_client_error(http_status) {
            problem.delivery
        } else if self.claims_submission() && self.names_reference_id() {
            Delivery::Unknown
        } else if self.send_status().is_some_and(|status| self.delivery_of(status) == Delivery::NotSent) {
            Delivery::NotSent
        } else {
            problem.delivery
        };
        problem.with_delivery(delivery)
    }

    /// The answer's own text is the caller's to add.
    fn into_result(self, http_status: u16, scrubber: LateScrubber) -> SendResult {
        let Object(details) = self.message_result;
        SendResult {
            reference_id: self.reference_id.or_empty(),
            description: answer::foreign_text(details.description.as_deref().unwrap_or_default(), scrubber),
            cost: details.cost.as_amount(),
            responses: details.responses.0.into_iter().map(|entry| response(entry, scrubber)).collect(),
            http_status,
            request_id: String::new(),
            json: String::new(),
            attempts: 0,
            elapsed: Duration::ZERO,
        }
    }

    /// The status that decides: any that is not "submitted" beats one that is.
    fn send_status(&self) -> Option<&str> {
        match (self.nested_status(), self.status.non_empty()) {
            (Some(SUBMITTED), Some(other)) => Some(other),
            (Some(nested), _) => Some(nested),
            // At the top level 1001 alone is no send result.
            (None, top) => top.filter(|status| *status != SUBMITTED),
        }
    }

    fn nested_status(&self) -> Option<&str> {
        self.message_result.0.status.non_empty()
    }

    /// "Refused" counts only where nothing in the same answer says "submitted".
    fn delivery_of(&self, status: &str) -> Delivery {
        if REFUSED.contains(&status) && !self.claims_submission() { Delivery::NotSent } else { Delivery::Unknown }
    }

    fn claims_submission(&self) -> bool {
        let of_responses = self.message_result.0.responses.0.iter().map(|response| &response.status);
        of_responses.chain([&self.message_result.0.status, &self.status]).any(|s| s.as_deref() == Some(SUBMITTED))
    }

    fn names_reference_id(&self) -> bool {
        self.reference_id.as_deref().is_some_and(reference_id::is_valid)
    }

    fn service_message(&self) -> &str {
        let nested = &self.message_result.0.description;
        [&self.message, nested, &self.description].into_iter().find_map(Text::as_deref).unwrap_or_default()
    }

    fn holds_nul(&self) -> bool {
        self.message_result.0.holds_nul()
            || [&self.reference_id, &self.status, &self.description, &self.message].iter().any(|t| t.has_nul())
    }
}

impl MessageResult<'_> {
    fn holds_nul(&self) -> bool {
        self.responses.0.iter().any(ResponseEntry::holds_nul) || self.status.has_nul() || self.description.has_nul()
    }
}

impl ResponseEntry<'_> {
    fn holds_nul(&self) -> bool {
        self.destination.has_nul() || self.reference_id.has_nul() || self.status.has_nul()
    }
}

fn response(entry: ResponseEntry<'_>, scrubber: LateScrubber) -> SendResponse {
    SendResponse {
        destination: entry.destination.or_empty(),
        reference_id: entry.reference_id.or_empty(),
        status: answer::service_code(entry.status.as_deref().unwrap_or_default(), scrubber),
        cost: entry.cost.as_amount(),
    }
}
