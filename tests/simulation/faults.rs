//! What can go wrong, and how often in one run. Each run draws a few kinds of faults and lets them happen often: rare faults
//! then meet (swarm testing).

use std::collections::{HashMap, HashSet};

use crate::chance::Dice;

macro_rules! faults {
    ($($name:ident: $text:literal,)*) => {
        /// A kind of fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Fault { $($name,)* }

        impl Fault {
            pub const ALL: &[Fault] = &[$(Fault::$name,)*];

            pub fn text(self) -> &'static str {
                match self { $(Fault::$name => $text,)* }
            }
        }
    };
}

faults! {
    ShortTimeout: "the call has little time",
    Cancel: "the caller cancels the call",
    OwnSettings: "the call has settings of its own",
    NoStop: "no descriptor is left for a cancellation",
    CoarseClock: "the clock stands still between its ticks",
    NameFails: "the resolver fails for now",
    NameUnknown: "the resolver knows no address",
    NameSlow: "the resolver takes long",
    NoLookupThread: "no thread for the lookup can be started",
    AddressRefuses: "an address refuses",
    AddressIsBlackHole: "an address never answers",
    AddressIsSlow: "an address accepts late",
    AddressUnreachable: "connecting fails at once",
    TooManyFiles: "no socket can be opened",
    Latency: "the way to the service is long",
    Delay: "a segment comes late",
    LateRest: "the rest of a word comes late",
    CutSegments: "what the peer says comes in pieces",
    ShortReads: "a read gives less than there is",
    TinyWindow: "the kernel takes few bytes at a time",
    SpuriousWake: "a wait ends although nothing is ready",
    WriteFails: "a write fails at once",
    RequestCut: "the way to the service breaks while the request is on it",
    WordCut: "the way from the service breaks while it speaks",
    ProxyRefuses: "the proxy refuses the tunnel",
    ProxySilent: "the proxy does not answer",
    ProxyCloses: "the proxy closes instead of an answer",
    ProxyIsChatty: "the proxy opens the tunnel with an unusual answer",
    ProxySpeaksOn: "the proxy says more than its answer",
    BadCertificate: "the certificate is not good",
    HandshakeSilent: "the service does not answer the handshake",
    OldTls: "the service speaks TLS 1.2",
    SpeaksFirst: "the service speaks before the request",
    ClosesAtOnce: "the service closes a new connection",
    HalfClose: "the service closes its direction, and reads on",
    EarlyAnswer: "the service answers before it has the whole request",
    OtherAnswer: "the service does not accept the request",
    OddFraming: "the answer is framed in an unusual way",
    Interim: "interim answers come before the answer",
    SlowAnswer: "the service takes long",
    NoAnswer: "the service has the request and does not answer",
    ClosesUnanswered: "the service has the request and closes",
    AnswersTwice: "the answer comes twice",
    Echo: "the answer repeats secrets",
    ClosesAfterAnswer: "the service closes after an answer that keeps the connection",
    SpeaksWhenIdle: "the service says 408 on an idle connection",
    Crowd: "many threads call at once",
    Fork: "the process forks",
    Preemption: "another thread runs between two operations",
}

/// One fault of a run: its kind, the call that it happens to (0: none), and its number among those of this kind and call.
pub type FaultId = (Fault, u32, u32);

/// The faults of one run.
pub struct Faults {
    seed: u64,
    /// By kind: it happens at one in so many places, or never where it is 0.
    one_in: Vec<u64>,
    /// Those that a shrunk run leaves out.
    left_out: HashSet<FaultId>,
    places: HashMap<(Fault, u32), u32>,
    pub happened: Vec<FaultId>,
}

impl Faults {
    pub fn of_run(seed: u64, left_out: &[FaultId]) -> Faults {
        let mut dice = Dice::of(seed, &[1]);
        let mut one_in = vec![0; Fault::ALL.len()];
        // Few kinds that happen often, or many that happen now and then.
        let (kinds, rates) = match dice.below(4) {
            0 => (Fault::ALL.len(), [8, 16, 32, 64]),
            _ => (dice.pick(&[0, 2, 4, 6, 9, 12]), [2, 4, 8, 16]),
        };
        for _ in 0..kinds {
            let kind = dice.below(Fault::ALL.len() as u64) as usize;
            one_in[kind] = dice.pick(&rates);
        }
        Faults {
            seed,
            one_in,
            left_out: left_out.iter().copied().collect(),
            places: HashMap::new(),
            happened: Vec::new(),
        }
    }

    /// Whether the fault happens here; if so, dice for the rest.
    pub fn draw(&mut self, fault: Fault, call: u32) -> Option<Dice> {
        let one_in = self.one_in[fault as usize];
        if one_in == 0 {
            return None;
        }
        let place = self.places.entry((fault, call)).or_default();
        *place += 1;
        let id = (fault, call, *place);
        let mut dice = Dice::of(self.seed, &[2, fault as u64, call.into(), (*place).into()]);
        if !dice.is_one_in(one_in) || self.left_out.contains(&id) {
            return None;
        }
        self.happened.push(id);
        Some(dice)
    }
}
