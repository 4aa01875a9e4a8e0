//! A service, or the proxy before it, that breaks off at each phase of the exchange in each way, on each kind of
//! connection, and counts the requests that it got whole.

use std::fmt;

use shoutout_otp::Client;
use stub_service::{Answer, Fault, FaultService, Phase, Plan};

use crate::common::{SUBMITTED, client_with};
use crate::outcome::{self, Outcome, TIMEOUT_MS, punctually};
use crate::{Row, Trust};

const PHASES: [Phase; 10] = [
    Phase::BeforeTheTunnel,
    Phase::InTheTunnelsAnswer,
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
const BOTH: [bool; 2] = [false, true];

/// One case: where, how, and on which kind of connection.
#[derive(Clone, Copy)]
pub struct Cut {
    phase: Phase,
    fault: Fault,
    kept: bool,
    tls: bool,
    tunnel: bool,
}

impl Cut {
    pub fn all() -> Vec<Cut> {
        let mut all = Vec::new();
        for phase in PHASES {
            for fault in FAULTS {
                for tunnel in BOTH {
                    for tls in BOTH {
                        all.extend(BOTH.map(|kept| Cut { phase, fault, kept, tls, tunnel }));
                    }
                }
            }
        }
        all.retain(|cut| cut.makes_sense());
        all
    }

    fn makes_sense(self) -> bool {
        match self.phase {
            Phase::BeforeTheTunnel | Phase::InTheTunnelsAnswer => self.tunnel && !self.kept,
            Phase::InTheHandshake => self.tls && !self.kept,
            // Only an answer can drip, and one that is whole has nothing left to.
            Phase::AfterTheRequest | Phase::InTheAnswersHead | Phase::InTheAnswersBody => true,
            _ => self.fault != Fault::Drip,
        }
    }

    pub fn row(self) -> Row {
        let place = match self.phase {
            Phase::BeforeTheTunnel => "the proxy, asked for a tunnel",
            Phase::InTheTunnelsAnswer => "the proxy, in its answer",
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
        let kind = match self.phase {
            Phase::BeforeTheTunnel | Phase::InTheTunnelsAnswer => "new, through a proxy",
            Phase::InTheHandshake => "new, TLS",
            _ => "every kind",
        };
        Row { place, fault, right: self.right(), kind }
    }

    /// What the design's table says.
    fn right(self) -> Vec<&'static str> {
        match (self.phase, self.fault) {
            (Phase::AfterTheAnswer, _) => vec!["sent"],
            (Phase::BeforeTheTunnel | Phase::InTheTunnelsAnswer, Fault::Silence | Fault::Drip) => {
                vec!["TIMEOUT, NOT_SENT"]
            }
            (Phase::BeforeTheTunnel | Phase::InTheTunnelsAnswer, _) => vec!["PROXY_FAILED, NOT_SENT"],
            (Phase::InTheHandshake, Fault::Silence | Fault::Drip) => vec!["TIMEOUT, NOT_SENT"],
            (Phase::InTheHandshake, _) => vec!["CONNECTION_LOST, NOT_SENT"],
            (_, Fault::Silence | Fault::Drip) => vec!["TIMEOUT, UNKNOWN"],
            // The reset may come while the connection is still being made.
            (Phase::BeforeTheRequest, Fault::Rst) => {
                vec!["CONNECTION_LOST, UNKNOWN", "CONNECTION_LOST, NOT_SENT", "CONNECT_FAILED, NOT_SENT"]
            }
            // The service has not got it whole; whether the kernel took the rest in time is a race.
            (Phase::BeforeTheRequest | Phase::AfterTheHead | Phase::InTheBody, Fault::Fin | Fault::Rst) => {
                vec!["CONNECTION_LOST, UNKNOWN", "CONNECTION_LOST, NOT_SENT"]
            }
            (_, Fault::Fin | Fault::Rst) => vec!["CONNECTION_LOST, UNKNOWN"],
        }
    }

    /// Meets the fault: the outcome is the row's, in time, and the service got at most one request, none if NOT_SENT.
    pub fn run(self, trust: &Trust) {
        let (outcome, arrived) = punctually(&self.to_string(), || self.send_once(trust));
        self.row().hold(&outcome, &self.to_string());
        assert!(arrived <= 1, "{self}: {arrived} requests arrived");
        assert!(!outcome.ends_with("NOT_SENT") || arrived == 0, "{self}: {outcome}, and yet it arrived");
    }

    fn send_once(self, trust: &Trust) -> (Outcome, usize) {
        let healthy = usize::from(self.kept);
        let answer = Answer::json(200, SUBMITTED);
        let plan = Plan { phase: self.phase, fault: self.fault, tunnel: self.tunnel, healthy, answer };
        let service =
            if self.tls { FaultService::start_tls(plan, &trust.identity) } else { FaultService::start(plan) }.unwrap();
        let client = self.client(&service, trust);
        for _ in 0..healthy {
            assert_eq!(outcome::of_send(&client).words, "sent", "{self}: the first send");
        }
        let outcome = outcome::of_send(&client);
        (outcome, service.whole_requests() - healthy)
    }

    fn client(self, service: &FaultService, trust: &Trust) -> Client {
        client_with(&service.url(), |options| {
            options.set_timeout_ms(TIMEOUT_MS).unwrap();
            options.set_ca_file(trust.path()).unwrap();
            options.set_proxy(self.tunnel.then(|| service.proxy_url()).as_deref()).unwrap();
        })
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = self.row();
        let age = if self.kept { "kept" } else { "new" };
        let security = if self.tls { "TLS" } else { "plain" };
        let way = if self.tunnel { "through a proxy" } else { "direct" };
        write!(f, "{}, {}: {age}, {security}, {way}", row.place, row.fault)
    }
}
