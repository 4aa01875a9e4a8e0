//! A real rate limit: at most so many sends to a number in any such span of time.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use serde::{Serialize, Serializer};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    count: usize,
    window: Duration,
}

impl RateLimit {
    /// `3/60` is three in sixty seconds.
    pub fn read(text: &str) -> Option<Self> {
        let (count, seconds) = text.split_once('/')?;
        let (count, seconds): (u16, u32) = (count.parse().ok()?, seconds.parse().ok()?);
        let limit = Self { count: count.into(), window: Duration::from_secs(seconds.into()) };
        (count > 0 && seconds > 0).then_some(limit)
    }
}

impl Serialize for RateLimit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}/{}", self.count, self.window.as_secs()))
    }
}

pub struct Limiter {
    limit: Option<RateLimit>,
    /// By number, the sends that were let through and may still count, oldest first: never more than the limit.
    recent: HashMap<String, VecDeque<Duration>>,
    /// When the numbers without any were last dropped.
    swept: Duration,
}

impl Limiter {
    pub fn new(limit: Option<RateLimit>) -> Self {
        Self { limit, recent: HashMap::new(), swept: Duration::ZERO }
    }

    /// Counts a send, or says how long to wait. One that is refused does not count.
    pub fn admit(&mut self, number: &str, now: Duration) -> Result<(), Duration> {
        let Some(RateLimit { count, window }) = self.limit else {
            return Ok(());
        };
        self.sweep(now, window);
        let sends = self.recent.entry(number.into()).or_default();
        forget(sends, now, window);
        match sends.front() {
            Some(oldest) if sends.len() == count => Err(*oldest + window - now),
            _ => {
                sends.push_back(now);
                Ok(())
            }
        }
    }

    /// Once per window, so that it costs a send next to nothing, however many numbers there are.
    fn sweep(&mut self, now: Duration, window: Duration) {
        if !counts(self.swept, now, window) {
            self.recent.retain(|_, sends| {
                forget(sends, now, window);
                !sends.is_empty()
            });
            self.swept = now;
        }
    }

    pub fn reset(&mut self) {
        self.recent.clear();
    }
}

/// The clock can be set back: what then lies in the future does not count either.
fn counts(at: Duration, now: Duration, window: Duration) -> bool {
    now.checked_sub(at).is_some_and(|age| age < window)
}

/// What no longer counts is at the ends: too old at the front, in the future at the back.
fn forget(sends: &mut VecDeque<Duration>, now: Duration, window: Duration) {
    while sends.back().is_some_and(|at| *at > now) {
        sends.pop_back();
    }
    while sends.front().is_some_and(|at| !counts(*at, now, window)) {
        sends.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admit(limiter: &mut Limiter, number: &str, second: u64) -> Result<(), u64> {
        limiter.admit(number, Duration::from_secs(second)).map_err(|wait| wait.as_secs())
    }

    #[test]
    fn the_window_slides_and_each_number_has_its_own() {
        let mut limiter = Limiter::new(RateLimit::read("2/60"));
        assert_eq!(admit(&mut limiter, "1", 0), Ok(()));
        assert_eq!(admit(&mut limiter, "1", 50), Ok(()));
        assert_eq!(admit(&mut limiter, "2", 50), Ok(()));
        assert_eq!(admit(&mut limiter, "1", 59), Err(1));
        assert_eq!(admit(&mut limiter, "1", 60), Ok(()), "the first no longer counts, and the refused one never did");
        assert_eq!(admit(&mut limiter, "1", 61), Err(49));
    }

    #[test]
    fn what_was_sent_before_the_clock_was_set_back_does_not_count() {
        let mut limiter = Limiter::new(RateLimit::read("1/60"));
        assert_eq!(admit(&mut limiter, "1", 5000), Ok(()));
        assert_eq!(admit(&mut limiter, "1", 100), Ok(()));
        assert_eq!(admit(&mut limiter, "1", 101), Err(59));
    }

    #[test]
    fn without_a_limit_nothing_is_kept() {
        let mut limiter = Limiter::new(None);
        assert_eq!(admit(&mut limiter, "1", 0), Ok(()));
        assert!(limiter.recent.is_empty());
    }

    #[test]
    fn numbers_without_recent_sends_are_dropped_once_per_window() {
        let mut limiter = Limiter::new(RateLimit::read("2/60"));
        for (number, second) in [("1", 1000), ("2", 1000), ("2", 1059), ("3", 1060)] {
            assert_eq!(admit(&mut limiter, number, second), Ok(()));
        }
        let mut left: Vec<&str> = limiter.recent.keys().map(String::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["2", "3"]);
        assert_eq!(limiter.recent["2"].len(), 1, "of what is left, only what counts");
    }

    #[test]
    fn no_more_is_kept_of_a_number_than_the_limit() {
        let mut limiter = Limiter::new(RateLimit::read("3/1000000"));
        for second in 0..100 {
            assert_eq!(admit(&mut limiter, "1", second).is_ok(), second < 3);
        }
        assert_eq!(limiter.recent["1"].len(), 3);
    }

    #[test]
    fn a_clock_set_back_leaves_what_was_sent_before_that_time() {
        let mut limiter = Limiter::new(RateLimit::read("2/60"));
        for second in [1000, 1030] {
            assert_eq!(admit(&mut limiter, "1", second), Ok(()));
        }
        assert_eq!(admit(&mut limiter, "1", 1010), Ok(()), "only the first counts");
        assert_eq!(admit(&mut limiter, "1", 1011), Err(49));
    }
}
