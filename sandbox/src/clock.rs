//! The time, as something that can be replaced: tests expire a code without sleeping.
//!
//! A movable clock for the control API would be one more implementation of [`Clock`].

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A source of the present moment, as the time since the Unix epoch.
pub trait Clock: Send + Sync {
    fn now(&self) -> Duration;
}

/// The real time, read once and then carried on by the monotonic clock: setting the machine's clock expires no code.
pub struct SystemClock {
    started: Instant,
    started_at: Duration,
}

impl SystemClock {
    pub fn new() -> Self {
        let started_at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started: Instant::now(), started_at }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.started_at + self.started.elapsed()
    }
}
