//! A real rate limit: at most so many sends to a number in any such span of time.

use std::collections::VecDeque;
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
    /// The sends that were let through and still count, oldest first.
    recent: VecDeque<(Duration, String)>,
}

impl Limiter {
    pub fn new(limit: Option<RateLimit>) -> Self {
        Self { limit, recent: VecDeque::new() }
    }

    /// Counts a send, or says how long to wait. One that is refused does not count.
    pub fn admit(&mut self, number: &str, now: Duration) -> Result<(), Duration> {
        let Some(RateLimit { count, window }) = self.limit else {
            return Ok(());
        };
        // The clock can be set back: what then lies in the future no longer counts either.
        self.recent.retain(|(at, _)| now.checked_sub(*at).is_some_and(|age| age < window));
        let mut same = self.recent.iter().rev().filter(|(_, known)| known == number);
        // The last one that may still be there when another is let through.
        match same.nth(count - 1) {
            Some((at, _)) => Err(*at + window - now),
            None => {
                self.recent.push_back((now, number.into()));
                Ok(())
            }
        }
    }

    pub fn reset(&mut self) {
        self.recent.clear();
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
}
