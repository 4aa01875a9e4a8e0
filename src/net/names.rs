//! Host names to addresses; no send waits longer than its deadline.
//! The system's resolver cannot be interrupted, so a lookup runs on a thread, only when the cache has no answer,
//! once per name however many callers wait for it, and with a limit on how many run at once.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use super::dial::in_turn;
use super::event::Event;
use super::until::Until;
use super::world::World;
use crate::errors::{Cause, NetworkFault};
use crate::panics::lock;
use crate::sys::LookupFault;

/// How long an answer is used, so that a service that moves to another address is found in time.
const KEEP: Duration = Duration::from_secs(60);
/// More lookups than this at once mean that the resolver is stuck; a further one is refused at once.
const MAX_LOOKUPS: usize = 16;
/// More names than this mean a mistake; the oldest are dropped.
const MAX_NAMES: usize = 256;

/// The name cache of one process.
#[derive(Default)]
pub(crate) struct Names {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    known: HashMap<String, CachedName>,
    under_way: HashMap<String, Arc<Lookup>>,
}

struct CachedName {
    addresses: Vec<IpAddr>,
    since: Instant,
}

type Outcome = Result<Vec<IpAddr>, NetworkFault>;

/// One lookup, and the callers who wait for it.
#[derive(Default)]
struct Lookup {
    outcome: Mutex<Option<Outcome>>,
    end: Event,
}

impl Names {
    /// The addresses of a host, in the order in which they are tried: the literal itself, a cached answer, or a new one by
    /// the deadline.
    pub(crate) fn addresses(self: &Arc<Names>, world: &'static dyn World, host: &str, until: Until) -> Outcome {
        if let Ok(literal) = host.parse() {
            return Ok(vec![literal]);
        }
        let (lookup, is_new) = {
            let mut state = self.lock();
            let is_fresh = |known: &&CachedName| world.now().saturating_duration_since(known.since) < KEEP;
            if let Some(known) = state.known.get(host).filter(is_fresh) {
                return Ok(known.addresses.clone());
            }
            match state.under_way.get(host) {
                Some(lookup) => (lookup.clone(), false),
                None => (state.begin(host)?, true),
            }
        };
        if is_new {
            self.start(world, host, &lookup);
        }
        lookup.wait(world, until)
    }

    /// The address accepted a connection: it is tried first while the name is remembered.
    pub(crate) fn prefer(&self, host: &str, address: IpAddr) {
        self.reorder(host, address, |addresses, index| addresses[..=index].rotate_right(1));
    }

    /// A connection to this address was made but could not be used: it is tried last while the name is cached.
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

    fn start(self: &Arc<Names>, world: &'static dyn World, host: &str, lookup: &Arc<Lookup>) {
        let (names, of, to_tell) = (self.clone(), host.to_owned(), lookup.clone());
        let tell =
            Box::new(move |outcome: Result<_, _>| names.finish(world, of, &to_tell, outcome.map_err(fault_of_lookup)));
        if let Err(error) = world.look_up(host, tell) {
            self.finish(world, host.to_owned(), lookup, Err(NetworkFault::new(Cause::NoThread, error.to_string())));
        }
    }

    /// Stores the result of a lookup and wakes the callers that wait for it.
    fn finish(&self, world: &dyn World, host: String, lookup: &Lookup, outcome: Outcome) {
        let outcome = outcome.map(in_turn);
        {
            let mut state = self.lock();
            state.under_way.remove(&host);
            if let Ok(addresses) = &outcome {
                state.remember(host, addresses.clone(), world.now());
            }
        }
        lookup.tell(outcome);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
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
    fn begin(&mut self, host: &str) -> Result<Arc<Lookup>, NetworkFault> {
        if self.under_way.len() >= MAX_LOOKUPS {
            return Err(NetworkFault::new(Cause::TooManyLookups, format!("{MAX_LOOKUPS} lookups are under way")));
        }
        let lookup = Arc::new(Lookup::default());
        self.under_way.insert(host.to_owned(), lookup.clone());
        Ok(lookup)
    }

    fn remember(&mut self, host: String, addresses: Vec<IpAddr>, now: Instant) {
        if self.known.len() >= MAX_NAMES {
            self.known.retain(|_, known| now.saturating_duration_since(known.since) < KEEP);
        }
        if self.known.len() >= MAX_NAMES {
            let oldest = self.known.iter().min_by_key(|(_, known)| known.since).map(|(name, _)| name.clone());
            oldest.and_then(|name| self.known.remove(&name));
        }
        self.known.insert(host, CachedName { addresses, since: now });
    }
}

impl Lookup {
    fn tell(&self, outcome: Outcome) {
        *lock(&self.outcome) = Some(outcome);
        self.end.happen();
    }

    fn wait(&self, world: &dyn World, until: Until) -> Outcome {
        world.wait_for(&self.end, until);
        // After a timeout the lookup goes on, and a later call uses its answer.
        lock(&self.outcome).clone().unwrap_or_else(|| Err(until.fault()))
    }
}

fn fault_of_lookup(fault: LookupFault) -> NetworkFault {
    match fault {
        LookupFault::Unavailable => NetworkFault::new(Cause::NameUnavailable, "the resolver has no answer for now"),
        LookupFault::Unknown => NetworkFault::new(Cause::NameUnknown, "the resolver knows no address"),
        LookupFault::TooManyFiles => {
            NetworkFault::new(Cause::TooManyFilesToResolve, "the resolver could open no file or socket")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::THIS_MACHINE;
    use crate::net::world::{Dialler, TellAddresses};
    use crate::sys::{ProcessMark, Stop};
    use std::io;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Barrier, mpsc};
    use std::time::SystemTime;

    /// A world of nothing but names.
    #[derive(Debug)]
    struct Resolver(fn(&str) -> Result<Vec<IpAddr>, LookupFault>);

    impl World for Resolver {
        fn now(&self) -> Instant {
            Instant::now()
        }

        fn date(&self) -> SystemTime {
            unreachable!("no certificate is judged here")
        }

        fn process(&self) -> ProcessMark {
            unreachable!("no process is forked here")
        }

        fn wait_for(&self, event: &Event, until: Until) {
            THIS_MACHINE.wait_for(event, until);
        }

        fn look_up(&self, host: &str, tell: TellAddresses) -> io::Result<()> {
            let (look_up, host) = (self.0, host.to_owned());
            std::thread::spawn(move || tell(look_up(&host)));
            Ok(())
        }

        fn prepare_to_stop(&self, _: &Stop) -> io::Result<()> {
            unreachable!("no call is made here")
        }

        fn pause(&self, _: Duration, _: Option<&Stop>) {
            unreachable!("nothing is tried again here")
        }

        fn random_fraction(&self) -> f64 {
            unreachable!("nothing is tried again here")
        }

        fn dialler(&self) -> Box<dyn Dialler> {
            unreachable!("nothing is connected here")
        }
    }

    /// A world that answers so, and an empty cache.
    fn names_of(look_up: fn(&str) -> Result<Vec<IpAddr>, LookupFault>) -> NamesOfAWorld {
        NamesOfAWorld { names: Arc::default(), world: Box::leak(Box::new(Resolver(look_up))) }
    }

    #[derive(Clone)]
    struct NamesOfAWorld {
        names: Arc<Names>,
        world: &'static dyn World,
    }

    impl NamesOfAWorld {
        fn addresses(&self, host: &str, deadline: Instant) -> Outcome {
            self.names.addresses(self.world, host, Until { deadline, stop: None })
        }
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(20)
    }

    fn cause(outcome: Result<Vec<IpAddr>, NetworkFault>) -> Cause {
        outcome.unwrap_err().cause
    }

    #[test]
    fn the_winner_is_tried_first_and_a_disappointment_last() {
        let all = [1, 2, 3, 4].map(|last| IpAddr::from([10, 0, 0, last]));
        let names = names_of(|_| Ok([1, 2, 3, 4].map(|last| IpAddr::from([10, 0, 0, last])).into()));
        let order = || names.addresses("host", soon()).unwrap();
        assert_eq!(order(), all);
        names.names.prefer("host", all[2]);
        assert_eq!(order(), [all[2], all[0], all[1], all[3]]);
        names.names.put_off("host", all[2]);
        assert_eq!(order(), [all[0], all[1], all[3], all[2]]);
        names.names.put_off("host", IpAddr::from([10, 9, 9, 9]));
        names.names.prefer("another host", all[0]);
        assert_eq!(order(), [all[0], all[1], all[3], all[2]], "nothing else changes it");
    }

    #[test]
    fn a_literal_address_needs_no_lookup() {
        let names = names_of(|_| panic!("must not be asked"));
        assert_eq!(names.addresses("127.0.0.1", Instant::now()).unwrap().len(), 1);
        assert_eq!(names.addresses("::1", Instant::now()).unwrap().len(), 1);
    }

    #[test]
    fn an_answer_is_remembered_until_connecting_to_it_fails() {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let names = names_of(|_| {
            ASKED.fetch_add(1, Ordering::SeqCst);
            Ok(vec![IpAddr::from([127, 0, 0, 1])])
        });
        for _ in 0..3 {
            names.addresses("host", soon()).unwrap();
        }
        assert_eq!(ASKED.load(Ordering::SeqCst), 1);
        names.names.forget("host");
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
        let names = names_of(|_| {
            ASKED.fetch_add(1, Ordering::SeqCst);
            Ok(vec![IpAddr::from([127, 0, 0, 1])])
        });
        names.addresses("host", soon()).unwrap();
        // The ten seconds between are for what a busy machine loses between two lines.
        for (seconds, asked) in [(50, 1), (10, 2), (50, 2), (60, 3)] {
            age(&mut names.names.lock(), "host", Duration::from_secs(seconds));
            names.addresses("host", soon()).unwrap();
            assert_eq!(ASKED.load(Ordering::SeqCst), asked, "{seconds} s later");
        }
    }

    #[test]
    fn of_too_many_names_the_oldest_is_dropped_stale_ones_first() {
        let mut state = State::default();
        let is_known = |state: &State, name: usize| state.known.contains_key(&name.to_string());
        for name in 0..MAX_NAMES {
            state.remember(name.to_string(), Vec::new(), Instant::now());
        }
        age(&mut state, "7", Duration::from_secs(1));
        state.remember("one more".to_owned(), Vec::new(), Instant::now());
        assert!((0..MAX_NAMES).all(|name| is_known(&state, name) == (name != 7)));
        assert!(state.known.contains_key("one more"));
        for old in ["10", "20", "30"] {
            age(&mut state, old, KEEP);
        }
        age(&mut state, "40", KEEP / 2);
        state.remember("and another".to_owned(), Vec::new(), Instant::now());
        assert!([10, 20, 30].iter().all(|name| !is_known(&state, *name)));
        assert!(is_known(&state, 40), "there was room without it");
        assert_eq!(state.known.len(), MAX_NAMES - 2);
    }

    #[test]
    fn callers_of_one_name_share_a_lookup_and_delay_no_other_name() {
        static GATE: Barrier = Barrier::new(2);
        static ASKED_FOR_SLOW: AtomicUsize = AtomicUsize::new(0);
        let names = names_of(|host| {
            if host == "slow" {
                ASKED_FOR_SLOW.fetch_add(1, Ordering::SeqCst);
                GATE.wait();
            }
            Ok(vec![IpAddr::from([127, 0, 0, 1])])
        });
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
        static GATE: Barrier = Barrier::new(MAX_LOOKUPS + 1);
        let names = names_of(|_| {
            GATE.wait();
            Err(LookupFault::Unavailable)
        });
        for i in 0..MAX_LOOKUPS {
            assert_eq!(cause(names.addresses(&format!("stuck-{i}"), Instant::now())), Cause::TimedOut);
        }
        assert_eq!(cause(names.addresses("one-more", soon())), Cause::TooManyLookups);
        GATE.wait();
    }
}
