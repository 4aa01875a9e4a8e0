//! Everything mutable that a process has: its connections and its name cache, one *generation* per process.
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
        Generation { mark, transports: Registry::default(), names: Arc::new(Names::new()), next: OnceBox::new() }
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

    #[test]
    fn all_threads_of_a_process_share_one_generation() {
        let threads: Vec<_> =
            (0..8).map(|_| std::thread::spawn(|| std::ptr::from_ref(Generation::current()).addr())).collect();
        let mut addresses: Vec<_> = threads.into_iter().map(|t| t.join().unwrap()).collect();
        addresses.dedup();
        assert_eq!(addresses.len(), 1);
    }
}
