//! The news: what has changed, numbered, for everybody who follows it.
//!
//! A follower says how far it has come and gets the rest, whether it comes for the first time, lags behind or comes back
//! after its connection was lost. If the rest is no longer there, it needs a snapshot.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::watch;

use crate::random;

/// How many events are kept for those who come back, and how many bytes of them: a list of faults is told whole at each
/// change, and may be long.
const CAPACITY: usize = 1000;
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// How long a snapshot is as good as new while nothing happens: it holds the time, and codes expire by themselves.
const GOOD_FOR: Duration = Duration::from_millis(100);

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
    /// Of all the data in it.
    bytes: usize,
    news: watch::Sender<u64>,
    /// The newest one that was made: many followers who come at once share it.
    snapshot: Option<(Duration, Event)>,
    is_closed: bool,
}

impl Feed {
    pub fn new() -> Self {
        let news = watch::Sender::new(0);
        Self { boot: random::boot(), last: 0, ring: VecDeque::new(), bytes: 0, news, snapshot: None, is_closed: false }
    }

    pub fn publish(&mut self, name: &'static str, data: &impl Serialize) {
        self.snapshot = None;
        self.last += 1;
        let event = Event { id: self.id(), name, data: line(data) };
        self.bytes += event.data.len();
        self.ring.push_back(event);
        // The one just told stays, however long it is: followers who are here must get it.
        while self.ring.len() > CAPACITY || self.bytes > MOST_BYTES && self.ring.len() > 1 {
            self.bytes -= self.ring.pop_front().map_or(0, |event| event.data.len());
        }
        self.news.send_replace(self.last);
    }

    /// Everything that was told is void: each follower needs a snapshot.
    pub fn start_over(&mut self) {
        self.snapshot = None;
        self.ring.clear();
        self.bytes = 0;
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

    /// How things stand since the last event, if somebody has asked a moment ago.
    pub fn known_snapshot(&self, now: Duration) -> Option<Event> {
        let (made_at, event) = self.snapshot.as_ref()?;
        (now.saturating_sub(*made_at) < GOOD_FOR).then(|| event.clone())
    }

    /// How things stand now, under the number of the last event that it includes.
    pub fn snapshot(&mut self, data: &impl Serialize, now: Duration) -> Event {
        let event = Event { id: self.id(), name: "snapshot", data: line(data) };
        self.snapshot = Some((now, event.clone()));
        event
    }

    /// How many follow.
    pub fn followers(&self) -> usize {
        self.news.receiver_count()
    }

    fn id(&self) -> String {
        format!("{}-{}", self.boot, self.last)
    }
}

fn line(data: &impl Serialize) -> Arc<str> {
    serde_json::to_string(data).expect("what we tell is plain data").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed_of(events: u64, text: &str) -> Feed {
        let mut feed = Feed::new();
        (0..events).for_each(|_| feed.publish("test", &text));
        feed
    }

    #[test]
    fn who_has_missed_no_more_than_is_kept_gets_the_rest_and_who_has_needs_a_snapshot() {
        let feed = feed_of(1_500, "short");
        assert_eq!(feed.after(1_500).map(|missed| missed.len()), Some(0));
        assert_eq!(feed.after(500).map(|missed| missed.len()), Some(1_000));
        assert!(feed.after(499).is_none());
        assert!(feed.after(1_501).is_none(), "it has not happened yet");
    }

    #[test]
    fn a_snapshot_is_shared_until_something_happens_or_time_has_passed() {
        let mut feed = feed_of(1, "short");
        let made = feed.snapshot(&"all", Duration::ZERO);
        let known = |feed: &Feed, ms| feed.known_snapshot(Duration::from_millis(ms)).map(|event| event.data);
        assert!(known(&feed, 99).is_some_and(|data| Arc::ptr_eq(&data, &made.data)));
        assert!(known(&feed, 100).is_none());
        feed.publish("test", &"news");
        assert!(known(&feed, 0).is_none());
        feed.snapshot(&"all", Duration::ZERO);
        feed.start_over();
        assert!(known(&feed, 0).is_none());
    }

    #[test]
    fn long_events_are_kept_by_their_bytes_and_the_last_one_in_any_case() {
        let megabyte = "x".repeat(1 << 20);
        let feed = feed_of(20, &megabyte);
        assert!(feed.ring.iter().map(|event| event.data.len()).sum::<usize>() <= MOST_BYTES);
        assert!(feed.after(19).is_some() && feed.after(5).is_none());
        assert_eq!(feed_of(2, &megabyte.repeat(9)).after(1).map(|missed| missed.len()), Some(1));
    }
}
