//! The news: what has changed, numbered, for everybody who follows it.
//!
//! A follower says how far it has come and gets the rest, whether it comes for the first time, lags behind or comes back
//! after its connection was lost. If the rest is no longer there, it needs a snapshot.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::Serialize;
use tokio::sync::watch;

use crate::random;

/// How many events are kept for those who come back.
const CAPACITY: usize = 1000;

#[derive(Clone)]
pub struct Event {
    pub id: String,
    pub name: &'static str,
    /// One line of JSON.
    pub data: Arc<str>,
}

pub struct Feed {
    /// Another one in each process: numbers of an earlier one mean nothing here.
    pub boot: String,
    last: u64,
    ring: VecDeque<Event>,
    news: watch::Sender<u64>,
    is_closed: bool,
}

impl Feed {
    pub fn new() -> Self {
        Self { boot: random::boot(), last: 0, ring: VecDeque::new(), news: watch::Sender::new(0), is_closed: false }
    }

    pub fn publish(&mut self, name: &'static str, data: &impl Serialize) {
        if self.ring.len() == CAPACITY {
            self.ring.pop_front();
        }
        self.last += 1;
        self.ring.push_back(Event { id: self.id(), name, data: line(data) });
        self.news.send_replace(self.last);
    }

    /// Everything that was told is void: each follower needs a snapshot.
    pub fn start_over(&mut self) {
        self.ring.clear();
        self.last += 1;
        self.news.send_replace(self.last);
    }

    /// The last word: followers are let go.
    pub fn close(&mut self) {
        self.is_closed = true;
        self.news.send_replace(self.last);
    }

    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Resolves when there is something new; subscribe first and look second.
    pub fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    pub fn last(&self) -> u64 {
        self.last
    }

    /// What a `Last-Event-ID` stands for, if it is of this process.
    pub fn position(&self, id: &str) -> Option<u64> {
        let (boot, n) = id.rsplit_once('-')?;
        if boot == self.boot { n.parse().ok() } else { None }
    }

    /// All events after that one; `None` if some of them are gone, or it has not happened yet.
    pub fn after(&self, n: u64) -> Option<Vec<Event>> {
        let behind = usize::try_from(self.last.checked_sub(n)?).ok()?;
        let skip = self.ring.len().checked_sub(behind)?;
        Some(self.ring.iter().skip(skip).cloned().collect())
    }

    /// How things stand now, under the number of the last event that it includes.
    pub fn snapshot(&self, data: &impl Serialize) -> Event {
        Event { id: self.id(), name: "snapshot", data: line(data) }
    }

    fn id(&self) -> String {
        format!("{}-{}", self.boot, self.last)
    }
}

fn line(data: &impl Serialize) -> Arc<str> {
    serde_json::to_string(data).expect("what we tell is plain data").into()
}
