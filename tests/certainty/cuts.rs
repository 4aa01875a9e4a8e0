//! A service, or the proxy before it, that breaks off at each phase of the exchange in each way, on each kind of
//! connection, and counts the requests that it got whole.

use std::fmt;

use shoutout_otp::{Client, Options};
use stub_service::{Answer, Fault, FaultService, Phase, Plan};

use crate::common::{SUBMITTED, VERIFIED, client_with};
use crate::outcome::{self, Outcome, TIMEOUT_MS, punctually};
use crate::{Row, Trust, long_request};

const PHASES: [Phase; 11] = [
    Phase::BeforeTheTunnel,
    Phase::InTheTunnelsAnswer,
    Phase::InTheHandshake,
    Phase::BeforeTheRequest,
    Phase::AfterTheHead,
    Phase::InTheBody,
    Phase::InALongRequest,
    Phase::AfterTheRequest,
    Phase::InTheAnswersHead,
    Phase::InTheAnswersBody,
    Phase::AfterTheAnswer,
];
const FAULTS: [Fault; 4] = [Fault::Fin, Fault::Rst, Fault::Silence, Fault::Drip];
const SUCCESS: &str = "success";
const BOTH: [bool; 2] = [false, true];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Send,
    Verify,
}

/// One case: where, how, on which kind of connection, and to which of the two calls.
#[derive(Clone, Copy)]
pub struct Cut {
    operation: Operation,
    phase: Phase,
    fault: Fault,
    kept: bool,
    tls: bool,
    tunnel: bool,
}

/// What the service saw of the send.
struct Seen {
    /// Whole requests.
    arrived: usize,
    connections: usize,
}

impl Cut {
    pub fn all() -> Vec<Cut> {
        let mut all = Vec::new();
        for phase in PHASES {
            for fault in FAULTS {
                for tunnel in BOTH {
                    for tls in BOTH {
                        for kept in BOTH {
                            let cut = Cut { operation: Operation::Send, phase, fault, kept, tls, tunnel };
                            all.extend([cut, Cut { operation: Operation::Verify, ..cut }]);
                        }
                    }
                }
            }
        }
        all.retain(|cut| cut.makes_sense());
        all
    }

    fn makes_sense(self) -> bool {
        match self.phase {
            // No verification is that long.
            Phase::InALongRequest if self.operation == Operation::Verify => false,
            Phase::BeforeTheTunnel | Phase::InTheTunnelsAnswer => self.tunnel && !self.kept,
            Phase::InTheHandshake => self.tls && !self.kept,
            // An answer drips, and so does the reading of what the client still writes. A request that is in the kernel's
            // hands is written, however slowly it is read; and of a whole answer nothing is left to drip.
            Phase::AfterTheRequest | Phase::InTheAnswersHead | Phase::InTheAnswersBody | Phase::InALongRequest => true,
            _ => self.fault != Fault::Drip,
        }
    }

    fn row(self) -> Row {
        let place = match self.phase {
            Phase::BeforeTheTunnel => "the proxy, asked for a tunnel",
            Phase::InTheTunnelsAnswer => "the proxy, in its answer",
            Phase::InTheHandshake => "in the TLS handshake",
            Phase::BeforeTheRequest => "before the request is read",
            Phase::AfterTheHead => "after its head",
            Phase::InTheBody => "before its last byte",
            Phase::InALongRequest => "in a request that is still being written",
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
            (Phase::AfterTheAnswer, _) => vec![SUCCESS],
            (Phase::BeforeTheTunnel | Phase::InTheTunnelsAnswer, Fault::Silence | Fault::Drip) => {
                vec!["TIMEOUT, NOT_SENT"]
            }
            (Phase::BeforeTheTunnel | Phase::InTheTunnelsAnswer, _) => vec!["PROXY_FAILED, NOT_SENT"],
            (Phase::InTheHandshake, Fault::Silence | Fault::Drip) => vec!["TIMEOUT, NOT_SENT"],
            (Phase::InTheHandshake, _) => vec!["CONNECTION_LOST, NOT_SENT"],
            (Phase::InALongRequest, Fault::Silence | Fault::Drip) => vec!["TIMEOUT, NOT_SENT"],
            (Phase::InALongRequest, Fault::Rst) => vec!["CONNECTION_LOST, NOT_SENT"],
            (_, Fault::Silence | Fault::Drip) => vec!["TIMEOUT, UNKNOWN"],
            // The reset may come while the connection is still being made, or before the one write.
            (Phase::BeforeTheRequest, Fault::Rst) => {
                vec!["CONNECTION_LOST, UNKNOWN", "CONNECTION_LOST, NOT_SENT", "CONNECT_FAILED, NOT_SENT"]
            }
            // The kernel has the whole request, which leaves in one write, before the service has read any of it; of a
            // long one it gets the rest, for the service has said goodbye and reads on.
            (_, Fault::Fin | Fault::Rst) => vec!["CONNECTION_LOST, UNKNOWN"],
        }
    }

    /// Meets the fault: the outcome is the row's, in time, and the service got at most one request, none if NOT_SENT.
    /// Gives the line of the page.
    pub fn run(self, trust: &Trust) -> String {
        let (outcome, service) = punctually(&self.to_string(), || self.call_once(trust));
        let (words, arrived) = (&outcome.words, service.arrived);
        assert!(arrived <= 1, "{self}: {arrived} requests arrived");
        assert!(!words.ends_with("NOT_SENT") || arrived == 0, "{self}: {words}, and yet it arrived");
        assert!(
            words.ends_with("NOT_SENT") || outcome.attempts == 1 || self.is_a_race(),
            "{self}: tried again, {words}"
        );
        if !self.kept {
            assert_eq!(service.connections, outcome.attempts as usize, "{self}: connections, and tries");
        }
        self.row().line(&outcome, &self.to_string())
    }

    fn is_a_race(self) -> bool {
        self.right().len() > 1
    }

    fn call_once(self, trust: &Trust) -> (Outcome, Seen) {
        let healthy = usize::from(self.kept);
        let answer = Answer::json(200, if self.operation == Operation::Send { SUBMITTED } else { VERIFIED });
        let plan = Plan { phase: self.phase, fault: self.fault, tunnel: self.tunnel, healthy, answer };
        let service =
            if self.tls { FaultService::start_tls(plan, &trust.identity) } else { FaultService::start(plan) }.unwrap();
        for _ in 0..healthy {
            let first = self.outcome_of(&self.client(&service, trust, |_| {}));
            assert_eq!(first.words, SUCCESS, "{self}: the first call");
        }
        let outcome = self.meet_the_fault(&service, trust);
        // After a success the connection is kept, and the request was counted before it was answered.
        if outcome.words != SUCCESS {
            service.wait_for_the_end_of_all_connections();
        }
        (outcome, Seen { arrived: service.whole_requests() - healthy, connections: service.connections() })
    }

    /// What the call came to; the same word for a send that was accepted and a code that is right.
    fn outcome_of(self, client: &Client) -> Outcome {
        let (mut outcome, good) = match self.operation {
            Operation::Send => (outcome::of_send(client), "sent"),
            Operation::Verify => (outcome::of_verification(client), "verified"),
        };
        if outcome.words == good {
            outcome.words = SUCCESS.to_owned();
        }
        outcome
    }

    fn meet_the_fault(self, service: &FaultService, trust: &Trust) -> Outcome {
        if self.phase != Phase::InALongRequest {
            return self.outcome_of(&self.client(service, trust, |_| {}));
        }
        outcome::of_send_with(&self.client(service, trust, long_request::add_headers), &long_request::content())
    }

    fn client(self, service: &FaultService, trust: &Trust, change: impl FnOnce(&mut Options)) -> Client {
        client_with(&service.url(), |options| {
            options.set_timeout_ms(TIMEOUT_MS).unwrap();
            options.set_ca_file(trust.path()).unwrap();
            options.set_proxy(self.tunnel.then(|| service.proxy_url()).as_deref()).unwrap();
            change(options);
        })
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = self.row();
        let age = if self.kept { "kept" } else { "new" };
        let security = if self.tls { "TLS" } else { "plain" };
        let way = if self.tunnel { "through a proxy" } else { "direct" };
        write!(f, "{:?}: {}, {}: {age}, {security}, {way}", self.operation, row.place, row.fault)
    }
}
