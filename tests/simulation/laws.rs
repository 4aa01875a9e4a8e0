//! What must be true, whatever happens. It is judged by what the simulated kernel, network and service know, and not by what
//! the client says.

use std::time::Duration;

use shoutout_otp::{Delivery, Error, SendResult, Status, VerifyResult};

use crate::sim::{CallNumber, State};
use crate::words::{Expected, Word, reference_id};

/// A call may end so much later than its deadline; the clock's tick comes twice to that.
const MARGIN: Duration = Duration::from_millis(1);
const MOST_AFTER_CANCEL: Duration = Duration::from_millis(50);
const MOST_IDLE_PER_HOST: usize = 64;
/// At most so many addresses are tried at once by one call.
const MOST_ATTEMPTS_AT_ONCE: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Send,
    /// Of the code that this call sent.
    Verify {
        of: CallNumber,
    },
}

/// Which service a call asks: plain or TLS, the host's number, and whether through the proxy.
pub type LeadsTo = (bool, u8, bool);

/// A law that was broken.
#[derive(Clone, Debug)]
pub struct Violation {
    pub law: &'static str,
    pub call: CallNumber,
    pub what: String,
}

/// What a call gave.
pub enum Outcome {
    Sent(SendResult),
    Checked(VerifyResult),
    Failed(Error),
    Panicked,
}

/// What is known of one call.
struct Call {
    operation: Operation,
    begin: Duration,
    end: Duration,
    timeout: Duration,
    leads_to: LeadsTo,
    secrets: Vec<String>,
    outcome: Option<Outcome>,
    /// How often the whole request left the machine, and reached the service.
    left: u32,
    had: u32,
    is_accepted: bool,
    /// The last write on each wire, as the number of the step.
    writes: Vec<(usize, u64)>,
    left_on: Option<usize>,
    last_dial: u64,
    answers: Vec<Answer>,
    /// What was read after which nothing may be tried again, and at which step.
    final_word: Option<(&'static str, u64, usize)>,
    wires: Vec<usize>,
    operations: u32,
    /// When it was cancelled, and at which step.
    cancelled: Option<(Duration, u64)>,
}

/// An answer that the service gave.
pub struct Answer {
    pub wire: usize,
    /// Where its JSON begins, and where all of it ends, in what the wire says.
    pub begin_of_json: u64,
    pub end: u64,
    pub ends_with_connection: bool,
    pub word: Word,
}

/// A point in what a wire says, after which the call is decided.
struct Final {
    call: CallNumber,
    wire: usize,
    at: u64,
    why: &'static str,
}

/// Everything that is known of the calls of a run.
#[derive(Default)]
pub struct Ledger {
    calls: Vec<Call>,
    finals: Vec<Final>,
    /// Wires on which the service said 408 that nobody asked for.
    unasked: Vec<usize>,
    steps: u64,
    pub violation: Option<Violation>,
}

impl Ledger {
    /// Notes the first law that is broken.
    pub fn violate(&mut self, law: &'static str, call: CallNumber, what: String) {
        self.violation.get_or_insert(Violation { law, call, what });
    }

    /// The number that the next call will have.
    pub fn next_number(&self) -> CallNumber {
        self.calls.len() as CallNumber + 1
    }

    pub fn sends(&self) -> u64 {
        self.calls.iter().filter(|call| call.operation == Operation::Send).count() as u64
    }

    pub fn begins(
        &mut self,
        operation: Operation,
        begin: Duration,
        timeout: Duration,
        leads_to: LeadsTo,
        secrets: Vec<String>,
    ) {
        self.calls.push(Call {
            operation,
            begin,
            end: begin,
            timeout,
            leads_to,
            secrets,
            outcome: None,
            left: 0,
            had: 0,
            is_accepted: false,
            writes: Vec::new(),
            left_on: None,
            last_dial: 0,
            answers: Vec::new(),
            final_word: None,
            wires: Vec::new(),
            operations: 0,
            cancelled: None,
        });
    }

    fn call(&mut self, call: CallNumber) -> Option<&mut Call> {
        self.calls.get_mut((call as usize).checked_sub(1)?)
    }

    pub fn count_operation(&mut self, call: CallNumber) -> u32 {
        self.steps += 1;
        self.call(call).map_or(0, |call| {
            call.operations += 1;
            call.operations
        })
    }

    pub fn secrets_of(&mut self, call: CallNumber) -> Vec<String> {
        self.call(call).map(|call| call.secrets.clone()).unwrap_or_default()
    }

    pub fn leads_to(&mut self, call: CallNumber) -> LeadsTo {
        self.call(call).expect("only calls open connections").leads_to
    }

    pub fn wires_of(&mut self, call: CallNumber) -> &mut Vec<usize> {
        &mut self.call(call).expect("only calls use wires").wires
    }

    pub fn dials(&mut self, number: CallNumber) {
        let step = self.steps;
        let Some(call) = self.call(number) else { return };
        call.last_dial = step;
        if let Some((why, ..)) = call.final_word {
            self.violate("nothing is tried again once it is decided", number, format!("it connects again after {why}"));
        }
    }

    pub fn writes(&mut self, number: CallNumber, wire: usize) {
        let step = self.steps;
        let Some(call) = self.call(number) else { return };
        match call.writes.iter_mut().find(|(of, _)| *of == wire) {
            Some((_, last)) => *last = step,
            None => call.writes.push((wire, step)),
        }
        if let Some((why, _, on)) = call.final_word {
            if on != wire {
                let what = format!("it writes on another connection after {why}");
                self.violate("nothing is tried again once it is decided", number, what);
            }
        }
    }

    /// A whole request of this call left the machine, on this wire if it reached its peer.
    pub fn has_left(&mut self, number: CallNumber, wire: Option<usize>) {
        let Some(call) = self.call(number) else { return };
        call.left += 1;
        call.left_on = call.left_on.or(wire);
        if call.left > 1 {
            let what = "the whole request left a second time".to_owned();
            self.violate("no request leaves twice", number, what);
        }
    }

    /// The service has a whole request of this call.
    pub fn service_has(&mut self, number: CallNumber, wire: usize, user: CallNumber) {
        if user != number {
            let what = format!("wire {wire} was used last by call {user}");
            self.violate("a request is on a connection of its call", number, what);
        }
        if let Some(call) = self.call(number) {
            call.had += 1;
        }
    }

    pub fn accepts(&mut self, call: CallNumber) {
        if let Some(call) = self.call(call) {
            call.is_accepted = true;
        }
    }

    pub fn answers(&mut self, call: CallNumber, answer: Answer) {
        self.is_final(call, answer.wire, answer.end, "an answer");
        if let Some(call) = self.call(call) {
            call.answers.push(answer);
        }
    }

    /// Once the client has read up to here, the call is decided.
    pub fn is_final(&mut self, call: CallNumber, wire: usize, at: u64, why: &'static str) {
        self.finals.push(Final { call, wire, at, why });
    }

    pub fn is_cancelled(&mut self, number: CallNumber, now: Duration) {
        let step = self.steps;
        if let Some(call) = self.call(number) {
            call.cancelled.get_or_insert((now, step));
        }
    }

    pub fn was_cancelled_within(&mut self, call: CallNumber, time: Duration, now: Duration) -> bool {
        self.call(call).and_then(|call| call.cancelled).is_some_and(|(at, _)| now <= at + time)
    }

    /// The service said something that was no answer.
    pub fn unasked(&mut self, wire: usize) {
        self.unasked.push(wire);
    }
}

impl State {
    pub fn judge_what_was_read(&mut self, wire: usize) {
        let read = self.wires[wire].read;
        let steps = self.ledger.steps;
        let index = self.ledger.finals.iter().position(|point| point.wire == wire && point.at <= read);
        if let Some(index) = index {
            let Final { call, why, .. } = self.ledger.finals.swap_remove(index);
            if let Some(call) = self.ledger.call(call) {
                call.final_word.get_or_insert((why, steps, wire));
            }
        }
    }

    /// A call has ended: what can be judged at once.
    pub fn ends(&mut self, number: CallNumber, outcome: Outcome) {
        let (clock, tick, now) = (self.clock(), self.tick, self.time);
        let ledger = &mut self.ledger;
        let call = ledger.call(number).expect("it began");
        call.end = clock;
        let cancelled = call.cancelled;
        let took = clock.saturating_sub(call.begin);
        let most = call.timeout + MARGIN + 2 * tick;
        if took > most {
            let what = format!("it took {took:?} of {:?}", call.timeout);
            ledger.violate("every call ends by its deadline", number, what);
        }
        if let Some((at, _)) = cancelled {
            let late = now.saturating_sub(at);
            if late > MOST_AFTER_CANCEL {
                ledger.violate("a cancelled call ends within 50 ms", number, format!("it ended {late:?} later"));
            }
        }
        if let Outcome::Panicked = outcome {
            ledger.violate("no call panics", number, "it panicked".to_owned());
        }
        self.judge_secrets(number, &outcome);
        let call = self.ledger.call(number).expect("it began");
        call.outcome = Some(outcome);
        self.judge_connections();
    }

    fn judge_secrets(&mut self, number: CallNumber, outcome: &Outcome) {
        let text = match outcome {
            Outcome::Failed(error) => format!("{error} {error:?} {}", error.service_message()),
            Outcome::Sent(result) => result.description().to_owned(),
            Outcome::Checked(result) => result.description().to_owned(),
            Outcome::Panicked => return,
        };
        if self.ledger.secrets_of(number).iter().any(|secret| text.contains(secret)) {
            self.ledger.violate("no secret is in what a caller is told", number, "a secret is in it".to_owned());
        }
    }

    fn judge_connections(&mut self) {
        let process = self.process();
        let open: Vec<usize> =
            (0..self.wires.len()).filter(|wire| self.wires[*wire].is_open_and_idle(process, self)).collect();
        let busiest = open.iter().map(|wire| {
            let leads_to = self.wires[*wire].leads_to;
            open.iter().filter(|other| self.wires[**other].leads_to == leads_to).count()
        });
        let busiest = busiest.max().unwrap_or(0);
        if busiest > MOST_IDLE_PER_HOST {
            self.ledger.violate("idle connections are bounded", 0, format!("{busiest} to one host"));
        }
        let all = self.wires.iter().filter(|wire| !wire.is_closed).count();
        if all > 4 * MOST_IDLE_PER_HOST + MOST_ATTEMPTS_AT_ONCE * self.active_calls_of(process) {
            self.ledger.violate("idle connections are bounded", 0, format!("{all} are open"));
        }
    }

    /// The run has ended, and what was lost was heard: the rest of the laws.
    pub fn judge_all(&mut self) {
        for number in 1..self.ledger.next_number() {
            let Some(violation) = self.broken_law(number) else { continue };
            self.ledger.violate(violation.0, number, violation.1);
        }
    }

    fn broken_law(&self, number: CallNumber) -> Option<(&'static str, String)> {
        let call = &self.ledger.calls[number as usize - 1];
        let broken = |law, what: String| Some((law, what));
        let Some(outcome) = &call.outcome else { return broken("every call ends", "it did not end".to_owned()) };
        if let Some(wire) = call.left_on {
            let left_at = call.writes.iter().find(|(of, _)| *of == wire).map_or(u64::MAX, |(_, step)| *step);
            if call.last_dial > left_at || call.writes.iter().any(|(of, step)| *of != wire && *step > left_at) {
                return broken("nothing is tried again once it is decided", "after the last byte left".to_owned());
            }
            if call.cancelled.is_some_and(|(_, step)| left_at > step) {
                return broken("nothing leaves after a cancellation", format!("the last byte did, on wire {wire}"));
            }
        }
        match outcome {
            Outcome::Sent(_) | Outcome::Checked(_) if call.had != 1 => {
                return broken("success: the service had it once", format!("it had it {} times", call.had));
            }
            Outcome::Sent(result) if !call.is_accepted => {
                return broken("success: the service accepted it", format!("it did not: {result:?}"));
            }
            Outcome::Sent(result) if result.reference_id() != reference_id(number) => {
                return broken("success: in the service's own words", format!("another reference id: {result:?}"));
            }
            Outcome::Failed(error) => {
                if let Some(broken) = self.law_broken_by_error(call, error) {
                    return Some(broken);
                }
            }
            _ => {}
        }
        self.law_of_the_answer(call, outcome)
    }

    fn law_broken_by_error(&self, call: &Call, error: &Error) -> Option<(&'static str, String)> {
        let is_answered = error.http_status() != 0;
        if error.status() == Status::Cancelled && call.cancelled.is_none() {
            return Some(("CANCELLED: the caller cancelled it", format!("nobody did: {error}")));
        }
        let is_not_sent = error.delivery() == Delivery::NotSent;
        // A 4xx that means "accepted" says so only in its body. If none of that came, its status line is believed.
        let is_lied_to = call.answers.iter().any(|answer| {
            (400..500).contains(&answer.word.http_status) && self.wires[answer.wire].read <= answer.begin_of_json
        });
        if is_not_sent && call.is_accepted && !is_lied_to {
            return Some(("NOT_SENT: the service did not accept it", format!("it did: {error}")));
        }
        if is_not_sent && !is_answered && call.left > 0 {
            return Some(("NOT_SENT from the network: it never left whole", format!("it left: {error}")));
        }
        if !is_not_sent && !is_answered && call.left != 1 {
            return Some(("UNKNOWN from the network: it left once", format!("it left {} times: {error}", call.left)));
        }
        if is_answered {
            let said = call.answers.iter().any(|answer| {
                answer.word.http_status == error.http_status()
                    && [answer.word.service_status, ""].contains(&error.service_status())
            });
            let was_unasked =
                error.http_status() == 408 && call.wires.iter().any(|wire| self.ledger.unasked.contains(wire));
            if !said && !was_unasked {
                return Some(("a refusal: in the service's own words", format!("it did not say so: {error}")));
            }
        }
        None
    }

    /// An answer that was read whole and in time is what the caller is told.
    fn law_of_the_answer(&self, call: &Call, outcome: &Outcome) -> Option<(&'static str, String)> {
        const LAW: &str = "an answer that came whole is believed";
        let is_read = |answer: &&Answer| {
            let wire = &self.wires[answer.wire];
            wire.read >= answer.end && (!answer.ends_with_connection || wire.read_end)
        };
        let is_in_time = call.end.saturating_sub(call.begin) < call.timeout;
        let was_unasked = call.wires.iter().any(|wire| self.ledger.unasked.contains(wire));
        let answer = call.answers.iter().find(is_read).filter(|_| is_in_time && !was_unasked)?;
        let told = match outcome {
            Outcome::Sent(_) => Expected::Sent,
            Outcome::Checked(result) => Expected::Checked(result.outcome()),
            Outcome::Failed(error) => Expected::Failed(error.status(), error.delivery()),
            Outcome::Panicked => return None,
        };
        if told != answer.word.expected {
            return Some((LAW, format!("{:?} became {told:?}: {}", answer.word, text_of(outcome))));
        }
        let retry_after = if let Outcome::Failed(error) = outcome { error.retry_after() } else { None };
        let is_told = match (answer.word.retry_after, retry_after) {
            (Some(said), Some(told)) if said.is_date => {
                // A date has whole seconds, and time went by.
                let latest = said.time + self.tick;
                told <= latest && told + (call.end - call.begin) + Duration::from_secs(1) + 2 * self.tick >= said.time
            }
            (said, told) => said.map(|said| said.time) == told,
        };
        if !is_told {
            return Some((LAW, format!("Retry-After {:?} became {retry_after:?}", answer.word.retry_after)));
        }
        None
    }

    /// Where no fault happened, every call has its answer.
    pub fn judge_a_run_without_faults(&mut self) {
        for number in 1..self.ledger.next_number() {
            let outcome = &self.ledger.calls[number as usize - 1].outcome;
            if let Some(outcome @ (Outcome::Failed(_) | Outcome::Panicked)) = outcome {
                let what = text_of(outcome);
                self.ledger.violate("without a fault, every call succeeds", number, what);
            }
        }
    }

    /// Each call's outcome, in one line.
    pub fn summary_of(&self, number: CallNumber) -> String {
        let call = &self.ledger.calls[number as usize - 1];
        let outcome = call.outcome.as_ref().map_or("no end".to_owned(), text_of);
        format!("{:?}, timeout {:?}: {outcome}", call.operation, call.timeout)
    }

    /// How many of the calls ended in each way: sent or checked, NOT_SENT, UNKNOWN.
    pub fn tally(&self) -> [u64; 3] {
        let mut tally = [0; 3];
        for call in &self.ledger.calls {
            match &call.outcome {
                Some(Outcome::Sent(_) | Outcome::Checked(_)) => tally[0] += 1,
                Some(Outcome::Failed(error)) if error.delivery() == Delivery::NotSent => tally[1] += 1,
                _ => tally[2] += 1,
            }
        }
        tally
    }
}

fn text_of(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Sent(result) => format!("sent, {}", result.reference_id()),
        Outcome::Checked(result) => format!("{:?}", result.outcome()),
        Outcome::Failed(error) => format!("{:?}: {error}", error.delivery()),
        Outcome::Panicked => "a panic".to_owned(),
    }
}
