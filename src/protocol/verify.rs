//! `POST /verify`: the request, and the table of verify codes, which shares no number's meaning with that of a send.
//! Sources: the provider's page (doc) for 1000; a public caller for 1001 (once); one caller only for 1002 and 1003.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::answer::{self, Text};
use super::http_status;
use super::verify_result::{VerifyOutcome, VerifyResult};
use crate::delivery::Delivery;
use crate::error::{Error, Report};
use crate::operation::Operation;
use crate::secret::Scrubber;
use crate::status::Status;
use crate::transport::Answer;

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
#[serde(default, rename_all = "camelCase")]
struct VerifyAnswer {
    reference_id: Text,
    /// The echo of the code: a secret, compared and dropped.
    code: Text,
    status_code: Text,
    description: Text,
    // An error answer: {"message"} (doc), or the sibling API's {"status","description"} (probable).
    message: Text,
    status: Text,
}

/// What was asked, to compare the answer with.
pub(crate) struct Question<'a> {
    pub(crate) reference_id: &'a str,
    pub(crate) code: &'a str,
}

/// What an answer to a verification means. The elapsed time is the caller's to add.
pub(crate) fn read_verify_answer(
    mut answer: Answer,
    question: &Question,
    scrubber: impl FnOnce() -> Scrubber,
) -> Result<VerifyResult, Error> {
    let body = std::mem::replace(&mut answer.body, Ok(Vec::new()));
    let parsed: Option<VerifyAnswer> = body.as_ref().ok().and_then(|body| answer::parse(body));
    let decided = match (&parsed, body) {
        (Some(parsed), _) => parsed.decide(question, answer.http_status),
        (None, body) => Err(match (http_status::verdict(answer.http_status), body) {
            (Some(verdict), _) => (verdict, http_status::explanation(answer.http_status).to_owned()),
            (None, Err(failure)) => ((failure.status(), Delivery::Unknown), failure.summary()),
            (None, Ok(_)) => unexpected("the answer is not the JSON object that the service documents"),
        }),
    };
    let parsed = parsed.unwrap_or_default();
    let mut scrubber = scrubber();
    // An echoed code is a secret even where it is not the one that was asked about.
    scrubber.hide_if_telling(parsed.code.as_deref().unwrap_or_default());
    let scrubber = &scrubber;
    match decided {
        Ok(outcome) => Ok(VerifyResult {
            outcome,
            // Not scrubbed: what the user typed, such as "1", must not change what the service decided.
            status: parsed.status_code.or_empty(),
            description: answer::foreign_text(parsed.service_message(), scrubber),
            reference_id: question.reference_id.to_owned(),
            http_status: answer.http_status,
            elapsed: Duration::ZERO,
        }),
        Err(((status, delivery), what)) => {
            let report = Report {
                service_status: answer::foreign_text(parsed.service_status(), scrubber),
                service_message: answer::foreign_text(parsed.service_message(), scrubber),
                ..answer::report(&answer)
            };
            Err(answer::error(Operation::Verify, status, delivery, &what, report))
        }
    }
}

/// A verdict and the words for it.
type Decision = ((Status, Delivery), String);

fn unexpected(what: &str) -> Decision {
    ((Status::UnexpectedResponse, Delivery::Unknown), what.to_owned())
}

impl VerifyAnswer {
    fn decide(&self, question: &Question, http_status: u16) -> Result<VerifyOutcome, Decision> {
        let verdict = http_status::verdict(http_status);
        match (self.status_code.non_empty(), verdict) {
            (Some(_), None | Some((Status::Rejected, _))) if self.holds_nul() => {
                Err(unexpected("the answer holds U+0000 in a field"))
            }
            // Wrong is wrong, whatever the status line says.
            (Some(WRONG_CODE), _) => Ok(VerifyOutcome::WrongCode),
            (Some(VERIFIED), None) => self.check_verified(question).map(|()| VerifyOutcome::Verified),
            (Some(VERIFIED), Some((Status::Rejected, _))) => {
                Err(unexpected("the body says verified, but the HTTP status does not"))
            }
            (Some(code), None | Some((Status::Rejected, _))) if !is_error(code) => Ok(outcome_of(code)),
            (_, Some(verdict)) => Err((verdict, http_status::explanation(http_status).to_owned())),
            (_, None) => Err(self.error_on_success_status()),
        }
    }

    /// A 1000 counts only with the reference id that was asked about, and no other code echoed.
    fn check_verified(&self, question: &Question) -> Result<(), Decision> {
        if self.reference_id.as_deref() != Some(question.reference_id) {
            return Err(unexpected("the answer says verified, but not of the referenceId that was asked about"));
        }
        if self.code.as_deref().is_some_and(|echo| echo != question.code) {
            return Err(unexpected("the answer says verified, but of another code than the one asked about"));
        }
        Ok(())
    }

    fn error_on_success_status(&self) -> Decision {
        match self.service_status() {
            INVALID_REQUEST => {
                ((Status::Rejected, Delivery::NotSent), "the service calls the request invalid".to_owned())
            }
            SERVICE_ERROR => ((Status::ServiceFailed, Delivery::Unknown), "the service failed inside".to_owned()),
            _ => unexpected("the answer names no statusCode"),
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

fn is_error(code: &str) -> bool {
    code == INVALID_REQUEST || code == SERVICE_ERROR
}
