//! When to try again: exponential back-off with full jitter, inside the deadline, and only where it is safe, which
//! the transport's failure knows.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How long to pause before try number `attempt + 1`; `None` where the deadline would pass meanwhile.
pub(crate) fn pause_after(attempt: u32, deadline: Instant) -> Option<Duration> {
    let pause = jittered(ceiling(attempt), random_fraction());
    (Instant::now() + pause < deadline).then_some(pause)
}

/// The longest pause after this many attempts: 100 ms, 200 ms, 400 ms … 2 s.
fn ceiling(attempt: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << attempt.saturating_sub(1).min(10)).min(LONGEST_PAUSE)
}

fn jittered(ceiling: Duration, fraction: f64) -> Duration {
    ceiling.mul_f64(fraction)
}

/// From 0 to 1. The standard library's hash keys are random per process and differ per use: enough to spread
/// retries, without a crate.
fn random_fraction() -> f64 {
    RandomState::new().hash_one(0) as f64 / u64::MAX as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_two_seconds() {
        let pauses: Vec<u128> = (1..=7).map(|attempt| ceiling(attempt).as_millis()).collect();
        assert_eq!(pauses, [100, 200, 400, 800, 1600, 2000, 2000]);
        assert_eq!(ceiling(u32::MAX), LONGEST_PAUSE);
    }

    #[test]
    fn jitter_covers_the_whole_range_and_no_more() {
        assert_eq!(jittered(FIRST_PAUSE, 0.0), Duration::ZERO);
        assert_eq!(jittered(FIRST_PAUSE, 1.0), FIRST_PAUSE);
        assert!((0..100).map(|_| random_fraction()).all(|f| (0.0..=1.0).contains(&f)));
    }

    #[test]
    fn no_pause_outlasts_the_deadline() {
        assert_eq!(pause_after(1, Instant::now()), None);
    }
}
