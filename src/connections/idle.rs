//! The connections of one route that wait for their next request. The lock is never held while a socket
//! is asked or closed.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::http1::Connection;
use crate::lru::LruList;
use crate::origin::Origin;
use crate::panics::lock;
use crate::planted_faults::{PlantedFault, is_planted};

/// A server with many threads keeps about one connection per thread.
const MAX_PER_HOST: usize = 64;
const MAX_IN_ALL: usize = 256;
/// Load balancers drop idle connections after 60 s or so: stay well below, or a send meets a dead one.
const LONGEST_IDLE: Duration = Duration::from_secs(30);
/// A request may take this long to arrive, so a connection is not used in the last second before the announced limit.
const MARGIN: Duration = Duration::from_secs(1);
/// How long each call to a host gets a new connection after a kept one ended unannounced. Otherwise a host that says
/// "keep-alive" and then closes makes one send in three UNKNOWN.
const DISTRUST: Duration = Duration::from_secs(60);

#[derive(Default)]
pub(super) struct IdleConnections(Mutex<State>);

#[derive(Default)]
struct State {
    /// The one that has waited longest comes first.
    idle: Vec<Idle>,
    distrusted: LruList<Distrusted>,
}

struct Idle {
    connection: Connection,
    since: Instant,
    until: Instant,
}

struct Distrusted {
    origin: Arc<Origin>,
    until: Instant,
}

/// A connection that was kept, and for how long it has waited.
pub(super) struct Kept {
    pub(super) connection: Connection,
    pub(super) idle_for: Duration,
}

impl IdleConnections {
    /// Takes the connection that was used last, so that surplus ones expire. The caller checks whether it is still open.
    pub(super) fn take(&self, origin: &Origin, now: Instant) -> Option<Kept> {
        let (found, _too_old) = {
            let mut state = self.lock();
            let too_old = state.take_all(|idle| idle.until <= now);
            let index = state.idle.iter().rposition(|idle| {
                **idle.connection.origin() == *origin || is_planted(PlantedFault::ConnectionOfAnotherHost)
            });
            (index.map(|index| state.idle.remove(index)), too_old)
        };
        let Idle { connection, since, .. } = found?;
        #[cfg(feature = "simulation")]
        if let Some(again) = connection.duplicate().filter(|_| is_planted(PlantedFault::ConnectionHandedOutTwice)) {
            self.put(again, None, now);
        }
        Some(Kept { connection, idle_for: now.saturating_duration_since(since) })
    }

    /// Keeps a connection after a complete answer, unless the service said that it closes it within the margin.
    pub(super) fn put(&self, connection: Connection, keep_alive: Option<Duration>, now: Instant) {
        let keep_for = keep_alive.map_or(LONGEST_IDLE, |time| time.saturating_sub(MARGIN).min(LONGEST_IDLE));
        if keep_for.is_zero() {
            return;
        }
        let _too_many = {
            let mut state = self.lock();
            if state.is_distrusted(connection.origin(), now) {
                return;
            }
            let too_many = state.take_too_many(&connection);
            state.idle.push(Idle { connection, since: now, until: now + keep_for });
            too_many
        };
    }

    /// Keeps no connection to this host for a minute: one of them ended unannounced.
    pub(super) fn distrust(&self, origin: &Arc<Origin>, now: Instant) {
        let until = now + DISTRUST;
        let _unused: Vec<Idle> = {
            let mut state = self.lock();
            state.distrusted.take(|distrusted| distrusted.origin == *origin);
            state.distrusted.put(Distrusted { origin: origin.clone(), until });
            state.take_all(|idle| idle.connection.origin() == origin)
        };
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }
}

impl State {
    fn take_all(&mut self, is_wanted: impl Fn(&Idle) -> bool) -> Vec<Idle> {
        // The usual case, without an allocation.
        if !self.idle.iter().any(&is_wanted) {
            return Vec::new();
        }
        let (wanted, others) = std::mem::take(&mut self.idle).into_iter().partition(is_wanted);
        self.idle = others;
        wanted
    }

    /// Removes one connection if there is no room for `next`.
    fn take_too_many(&mut self, next: &Connection) -> Option<Idle> {
        if is_planted(PlantedFault::PoolWithoutBound) {
            return None;
        }
        let leads_where_next_does = |idle: &Idle| idle.connection.origin() == next.origin();
        let idle = &mut self.idle;
        if idle.len() >= MAX_PER_HOST && idle.iter().filter(|i| leads_where_next_does(i)).count() >= MAX_PER_HOST {
            return idle.iter().position(leads_where_next_does).map(|index| idle.remove(index));
        }
        (idle.len() >= MAX_IN_ALL).then(|| idle.remove(0))
    }

    fn is_distrusted(&self, origin: &Origin, now: Instant) -> bool {
        self.distrusted.iter().any(|distrusted| *distrusted.origin == *origin && now < distrusted.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::scripted::Scripted;

    fn origin(host: usize) -> Arc<Origin> {
        Arc::new(Origin::of(&format!("http://host{host}.example/").parse().unwrap()).unwrap())
    }

    fn connection(host: usize) -> Connection {
        Connection::new(origin(host), Box::new(Scripted::default()))
    }

    fn kept(idle: &IdleConnections, host: usize, now: Instant) -> usize {
        std::iter::from_fn(|| idle.take(&origin(host), now)).count()
    }

    #[test]
    fn a_connection_is_given_out_once_and_only_for_its_host() {
        let (idle, now) = (IdleConnections::default(), Instant::now());
        idle.put(connection(1), None, now);
        assert!(idle.take(&origin(2), now).is_none());
        assert!(idle.take(&origin(1), now).is_some());
        assert!(idle.take(&origin(1), now).is_none());
    }

    #[test]
    fn a_host_and_all_hosts_together_have_so_many_and_no_more() {
        let (idle, now) = (IdleConnections::default(), Instant::now());
        (0..MAX_PER_HOST + 5).for_each(|_| idle.put(connection(1), None, now));
        assert_eq!(kept(&idle, 1, now), MAX_PER_HOST);
        (0..MAX_IN_ALL + 5).for_each(|host| idle.put(connection(host), None, now));
        assert_eq!(idle.lock().idle.len(), MAX_IN_ALL);
        assert!(idle.take(&origin(4), now).is_none(), "the oldest made way");
        assert!(idle.take(&origin(5), now).is_some());
    }

    #[test]
    fn what_has_waited_too_long_is_not_used() {
        let (idle, now) = (IdleConnections::default(), Instant::now());
        let half = LONGEST_IDLE / 2;
        idle.put(connection(1), None, now);
        idle.put(connection(1), None, now + half);
        let first = idle.take(&origin(1), now + half).unwrap();
        assert_eq!(first.idle_for, Duration::ZERO, "the one that was used last comes first");
        assert_eq!(kept(&idle, 1, now + LONGEST_IDLE), 0);
    }

    #[test]
    fn a_service_that_says_when_it_closes_is_believed() {
        let now = Instant::now();
        for (announced, later, expected) in [(5, 3, 1), (5, 4, 0), (1, 0, 0), (0, 0, 0), (3600, 29, 1), (3600, 30, 0)] {
            let idle = IdleConnections::default();
            idle.put(connection(1), Some(Duration::from_secs(announced)), now);
            let kept = kept(&idle, 1, now + Duration::from_secs(later));
            assert_eq!(kept, expected, "announced {announced} s, after {later} s");
        }
    }

    #[test]
    fn a_host_that_ended_one_unannounced_is_not_kept_for_a_minute() {
        let (idle, now) = (IdleConnections::default(), Instant::now());
        (0..2).for_each(|_| idle.put(connection(1), None, now));
        idle.put(connection(2), None, now);
        idle.distrust(&origin(1), now);
        idle.put(connection(1), None, now);
        assert_eq!((kept(&idle, 1, now), kept(&idle, 2, now)), (0, 1));
        for (later, expected) in [(59, 0), (60, 1)] {
            let then = now + Duration::from_secs(later);
            idle.put(connection(1), None, then);
            assert_eq!(kept(&idle, 1, then), expected, "{later} s later");
        }
    }
}
