//! One attempt to send a request: until when it may go on, and how far it has come. Two decisions that can cost an
//! SMS are made here: delivery, and whether another attempt is safe.
//!
//! The caller owns the attempt and passes it down, so it is still correct after a panic.

use std::time::{Duration, Instant};

use crate::errors::{Cause, Delivery, NetworkFault, Phase};
use crate::net::{Until, World};
use crate::planted_faults::{PlantedFault, is_planted};
use crate::sys::Stop;

/// The two points in time that bound an attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The end of the whole call.
    pub(crate) deadline: Instant,
    /// The end of the time to get a connection; not after `deadline`.
    pub(crate) connect_deadline: Instant,
}

/// One attempt: where it runs, its time limits, and how far it has come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt<'a> {
    /// The world whose clock decides whether time is left.
    pub(crate) world: &'static dyn World,
    /// Ends it early, where the caller wants to be able to.
    pub(crate) stop: Option<&'a Stop>,
    /// When the call began.
    pub(crate) call_start: Instant,
    limits: Limits,
    /// What the attempt is doing now.
    pub(crate) phase: Phase,
    /// Whether the kernel has taken the write that carried the request's last byte. Until then the request is incomplete,
    /// and no service acts on an incomplete request.
    pub(crate) last_byte_left: bool,
    /// Whether the request goes over a connection that carried another one before.
    pub(crate) on_kept_connection: bool,
    /// Whether it goes through a proxy.
    pub(crate) via_proxy: bool,
}

impl<'a> Attempt<'a> {
    /// The state before the first attempt: nothing was sent, and there is no time to wait. The call begins now.
    pub(crate) fn not_begun(world: &'static dyn World, stop: Option<&'a Stop>) -> Attempt<'a> {
        let now = world.now();
        Attempt {
            world,
            stop,
            call_start: now,
            limits: Limits { deadline: now, connect_deadline: now },
            phase: Phase::Start,
            last_byte_left: false,
            on_kept_connection: false,
            via_proxy: false,
        }
    }

    /// The next attempt of the same call: nothing of it was sent.
    pub(crate) fn next(&self, limits: Limits, via_proxy: bool) -> Attempt<'a> {
        Attempt { limits, phase: Phase::Start, last_byte_left: false, on_kept_connection: false, via_proxy, ..*self }
    }

    /// When the current phase has to end.
    pub(crate) fn deadline(&self) -> Instant {
        match self.phase {
            Phase::Request | Phase::Answer => self.limits.deadline,
            _ => self.limits.connect_deadline,
        }
    }

    /// The same, and what may end the phase earlier.
    pub(crate) fn until(&self) -> Until<'a> {
        Until { deadline: self.deadline(), stop: self.stop }
    }

    /// Makes what wakes the waits when the call is cancelled. Fails if it was cancelled before it began.
    pub(crate) fn prepare_to_stop(&self) -> Result<(), NetworkFault> {
        let Some(stop) = self.stop else { return Ok(()) };
        self.world.prepare_to_stop(stop).map_err(|error| NetworkFault::new(Cause::NoStop, error.to_string()))?;
        self.check_stop()
    }

    /// Fails if the call was cancelled.
    pub(crate) fn check_stop(&self) -> Result<(), NetworkFault> {
        let is_unheard = is_planted(PlantedFault::WrittenAfterCancel);
        if self.stop.is_some_and(Stop::is_cancelled) && !is_unheard { Err(NetworkFault::cancelled()) } else { Ok(()) }
    }

    /// Fails if the deadline of the current phase has passed.
    pub(crate) fn check_time(&self) -> Result<(), NetworkFault> {
        if self.world.now() >= self.deadline() { Err(NetworkFault::timed_out()) } else { Ok(()) }
    }

    /// How long the call has taken, by the world's clock.
    pub(crate) fn elapsed(&self) -> Duration {
        self.world.now().saturating_duration_since(self.call_start)
    }

    /// Whether an SMS may be on its way although there is no answer.
    pub(crate) fn delivery(&self) -> Delivery {
        if self.last_byte_left { Delivery::Unknown } else { Delivery::NotSent }
    }

    /// Whether a kept connection was lost before the whole request was sent. The client then silently uses another one.
    pub(crate) fn met_a_stale_connection(&self, fault: &NetworkFault) -> bool {
        self.on_kept_connection && !self.last_byte_left && fault.cause == Cause::Lost
    }

    /// Whether another attempt is safe and can help. Never after a certificate fault, a proxy's refusal or any answer;
    /// RFC 9110 section 9.2.2 allows a repeat only where the first request was surely not applied.
    pub(crate) fn may_be_repeated(&self, fault: &NetworkFault) -> bool {
        if self.last_byte_left && !is_planted(PlantedFault::RetryAfterLastByte) {
            return false;
        }
        match fault.cause {
            Cause::TimedOut => !matches!(self.phase, Phase::Request | Phase::Answer),
            Cause::NameUnavailable
            | Cause::NotConnected
            | Cause::Lost
            | Cause::TooManyFilesToResolve
            | Cause::TooManyFilesToConnect => true,
            Cause::ProxyRefused if is_planted(PlantedFault::ProxyRefusalRetried) => true,
            Cause::Tls if is_planted(PlantedFault::CertificateFaultRetried) => true,
            Cause::NameUnknown
            | Cause::TooManyLookups
            | Cause::NoThread
            | Cause::SpokeFirst
            | Cause::ProxyRefused
            | Cause::Tls
            | Cause::Clock
            | Cause::ServerIsItsOwnAuthority
            | Cause::NotHttp
            | Cause::Cancelled
            | Cause::NoStop
            | Cause::Panic => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::errors::Status;
    use crate::net::THIS_MACHINE;

    const PHASES: [Phase; 6] =
        [Phase::Resolve, Phase::Connect, Phase::Proxy, Phase::Tls, Phase::Request, Phase::Answer];

    /// What the connect timeout bounds, the lookup and a proxy's tunnel too: nothing of a request is written meanwhile.
    const GETTING_A_CONNECTION: &[Phase] = &[Phase::Resolve, Phase::Connect, Phase::Proxy, Phase::Tls];

    /// Each cause: the status that it gives, and where another attempt follows while the last byte has not left.
    const CAUSES: [(Cause, Status, &[Phase]); 18] = [
        // The library retries by itself only for: name lookup failed for now, …
        (Cause::NameUnavailable, Status::ResolveFailed, &PHASES),
        (Cause::TooManyFilesToResolve, Status::ResolveFailed, &PHASES),
        // … connect failed, …
        (Cause::NotConnected, Status::ConnectFailed, &PHASES),
        (Cause::TooManyFilesToConnect, Status::ConnectFailed, &PHASES),
        // … connect or TLS timed out, …
        (Cause::TimedOut, Status::Timeout, GETTING_A_CONNECTION),
        // … connection lost before the last byte left;
        (Cause::Lost, Status::ConnectionLost, &PHASES),
        // never after a certificate fault, a proxy's refusal or any answer,
        (Cause::Tls, Status::TlsFailed, &[]),
        (Cause::Clock, Status::TlsFailed, &[]),
        (Cause::ServerIsItsOwnAuthority, Status::TlsFailed, &[]),
        (Cause::ProxyRefused, Status::ProxyFailed, &[]),
        (Cause::NotHttp, Status::UnexpectedResponse, &[]),
        (Cause::SpokeFirst, Status::UnexpectedResponse, &[]),
        // nor for what it does not list.
        (Cause::NameUnknown, Status::ResolveFailed, &[]),
        (Cause::TooManyLookups, Status::ResolveFailed, &[]),
        (Cause::NoThread, Status::InternalError, &[]),
        (Cause::Cancelled, Status::Cancelled, &[]),
        (Cause::NoStop, Status::InternalError, &[]),
        (Cause::Panic, Status::InternalError, &[]),
    ];

    /// Every cause in every phase, whether or not the last byte has left and the connection was a kept one. It includes combinations that
    /// cannot occur today, because only other files exclude them.
    fn for_each_failure(look: impl Fn(Attempt, &NetworkFault, Status, &[Phase])) {
        for (cause, status, retried_in) in CAUSES {
            for phase in PHASES {
                for (last_byte_left, on_kept_connection) in [(false, false), (false, true), (true, false), (true, true)]
                {
                    let attempt =
                        Attempt { phase, last_byte_left, on_kept_connection, ..Attempt::not_begun(THIS_MACHINE, None) };
                    look(attempt, &NetworkFault::new(cause, ""), status, retried_in);
                }
            }
        }
    }

    #[test]
    fn the_cause_alone_gives_the_status() {
        for_each_failure(|_, fault, status, _| assert_eq!(fault.status(), status, "{fault:?}"));
    }

    #[test]
    fn an_sms_may_be_on_its_way_if_the_last_byte_has_left() {
        for_each_failure(|attempt, fault, _, _| {
            let delivery = if attempt.last_byte_left { Delivery::Unknown } else { Delivery::NotSent };
            assert_eq!(attempt.delivery(), delivery, "{attempt:?} {fault:?}");
        });
    }

    #[test]
    fn what_is_tried_again_is_what_the_design_lists() {
        for_each_failure(|attempt, fault, _, retried_in| {
            let retried = !attempt.last_byte_left && retried_in.contains(&attempt.phase);
            assert_eq!(attempt.may_be_repeated(fault), retried, "{attempt:?} {fault:?}");
        });
    }

    #[test]
    fn only_a_kept_connection_lost_before_the_last_byte_is_stale() {
        for_each_failure(|attempt, fault, status, _| {
            let stale = status == Status::ConnectionLost && attempt.on_kept_connection && !attempt.last_byte_left;
            assert_eq!(attempt.met_a_stale_connection(fault), stale, "{attempt:?} {fault:?}");
        });
    }

    #[test]
    fn the_connect_timeout_bounds_what_comes_before_the_request() {
        let now = Instant::now();
        let later = now + std::time::Duration::from_secs(60);
        for phase in PHASES {
            let limits = Limits { deadline: later, connect_deadline: now };
            let attempt = Attempt { phase, ..Attempt::not_begun(THIS_MACHINE, None).next(limits, false) };
            assert_eq!(attempt.check_time().is_err(), GETTING_A_CONNECTION.contains(&phase), "{phase:?}");
        }
    }
}
