//! `POST /verify`: the request, and the table of verify codes, which shares no number's meaning with that of a send.
//! Sources: the provider's page (doc) for 1000; a public caller for 1001 (once); one caller only for 1002 and 1003.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::answer::{self, Text};
use super::problem::Problem;
use super::verify_result::{VerifyOutcome, VerifyResult};
use crate::errors::Delivery;
use crate::errors::Status;
use crate::errors::{Error, Report};
use crate::http1::Answer;
use crate::input::code;
use crate::net::World;
use crate::operation::Operation;
use crate::planted_faults::{PlantedFault, is_planted};
use crate::scrubber::Scrubber;

/// The body of a verification: compact JSON; the code is a string, for its leading zeros matter.
pub(crate) fn verify_body(reference_id: &str, code: &str) -> Vec<u8> {
    #[derive(Serialize)]
    struct Body<'a> {
        code: &'a str,
        #[serde(rename = "referenceId")]
        reference_id: &'a str,
    }
    serde_json::to_vec(&Body { code, reference_id }).expect("strings are always JSON")
}

/// "verified" (doc).
const VERIFIED: &str = "1000";
/// "wrong code", whatever HTTP status it rides on (200: once; a 4xx: once).
const WRONG_CODE: &str = "1001";
/// Invalid request, and internal error (sibling API): no word on the code, so errors.
const INVALID_REQUEST: &str = "1005";
const SERVICE_ERROR: &str = "1010";

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct VerifyAnswer<'a> {
    reference_id: Text<'a>,
    /// The echo of the code: a secret, compared and dropped.
    code: Text<'a>,
    status_code: Text<'a>,
    description: Text<'a>,
    // An error answer: {"message"} (doc), or the sibling API's {"status","description"} (probable).
    message: Text<'a>,
    status: Text<'a>,
}

/// What was asked, to compare the answer with.
pub(crate) struct Question<'a> {
    pub(crate) reference_id: &'a str,
    pub(crate) code: &'a str,
}

/// What an answer to a verification means. The elapsed time is the caller's to add.
pub(crate) fn read_verify_answer<'a>(
    mut answer: Answer,
    question: &Question,
    world: &dyn World,
    scrubber: impl FnOnce() -> Scrubber<'a>,
) -> Result<VerifyResult, Error> {
    let body = answer::take_text(&mut answer);
    let parsed: Option<VerifyAnswer> = body.as_ref().ok().and_then(|body| answer::parse(body));
    let decided = match &parsed {
        Some(parsed) => parsed.decide(question, answer.http_status),
        None => Err(match Problem::of_status_line(answer.http_status) {
            Some(problem) if answer::may_be_the_services_word(&body, WRONG_CODE, answer.is_early) => problem.in_doubt(),
            Some(problem) => problem,
            None => Problem::of_body(&body),
        }),
    };
    let said = parsed.unwrap_or_default();
    // An echoed code is a secret even where it is not the one that was asked about; what is longer is no code.
    let mut scrubber = scrubber();
    let echoed = said.code.as_deref().filter(|code| code.len() <= code::MAX_BYTES);
    let echoed = answer::printable(echoed.unwrap_or_default());
    scrubber.hide(&echoed);
    let status = answer::service_code(said.service_status(), &&scrubber);
    let description = answer::foreign_text(said.service_message(), &&scrubber);
    match decided {
        Ok(outcome) => Ok(VerifyResult {
            outcome,
            status,
            description,
            reference_id: question.reference_id.to_owned(),
            request_id: answer::request_id(&answer, &&scrubber),
            http_status: answer.http_status,
            elapsed: Duration::ZERO,
        }),
        Err(problem) => {
            let report = Report {
                service_status: status,
                service_message: description,
                ..answer::report(&answer, world, &&scrubber)
            };
            Err(problem.into_error(Operation::Verify, report))
        }
    }
}

impl VerifyAnswer<'_> {
    fn decide(&self, question: &Question, http_status: u16) -> Result<VerifyOutcome, Problem> {
        let by_status_line = Problem::of_status_line(http_status);
        // A plain 4xx may carry the service's word on the code; 401, 403, 429 and 5xx never do.
        let body_may_decide = by_status_line.as_ref().is_none_or(|problem| problem.status == Status::Rejected);
        match (self.status_code.non_empty(), by_status_line) {
            (Some(_), _) if body_may_decide && self.holds_nul() => {
                Err(Problem::unexpected("the answer holds U+0000 in a field"))
            }
            // Wrong is wrong, whatever the status line says.
            (Some(WRONG_CODE), _) => Ok(VerifyOutcome::WrongCode),
            (Some(VERIFIED), None) => self.check_verified(question).map(|()| VerifyOutcome::Verified),
            (Some(VERIFIED), _) if body_may_decide => {
                Err(Problem::unexpected("the body says verified, but the HTTP status does not"))
            }
            (Some(code), _) if body_may_decide && !is_error(code) => Ok(outcome_of(code)),
            (Some(SERVICE_ERROR), _) if body_may_decide => Err(service_error()),
            (_, Some(problem)) => Err(problem),
            (_, None) => Err(self.error_on_success_status()),
        }
    }

    /// A 1000 counts only with the reference id that was asked about, and no other code echoed.
    fn check_verified(&self, question: &Question) -> Result<(), Problem> {
        if is_planted(PlantedFault::VerifiedWithoutCheck) {
            return Ok(());
        }
        if self.reference_id.as_deref() != Some(question.reference_id) {
            return Err(Problem::unexpected(
                "the answer says verified, but not of the referenceId that was asked about",
            ));
        }
        if self.code.as_deref().is_some_and(|echo| echo != question.code) {
            return Err(Problem::unexpected("the answer says verified, but of another code than the one asked about"));
        }
        Ok(())
    }

    fn error_on_success_status(&self) -> Problem {
        match self.service_status() {
            INVALID_REQUEST => {
                Problem::new(Status::Rejected, Delivery::NotSent, "the service calls the request invalid")
            }
            SERVICE_ERROR => service_error(),
            _ => Problem::unexpected("the answer names no statusCode"),
        }
    }

    fn holds_nul(&self) -> bool {
        let fields =
            [&self.reference_id, &self.code, &self.status_code, &self.description, &self.message, &self.status];
        fields.iter().any(|text| text.has_nul())
    }

    fn service_status(&self) -> &str {
        self.status_code.non_empty().or(self.status.as_deref()).unwrap_or_default()
    }

    fn service_message(&self) -> &str {
        self.message.as_deref().or(self.description.as_deref()).unwrap_or_default()
    }
}

/// The outcome of a code that is neither "verified" nor an error.
fn outcome_of(code: &str) -> VerifyOutcome {
    match code {
        WRONG_CODE => VerifyOutcome::WrongCode,
        "1002" | "1003" => VerifyOutcome::Expired,
        _ => VerifyOutcome::Refused,
    }
}

/// No proof that the attempt was not counted.
fn service_error() -> Problem {
    Problem::new(Status::ServiceFailed, Delivery::Unknown, "the service failed inside")
}

fn is_error(code: &str) -> bool {
    code == INVALID_REQUEST || code == SERVICE_ERROR
}
