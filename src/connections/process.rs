//! The network state of one process: its connections and its name cache. A forked child must not touch, lock, use or close
//! what its parent left in its memory. So it gets a network of its own; the inherited one is left behind, never freed.

use std::sync::Arc;

use once_cell::race::OnceBox;

use super::routes::Routes;
use crate::net::Names;
use crate::planted_faults::{PlantedFault, is_planted};
use crate::sys::ProcessMark;

pub(super) struct ProcessNetwork {
    mark: ProcessMark,
    pub(super) routes: Routes,
    pub(super) names: Arc<Names>,
    next: Chain,
}

/// The network of the first process that used the library. Every forked child appends its own.
#[derive(Default)]
pub(super) struct Chain(OnceBox<ProcessNetwork>);

impl ProcessNetwork {
    fn new(mark: ProcessMark) -> ProcessNetwork {
        ProcessNetwork { mark, routes: Routes::default(), names: Arc::default(), next: Chain::new() }
    }
}

impl Chain {
    pub(super) const fn new() -> Chain {
        Chain(OnceBox::new())
    }

    /// The network of this process. Takes no lock: if two threads both make one, both use the first.
    pub(super) fn of(&self, mark: ProcessMark) -> &ProcessNetwork {
        let mut link = self;
        loop {
            let network = link.0.get_or_init(|| Box::new(ProcessNetwork::new(mark)));
            if network.mark == mark || is_planted(PlantedFault::ForkNotNoticed) {
                return network;
            }
            link = &network.next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::exit_code_of_fork;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const THREADS: usize = 8;
    static NETWORKS: Chain = Chain::new();

    fn current() -> &'static ProcessNetwork {
        NETWORKS.of(ProcessMark::current())
    }

    /// The networks that several threads get when they ask at the same moment.
    fn networks_met_at_once() -> Vec<usize> {
        let ready = AtomicUsize::new(0);
        let meet = || {
            ready.fetch_add(1, Ordering::SeqCst);
            // A barrier would wake them one after the other.
            while ready.load(Ordering::SeqCst) < THREADS {
                std::thread::yield_now();
            }
            std::ptr::from_ref(current()).addr()
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(meet)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }

    fn are_one_and_not(others: usize) -> bool {
        let met = networks_met_at_once();
        met.iter().all(|&network| network == met[0] && network != others)
    }

    #[test]
    fn threads_that_meet_a_new_process_at_once_get_one_network() {
        let parents = std::ptr::from_ref(current()).addr();
        for _ in 0..100 {
            let code = exit_code_of_fork(|| {
                let well = are_one_and_not(parents);
                let childs = std::ptr::from_ref(current()).addr();
                let code_of_grandchild = exit_code_of_fork(|| i32::from(!are_one_and_not(childs)));
                i32::from(!well) | code_of_grandchild
            });
            assert_eq!(code, 0);
        }
    }

    #[test]
    fn a_forked_child_waits_for_no_lock_of_its_parents_names() {
        let forget = || {
            current().names.forget("host");
            0
        };
        let code = current().names.while_locked(|| exit_code_of_fork(forget));
        assert_eq!(code, 0);
    }
}
