//! What all requests share: the settings, the clock, the messages, and the news that one has arrived.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::clock::Clock;
use crate::store::{Message, Store};

pub struct Settings {
    /// The only key to accept; `None` accepts any well-formed one.
    pub api_key: Option<String>,
    pub code_lifetime: Duration,
    pub max_attempts: u32,
}

impl Default for Settings {
    /// Both numbers are assumptions, as `--help` says: the provider documents neither.
    fn default() -> Self {
        Self { api_key: None, code_lifetime: Duration::from_secs(4 * 60), max_attempts: 5 }
    }
}

pub struct Sandbox {
    pub settings: Settings,
    clock: Arc<dyn Clock>,
    store: Mutex<Store>,
    arrivals: watch::Sender<u64>,
}

impl Sandbox {
    pub fn new(settings: Settings, clock: Arc<dyn Clock>) -> Self {
        Self { settings, clock, store: Mutex::default(), arrivals: watch::Sender::new(0) }
    }

    pub fn now(&self) -> Duration {
        self.clock.now()
    }

    /// Never hold it across an await. A panic elsewhere leaves the messages whole, so its poison is ignored.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores first and tells second: who is told will find it.
    pub(crate) fn deliver(&self, message: Message) {
        let seq = self.store().push(message);
        self.arrivals.send_replace(seq);
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
