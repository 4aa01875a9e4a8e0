//! What a process has of the network: its connections and its name cache, one *generation* per process.
//! A forked child must not touch, lock, use or close what its parent left in its memory, so it gets a generation of
//! its own; the inherited one is left behind, never freed.

use std::sync::Arc;

use once_cell::race::OnceBox;

use super::names::Names;
use super::registry::Registry;
use crate::sys::ProcessMark;

/// The first process that used the library; every child adds a link.
static FIRST: OnceBox<Generation> = OnceBox::new();

pub(crate) struct Generation {
    mark: ProcessMark,
    pub(crate) transports: Registry,
    pub(crate) names: Arc<Names>,
    next: OnceBox<Generation>,
}

impl Generation {
    fn new(mark: ProcessMark) -> Generation {
        Generation { mark, transports: Registry::new(), names: Arc::new(Names::new()), next: OnceBox::new() }
    }

    /// The running process's own. Takes no lock: two threads may both make one, and both get the first.
    pub(crate) fn current() -> &'static Generation {
        let mark = ProcessMark::current();
        let mut link = &FIRST;
        loop {
            let generation = link.get_or_init(|| Box::new(Generation::new(mark)));
            if generation.mark == mark {
                return generation;
            }
            link = &generation.next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::exit_code_of_fork;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const THREADS: usize = 8;

    /// What each of several threads gets that ask in the same moment.
    fn generations_met_at_once() -> Vec<usize> {
        let ready = AtomicUsize::new(0);
        let meet = || {
            ready.fetch_add(1, Ordering::SeqCst);
            // Spinning, for a barrier would wake them one after the other.
            while ready.load(Ordering::SeqCst) < THREADS {
                std::thread::yield_now();
            }
            std::ptr::from_ref(Generation::current()).addr()
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(meet)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }

    fn are_one_and_not(others: usize) -> bool {
        let met = generations_met_at_once();
        met.iter().all(|&generation| generation == met[0] && generation != others)
    }

    #[test]
    fn threads_that_meet_a_new_process_at_once_all_get_its_one_generation() {
        let parents = std::ptr::from_ref(Generation::current()).addr();
        for _ in 0..100 {
            let code = exit_code_of_fork(|| {
                let well = are_one_and_not(parents);
                let childs = std::ptr::from_ref(Generation::current()).addr();
                let code_of_grandchild = exit_code_of_fork(|| i32::from(!are_one_and_not(childs)));
                i32::from(!well) | code_of_grandchild
            });
            assert_eq!(code, 0);
        }
    }

    #[test]
    fn all_threads_of_a_process_share_one_generation() {
        let threads: Vec<_> =
            (0..8).map(|_| std::thread::spawn(|| std::ptr::from_ref(Generation::current()).addr())).collect();
        let mut addresses: Vec<_> = threads.into_iter().map(|t| t.join().unwrap()).collect();
        addresses.dedup();
        assert_eq!(addresses.len(), 1);
    }
}
