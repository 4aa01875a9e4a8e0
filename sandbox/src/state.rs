//! All that requests change, under one lock, so that whoever looks sees one moment. Every change is told to the feed.

use std::time::Duration;

use serde_json::{Value, json};

use crate::Settings;
use crate::challenge::Verdict;
use crate::faults::{Action, Fault, Faults, Rule};
use crate::feed::{Event, Feed};
use crate::journal::{Journal, Seen};
use crate::magic::MAGIC_NUMBERS;
use crate::note::Note;
use crate::number::Number;
use crate::rate::Limiter;
use crate::store::{Message, Store};
use crate::subject::Subject;
use crate::view::{MessageView, millis};

pub struct State {
    pub messages: Store,
    pub faults: Faults,
    pub journal: Journal,
    pub feed: Feed,
    pub limiter: Limiter,
    warnings: Vec<String>,
}

/// How many warnings are kept: each is another key, and a few are enough to make somebody look.
const MAX_WARNINGS: usize = 20;

impl State {
    pub fn new(settings: &Settings) -> Self {
        Self {
            messages: Store::default(),
            faults: Faults::new(settings.seed),
            journal: Journal::default(),
            feed: Feed::new(),
            limiter: Limiter::new(settings.rate_limit),
            warnings: Vec::new(),
        }
    }

    /// Says under which sequence number.
    pub fn deliver(&mut self, message: Message, voids_old: bool, now: Duration) -> u64 {
        if voids_old {
            self.supersede(&message.destination, now);
        }
        let evicted = self.messages.make_room();
        self.tell_deleted(evicted.as_slice());
        let message = self.messages.push(message);
        self.feed.publish("message", &MessageView::new(message, now));
        message.seq
    }

    fn supersede(&mut self, destination: &str, now: Duration) {
        for message in self.messages.iter_mut().filter(|message| message.destination == destination) {
            if message.challenge.supersede(now) {
                self.feed.publish("update", &MessageView::new(message, now));
            }
        }
    }

    /// `None` if no message has this reference.
    pub fn attempt(&mut self, reference_id: &str, code: &str, now: Duration) -> Option<Verdict> {
        let message = self.messages.by_reference_mut(reference_id)?;
        let verdict = message.challenge.attempt(code, now);
        self.feed.publish("update", &MessageView::new(message, now));
        Some(verdict)
    }

    /// Says how many went.
    pub fn delete(&mut self, to: Option<&Number>, through: Option<u64>) -> usize {
        let seqs = self.messages.remove(to, through);
        self.tell_deleted(&seqs);
        seqs.len()
    }

    fn tell_deleted(&mut self, seqs: &[u64]) {
        if !seqs.is_empty() {
            self.feed.publish("deleted", &json!({ "seqs": seqs }));
        }
    }

    pub fn record(&mut self, seen: Seen, note: Note, status: u16, now: Duration) {
        let entry = self.journal.add(seen, note, status, now);
        self.feed.publish("request", entry);
    }

    /// `None` if there is no room.
    pub fn add_fault(&mut self, rule: Rule) -> Option<Fault> {
        let fault = self.faults.add(rule)?;
        self.tell_faults();
        Some(fault)
    }

    /// Says how many went.
    pub fn remove_faults(&mut self, id: Option<u64>) -> usize {
        let removed = self.faults.remove(id);
        if removed > 0 {
            self.tell_faults();
        }
        removed
    }

    /// The fault that this request meets, if any.
    pub fn strike(&mut self, subject: &Subject) -> Option<Action> {
        let action = self.faults.take(subject)?;
        self.tell_faults();
        Some(action)
    }

    fn tell_faults(&mut self) {
        self.feed.publish("faults", &self.faults.all());
    }

    /// A moved clock can expire codes, and set back, it makes them good again.
    pub fn move_time(&mut self, before: Duration, now: Duration) {
        self.feed.publish("clock", &json!({ "now": millis(now) }));
        for message in self.messages.iter() {
            if message.challenge.state(before) != message.challenge.state(now) {
                self.feed.publish("update", &MessageView::new(message, now));
            }
        }
    }

    /// Said once, and kept over a reset.
    pub fn warn(&mut self, text: String) {
        if self.warnings.len() < MAX_WARNINGS && !self.warnings.contains(&text) {
            self.feed.publish("warning", &json!({ "text": text }));
            self.warnings.push(text);
        }
    }

    /// Back to the beginning, except that numbers and warnings stay. Says how many messages went.
    pub fn reset(&mut self) -> usize {
        self.faults.reset();
        self.journal.clear();
        self.limiter.reset();
        let seqs = self.messages.remove(None, None);
        self.feed.start_over();
        seqs.len()
    }

    /// What a follower at that position has missed: the events, or how things stand if it has missed too much.
    pub fn missed(&mut self, position: Option<u64>, settings: &Settings, now: Duration) -> Vec<Event> {
        if let Some(events) = position.and_then(|n| self.feed.after(n)) {
            return events;
        }
        let snapshot = self.feed.known_snapshot(now).unwrap_or_else(|| {
            let data = self.snapshot(settings, now);
            self.feed.snapshot(&data, now)
        });
        vec![snapshot]
    }

    fn snapshot(&self, settings: &Settings, now: Duration) -> Value {
        let messages: Vec<MessageView> = self.messages.iter().map(|message| MessageView::new(message, now)).collect();
        json!({
            "boot": self.feed.boot,
            "now": millis(now),
            "messages": messages,
            "requests": self.journal.all(),
            "faults": self.faults.all(),
            "settings": settings,
            "magic_numbers": MAGIC_NUMBERS,
            "warnings": self.warnings,
        })
    }
}
