//! The simulated world: virtual time, what is going to happen, and threads that take turns. One thread of the system runs it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use shoutout_otp::Call;
use shoutout_otp::simulation::{TellAddresses, Until};

use crate::chance::Dice;
use crate::faults::{Fault, Faults};
use crate::laws::Ledger;
use crate::names::{Found, Hosts};
use crate::service::Task;
use crate::tls::Servers;
use crate::trace::Trace;
use crate::wire::{Parcel, Wire};

/// A call's number in its run; 0 is no call.
pub type CallNumber = u32;

/// More operations than this in one call mean that it is busy without getting on.
const MOST_OPERATIONS: u32 = 20_000;

/// The whole world of one run.
pub struct State {
    /// The virtual time since the run began.
    pub time: Duration,
    /// What the clock of the machine showed when the run began.
    beginning: Instant,
    /// Since then it shows whole multiples of this.
    pub tick: Duration,
    pub faults: Faults,
    pub hosts: Hosts,
    pub servers: Servers,
    pub wires: Vec<Wire>,
    pub ledger: Ledger,
    pub trace: Trace,
    /// What is drawn but is no fault: the order of threads, texts, and so on.
    pub dice: Dice,
    threads: Vec<Thread>,
    ready: Vec<usize>,
    running: usize,
    agenda: BinaryHeap<Reverse<Entry>>,
    entries: u64,
}

#[derive(Default)]
struct Thread {
    process: usize,
    call: CallNumber,
    is_parked: bool,
    waits_for_event: bool,
    /// Tells the wake-up that it waits for from older ones.
    ticket: u64,
}

/// Something that is going to happen. What happens at the same time happens in the order in which it was put in.
struct Entry {
    at: Duration,
    number: u64,
    happening: Happening,
}

pub enum Happening {
    /// A thread has waited long enough.
    TimeIsOver {
        thread: usize,
        ticket: u64,
    },
    /// Bytes of the client reach the peer.
    ReachPeer(usize),
    /// Something of the peer reaches the client.
    ReachClient(usize, Parcel),
    /// The peer does what it meant to do later.
    Peer(usize, Task),
    LookupEnds(TellAddresses, Found),
    /// The caller cancels its call.
    Cancel(CallNumber, Arc<Call>),
}

impl Ord for Entry {
    fn cmp(&self, other: &Entry) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Entry) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Entry) -> bool {
        self.number == other.number
    }
}

impl Eq for Entry {}

impl State {
    pub fn new(seed: u64, faults: Faults, hosts: Hosts, servers: Servers, trace: Trace) -> State {
        State {
            time: Duration::ZERO,
            beginning: Instant::now(),
            tick: Duration::from_nanos(1),
            faults,
            hosts,
            servers,
            wires: Vec::new(),
            ledger: Ledger::default(),
            trace,
            dice: Dice::of(seed, &[4]),
            threads: Vec::new(),
            ready: Vec::new(),
            running: 0,
            agenda: BinaryHeap::new(),
            entries: 0,
        }
    }

    /// After the run: the worlds are leaked and keep this state, so it gives up all that takes room.
    pub fn forget(&mut self) {
        self.faults = Faults::of_run(0, &[]);
        self.hosts = Hosts::none();
        self.servers.forget();
        self.wires = Vec::new();
        self.ledger = Ledger::default();
        self.trace = Trace::off();
        self.threads = Vec::new();
        self.ready = Vec::new();
        self.agenda = BinaryHeap::new();
    }

    /// Adds a thread, which is ready to run.
    pub fn add_thread(&mut self, process: usize) {
        self.ready.push(self.threads.len());
        self.threads.push(Thread { process, ..Thread::default() });
    }

    /// What the clock of the machine shows, since the run began.
    pub fn clock(&self) -> Duration {
        let tick = self.tick.as_nanos() as u64;
        let time = self.time.as_nanos() as u64;
        Duration::from_nanos(time - time % tick)
    }

    /// The same as a point in time.
    pub fn now(&self) -> Instant {
        self.beginning + self.clock()
    }

    /// How long to wait from now on, by the clock of the machine.
    pub fn time_until(&self, deadline: Instant) -> Duration {
        deadline.saturating_duration_since(self.now())
    }

    pub fn running(&self) -> usize {
        self.running
    }

    /// The process of the running thread.
    pub fn process(&self) -> usize {
        self.threads[self.running].process
    }

    /// The call of the running thread.
    pub fn call(&self) -> CallNumber {
        self.threads[self.running].call
    }

    pub fn set_call(&mut self, call: CallNumber) {
        self.threads[self.running].call = call;
    }

    pub fn is_active(&self, call: CallNumber) -> bool {
        call != 0 && self.threads.iter().any(|thread| thread.call == call)
    }

    pub fn active_calls_of(&self, process: usize) -> usize {
        self.threads.iter().filter(|thread| thread.process == process && thread.call != 0).count()
    }

    pub fn draw(&mut self, fault: Fault, call: CallNumber) -> Option<Dice> {
        let dice = self.faults.draw(fault, call)?;
        self.trace.note(self.time, call, || format!("FAULT: {}", fault.text()));
        Some(dice)
    }

    pub fn note(&mut self, call: CallNumber, what: impl FnOnce() -> String) {
        self.trace.note(self.time, call, what);
    }

    pub fn schedule(&mut self, after: Duration, happening: Happening) {
        self.entries += 1;
        self.agenda.push(Reverse(Entry { at: self.time + after, number: self.entries, happening }));
    }

    pub fn wake(&mut self, thread: usize) {
        let parked = &mut self.threads[thread];
        if parked.is_parked {
            parked.is_parked = false;
            parked.waits_for_event = false;
            parked.ticket += 1;
            self.ready.push(thread);
        }
    }

    fn cancels(&mut self, call: CallNumber) {
        let Some(thread) = self.threads.iter().position(|thread| thread.call == call) else { return };
        self.note(call, || "THE CALLER CANCELS".to_owned());
        let now = self.time;
        self.ledger.is_cancelled(call, now);
        self.wake(thread);
    }

    fn park(&mut self, at_most: Duration) {
        let running = self.running;
        let thread = &mut self.threads[running];
        thread.is_parked = true;
        let ticket = thread.ticket;
        self.schedule(at_most, Happening::TimeIsOver { thread: running, ticket });
    }
}

/// A handle to the world.
#[derive(Clone)]
pub struct Sim(Arc<Mutex<State>>);

impl Sim {
    pub fn new(state: State) -> Sim {
        Sim(Arc::new(Mutex::new(state)))
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("nothing panics while it holds the world")
    }

    /// When a wait ends at the latest that begins now.
    pub fn end_of(&self, until: Until) -> Duration {
        let state = self.state();
        state.time + state.time_until(until.deadline)
    }

    /// The running thread waits, at most so long.
    pub fn park(&self, at_most: Duration) {
        self.state().park(at_most);
        take_turns();
    }

    /// The running thread waits until an event of the library may have happened.
    pub fn park_for_event(&self, at_most: Duration) {
        {
            let mut state = self.state();
            let running = state.running;
            state.threads[running].waits_for_event = true;
            state.park(at_most);
        }
        take_turns();
    }

    /// Called first in each operation of a call: counts it, and lets another thread run now and then.
    pub fn begin_operation(&self) {
        let (operations, is_preempted) = {
            let mut state = self.state();
            let call = state.call();
            let operations = state.ledger.count_operation(call);
            if operations == MOST_OPERATIONS {
                state.ledger.violate("every call ends", call, format!("{MOST_OPERATIONS} operations, and no end"));
            }
            (operations, state.draw(Fault::Preemption, call).is_some())
        };
        assert!(operations < 2 * MOST_OPERATIONS, "this call does not end");
        if is_preempted {
            self.park(Duration::ZERO);
        }
    }

    /// Runs the threads, each of which is resumed by its number, until nothing is going to happen any more.
    pub fn run(&self, mut resume: impl FnMut(usize)) {
        loop {
            let ready = {
                let mut state = self.state();
                let count = state.ready.len() as u64;
                if count == 0 {
                    None
                } else {
                    let index = if count == 1 { 0 } else { state.dice.below(count) };
                    let thread = state.ready.swap_remove(index as usize);
                    state.running = thread;
                    Some(thread)
                }
            };
            match ready {
                Some(thread) => resume(thread),
                None if self.happens() => {}
                None => return,
            }
        }
    }

    /// Lets the next thing happen; false where there is none.
    fn happens(&self) -> bool {
        let mut state = self.state();
        let Some(Reverse(Entry { at, happening, .. })) = state.agenda.pop() else { return false };
        match happening {
            Happening::TimeIsOver { thread, ticket } => {
                if state.threads[thread].ticket == ticket && state.threads[thread].is_parked {
                    state.time = at;
                    state.wake(thread);
                }
                return true;
            }
            _ => state.time = at,
        }
        match happening {
            Happening::TimeIsOver { .. } => {}
            Happening::ReachPeer(wire) => state.reach_peer(wire),
            Happening::ReachClient(wire, parcel) => state.reach_client(wire, parcel),
            Happening::Peer(wire, task) => state.peer_acts(wire, task),
            Happening::Cancel(number, call) => {
                call.cancel();
                state.cancels(number);
            }
            Happening::LookupEnds(tell, found) => {
                drop(state);
                // It calls back into the library, which asks for the time.
                tell(found);
                let mut state = self.state();
                let waiting = (0..state.threads.len()).filter(|thread| state.threads[*thread].waits_for_event);
                for thread in waiting.collect::<Vec<_>>() {
                    state.wake(thread);
                }
            }
        }
        true
    }
}

/// Lets the other threads run until somebody wakes this one.
// The newer way needs a handle that the library would have to pass through.
#[expect(deprecated)]
fn take_turns() {
    generator::yield_with(());
}
