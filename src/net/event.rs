//! Something that happens once, on another thread.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::panics::lock;

/// Has happened, or has not happened yet. Wait for it with [`World::wait_for`](super::World::wait_for).
#[derive(Debug, Default)]
pub struct Event {
    has_happened: Mutex<bool>,
    happens: Condvar,
}

impl Event {
    pub(super) fn happen(&self) {
        *lock(&self.has_happened) = true;
        self.happens.notify_all();
    }

    /// Whether it has happened.
    pub fn has_happened(&self) -> bool {
        *lock(&self.has_happened)
    }

    /// Waits in real time.
    pub(super) fn wait(&self, time: Duration) {
        let has_happened = lock(&self.has_happened);
        let waited = self.happens.wait_timeout_while(has_happened, time, |has_happened| !*has_happened);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}
