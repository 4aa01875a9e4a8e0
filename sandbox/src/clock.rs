//! The time, as something that can be replaced: tests expire a code without sleeping.

use std::sync::{Arc, Mutex, PoisonError};
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

/// As far as a clock can be moved: beyond any test, and within every language's idea of a date.
const FURTHEST: Duration = Duration::from_secs(100 * 366 * 24 * 60 * 60);

/// Another clock, moved forward on request.
pub(crate) struct MovableClock {
    base: Arc<dyn Clock>,
    moved: Mutex<Duration>,
}

impl MovableClock {
    pub fn new(base: Arc<dyn Clock>) -> Self {
        Self { base, moved: Mutex::default() }
    }

    pub fn now(&self) -> Duration {
        self.base.now() + self.moved()
    }

    pub fn moved(&self) -> Duration {
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `false`, and nothing has changed, if that is too far.
    pub fn advance(&self, time: Duration) -> bool {
        let mut moved = self.moved.lock().unwrap_or_else(PoisonError::into_inner);
        match moved.checked_add(time) {
            Some(sum) if sum <= FURTHEST => {
                *moved = sum;
                true
            }
            _ => false,
        }
    }

    pub fn reset(&self) {
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner) = Duration::ZERO;
    }
}
