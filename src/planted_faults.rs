//! Faults that the simulation plants in the library, one at a time, to show that its laws find them. Only the feature
//! `simulation`, which nothing but that test turns on, puts them into the library; without it there is nothing here.

macro_rules! planted_faults {
    ($($name:ident: $description:literal,)*) => {
        /// A mistake that a programmer could make, and that our users would pay for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[cfg_attr(not(feature = "simulation"), allow(dead_code))]
        pub enum PlantedFault {
            $(#[doc = $description] $name,)*
        }

        #[cfg(feature = "simulation")]
        impl PlantedFault {
            /// All of them.
            pub const ALL: &[PlantedFault] = &[$(PlantedFault::$name,)*];

            /// What the library then does wrong.
            pub fn description(self) -> &'static str {
                match self { $(PlantedFault::$name => $description,)* }
            }
        }
    };
}

planted_faults! {
    RetryAfterLastByte: "a request is repeated after its last byte left",
    DeadlineRestarts: "each attempt begins with the whole time again",
    AnsweredIsRetried: "an answer of 500 is followed by another attempt",
    ProxyRefusalRetried: "a proxy that refused is asked again",
    CertificateFaultRetried: "a service with a bad certificate is tried again",
    LastByteNotNoticed: "the last byte counts as sent only when the answer comes",
    LastByteNoticedEarly: "the last byte counts as sent before the request is written",
    UnflushedIsSent: "a request counts as sent while half of it is still in a buffer",
    SocketNotAsked: "a kept connection is used without a look at it",
    HalfRecordIsSilent: "a TLS connection with half a record in it counts as silent",
    UnreadInputIsSilent: "a connection with unread bytes in its buffer counts as silent",
    SilenceNotChecked: "bytes that came before the request are read as its answer",
    ConnectionHandedOutTwice: "the pool hands one connection out twice",
    ConnectionOfAnotherHost: "the pool gives a connection that leads to another host",
    PoolWithoutBound: "the pool keeps every connection",
    ForkNotNoticed: "a forked child uses the connections of its parent",
    BrokenBodyKeepsConnection: "a connection is kept although the body was not read to its end",
    EarlyAnswerKeepsConnection: "a connection is kept after an answer to half a request",
    ConnectionCloseIgnored: "a connection is kept although the service said that it closes it",
    InterimIsAnswer: "a 1xx is taken for the answer",
    RefusedTunnelUsed: "a proxy's refusal opens the tunnel",
    HandshakeWithoutDeadline: "the TLS handshake waits ten minutes longer",
    SuccessFromStatusLine: "HTTP 200 is success, whatever the body says",
    VerifiedWithoutCheck: "a code counts as verified although the answer names another one",
    CutRefusalIsNotSent: "half of a refusal in JSON counts as a whole one",
    WrittenAfterCancel: "a request is written after its call was cancelled",
    SecretsNotHidden: "the service's words are shown with the secrets in them",
}

#[cfg(feature = "simulation")]
mod planted {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::PlantedFault;

    const NONE: usize = usize::MAX;
    static PLANTED: AtomicUsize = AtomicUsize::new(NONE);

    /// Plants this fault in the process, and takes out the one before it.
    pub fn plant(fault: Option<PlantedFault>) {
        PLANTED.store(fault.map_or(NONE, |fault| fault as usize), Ordering::Relaxed);
    }

    pub(crate) fn is_planted(fault: PlantedFault) -> bool {
        PLANTED.load(Ordering::Relaxed) == fault as usize
    }
}

#[cfg(feature = "simulation")]
pub(crate) use planted::is_planted;
#[cfg(feature = "simulation")]
pub use planted::plant;

/// Whether the test planted this fault.
#[cfg(not(feature = "simulation"))]
#[inline(always)]
pub(crate) const fn is_planted(_: PlantedFault) -> bool {
    false
}
