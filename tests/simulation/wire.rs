//! One simulated TCP connection: what the kernel has taken, what is on its way, what has come, and where it breaks.

mod stream;

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Duration;

use shoutout_otp::simulation::Readiness;
pub use stream::SimulatedStream;

use crate::chance::Dice;
use crate::faults::Fault;
use crate::laws::LeadsTo;
use crate::service::{Peer, Task};
use crate::sim::{CallNumber, Happening, State};

/// What reaches the client.
#[derive(Debug)]
pub enum Parcel {
    Bytes(Vec<u8>),
    /// The peer says no more.
    Fin,
    Reset,
}

impl Parcel {
    /// One of the two ends.
    pub fn some_end(dice: &mut Dice) -> Parcel {
        if dice.is_one_in(2) { Parcel::Fin } else { Parcel::Reset }
    }
}

/// How a way breaks.
#[derive(Clone, Copy, Debug)]
pub enum Break {
    Reset,
    Fin,
    /// What follows is lost silently, in both directions.
    Silence,
}

const BREAKS: [Break; 3] = [Break::Reset, Break::Fin, Break::Silence];

/// A usual send buffer takes every request at once.
const USUAL_WINDOW: usize = 256 * 1024;

/// A connection, from the kernel of the client to the peer.
pub struct Wire {
    /// The process that opened it.
    process: usize,
    /// The call that used it last.
    pub call: CallNumber,
    pub leads_to: LeadsTo,
    peer: Option<Box<Peer>>,
    way: Duration,
    window: usize,
    /// What the kernel has taken and the peer has not got.
    on_the_way_out: VecDeque<u8>,
    pub taken: u64,
    delivered: u64,
    is_delivery_planned: bool,
    /// From this byte on, nothing reaches the peer.
    break_out: Option<(u64, Break)>,
    /// What never reached the peer, in order.
    lost: Vec<u8>,
    /// What has come and was not read.
    came: VecDeque<u8>,
    end: Option<Parcel>,
    /// How much the peer has said, and how much of it the client has read.
    pub said: u64,
    pub read: u64,
    pub read_end: bool,
    /// Where the last answer ends in what the peer has said.
    pub answered: u64,
    /// The service said that it closes the connection.
    pub is_given_up: bool,
    /// The call that wrote on it last.
    writer: CallNumber,
    /// When the last of what the peer said comes.
    last_arrival: Duration,
    is_dark: bool,
    /// The peer's socket is closed: what reaches it now is answered by a reset.
    is_peer_closed: bool,
    pub is_closed: bool,
    /// Handles to it; more than one is a fault planted on purpose.
    handles: u32,
    waiter: Option<usize>,
}

impl Wire {
    pub fn is_open_and_idle(&self, process: usize, state: &State) -> bool {
        !self.is_closed && self.process == process && !state.is_active(self.call)
    }

    fn readiness(&self) -> Readiness {
        let is_reset = matches!(self.end, Some(Parcel::Reset));
        Readiness {
            read: !self.came.is_empty() || self.end.is_some(),
            write: is_reset || self.on_the_way_out.len() < self.window,
        }
    }
}

impl State {
    /// A connection of the running call, just accepted.
    pub fn open_wire(&mut self, address: IpAddr, port: u16) -> usize {
        let call = self.call();
        let number = self.wires.len();
        let way = match self.draw(Fault::Latency, call) {
            Some(mut dice) => Duration::from_millis(dice.pick(&[20, 200, 2_000])),
            None => Duration::from_micros(200),
        };
        let window = self.draw(Fault::TinyWindow, call).map(|mut dice| dice.pick(&[7, 50, 150, 1000, 5000]));
        let peer = Peer::behind(port, call, self);
        self.note(call, || format!("wire {number} to {address} is connected: {}", peer.description()));
        self.wires.push(Wire {
            process: self.process(),
            call,
            leads_to: self.ledger.leads_to(call),
            peer: Some(Box::new(peer)),
            way,
            window: window.unwrap_or(USUAL_WINDOW),
            on_the_way_out: VecDeque::new(),
            taken: 0,
            delivered: 0,
            is_delivery_planned: false,
            break_out: None,
            lost: Vec::new(),
            came: VecDeque::new(),
            end: None,
            said: 0,
            read: 0,
            read_end: false,
            answered: 0,
            is_given_up: false,
            writer: 0,
            last_arrival: self.time,
            is_dark: false,
            is_peer_closed: false,
            is_closed: false,
            handles: 1,
            waiter: None,
        });
        self.ledger.wires_of(call).push(number);
        if self.draw(Fault::ClosesAtOnce, call).is_some() {
            self.end_now(number, Parcel::Fin);
        } else {
            self.with_peer(number, |peer, state| peer.is_connected(number, state));
        }
        number
    }

    fn with_peer(&mut self, number: usize, act: impl FnOnce(&mut Peer, &mut State)) {
        if let Some(mut peer) = self.wires[number].peer.take() {
            act(&mut peer, self);
            self.wires[number].peer = Some(peer);
        }
    }

    /// A part of what is on the way out reaches the peer.
    pub fn reach_peer(&mut self, number: usize) {
        let call = self.wires[number].call;
        let wire = &mut self.wires[number];
        wire.is_delivery_planned = false;
        if wire.peer.as_ref().is_some_and(|peer| peer.is_deaf()) {
            return;
        }
        let until_break = wire.break_out.map_or(u64::MAX, |(at, _)| at - wire.delivered);
        let deliverable = wire.on_the_way_out.len().min(usize::try_from(until_break).unwrap_or(usize::MAX));
        let bytes: Vec<u8> = wire.on_the_way_out.drain(..deliverable).collect();
        wire.delivered += bytes.len() as u64;
        let is_lost = wire.is_peer_closed || wire.is_dark;
        let answers_with_reset = wire.is_peer_closed && !wire.is_dark;
        if is_lost {
            wire.lost.extend(&bytes);
        }
        // Where the way breaks, what is behind the break is lost.
        wire.lost.extend(wire.on_the_way_out.drain(..));
        if let Some(waiter) = wire.waiter {
            self.wake(waiter);
        }
        if !is_lost && !bytes.is_empty() {
            self.note(call, || format!("wire {number}: {} reach the peer", described(&bytes)));
            self.with_peer(number, |peer, state| peer.hears(number, &bytes, state));
        } else if answers_with_reset && !bytes.is_empty() {
            self.end_later(number, Parcel::Reset);
        }
        if let Some((at, how)) = self.wires[number].break_out {
            if self.wires[number].delivered >= at && !self.wires[number].is_dark {
                self.note(call, || format!("wire {number} breaks after byte {at}: {how:?}"));
                self.break_now(number, how);
            }
        }
    }

    fn break_now(&mut self, number: usize, how: Break) {
        match how {
            Break::Reset => self.end_later(number, Parcel::Reset),
            Break::Fin => self.end_later(number, Parcel::Fin),
            Break::Silence => {}
        }
        let wire = &mut self.wires[number];
        wire.is_dark |= matches!(how, Break::Silence);
        wire.is_peer_closed |= !matches!(how, Break::Silence);
    }

    /// Something of the peer reaches the client.
    pub fn reach_client(&mut self, number: usize, parcel: Parcel) {
        let call = self.wires[number].call;
        if self.wires[number].is_closed {
            return;
        }
        self.note(call, || match &parcel {
            Parcel::Bytes(bytes) => format!("wire {number}: {} come", described(bytes)),
            end => format!("wire {number}: {end:?} comes"),
        });
        let wire = &mut self.wires[number];
        match parcel {
            Parcel::Bytes(bytes) => wire.came.extend(bytes),
            Parcel::Fin if wire.end.is_some() => {}
            end => wire.end = Some(end),
        }
        if let Some(waiter) = wire.waiter {
            self.wake(waiter);
        }
    }

    /// The peer says something. Returns how much it has said then. `at_once`: this many bytes of it come together.
    pub fn say(&mut self, number: usize, bytes: &[u8], at_once: usize) -> u64 {
        let call = self.wires[number].call;
        let cut = self.draw(Fault::WordCut, call);
        let mut pieces = self.draw(Fault::CutSegments, call);
        let delay = self.draw(Fault::Delay, call);
        let wire = &mut self.wires[number];
        let end_of_word = wire.said + bytes.len() as u64;
        if wire.is_dark || wire.is_peer_closed {
            return end_of_word;
        }
        wire.said = end_of_word;
        let (kept, how) = match cut {
            Some(mut dice) => (&bytes[..dice.below(bytes.len() as u64 + 1) as usize], Some(dice.pick(&BREAKS))),
            None => (bytes, None),
        };
        let mut at = self.next_arrival(number);
        if let Some(mut dice) = delay {
            at += Duration::from_millis(dice.pick(&[1, 30, 1_000, 7_000, 40_000]));
        }
        let mut late_rest = self.draw(Fault::LateRest, call);
        let first = at_once.min(kept.len());
        self.deliver(number, at, &kept[..first]);
        let mut rest = &kept[first..];
        while !rest.is_empty() {
            let size = match (&mut pieces, &mut late_rest) {
                (Some(dice), _) => cut_size(dice).min(rest.len()),
                (None, Some(dice)) => 1 + dice.below(rest.len() as u64) as usize,
                (None, None) => rest.len(),
            };
            if let Some(dice) = &mut pieces {
                at += Duration::from_micros(dice.pick(&[0, 0, 10, 500, 40_000]));
            }
            self.deliver(number, at, &rest[..size]);
            rest = &rest[size..];
            if let Some(mut dice) = late_rest.take() {
                at += Duration::from_millis(dice.pick(&[1, 100, 6_000, 29_990, 40_000]));
            }
        }
        self.wires[number].last_arrival = at;
        if let Some(how) = how {
            self.note(call, || format!("wire {number} breaks {} bytes into a word of {}", kept.len(), bytes.len()));
            self.break_now(number, how);
        }
        end_of_word
    }

    /// When what the peer says now comes: nothing overtakes what it said before.
    fn next_arrival(&self, number: usize) -> Duration {
        let wire = &self.wires[number];
        (self.time + wire.way).max(wire.last_arrival)
    }

    fn deliver(&mut self, number: usize, at: Duration, bytes: &[u8]) {
        if !bytes.is_empty() {
            let after = at.saturating_sub(self.time);
            self.schedule(after, Happening::ReachClient(number, Parcel::Bytes(bytes.to_vec())));
        }
    }

    /// The peer closes its socket: it says no more and hears no more.
    pub fn peer_closes(&mut self, number: usize, parcel: Parcel) {
        self.end_later(number, parcel);
        self.wires[number].is_peer_closed = true;
    }

    /// The end comes after all that was said.
    pub fn end_later(&mut self, number: usize, parcel: Parcel) {
        if !self.wires[number].is_dark {
            let at = self.next_arrival(number);
            self.wires[number].last_arrival = at;
            let after = at.saturating_sub(self.time);
            self.schedule(after, Happening::ReachClient(number, parcel));
        }
    }

    fn end_now(&mut self, number: usize, parcel: Parcel) {
        self.wires[number].is_peer_closed = true;
        self.reach_client(number, parcel);
    }

    /// The peer's bytes come in this moment, all of them.
    pub fn say_now(&mut self, number: usize, bytes: &[u8]) {
        self.wires[number].said += bytes.len() as u64;
        self.reach_client(number, Parcel::Bytes(bytes.to_vec()));
    }

    /// The peer does what it meant to do later.
    pub fn peer_acts(&mut self, number: usize, task: Task) {
        if !self.wires[number].is_peer_closed {
            self.with_peer(number, |peer, state| peer.acts(number, task, state));
        }
    }

    /// After the run: what the peer would have heard if all that the kernel took had reached it.
    pub fn hear_what_was_lost(&mut self) {
        for number in 0..self.wires.len() {
            let wire = &mut self.wires[number];
            let mut bytes = std::mem::take(&mut wire.lost);
            bytes.extend(wire.on_the_way_out.drain(..));
            if !bytes.is_empty() {
                self.with_peer(number, |peer, state| peer.would_have_heard(&bytes, state));
            }
        }
    }

    /// A request follows another one on a connection.
    fn judge_reuse(&mut self, number: usize, call: CallNumber) {
        const LAW: &str = "a connection is used again only if its answer was read and the service keeps it";
        let wire = &mut self.wires[number];
        if wire.writer == call {
            return;
        }
        let (was_read, is_given_up) = (wire.read >= wire.answered, wire.is_given_up);
        wire.writer = call;
        if !was_read {
            self.ledger.violate(LAW, call, format!("a part of the last answer on wire {number} was not read"));
        }
        if is_given_up {
            self.ledger.violate(LAW, call, format!("the service said that it closes wire {number}"));
        }
    }

    /// Each operation on a connection: it belongs to the process that opened it, and to one call at a time.
    fn use_wire(&mut self, number: usize) -> CallNumber {
        let (call, process) = (self.call(), self.process());
        let (owner, user) = (self.wires[number].process, self.wires[number].call);
        if owner != process {
            let what = format!("process {process} uses wire {number} of process {owner}");
            self.ledger.violate("a forked child uses no connection of its parent", call, what);
        }
        if user != call {
            if self.is_active(user) {
                let what = format!("wire {number} is in use by call {user}");
                self.ledger.violate("a connection is used by one call at a time", call, what);
            }
            self.wires[number].call = call;
            self.ledger.wires_of(call).push(number);
        }
        call
    }
}

/// How many bytes, and a checksum, by which two runs can be compared.
fn described(bytes: &[u8]) -> String {
    let sum = bytes.iter().fold(0_u16, |sum, byte| sum.rotate_left(3) ^ u16::from(*byte));
    format!("{} bytes ({sum:04x})", bytes.len())
}

fn cut_size(dice: &mut Dice) -> usize {
    let most = dice.pick(&[1, 8, 60, 400, 4_000]);
    1 + dice.below(most) as usize
}
