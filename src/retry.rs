//! When to try again: exponential back-off with full jitter, inside the deadline, and only where it is safe, which
//! the transport's failure knows.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How long to pause before try number `attempt + 1`; `None` where the deadline would pass meanwhile.
pub(crate) fn pause_after(attempt: u32, deadline: Instant) -> Option<Duration> {
    pause(attempt, random_fraction(), Instant::now(), deadline)
}

/// The same for one draw, from 0 to 1, and one moment.
fn pause(attempt: u32, fraction: f64, now: Instant, deadline: Instant) -> Option<Duration> {
    let pause = ceiling(attempt).mul_f64(fraction);
    (now + pause < deadline).then_some(pause)
}

/// The longest pause after this many attempts: 100 ms, 200 ms, 400 ms … 2 s.
fn ceiling(attempt: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << attempt.saturating_sub(1).min(10)).min(LONGEST_PAUSE)
}

/// From 0 to 1. The standard library's hash keys are random per process and differ per use: enough to spread retries, without
/// a crate. Processes that were forked from one have the same keys, so each adds its id: workers whose service is away for a
/// moment must not come back all at once.
fn random_fraction() -> f64 {
    RandomState::new().hash_one(std::process::id()) as f64 / u64::MAX as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::exit_code_of_fork;

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
    fn pauses_are_drawn_from_the_whole_range_and_no_more() {
        for (attempt, longest) in [(1, FIRST_PAUSE), (6, LONGEST_PAUSE)] {
            let mut drawn_of_quarter = [0; 4];
            // That two hundred draws miss a quarter happens once in 10^24 runs.
            for _ in 0..200 {
                let pause = pause_after(attempt, Instant::now() + 100 * LONGEST_PAUSE).expect("there is time");
                assert!(pause <= longest, "{pause:?}");
                let quarter = pause.as_nanos() * 4 / longest.as_nanos();
                drawn_of_quarter[(quarter as usize).min(3)] += 1;
            }
            assert!(drawn_of_quarter.iter().all(|drawn| *drawn > 0), "{drawn_of_quarter:?}");
        }
    }

    #[test]
    fn no_pause_outlasts_the_deadline() {
        assert_eq!(pause_after(1, Instant::now()), None);
        let (now, nanosecond) = (Instant::now(), Duration::from_nanos(1));
        for attempt in 1..=7 {
            let half = ceiling(attempt) / 2;
            assert_eq!(pause(attempt, 0.5, now, now + half), None, "nothing would be left for another try");
            assert_eq!(pause(attempt, 0.5, now, now + half - nanosecond), None);
            assert_eq!(pause(attempt, 0.5, now, now + half + nanosecond), Some(half));
        }
    }

    #[test]
    fn workers_that_were_forked_from_one_process_draw_differently() {
        random_fraction();
        let draws: std::collections::HashSet<i32> =
            (0..8).map(|_| exit_code_of_fork(|| (random_fraction() * 100.0) as i32)).collect();
        assert!(draws.len() > 1, "all drew {draws:?}");
    }
}
