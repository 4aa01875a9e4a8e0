//! How far the running exchange has come, and until when it may go on.
//! All I/O of an exchange happens on the thread that began it, but the pieces that ureq calls are shared by all
//! threads: so each finds the exchange that it serves here, in plain thread-local cells without destructors.

use std::cell::Cell;
use std::time::Instant;

/// What the exchange is doing. Everything before [`Phase::Request`] is bounded by the connect timeout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Looking up the host's name.
    Resolve,
    /// Connecting to one of its addresses.
    Connect,
    /// Asking the proxy for a tunnel.
    Proxy,
    /// Shaking hands.
    Tls,
    /// Writing the request.
    Request,
    /// The kernel has its last byte: waiting for the answer, or reading it.
    Answer,
}

/// What went wrong, noted by the piece that saw it, since errors change their shape on their way through ureq.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The deadline, or the connect timeout, passed.
    TimedOut,
    /// The name lookup gave nothing; asking again may help or not.
    NotResolved { for_now: bool },
    /// The resolver is stuck on too many names already; this one was not asked for.
    TooManyLookups,
    /// The thread for a name lookup could not be started.
    NoThread,
    /// No address accepted a connection.
    NotConnected,
    /// The other side ended the connection.
    Lost,
}

#[derive(Clone, Copy)]
struct State {
    phase: Phase,
    fault: Option<Fault>,
    /// Whether this exchange opened a connection, rather than taking a kept one.
    connected: bool,
    via_proxy: bool,
    /// Whether the request's last byte is in what is written now; whether it has left is told by the phase.
    writes_the_last: bool,
    /// Whether a kept connection is asked if it is still good: nothing may be read then.
    probing: bool,
    limits: Option<Limits>,
}

/// The two points in time that bound an exchange.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// The end of the whole call.
    pub(crate) deadline: Instant,
    /// The end of the time to get a connection; not after `deadline`.
    pub(crate) connect_deadline: Instant,
}

const IDLE: State = State {
    phase: Phase::Request,
    fault: None,
    connected: false,
    via_proxy: false,
    writes_the_last: false,
    probing: false,
    limits: None,
};

thread_local! {
    static STATE: Cell<State> = const { Cell::new(IDLE) };
}

/// Begins an exchange on this thread.
pub(crate) fn begin(limits: Limits, via_proxy: bool) {
    STATE.set(State { via_proxy, limits: Some(limits), ..IDLE });
}

/// Ends what an exchange before noted on this thread: of the call that begins now, nothing has left.
pub(crate) fn forget() {
    STATE.set(IDLE);
}

fn update(change: impl FnOnce(&mut State)) {
    let mut state = STATE.get();
    change(&mut state);
    STATE.set(state);
}

pub(crate) fn enter(phase: Phase) {
    update(|state| state.phase = phase);
}

/// Notes the first fault: what follows is its consequence.
pub(crate) fn note(fault: Fault) {
    update(|state| state.fault = state.fault.or(Some(fault)));
}

/// Notes that a connection was opened for this exchange.
pub(crate) fn connected() {
    update(|state| state.connected = true);
}

pub(crate) fn phase() -> Phase {
    STATE.get().phase
}

pub(crate) fn fault() -> Option<Fault> {
    STATE.get().fault
}

pub(crate) fn is_on_kept_connection() -> bool {
    !STATE.get().connected
}

pub(crate) fn is_via_proxy() -> bool {
    STATE.get().via_proxy
}

/// Until when the present phase may wait.
pub(crate) fn deadline() -> Instant {
    let state = STATE.get();
    match (state.limits, state.phase) {
        (Some(limits), Phase::Request | Phase::Answer) => limits.deadline,
        (Some(limits), _) => limits.connect_deadline,
        // No exchange runs on this thread: nothing may wait.
        (None, _) => Instant::now(),
    }
}

/// Notes it if the present phase has used up its time; says whether it has.
pub(crate) fn note_if_late() -> bool {
    let late = Instant::now() >= deadline();
    if late {
        note(Fault::TimedOut);
    }
    late
}

/// The first half of the witness: what is written from now on holds the request's last byte.
pub(crate) fn writes_the_last_byte() {
    update(|state| state.writes_the_last = true);
}

/// The second half: the kernel took all that was to be written.
pub(crate) fn written() {
    update(|state| {
        if state.writes_the_last {
            state.phase = Phase::Answer;
        }
    });
}

/// Whether the service may have the whole request.
pub(crate) fn request_has_left() -> bool {
    phase() == Phase::Answer
}

/// Asks a kept connection something, during which nothing is read from a socket.
pub(crate) fn while_probing<T>(ask: impl FnOnce() -> T) -> T {
    update(|state| state.probing = true);
    let answer = ask();
    update(|state| state.probing = false);
    answer
}

pub(crate) fn is_probing() -> bool {
    STATE.get().probing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_left_when_the_write_that_holds_its_last_byte_is_over() {
        let now = Instant::now();
        begin(Limits { deadline: now, connect_deadline: now }, false);
        written();
        assert!(!request_has_left(), "what was written did not hold it");
        writes_the_last_byte();
        assert!(!request_has_left(), "the kernel has not taken it yet");
        written();
        assert!(request_has_left());
    }
}
