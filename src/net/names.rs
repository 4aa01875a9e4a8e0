//! Host names to addresses, without ever making a send wait longer than it may.
//! The system's resolver cannot be interrupted, so a lookup runs on a thread, only when the cache has no answer,
//! once per name however many callers wait for it, and with a limit on how many run at once.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::dial::in_turn;
use crate::errors::{Cause, NetworkFault};
use crate::panic_probe::panic_if_asked;
use crate::panics::contained;
use crate::sys::{self, LookupFault};

/// How long an answer is used. Moving a service to another address must not take longer to notice.
const KEEP: Duration = Duration::from_secs(60);
/// More lookups than this at once mean that the resolver is stuck; a further one is refused at once.
const MOST_LOOKUPS: usize = 16;
/// More names than this mean a mistake; the oldest are dropped.
const MOST_NAMES: usize = 256;
/// `getaddrinfo` loads modules and parses files on this stack.
const STACK_BYTES: usize = 512 * 1024;
/// Begins with [`sys::THREAD_NAME_PREFIX`], by which a panic on it is known as ours.
const THREAD_NAME: &str = "shoutout-name";

/// Asks for the addresses of a name: the system, or a test.
type LookUp = fn(&str) -> Result<Vec<IpAddr>, LookupFault>;

/// The name cache of one process.
pub(crate) struct Names {
    look_up: LookUp,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    known: HashMap<String, Known>,
    under_way: HashMap<String, Arc<Lookup>>,
}

struct Known {
    addresses: Vec<IpAddr>,
    since: Instant,
}

/// One lookup, and the callers who wait for it.
#[derive(Default)]
struct Lookup {
    outcome: Mutex<Option<Result<Vec<IpAddr>, LookupFault>>>,
    done: Condvar,
}

impl Names {
    pub(crate) fn new() -> Names {
        Names::with(sys::look_up)
    }

    fn with(look_up: LookUp) -> Names {
        Names { look_up, state: Mutex::default() }
    }

    /// The addresses of a host in the order in which they are tried: a literal's own, a remembered answer, or a fresh one by
    /// the deadline.
    pub(crate) fn addresses(self: &Arc<Names>, host: &str, deadline: Instant) -> Result<Vec<IpAddr>, NetworkFault> {
        if let Ok(literal) = host.parse() {
            return Ok(vec![literal]);
        }
        let lookup = {
            let mut state = self.lock();
            if let Some(known) = state.known.get(host).filter(|known| known.since.elapsed() < KEEP) {
                return Ok(known.addresses.clone());
            }
            match state.under_way.get(host) {
                Some(lookup) => lookup.clone(),
                None => self.start(&mut state, host)?,
            }
        };
        lookup.wait(deadline)
    }

    /// The address accepted a connection: it is tried first while the name is remembered.
    pub(crate) fn prefer(&self, host: &str, address: IpAddr) {
        self.reorder(host, address, |addresses, index| addresses[..=index].rotate_right(1));
    }

    /// The address accepted a connection that then came to nothing: it is tried last while the name is remembered.
    pub(crate) fn put_off(&self, host: &str, address: IpAddr) {
        self.reorder(host, address, |addresses, index| addresses[index..].rotate_left(1));
    }

    fn reorder(&self, host: &str, address: IpAddr, change: impl FnOnce(&mut [IpAddr], usize)) {
        if let Some(known) = self.lock().known.get_mut(host) {
            if let Some(index) = known.addresses.iter().position(|one| *one == address) {
                change(&mut known.addresses, index);
            }
        }
    }

    /// Drops a remembered answer, because connecting to it failed.
    pub(crate) fn forget(&self, host: &str) {
        self.lock().known.remove(host);
    }

    fn start(self: &Arc<Names>, state: &mut State, host: &str) -> Result<Arc<Lookup>, NetworkFault> {
        if state.under_way.len() >= MOST_LOOKUPS {
            return Err(NetworkFault::new(Cause::TooManyLookups, format!("{MOST_LOOKUPS} lookups are under way")));
        }
        let lookup = Arc::new(Lookup::default());
        let (names, of, to_tell) = (self.clone(), host.to_owned(), lookup.clone());
        sys::spawn_without_signals(THREAD_NAME, STACK_BYTES, move || names.run(of, &to_tell))
            .map_err(|error| NetworkFault::new(Cause::NoThread, error.to_string()))?;
        state.under_way.insert(host.to_owned(), lookup.clone());
        Ok(lookup)
    }

    /// The work of a lookup's thread.
    fn run(&self, host: String, lookup: &Lookup) {
        // A panic must not leave the callers waiting for a lookup that is over.
        let look_up = || {
            panic_if_asked("lookup", host.as_bytes());
            (self.look_up)(&host)
        };
        let outcome = contained(look_up).unwrap_or(Err(LookupFault::ForNow)).map(in_turn);
        {
            let mut state = self.lock();
            state.under_way.remove(&host);
            if let Ok(addresses) = &outcome {
                state.remember(host, addresses.clone());
            }
        }
        lookup.tell(outcome);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves the maps whole: every change of them is a single call.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
impl Names {
    pub(crate) fn while_locked<T>(&self, work: impl FnOnce() -> T) -> T {
        let _locked = self.lock();
        work()
    }
}

impl State {
    fn remember(&mut self, host: String, addresses: Vec<IpAddr>) {
        if self.known.len() >= MOST_NAMES {
            self.known.retain(|_, known| known.since.elapsed() < KEEP);
        }
        if self.known.len() >= MOST_NAMES {
            let oldest = self.known.iter().min_by_key(|(_, known)| known.since).map(|(name, _)| name.clone());
            oldest.and_then(|name| self.known.remove(&name));
        }
        let since = Instant::now();
        self.known.insert(host, Known { addresses, since });
    }
}

impl Lookup {
    fn tell(&self, outcome: Result<Vec<IpAddr>, LookupFault>) {
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        self.done.notify_all();
    }

    fn wait(&self, deadline: Instant) -> Result<Vec<IpAddr>, NetworkFault> {
        let left = deadline.saturating_duration_since(Instant::now());
        let outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        let (outcome, _) = self
            .done
            .wait_timeout_while(outcome, left, |outcome| outcome.is_none())
            .unwrap_or_else(PoisonError::into_inner);
        match &*outcome {
            // The lookup goes on, and its answer serves a later call.
            None => Err(NetworkFault::timed_out()),
            Some(Ok(addresses)) => Ok(addresses.clone()),
            Some(Err(fault)) => Err(fault_of(*fault)),
        }
    }
}

fn fault_of(fault: LookupFault) -> NetworkFault {
    match fault {
        LookupFault::ForNow => NetworkFault::new(Cause::NameUnavailable, "the resolver has no answer for now"),
        LookupFault::NoSuchName => NetworkFault::new(Cause::NameUnknown, "the resolver knows no address"),
        LookupFault::TooManyFiles => {
            NetworkFault::new(Cause::TooManyFilesToResolve, "the resolver could open no file or socket")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Barrier, mpsc};

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(20)
    }

    fn cause(outcome: Result<Vec<IpAddr>, NetworkFault>) -> Cause {
        outcome.unwrap_err().cause
    }

    #[test]
    fn the_winner_is_tried_first_and_a_disappointment_last() {
        let all = [1, 2, 3, 4].map(|last| IpAddr::from([10, 0, 0, last]));
        let names = Arc::new(Names::with(|_| Ok([1, 2, 3, 4].map(|last| IpAddr::from([10, 0, 0, last])).into())));
        let order = || names.addresses("host", soon()).unwrap();
        assert_eq!(order(), all);
        names.prefer("host", all[2]);
        assert_eq!(order(), [all[2], all[0], all[1], all[3]]);
        names.put_off("host", all[2]);
        assert_eq!(order(), [all[0], all[1], all[3], all[2]]);
        names.put_off("host", IpAddr::from([10, 9, 9, 9]));
        names.prefer("another host", all[0]);
        assert_eq!(order(), [all[0], all[1], all[3], all[2]], "nothing else changes it");
    }

    #[test]
    fn a_literal_address_needs_no_lookup() {
        let names = Arc::new(Names::with(|_| panic!("must not be asked")));
        assert_eq!(names.addresses("127.0.0.1", Instant::now()).unwrap().len(), 1);
        assert_eq!(names.addresses("::1", Instant::now()).unwrap().len(), 1);
    }

    #[test]
    fn an_answer_is_remembered_until_connecting_to_it_fails() {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let names = Arc::new(Names::with(|_| {
            ASKED.fetch_add(1, Ordering::SeqCst);
            Ok(vec![IpAddr::from([127, 0, 0, 1])])
        }));
        for _ in 0..3 {
            names.addresses("host", soon()).unwrap();
        }
        assert_eq!(ASKED.load(Ordering::SeqCst), 1);
        names.forget("host");
        names.addresses("host", soon()).unwrap();
        assert_eq!(ASKED.load(Ordering::SeqCst), 2);
    }

    /// As if so much time had passed.
    fn age(state: &mut State, host: &str, by: Duration) {
        state.known.get_mut(host).expect("it is remembered").since -= by;
    }

    #[test]
    fn an_answer_is_asked_for_anew_after_a_minute_and_not_before() {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let names = Arc::new(Names::with(|_| {
            ASKED.fetch_add(1, Ordering::SeqCst);
            Ok(vec![IpAddr::from([127, 0, 0, 1])])
        }));
        names.addresses("host", soon()).unwrap();
        // The ten seconds between are for what a busy machine loses between two lines.
        for (seconds, asked) in [(50, 1), (10, 2), (50, 2), (60, 3)] {
            age(&mut names.lock(), "host", Duration::from_secs(seconds));
            names.addresses("host", soon()).unwrap();
            assert_eq!(ASKED.load(Ordering::SeqCst), asked, "{seconds} s later");
        }
    }

    #[test]
    fn of_too_many_names_the_oldest_goes_and_those_that_are_too_old_go_first() {
        let mut state = State::default();
        let is_known = |state: &State, name: usize| state.known.contains_key(&name.to_string());
        for name in 0..MOST_NAMES {
            state.remember(name.to_string(), Vec::new());
        }
        age(&mut state, "7", Duration::from_secs(1));
        state.remember("one more".to_owned(), Vec::new());
        assert!((0..MOST_NAMES).all(|name| is_known(&state, name) == (name != 7)));
        assert!(state.known.contains_key("one more"));
        for old in ["10", "20", "30"] {
            age(&mut state, old, KEEP);
        }
        age(&mut state, "40", KEEP / 2);
        state.remember("and another".to_owned(), Vec::new());
        assert!([10, 20, 30].iter().all(|name| !is_known(&state, *name)));
        assert!(is_known(&state, 40), "there was room without it");
        assert_eq!(state.known.len(), MOST_NAMES - 2);
    }

    #[test]
    fn callers_of_one_name_share_one_lookup_and_a_stuck_name_delays_no_other() {
        static GATE: Barrier = Barrier::new(2);
        static ASKED_FOR_SLOW: AtomicUsize = AtomicUsize::new(0);
        let names = Arc::new(Names::with(|host| {
            if host == "slow" {
                ASKED_FOR_SLOW.fetch_add(1, Ordering::SeqCst);
                GATE.wait();
            }
            Ok(vec![IpAddr::from([127, 0, 0, 1])])
        }));
        let late = Instant::now() + Duration::from_millis(20);
        assert_eq!(cause(names.addresses("slow", late)), Cause::TimedOut);
        names.addresses("quick", soon()).expect("another name does not wait");
        let (tell, told) = mpsc::channel();
        for _ in 0..4 {
            let (names, tell) = (names.clone(), tell.clone());
            std::thread::spawn(move || tell.send(names.addresses("slow", soon()).is_ok()));
        }
        GATE.wait();
        assert!((0..4).all(|_| told.recv().unwrap()));
        assert_eq!(ASKED_FOR_SLOW.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn when_the_resolver_is_stuck_a_further_name_is_refused_at_once() {
        static GATE: Barrier = Barrier::new(MOST_LOOKUPS + 1);
        let names = Arc::new(Names::with(|_| {
            GATE.wait();
            Err(LookupFault::ForNow)
        }));
        for i in 0..MOST_LOOKUPS {
            assert_eq!(cause(names.addresses(&format!("stuck-{i}"), Instant::now())), Cause::TimedOut);
        }
        assert_eq!(cause(names.addresses("one-more", soon())), Cause::TooManyLookups);
        GATE.wait();
    }
}
