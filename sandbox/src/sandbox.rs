//! What all requests share: the settings, the clock, the state, and the news that a message has arrived.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::challenge::Verdict;
use crate::clock::{Clock, MovableClock};
use crate::journal::Seen;
use crate::note::Note;
use crate::settings::Settings;
use crate::state::State;
use crate::store::Message;

pub struct Sandbox {
    pub settings: Settings,
    clock: MovableClock,
    state: Mutex<State>,
    arrivals: watch::Sender<u64>,
}

impl Sandbox {
    pub fn new(settings: Settings, clock: Arc<dyn Clock>) -> Self {
        let state = State::new(&settings);
        Self { settings, clock: MovableClock::new(clock), state: Mutex::new(state), arrivals: watch::Sender::new(0) }
    }

    pub fn now(&self) -> Duration {
        self.clock.now()
    }

    pub(crate) fn moved(&self) -> Duration {
        self.clock.moved()
    }

    /// `false`, and nothing has changed, if that is too far.
    pub(crate) fn advance(&self, time: Duration) -> bool {
        let before = self.now();
        let is_possible = self.clock.advance(time);
        if is_possible {
            self.state().move_time(before, self.now());
        }
        is_possible
    }

    pub(crate) fn reset_clock(&self) {
        let before = self.now();
        self.clock.reset();
        self.state().move_time(before, self.now());
    }

    /// Back to the beginning, except that numbers go on. Says how many messages went.
    pub(crate) fn reset(&self) -> usize {
        self.clock.reset();
        self.state().reset()
    }

    /// Never hold it across an await. A panic elsewhere leaves the messages whole, so its poison is ignored.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a send to the number, or says how long to wait.
    pub(crate) fn admit(&self, destination: &str) -> Result<(), Duration> {
        self.state().limiter.admit(destination, self.now())
    }

    /// Stores first and tells second: who is told will find it.
    pub(crate) fn deliver(&self, message: Message) {
        let seq = self.state().deliver(message, self.settings.new_send_voids_old, self.now());
        self.arrivals.send_replace(seq);
    }

    pub(crate) fn record(&self, seen: Seen, note: Note, status: u16) {
        self.state().record(seen, note, status, self.now());
    }

    /// Something to be shown until the end.
    pub(crate) fn warn(&self, text: String) {
        self.state().warn(text);
    }

    /// Lets go of those who follow the news, who would otherwise hold up a stop.
    pub(crate) fn close(&self) {
        self.state().feed.close();
    }

    /// `None` if no message has this reference.
    pub(crate) fn attempt(&self, reference_id: &str, code: &str) -> Option<Verdict> {
        self.state().attempt(reference_id, code, self.now())
    }

    /// Subscribe first and look second: what arrives in between is then noticed, not lost.
    pub(crate) fn arrivals(&self) -> watch::Receiver<u64> {
        self.arrivals.subscribe()
    }

    /// How many waits are under way: lets a test act when its wait has begun, instead of sleeping.
    pub(crate) fn waiting(&self) -> usize {
        self.arrivals.receiver_count()
    }
}
