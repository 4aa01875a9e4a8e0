//! An exchange that gave no answer: why, in which phase, and whether the request may have arrived.
//! The two decisions that cost or save an SMS are made here: delivery, and whether trying again is safe.

use std::io;

use super::progress::{self, Fault, Phase};
use crate::delivery::Delivery;
use crate::status::Status;

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Noted by the piece of ours that saw it.
    Network(Fault),
    /// The proxy refused the tunnel, or broke off.
    Proxy,
    /// Certificate, host name or protocol.
    Tls,
    /// Something answered, but not in HTTP, or without end.
    NotHttp,
    /// A panic was contained.
    Panic,
}

/// Why, when, and how far the request had come.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) cause: Cause,
    pub(crate) phase: Phase,
    pub(crate) last_byte_left: bool,
    pub(crate) on_kept_connection: bool,
    pub(crate) via_proxy: bool,
    /// The words of the layer below. May hold text of the other side: scrub it before it is shown.
    pub(crate) detail: String,
}

impl Failure {
    /// Makes sense of an error of ureq, with what the exchange noted on its way.
    pub(crate) fn of(error: &ureq::Error) -> Failure {
        Failure::now(cause_of(error), error.to_string())
    }

    /// The connection ended before the answer did.
    pub(crate) fn cut_off() -> Failure {
        Failure::of(&io::Error::new(io::ErrorKind::UnexpectedEof, "the answer ended too early").into())
    }

    /// Something answered, but not as HTTP/1.1 says, or too much.
    pub(crate) fn not_http(problem: &str) -> Failure {
        Failure::now(Cause::NotHttp, problem.to_owned())
    }

    /// A contained panic. Its words are dropped: they may hold anything.
    pub(crate) fn panic() -> Failure {
        Failure::now(Cause::Panic, "a contained panic".to_owned())
    }

    fn now(cause: Cause, detail: String) -> Failure {
        Failure {
            cause,
            phase: progress::phase(),
            last_byte_left: progress::request_has_left(),
            on_kept_connection: progress::is_on_kept_connection(),
            via_proxy: progress::is_via_proxy(),
            detail,
        }
    }

    pub(crate) fn is_panic(&self) -> bool {
        self.cause == Cause::Panic
    }

    /// The criterion: the service acts on a whole request only.
    pub(crate) fn delivery(&self) -> Delivery {
        if self.last_byte_left { Delivery::Unknown } else { Delivery::NotSent }
    }

    /// A kept connection turned out dead before the request was out: another one is taken without a word.
    pub(crate) fn is_stale_connection(&self) -> bool {
        self.on_kept_connection && !self.last_byte_left && self.cause == Cause::Network(Fault::Lost)
    }

    /// Whether trying again is safe **and** may help. Never after a certificate fault, a proxy's refusal or any
    /// answer; RFC 9110 section 9.2.2 allows a repeat only where the first request was surely not applied.
    pub(crate) fn is_worth_a_retry(&self) -> bool {
        if self.last_byte_left {
            return false;
        }
        match self.cause {
            Cause::Network(Fault::NotResolved { for_now }) => for_now,
            Cause::Network(Fault::TimedOut) => !matches!(self.phase, Phase::Request | Phase::Answer),
            Cause::Network(Fault::NotConnected | Fault::Lost) => true,
            Cause::Network(Fault::NoThread | Fault::TooManyLookups) => false,
            Cause::Proxy | Cause::Tls | Cause::NotHttp | Cause::Panic => false,
        }
    }

    pub(crate) fn status(&self) -> Status {
        match self.cause {
            Cause::Network(Fault::NotResolved { .. } | Fault::TooManyLookups) => Status::ResolveFailed,
            Cause::Network(Fault::NoThread) | Cause::Panic => Status::InternalError,
            Cause::Network(Fault::NotConnected) => Status::ConnectFailed,
            Cause::Network(Fault::TimedOut) => Status::Timeout,
            Cause::Network(Fault::Lost) => Status::ConnectionLost,
            Cause::Proxy => Status::ProxyFailed,
            Cause::Tls => Status::TlsFailed,
            Cause::NotHttp => Status::UnexpectedResponse,
        }
    }

    /// What happened and where, without the words of the layer below.
    pub(crate) fn summary(&self) -> String {
        let what = match self.cause {
            Cause::Network(Fault::TimedOut) => "the time ran out",
            Cause::Network(Fault::NotResolved { for_now: true }) => "the name could not be looked up for now",
            Cause::Network(Fault::NotResolved { for_now: false }) => "the name has no address",
            Cause::Network(Fault::TooManyLookups) => "too many names are being looked up already",
            Cause::Network(Fault::NoThread) => "a thread for the name lookup could not be started",
            Cause::Network(Fault::NotConnected) => "no connection was accepted",
            Cause::Network(Fault::Lost) => "the other side ended the connection",
            Cause::Proxy => "the proxy gave no tunnel",
            Cause::Tls => "TLS failed",
            Cause::NotHttp => "the answer was not proper HTTP, or too large",
            Cause::Panic => "the library failed inside (please report this)",
        };
        let where_ = match self.phase {
            Phase::Resolve => "while looking up the host's name",
            Phase::Connect => "while connecting",
            Phase::Proxy => "while asking the proxy for a tunnel",
            Phase::Tls => "during the TLS handshake",
            Phase::Request => "while sending the request",
            Phase::Answer => "while waiting for the answer",
        };
        format!("{what} {where_}")
    }

    /// What to look at first.
    pub(crate) fn hint(&self) -> &'static str {
        match self.cause {
            Cause::Network(Fault::NotResolved { .. } | Fault::NotConnected) if self.via_proxy => {
                "Check the option proxy, and that it can be reached."
            }
            Cause::Network(Fault::NotResolved { .. }) => "Check base_url and this machine's name resolution.",
            Cause::Network(Fault::TooManyLookups) => "Check this machine's name resolution: it hangs.",
            Cause::Network(Fault::NotConnected) => "Check base_url, and that a firewall lets this machine out.",
            Cause::Network(Fault::TimedOut) if self.phase == Phase::Answer => "Raise timeout_ms if this is usual.",
            Cause::Network(Fault::TimedOut) => "Check base_url, proxy and firewall.",
            Cause::Network(Fault::NoThread) => "Check this process's limits on threads and memory.",
            Cause::Proxy => "Check the option proxy, and what the proxy allows.",
            Cause::Tls => "Check base_url, ca_file and this machine's clock.",
            Cause::NotHttp => "Check base_url, and what stands between this machine and the service.",
            Cause::Network(Fault::Lost) | Cause::Panic => "",
        }
    }
}

fn cause_of(error: &ureq::Error) -> Cause {
    let noted = progress::fault();
    // A lost connection may only be what a proxy's refusal or a TLS fault looks like from below.
    if let Some(fault) = noted.filter(|fault| *fault != Fault::Lost) {
        return Cause::Network(fault);
    }
    match progress::phase() {
        // A proxy that breaks off has refused.
        Phase::Proxy => Cause::Proxy,
        _ if is_tls_fault(error) => Cause::Tls,
        _ if noted == Some(Fault::Lost) => Cause::Network(Fault::Lost),
        Phase::Tls => Cause::Tls,
        Phase::Request | Phase::Answer => cause_while_exchanging(error),
        Phase::Resolve => Cause::Network(Fault::NotResolved { for_now: false }),
        Phase::Connect => Cause::Network(Fault::NotConnected),
    }
}

/// Errors of the exchange that no piece of ours noted.
fn cause_while_exchanging(error: &ureq::Error) -> Cause {
    match error {
        // A clean end of a TLS stream (close_notify) is no fault of the connection below it.
        ureq::Error::Io(e) if e.kind() == io::ErrorKind::UnexpectedEof => Cause::Network(Fault::Lost),
        _ => Cause::NotHttp,
    }
}

/// The TLS library's words arrive wrapped in an I/O error of the kind InvalidData.
fn is_tls_fault(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => true,
        ureq::Error::Io(e) => e.kind() == io::ErrorKind::InvalidData && e.get_ref().is_some_and(is_of_rustls),
        _ => false,
    }
}

fn is_of_rustls(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    // rustls is not a dependency of ours to name its type; its errors are the only InvalidData below HTTP.
    !error.is::<ureq::Error>()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHASES: [Phase; 6] =
        [Phase::Resolve, Phase::Connect, Phase::Proxy, Phase::Tls, Phase::Request, Phase::Answer];

    /// What the connect timeout bounds, the lookup and a proxy's tunnel too: nothing of a request is written meanwhile.
    const GETTING_A_CONNECTION: &[Phase] = &[Phase::Resolve, Phase::Connect, Phase::Proxy, Phase::Tls];

    /// Each cause: the status that it gives, and where it is tried again while the last byte has not left.
    const CAUSES: [(Cause, Status, &[Phase]); 11] = [
        // The library retries by itself only for: name lookup failed for now, …
        (Cause::Network(Fault::NotResolved { for_now: true }), Status::ResolveFailed, &PHASES),
        // … connect failed, …
        (Cause::Network(Fault::NotConnected), Status::ConnectFailed, &PHASES),
        // … connect or TLS timed out, …
        (Cause::Network(Fault::TimedOut), Status::Timeout, GETTING_A_CONNECTION),
        // … connection lost before the last byte left;
        (Cause::Network(Fault::Lost), Status::ConnectionLost, &PHASES),
        // never after a certificate fault, a proxy's refusal or any answer,
        (Cause::Tls, Status::TlsFailed, &[]),
        (Cause::Proxy, Status::ProxyFailed, &[]),
        (Cause::NotHttp, Status::UnexpectedResponse, &[]),
        // nor for what it does not list.
        (Cause::Network(Fault::NotResolved { for_now: false }), Status::ResolveFailed, &[]),
        (Cause::Network(Fault::TooManyLookups), Status::ResolveFailed, &[]),
        (Cause::Network(Fault::NoThread), Status::InternalError, &[]),
        (Cause::Panic, Status::InternalError, &[]),
    ];

    /// Every cause in every phase, whether or not the last byte has left and the connection was a kept one: also those
    /// that cannot meet, for nothing but other files keeps them apart.
    fn for_each_failure(look: impl Fn(&Failure, Status, &[Phase])) {
        for (cause, status, retried_in) in CAUSES {
            for phase in PHASES {
                for (last_byte_left, on_kept_connection) in [(false, false), (false, true), (true, false), (true, true)]
                {
                    let (via_proxy, detail) = (false, String::new());
                    let failure = Failure { cause, phase, last_byte_left, on_kept_connection, via_proxy, detail };
                    look(&failure, status, retried_in);
                }
            }
        }
    }

    #[test]
    fn the_cause_alone_gives_the_status() {
        for_each_failure(|failure, status, _| assert_eq!(failure.status(), status, "{failure:?}"));
    }

    #[test]
    fn an_sms_may_be_on_its_way_if_the_last_byte_has_left_whatever_failed_then() {
        for_each_failure(|failure, _, _| {
            let delivery = if failure.last_byte_left { Delivery::Unknown } else { Delivery::NotSent };
            assert_eq!(failure.delivery(), delivery, "{failure:?}");
        });
    }

    #[test]
    fn what_is_tried_again_is_what_the_design_lists_and_never_once_the_last_byte_has_left() {
        for_each_failure(|failure, _, retried_in| {
            let retried = !failure.last_byte_left && retried_in.contains(&failure.phase);
            assert_eq!(failure.is_worth_a_retry(), retried, "{failure:?}");
        });
    }

    #[test]
    fn only_a_kept_connection_that_was_lost_before_the_last_byte_left_is_stale() {
        for_each_failure(|failure, status, _| {
            let stale = status == Status::ConnectionLost && failure.on_kept_connection && !failure.last_byte_left;
            assert_eq!(failure.is_stale_connection(), stale, "{failure:?}");
        });
    }
}
