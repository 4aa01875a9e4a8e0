//! The event stream: every change as it happens, resumed after a lost connection.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::sse::{Event as Line, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{StreamExt, iter, once, unfold};
use tokio::sync::watch;

use super::{Shared, refused};
use crate::Sandbox;
use crate::feed::Event;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Proxies and browsers give up on a connection that says nothing.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How soon a browser comes back.
const RETRY: Duration = Duration::from_secs(1);
/// How many can follow at a time, each of whom may have a whole snapshot on its way.
const MOST_FOLLOWERS: usize = 32;

pub async fn events(State(sandbox): Shared, headers: HeaderMap) -> Response {
    let last_seen = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok());
    let Some(follower) = Follower::new(sandbox, last_seen) else {
        return refused(StatusCode::SERVICE_UNAVAILABLE, "32 follow the events already: close some");
    };
    let news = unfold(follower, |mut follower| async {
        let missed = follower.next().await?;
        Some((iter(missed), follower))
    });
    let retry = once(async { Line::default().retry(RETRY) });
    let lines = retry.chain(news.flatten().map(line));
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE).text("keep-alive");
    Sse::new(lines.map(Ok::<_, Infallible>)).keep_alive(keep_alive).into_response()
}

fn line(event: Event) -> Line {
    Line::default().id(event.id).event(event.name).data(event.data)
}

struct Follower {
    sandbox: Arc<Sandbox>,
    news: watch::Receiver<u64>,
    /// The number of the last event it has; `None` before the first snapshot.
    position: Option<u64>,
}

impl Follower {
    /// `None` if there are too many.
    fn new(sandbox: Arc<Sandbox>, last_seen: Option<&str>) -> Option<Self> {
        let state = sandbox.state();
        if state.feed.followers() >= MOST_FOLLOWERS {
            return None;
        }
        let news = state.feed.news();
        let position = last_seen.and_then(|id| state.feed.position(id));
        drop(state);
        Some(Self { sandbox, news, position })
    }

    /// At least one event, when there is one; `None` when the sandbox stops.
    async fn next(&mut self) -> Option<Vec<Event>> {
        loop {
            let missed = self.look()?;
            if !missed.is_empty() {
                return Some(missed);
            }
            // The sender lives in the sandbox that we hold, so this cannot fail.
            let _ = self.news.changed().await;
        }
    }

    fn look(&mut self) -> Option<Vec<Event>> {
        let now = self.sandbox.now();
        let mut state = self.sandbox.state();
        if state.feed.is_closed() {
            return None;
        }
        let missed = state.missed(self.position, &self.sandbox.settings, now);
        self.position = Some(state.feed.last());
        Some(missed)
    }
}
