//! The life of one code: pending until it is verified, expires, or is guessed at too often.

use std::collections::VecDeque;
use std::time::Duration;

use serde::Serialize;

/// What one attempt to verify came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Verified,
    Wrong,
    Used,
    Expired,
    Locked,
    Superseded,
}

/// Where a code stands, as the control API tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Pending,
    Verified,
    Expired,
    Locked,
    Superseded,
}

/// How many attempts are remembered, of however many there were.
const HISTORY: usize = 20;

#[derive(Clone)]
pub struct Attempt {
    pub at: Duration,
    pub verdict: Verdict,
}

#[derive(Clone)]
pub struct Challenge {
    pub code: String,
    pub expires_at: Duration,
    /// Those that counted.
    pub attempts: u32,
    /// All of them, newest last.
    pub history: VecDeque<Attempt>,
    /// `None` is no limit.
    attempts_left: Option<u32>,
    verified: bool,
    is_void: bool,
}

impl Challenge {
    /// No more than that many wrong codes; 0 is no limit.
    pub fn new(code: String, expires_at: Duration, max_attempts: u32) -> Self {
        let attempts_left = (max_attempts > 0).then_some(max_attempts);
        Self { code, expires_at, attempts: 0, history: VecDeque::new(), attempts_left, verified: false, is_void: false }
    }

    pub fn state(&self, now: Duration) -> State {
        if self.verified {
            State::Verified
        } else if self.attempts_left == Some(0) {
            State::Locked
        } else if self.is_void {
            State::Superseded
        } else if now >= self.expires_at {
            State::Expired
        } else {
            State::Pending
        }
    }

    /// Only a pending code is compared, so only then does the attempt count.
    pub fn attempt(&mut self, code: &str, now: Duration) -> Verdict {
        let verdict = match self.state(now) {
            State::Verified => Verdict::Used,
            State::Locked => Verdict::Locked,
            State::Expired => Verdict::Expired,
            State::Superseded => Verdict::Superseded,
            State::Pending => self.compare(code),
        };
        self.remember(Attempt { at: now, verdict });
        verdict
    }

    /// A newer code takes its place. Says whether that changed anything.
    pub fn supersede(&mut self, now: Duration) -> bool {
        self.is_void = self.state(now) == State::Pending;
        self.is_void
    }

    fn remember(&mut self, attempt: Attempt) {
        if self.history.len() == HISTORY {
            self.history.pop_front();
        }
        self.history.push_back(attempt);
    }

    fn compare(&mut self, code: &str) -> Verdict {
        self.attempts += 1;
        if self.code == code {
            self.verified = true;
            return Verdict::Verified;
        }
        self.attempts_left = self.attempts_left.map(|left| left - 1);
        Verdict::Wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EARLY: Duration = Duration::from_secs(99);
    const LATE: Duration = Duration::from_secs(100);

    fn challenge() -> Challenge {
        Challenge::new("01234".into(), LATE, 2)
    }

    #[test]
    fn the_right_code_works_once() {
        let mut challenge = challenge();
        assert_eq!(challenge.attempt("01234", EARLY), Verdict::Verified);
        assert_eq!(challenge.attempt("01234", EARLY), Verdict::Used);
        assert_eq!(challenge.state(LATE), State::Verified);
    }

    #[test]
    fn a_leading_zero_is_part_of_the_code() {
        assert_eq!(challenge().attempt("1234", EARLY), Verdict::Wrong);
    }

    #[test]
    fn wrong_codes_lock_it_even_for_the_right_one() {
        let mut challenge = challenge();
        assert_eq!(challenge.attempt("00000", EARLY), Verdict::Wrong);
        assert_eq!(challenge.attempt("00001", EARLY), Verdict::Wrong);
        assert_eq!(challenge.attempt("01234", EARLY), Verdict::Locked);
        assert_eq!(challenge.attempts, 2);
    }

    #[test]
    fn the_newest_20_attempts_are_remembered() {
        let mut challenge = challenge();
        for second in 0..25 {
            challenge.attempt("00000", Duration::from_secs(second));
        }
        let history: Vec<(u64, Verdict)> =
            challenge.history.iter().map(|attempt| (attempt.at.as_secs(), attempt.verdict)).collect();
        assert_eq!(history.len(), 20);
        assert_eq!((history[0], history[19]), ((5, Verdict::Locked), (24, Verdict::Locked)));
    }

    #[test]
    fn no_limit_is_no_limit() {
        let mut challenge = Challenge::new("01234".into(), LATE, 0);
        for _ in 0..1000 {
            assert_eq!(challenge.attempt("00000", EARLY), Verdict::Wrong);
        }
        assert_eq!(challenge.attempt("01234", EARLY), Verdict::Verified);
    }

    #[test]
    fn only_a_pending_code_is_superseded() {
        let mut pending = challenge();
        assert!(pending.supersede(EARLY));
        assert_eq!(pending.attempt("01234", EARLY), Verdict::Superseded);
        let mut verified = challenge();
        verified.attempt("01234", EARLY);
        assert!(!verified.supersede(EARLY));
        assert_eq!(verified.state(EARLY), State::Verified);
        let mut expired = challenge();
        assert!(!expired.supersede(LATE));
        assert_eq!(expired.state(LATE), State::Expired);
    }

    #[test]
    fn it_expires_at_the_end_of_its_lifetime() {
        assert_eq!(challenge().attempt("01234", LATE), Verdict::Expired);
        assert_eq!(challenge().state(LATE), State::Expired);
    }
}
