//! The golden table against the Rust API: `tests/golden/README.md` says what the table is.
//!
//! A test runs its whole file and then shows every row that differs: one fault often reddens several rows, and which
//! ones is the best hint at what it is.

use std::fmt::Debug;
use std::path::Path;

use shoutout_otp::{Client, Delivery, Error, Options, SendResponse, SendResult, VerifyOutcome, VerifyResult};
use stub_service::GoldenService;
use stub_service::table::{
    self, Call, ExpectedError, ExpectedResponse, ExpectedSend, ExpectedVerify, Setting, Table, spellings_of_number,
};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");

#[test]
fn refusals() {
    run(|table, url, report| {
        for row in &table.refusals {
            let number = spellings_of_number(&row.destination);
            let mut row_report =
                report.row(&row.name).keeping_secret([&*row.api_key, &row.code, &number[0], &number[1]]);
            let client = || client(&row.api_key, &format!("{url}/{}", row.name), &[]);
            let error = match row.call {
                Call::Client => client().map(drop),
                Call::Send => client().and_then(|c| c.send_otp(&row.source, &row.destination, &row.content).map(drop)),
                Call::Verify => client().and_then(|c| c.verify_otp(&row.reference_id, &row.code).map(drop)),
            };
            match error {
                Ok(()) => row_report.say("was not refused"),
                Err(error) => {
                    row_report.same("status", error.status().name(), row.status.as_str());
                    row_report.same("delivery", error.delivery(), Delivery::NotSent);
                    row_report.same("http_status", error.http_status(), 0);
                    row_report.same("attempts", error.attempts(), 0);
                    row_report.texts(&error, &row.message_has, &row.message_lacks);
                }
            }
        }
    });
}

#[test]
fn options() {
    run(|table, _, report| {
        for row in &table.options {
            let mut row_report = report.row(&row.name).keeping_secret(row.set.iter().flat_map(Setting::secrets));
            let mut options = Options::new();
            apply(&mut options, &row.set, "");
            match Client::new("golden.test.key", &options) {
                Ok(_) => row_report.same("status", "SHOUTOUT_OK", row.status.as_str()),
                Err(error) => {
                    row_report.same("status", error.status().name(), row.status.as_str());
                    row_report.texts(&error, &row.message_has, &row.message_lacks);
                }
            }
        }
    });
}

#[test]
fn sends() {
    run(|table, url, report| {
        for row in &table.sends {
            let exchange = &row.exchange;
            let sent = client(&exchange.api_key, &format!("{url}/{}", row.name), &exchange.options)
                .and_then(|client| client.send_otp(&row.source, &row.destination, &row.content));
            let number = spellings_of_number(&row.destination);
            let row_report = report.row(&row.name).keeping_secret(exchange.secrets());
            row_report.keeping_secret([&*number[0], &number[1]]).outcome(
                sent,
                row.result.as_ref(),
                exchange.error.as_ref(),
                Report::send,
            );
        }
    });
}

#[test]
fn verifications() {
    run(|table, url, report| {
        for row in &table.verifies {
            let exchange = &row.exchange;
            let answered = client(&exchange.api_key, &format!("{url}/{}", row.name), &exchange.options)
                .and_then(|client| client.verify_otp(&row.reference_id, &row.code));
            let row_report = report.row(&row.name).keeping_secret(exchange.secrets()).keeping_secret([&*row.code]);
            row_report.outcome(answered, row.result.as_ref(), exchange.error.as_ref(), Report::verify);
        }
    });
}

/// Plays the table to `rows`, and fails if a row differed or a request came that should not have.
fn run(rows: impl FnOnce(&Table, &str, &mut Findings)) {
    let folder = Path::new(FOLDER);
    let table = Table::read(folder).unwrap();
    let service = GoldenService::start(folder).unwrap();
    let mut findings = Findings::default();
    rows(&table, &service.url(), &mut findings);
    assert_ne!(findings.rows, 0, "the table is empty");
    assert!(
        findings.differences.is_empty(),
        "{} differences in {} rows:\n{}",
        findings.differences.len(),
        findings.rows,
        findings.differences.join("\n")
    );
    assert_eq!(service.unexpected(), [], "requests that should not have been made");
}

fn client(api_key: &str, base_url: &str, settings: &[Setting]) -> Result<Client, Error> {
    let mut options = Options::new();
    options.set_base_url(base_url)?;
    apply(&mut options, settings, base_url);
    Client::new(api_key, &options)
}

/// Sets without looking: what a setter refuses must still stop the creation of the client.
fn apply(options: &mut Options, settings: &[Setting], base_url: &str) {
    let service = base_url.split('/').nth(2).unwrap_or_default();
    let placed = |url: &str| url.replace("GOLDEN", service);
    for setting in settings {
        let _ = match setting {
            Setting::BaseUrl(url) => options.set_base_url(&placed(url)),
            Setting::AuthScheme(scheme) => options.set_auth_scheme(scheme),
            Setting::AddHeader(name, value) => options.add_header(name, value),
            Setting::TimeoutMs(milliseconds) => options.set_timeout_ms(*milliseconds),
            Setting::ConnectTimeoutMs(milliseconds) => options.set_connect_timeout_ms(*milliseconds),
            Setting::MaxRetries(retries) => options.set_max_retries(*retries),
            Setting::CaFile(path) => options.set_ca_file(path),
            Setting::Proxy(url) => options.set_proxy(url.as_deref().map(placed).as_deref()),
            Setting::AllowPlainHttp(allow) => {
                options.set_allow_plain_http(*allow);
                Ok(())
            }
            Setting::UserAgentSuffix(suffix) => options.set_user_agent_suffix(suffix),
        };
    }
}

/// What differed, over all rows.
#[derive(Default)]
struct Findings {
    rows: usize,
    differences: Vec<String>,
}

impl Findings {
    fn row<'a>(&'a mut self, name: &'a str) -> Report<'a> {
        self.rows += 1;
        Report { name, secrets: Vec::new(), differences: &mut self.differences }
    }
}

/// Compares one row with what it gave.
struct Report<'a> {
    name: &'a str,
    secrets: Vec<String>,
    differences: &'a mut Vec<String>,
}

impl Report<'_> {
    fn keeping_secret<'s>(mut self, secrets: impl IntoIterator<Item = &'s str>) -> Self {
        self.secrets.extend(table::telling(secrets).into_iter().map(str::to_owned));
        self
    }

    /// No row needs to say that a secret may stand nowhere.
    fn tells_no_secret(&mut self, shown: &str) {
        for secret in std::mem::take(&mut self.secrets).iter().filter(|secret| shown.contains(secret.as_str())) {
            self.say(&format!("the secret {secret:?} is shown: {shown}"));
        }
    }

    fn say(&mut self, what: &str) {
        self.differences.push(format!("{}: {what}", self.name));
    }

    fn same<T: PartialEq + Debug>(&mut self, what: &str, got: T, wanted: T) {
        if got != wanted {
            self.say(&format!("{what} is {got:?}, wanted {wanted:?}"));
        }
    }

    /// Compares if the row names the field.
    fn maybe<T: PartialEq + Debug>(&mut self, what: &str, got: T, wanted: Option<T>) {
        if let Some(wanted) = wanted {
            self.same(what, got, wanted);
        }
    }

    fn outcome<T: Debug, E>(
        mut self,
        got: Result<T, Error>,
        result: Option<&E>,
        error: Option<&ExpectedError>,
        compare: fn(&mut Self, &T, &E),
    ) {
        match (got, result, error) {
            (Ok(got), Some(wanted), _) => compare(&mut self, &got, wanted),
            (Err(got), _, Some(wanted)) => self.error(&got, wanted),
            (Ok(got), ..) => self.say(&format!("gave a result: {got:?}")),
            (Err(got), ..) => self.say(&format!("gave an error: {got}; the service said {:?}", got.service_message())),
        }
    }

    fn send(&mut self, got: &SendResult, wanted: &ExpectedSend) {
        self.maybe("reference_id", got.reference_id(), wanted.reference_id.as_deref());
        self.maybe("request_id", got.request_id(), wanted.request_id.as_deref());
        self.maybe("status", got.status(), wanted.status.as_deref());
        self.maybe("description", got.description(), wanted.description.as_deref());
        self.maybe("cost", got.cost().unwrap_or(-1.0), wanted.cost);
        self.maybe("http_status", i32::from(got.http_status()), wanted.http_status);
        self.same("attempts", got.attempts(), 1);
        self.tells_no_secret(&format!("{got:?}").replace(got.reference_id(), "…"));
        if let Some(wanted) = &wanted.responses {
            self.same("the number of responses", got.responses().len(), wanted.len());
            for (got, wanted) in got.responses().iter().zip(wanted) {
                self.response(got, wanted);
            }
        }
    }

    fn response(&mut self, got: &SendResponse, wanted: &ExpectedResponse) {
        self.maybe("a response's destination", got.destination(), wanted.destination.as_deref());
        self.maybe("a response's reference_id", got.reference_id(), wanted.reference_id.as_deref());
        self.maybe("a response's status", got.status(), wanted.status.as_deref());
        self.maybe("a response's cost", got.cost().unwrap_or(-1.0), wanted.cost);
    }

    fn verify(&mut self, got: &VerifyResult, wanted: &ExpectedVerify) {
        let outcome = match got.outcome() {
            VerifyOutcome::Verified => "VERIFIED",
            VerifyOutcome::WrongCode => "WRONG_CODE",
            VerifyOutcome::Expired => "EXPIRED",
            VerifyOutcome::Refused => "REFUSED",
        };
        self.maybe("verified", got.is_verified(), wanted.verified);
        self.maybe("outcome", outcome, wanted.outcome.as_deref());
        self.maybe("status", got.status(), wanted.status.as_deref());
        self.maybe("description", got.description(), wanted.description.as_deref());
        self.maybe("reference_id", got.reference_id(), wanted.reference_id.as_deref());
        self.maybe("request_id", got.request_id(), wanted.request_id.as_deref());
        self.maybe("http_status", i32::from(got.http_status()), wanted.http_status);
        self.tells_no_secret(&format!("{got:?}").replace(got.reference_id(), "…"));
    }

    fn error(&mut self, got: &Error, wanted: &ExpectedError) {
        let delivery = match got.delivery() {
            Delivery::NotSent => "NOT_SENT",
            Delivery::Unknown => "UNKNOWN",
        };
        let retry_after_ms = got.retry_after().map_or(-1, |pause| pause.as_millis() as i64);
        self.maybe("status", got.status().name(), wanted.status.as_deref());
        self.maybe("delivery", delivery, wanted.delivery.as_deref());
        self.maybe("http_status", i32::from(got.http_status()), wanted.http_status);
        self.maybe("service_status", got.service_status(), wanted.service_status.as_deref());
        self.maybe("service_message", got.service_message(), wanted.service_message.as_deref());
        self.maybe("retry_after_ms", retry_after_ms, wanted.retry_after_ms);
        self.maybe("reference_id", got.reference_id(), wanted.reference_id.as_deref());
        self.maybe("request_id", got.request_id(), wanted.request_id.as_deref());
        self.same("attempts", got.attempts(), 1);
        self.texts(got, &wanted.message_has, &wanted.message_lacks);
    }

    /// What a message must lack, no other text of the error may hold either: `Debug` shows them all.
    fn texts(&mut self, error: &Error, has: &[String], lacks: &[String]) {
        let shown = format!("{error:?} {error}");
        for text in has.iter().filter(|text| !error.message().contains(text.as_str())) {
            self.say(&format!("the message lacks {text:?}: {}", error.message()));
        }
        for text in lacks.iter().filter(|text| shown.contains(text.as_str())) {
            self.say(&format!("the error shows {text:?}: {shown}"));
        }
        self.tells_no_secret(&shown);
    }
}
