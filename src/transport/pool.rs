//! The connections of one transport that wait for their next request. The lock is held to find or add one, never while a
//! socket is asked or closed.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ureq::http::Uri;

use super::connection::Connection;

/// A server with many threads keeps about one connection per thread.
const MOST_PER_HOST: usize = 64;
const MOST: usize = 256;
/// Load balancers drop idle connections after 60 s or so: stay well below, or a send meets a dead one.
const LONGEST_IDLE: Duration = Duration::from_secs(30);

/// The one that has waited longest comes first.
#[derive(Default)]
pub(super) struct Pool(Mutex<Vec<Idle>>);

struct Idle {
    connection: Connection,
    since: Instant,
}

impl Pool {
    /// The connection that was used last and is still good: so those that are too many grow old and go.
    pub(super) fn take(&self, uri: &Uri) -> Option<Connection> {
        loop {
            let (found, _too_old) = {
                let mut idle = self.lock();
                let too_old = take_too_old(&mut idle, Instant::now());
                let index = idle.iter().rposition(|i| i.connection.leads_to(uri));
                (index.map(|index| idle.remove(index)), too_old)
            };
            let mut connection = found?.connection;
            if connection.is_open() {
                return Some(connection);
            }
        }
    }

    /// Keeps a connection over which the answer has come whole, if nothing more came.
    pub(super) fn put(&self, mut connection: Connection) {
        if !connection.is_open() {
            return;
        }
        let _too_many = {
            let mut idle = self.lock();
            let too_many = take_too_many(&mut idle, &connection);
            idle.push(Idle { connection, since: Instant::now() });
            too_many
        };
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Idle>> {
        // A panic while the list was locked left it whole: every change of it is a single call.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn take_too_old(idle: &mut Vec<Idle>, now: Instant) -> Vec<Idle> {
    let count = idle.iter().take_while(|i| now.saturating_duration_since(i.since) >= LONGEST_IDLE).count();
    idle.drain(..count).collect()
}

/// What makes way for one more.
fn take_too_many(idle: &mut Vec<Idle>, next: &Connection) -> Option<Idle> {
    let leads_where_next_does = |i: &Idle| i.connection.leads_where(next);
    if idle.len() >= MOST_PER_HOST && idle.iter().filter(|i| leads_where_next_does(i)).count() >= MOST_PER_HOST {
        return idle.iter().position(leads_where_next_does).map(|index| idle.remove(index));
    }
    (idle.len() >= MOST).then(|| idle.remove(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::scripted::Scripted;

    fn uri(host: usize) -> Uri {
        format!("http://host{host}.example/").parse().unwrap()
    }

    fn connection(host: usize) -> Connection {
        Connection::to(&uri(host), Box::new(Scripted::default())).unwrap()
    }

    fn kept(pool: &Pool, host: usize) -> usize {
        std::iter::from_fn(|| pool.take(&uri(host))).count()
    }

    #[test]
    fn a_connection_is_given_out_once_and_only_for_its_host() {
        let pool = Pool::default();
        pool.put(connection(1));
        assert!(pool.take(&uri(2)).is_none());
        assert!(pool.take(&uri(1)).is_some());
        assert!(pool.take(&uri(1)).is_none());
    }

    #[test]
    fn a_host_and_all_hosts_together_have_so_many_and_no_more() {
        let pool = Pool::default();
        (0..MOST_PER_HOST + 5).for_each(|_| pool.put(connection(1)));
        assert_eq!(kept(&pool, 1), MOST_PER_HOST);
        (0..MOST + 5).for_each(|host| pool.put(connection(host)));
        assert_eq!(pool.lock().len(), MOST);
        assert!(pool.take(&uri(4)).is_none(), "the oldest made way");
        assert!(pool.take(&uri(5)).is_some());
    }

    #[test]
    fn what_has_waited_too_long_is_not_used_and_what_was_used_last_comes_first() {
        let pool = Pool::default();
        (0..3).for_each(|_| pool.put(connection(1)));
        let now = Instant::now();
        let aged: Vec<_> = [40, 20, 10].map(|seconds| now.checked_sub(Duration::from_secs(seconds)).unwrap()).into();
        pool.lock().iter_mut().zip(&aged).for_each(|(idle, since)| idle.since = *since);
        assert_eq!(take_too_old(&mut pool.lock(), now).len(), 1);
        assert!(pool.take(&uri(1)).is_some());
        assert_eq!(pool.lock()[0].since, aged[1], "the younger one was taken");
    }

    #[test]
    fn a_connection_over_which_more_came_than_was_asked_for_is_not_kept() {
        let pool = Pool::default();
        let mut spoke_unasked = crate::transport::scripted::saying(b"HTTP/1.1 200 OK", 100);
        spoke_unasked.await_more().unwrap();
        pool.put(spoke_unasked);
        assert!(pool.lock().is_empty());
    }
}
