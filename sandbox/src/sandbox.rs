//! What all requests share: the settings, the clock, the state, and the news that a message has arrived.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::clock::Clock;
use crate::faults::{Action, Faults};
use crate::store::{Message, Store};
use crate::subject::Subject;

pub struct Settings {
    /// The only key to accept; `None` accepts any well-formed one.
    pub api_key: Option<String>,
    pub code_lifetime: Duration,
    pub max_attempts: u32,
    /// Of the chance with which a fault strikes.
    pub seed: u64,
}

impl Default for Settings {
    /// The lifetime and the limit are assumptions, as `--help` says: the provider documents neither.
    fn default() -> Self {
        Self { api_key: None, code_lifetime: Duration::from_secs(4 * 60), max_attempts: 5, seed: 1 }
    }
}

/// All that requests change, under one lock: whoever looks sees one moment.
pub(crate) struct State {
    pub messages: Store,
    pub faults: Faults,
}

pub struct Sandbox {
    pub settings: Settings,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    arrivals: watch::Sender<u64>,
}

impl Sandbox {
    pub fn new(settings: Settings, clock: Arc<dyn Clock>) -> Self {
        let state = State { messages: Store::default(), faults: Faults::new(settings.seed) };
        Self { settings, clock, state: Mutex::new(state), arrivals: watch::Sender::new(0) }
    }

    pub fn now(&self) -> Duration {
        self.clock.now()
    }

    /// Never hold it across an await. A panic elsewhere leaves the messages whole, so its poison is ignored.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores first and tells second: who is told will find it.
    pub(crate) fn deliver(&self, message: Message) {
        let seq = self.state().messages.push(message);
        self.arrivals.send_replace(seq);
    }

    /// The fault that this request meets, if any.
    pub(crate) fn strike(&self, subject: &Subject) -> Option<Action> {
        self.state().faults.take(subject)
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
