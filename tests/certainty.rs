//! Every cut that a network or a service can make, and what the library says of it. The table in `docs/certainty.md`
//! is what this test holds: it fails when the two differ, and writes the page when SHOUTOUT_RENEW_DOCS is set.

mod common;

use std::path::Path;
use std::time::{Duration, Instant};

use common::{SUBMITTED, client_with};
use shoutout_otp::{Client, Delivery, Status};
use stub_service::{Answer, Fault, FaultService, Identity, Phase, Plan};

const TIMEOUT_MS: u32 = 1_000;
/// What the promise allows beyond the timeout, on a machine that runs all cases at once.
const LATE: Duration = Duration::from_secs(2);

const PHASES: [Phase; 8] = [
    Phase::InTheHandshake,
    Phase::BeforeTheRequest,
    Phase::AfterTheHead,
    Phase::InTheBody,
    Phase::AfterTheRequest,
    Phase::InTheAnswersHead,
    Phase::InTheAnswersBody,
    Phase::AfterTheAnswer,
];
const FAULTS: [Fault; 4] = [Fault::Fin, Fault::Rst, Fault::Silence, Fault::Drip];

/// One row of the page.
#[derive(Clone, Copy)]
struct Case {
    phase: Phase,
    fault: Fault,
    kept_connection: bool,
    tls: bool,
}

impl Case {
    fn all() -> Vec<Case> {
        let mut all = Vec::new();
        for phase in PHASES {
            for fault in FAULTS {
                for (kept_connection, tls) in [(false, false), (true, false), (false, true), (true, true)] {
                    all.push(Case { phase, fault, kept_connection, tls });
                }
            }
        }
        all.retain(|case| case.makes_sense());
        all
    }

    fn makes_sense(self) -> bool {
        // Only an answer can drip, and one that is whole has nothing left to.
        let answering =
            matches!(self.phase, Phase::AfterTheRequest | Phase::InTheAnswersHead | Phase::InTheAnswersBody);
        let shaking_hands = self.phase == Phase::InTheHandshake;
        (self.fault != Fault::Drip || answering) && (!shaking_hands || self.tls && !self.kept_connection)
    }

    /// What the design's table says.
    fn expected(self) -> &'static str {
        match (self.phase, self.fault) {
            (Phase::AfterTheAnswer, _) => "sent",
            (Phase::InTheHandshake, Fault::Silence) => "TIMEOUT, NOT_SENT",
            (Phase::InTheHandshake, _) => "CONNECTION_LOST, NOT_SENT",
            (_, Fault::Silence | Fault::Drip) => "TIMEOUT, UNKNOWN",
            // The reset may come while the connection is still being made.
            (Phase::BeforeTheRequest, Fault::Rst) => "CONNECTION_LOST or CONNECT_FAILED, UNKNOWN or NOT_SENT",
            // The service has not got it whole; whether the kernel took the rest in time is a race.
            (Phase::BeforeTheRequest | Phase::AfterTheHead | Phase::InTheBody, Fault::Fin | Fault::Rst) => {
                "CONNECTION_LOST, UNKNOWN or NOT_SENT"
            }
            (_, Fault::Fin | Fault::Rst) => "CONNECTION_LOST, UNKNOWN",
        }
    }

    /// Meets the fault, and checks what must hold whatever the row says.
    fn run(self, identity: &Identity, ca_file: &Path) {
        let healthy = usize::from(self.kept_connection);
        let plan = Plan { phase: self.phase, fault: self.fault, healthy, answer: Answer::json(200, SUBMITTED) };
        let service =
            if self.tls { FaultService::start_tls(plan, identity) } else { FaultService::start(plan) }.unwrap();
        let client = client_with(&service.url(), |options| {
            options.set_timeout_ms(TIMEOUT_MS).unwrap();
            options.set_max_retries(0).unwrap();
            options.set_ca_file(ca_file.to_str().unwrap()).unwrap();
        });
        for _ in 0..healthy {
            send(&client).unwrap();
        }
        let before = service.whole_requests();
        let start = Instant::now();
        let outcome = send(&client);
        let took = start.elapsed();
        let arrived = service.whole_requests() - before;
        let age = if self.kept_connection { "kept" } else { "new" };
        let row = format!("{} on a {age} connection, {}", self.row(), if self.tls { "TLS" } else { "plain" });
        assert!(took < Duration::from_millis(TIMEOUT_MS.into()) + LATE, "{row}: took {took:?}");
        assert!(arrived <= 1, "{row}: {arrived} requests arrived");
        match outcome {
            Ok(_) => assert_eq!(self.expected(), "sent", "{row}"),
            Err(error) => {
                let status = error.status().name().trim_start_matches("SHOUTOUT_");
                let delivery = if error.delivery() == Delivery::NotSent { "NOT_SENT" } else { "UNKNOWN" };
                let (expected_statuses, expected_deliveries) = self.expected().split_once(", ").expect(&row);
                assert!(expected_statuses.split(" or ").any(|expected| expected == status), "{row}: {error}");
                assert!(expected_deliveries.contains(delivery), "{row}: {error}");
                assert!(delivery == "UNKNOWN" || arrived == 0, "{row}: NOT_SENT, and yet it arrived");
            }
        }
    }

    /// The row of the page: the same for every kind of connection.
    fn row(self) -> String {
        let phase = match self.phase {
            Phase::InTheHandshake => "in the TLS handshake",
            Phase::BeforeTheRequest => "before the request is read",
            Phase::AfterTheHead => "after its head",
            Phase::InTheBody => "before its last byte",
            Phase::AfterTheRequest => "after the whole request",
            Phase::InTheAnswersHead => "in the answer's head",
            Phase::InTheAnswersBody => "in the answer's body",
            Phase::AfterTheAnswer => "after the whole answer",
        };
        let fault = match self.fault {
            Fault::Fin => "closes",
            Fault::Rst => "resets",
            Fault::Silence => "falls silent",
            Fault::Drip => "drips",
        };
        format!("| {phase} | {fault} | {} |", self.expected())
    }
}

fn send(client: &Client) -> Result<shoutout_otp::SendResult, shoutout_otp::Error> {
    client.send_otp("ShoutDEMO", "94771234567", "Your code is {{code}}")
}

#[test]
fn every_cut_gives_the_status_and_the_delivery_of_the_page() {
    let identity = &Identity::for_loopback();
    let ca_file = &Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("certainty-{}.pem", std::process::id()));
    std::fs::write(ca_file, identity.certificate_pem()).unwrap();
    std::thread::scope(|scope| {
        let all = Case::all().into_iter();
        let running: Vec<_> = all.map(|case| scope.spawn(move || case.run(identity, ca_file))).collect();
        running.into_iter().for_each(|case| case.join().unwrap());
    });
    std::fs::remove_file(ca_file).unwrap();
    let mut rows: Vec<_> = Case::all().into_iter().map(Case::row).collect();
    rows.dedup();
    let table =
        format!("| Where the service breaks off | how | what the send gives |\n|---|---|---|\n{}\n", rows.join("\n"));
    hold_page(&table);
}

/// A connection that ends after its answer is replaced, and nobody notices.
#[test]
fn the_send_after_a_connection_that_ended_is_an_ordinary_one() {
    for fault in [Fault::Fin, Fault::Rst] {
        let plan = Plan { phase: Phase::AfterTheAnswer, fault, healthy: 0, answer: Answer::json(200, SUBMITTED) };
        let service = FaultService::start(plan).unwrap();
        let client = client_with(&service.url(), |options| options.set_max_retries(0).unwrap());
        for _ in 0..3 {
            match send(&client) {
                Ok(sent) => assert_eq!(sent.attempts(), 1),
                // The end and the next request may cross on the wire; then it must be said.
                Err(error) => assert_eq!(error.status(), Status::ConnectionLost, "{fault:?}: {error}"),
            }
        }
        assert!(service.whole_requests() <= 3);
    }
}

const BEGIN: &str = "<!-- begin: written by tests/certainty.rs -->\n";
const END: &str = "<!-- end -->";

fn hold_page(table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/certainty.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page marks where the table begins");
    let (shown, after) = rest.split_once(END).expect("the page marks where the table ends");
    if std::env::var_os("SHOUTOUT_RENEW_DOCS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
    } else {
        assert!(shown == table, "docs/certainty.md is not what the library does: run `make certainty-page`");
    }
}
