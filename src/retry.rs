//! How long to wait before another attempt: exponential back-off with full jitter, inside the deadline. Whether another attempt
//! is safe is decided by the attempt (`attempt.rs`).

use std::time::{Duration, Instant};

use crate::net::World;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How long to pause before attempt number `attempts + 1`; `None` if the deadline would pass before it ends.
pub(crate) fn pause_after(attempts: u32, deadline: Instant, world: &dyn World) -> Option<Duration> {
    pause(attempts, world.random_fraction(), world.now(), deadline)
}

/// The same for one draw, from 0 to 1, and one moment.
fn pause(attempts: u32, fraction: f64, now: Instant, deadline: Instant) -> Option<Duration> {
    let pause = ceiling(attempts).mul_f64(fraction);
    (now + pause < deadline).then_some(pause)
}

/// The longest pause after this many attempts: 100 ms, 200 ms, 400 ms … 2 s.
fn ceiling(attempts: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << attempts.saturating_sub(1).min(10)).min(LONGEST_PAUSE)
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
    fn a_pause_is_any_fraction_of_its_ceiling() {
        let now = Instant::now();
        for attempt in 1..=7 {
            for (fraction, divisor) in [(0.25, 4), (0.5, 2), (1.0, 1)] {
                let pause = pause(attempt, fraction, now, now + 2 * LONGEST_PAUSE);
                assert_eq!(pause, Some(ceiling(attempt) / divisor), "{fraction} after {attempt}");
            }
            assert_eq!(pause(attempt, 0.0, now, now + LONGEST_PAUSE), Some(Duration::ZERO));
        }
    }

    #[test]
    fn no_pause_outlasts_the_deadline() {
        let (now, nanosecond) = (Instant::now(), Duration::from_nanos(1));
        for attempt in 1..=7 {
            let half = ceiling(attempt) / 2;
            assert_eq!(pause(attempt, 0.5, now, now + half), None, "nothing would be left for another try");
            assert_eq!(pause(attempt, 0.5, now, now + half - nanosecond), None);
            assert_eq!(pause(attempt, 0.5, now, now + half + nanosecond), Some(half));
        }
    }
}
