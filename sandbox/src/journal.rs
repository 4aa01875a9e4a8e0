//! The requests that came, the refused ones included, and what became of each. In memory and bounded.

use std::collections::VecDeque;
use std::time::Duration;

use serde::Serialize;

use crate::note::Note;
use crate::view::millis;

/// How many requests are kept.
const CAPACITY: usize = 500;
/// What is longer than this is nobody's typing error.
const LONGEST_TEXT: usize = 200;

/// A request as it came, before anybody has judged it.
pub struct Seen {
    pub method: String,
    pub path: String,
    /// A fingerprint: the key itself is never kept.
    pub key: String,
}

#[derive(Clone, Serialize)]
pub struct Entry {
    n: u64,
    at: u64,
    method: String,
    path: String,
    destination: String,
    reference_id: String,
    /// 0: no answer was given.
    status: u16,
    outcome: crate::note::Outcome,
    why: String,
    fault: &'static str,
    key: String,
}

#[derive(Default)]
pub struct Journal {
    entries: VecDeque<Entry>,
    last: u64,
}

impl Journal {
    /// The number goes on for as long as the process lives.
    pub fn add(&mut self, seen: Seen, note: Note, status: u16, now: Duration) -> &Entry {
        if self.entries.len() == CAPACITY {
            self.entries.pop_front();
        }
        self.last += 1;
        self.entries.push_back(Entry {
            n: self.last,
            at: millis(now),
            method: cut(&seen.method),
            path: cut(&seen.path),
            destination: cut(&note.destination),
            reference_id: cut(&note.reference_id),
            status,
            outcome: note.outcome,
            why: note.why.into_owned(),
            fault: note.fault,
            key: seen.key,
        });
        &self.entries[self.entries.len() - 1]
    }

    /// Oldest first.
    pub fn all(&self) -> &VecDeque<Entry> {
        &self.entries
    }

    pub fn clear(&mut self) {
        self.entries.clear();
    }
}

/// Whatever a request says of itself is kept to a length.
fn cut(text: &str) -> String {
    text.chars().take(LONGEST_TEXT).collect()
}
