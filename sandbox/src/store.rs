//! The messages, in memory and bounded: when it is full, the oldest goes.

use std::collections::VecDeque;
use std::time::Duration;

use crate::challenge::Challenge;
use crate::number::Number;
use crate::sms::Segmentation;

/// How many messages are kept.
pub const CAPACITY: usize = 500;

#[derive(Clone)]
pub struct Message {
    /// Counts up from 1 for as long as the process lives, so that a cursor stays valid over deletions and resets.
    pub seq: u64,
    pub reference_id: String,
    pub source: String,
    /// Digits only.
    pub destination: String,
    /// As the phone would show it, with the code in place.
    pub text: String,
    pub segmentation: Segmentation,
    pub received_at: Duration,
    pub challenge: Challenge,
}

/// No number selects every message.
pub fn matches(to: Option<&Number>, message: &Message) -> bool {
    to.is_none_or(|number| number.as_str() == message.destination)
}

#[derive(Default)]
pub struct Store {
    messages: VecDeque<Message>,
    last_seq: u64,
}

impl Store {
    /// Lets go of the oldest if need be, and says which it was.
    pub fn make_room(&mut self) -> Option<u64> {
        let evicted = if self.messages.len() < CAPACITY { None } else { self.messages.pop_front() };
        evicted.map(|message| message.seq)
    }

    /// Numbers the message and keeps it.
    pub fn push(&mut self, mut message: Message) -> &Message {
        self.last_seq += 1;
        message.seq = self.last_seq;
        self.messages.push_back(message);
        &self.messages[self.messages.len() - 1]
    }

    /// The sequence number of the newest message ever taken in; 0 before the first.
    pub fn last_seq(&self) -> u64 {
        self.last_seq
    }

    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.iter()
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Message> {
        self.messages.iter_mut()
    }

    pub fn first_after(&self, seq: u64, to: Option<&Number>) -> Option<&Message> {
        self.iter().find(|message| message.seq > seq && matches(to, message))
    }

    pub fn by_reference(&self, reference_id: &str) -> Option<&Message> {
        self.iter().find(|message| message.reference_id == reference_id)
    }

    pub fn by_reference_mut(&mut self, reference_id: &str) -> Option<&mut Message> {
        self.messages.iter_mut().find(|message| message.reference_id == reference_id)
    }

    /// Those to the number, up to and including the sequence number. Says which went.
    pub fn remove(&mut self, to: Option<&Number>, through: Option<u64>) -> Vec<u64> {
        let goes = |message: &Message| matches(to, message) && through.is_none_or(|last| message.seq <= last);
        let seqs = self.iter().filter(|message| goes(message)).map(|message| message.seq).collect();
        self.messages.retain(|message| !goes(message));
        seqs
    }
}
