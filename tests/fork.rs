//! A client survives `fork()`: nothing crosses, nothing hangs, and the parent's connections stay whole.

#[path = "common/child.rs"]
mod child;
mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use child::Child;
use common::{client_of, send_to};
use stub_service::{StubService, echo};

#[test]
fn a_forked_child_opens_its_own_connection_and_leaves_the_parents_unharmed() {
    let service = StubService::start(echo).unwrap();
    let client = client_of(&service.url());
    send_to(&client, "94770000001");
    Child::fork(|| {
        assert_eq!(send_to(&client, "94770000002"), "for-94770000002");
        Child::fork(|| assert_eq!(send_to(&client, "94770000003"), "for-94770000003")).ends_well();
        assert_eq!(send_to(&client, "94770000004"), "for-94770000004");
    })
    .ends_well();
    assert_eq!(send_to(&client, "94770000005"), "for-94770000005");
    assert_eq!(service.connections(), 3, "parent, child and grandchild have one each");
}

/// Guards a bug: a lazy value behind a lock stayed locked forever in the child, after a fork during the first send of another
/// thread.
#[test]
fn a_fork_in_the_middle_of_other_threads_sends_harms_nobody() {
    let at_the_service = Arc::new(AtomicUsize::new(0));
    let service = StubService::start({
        let at_the_service = at_the_service.clone();
        move |request| {
            at_the_service.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(5));
            at_the_service.fetch_sub(1, Ordering::SeqCst);
            echo(request)
        }
    });
    let service = service.unwrap();
    let client = Arc::new(client_of(&service.url()));
    let stop = Arc::new(AtomicBool::new(false));
    let busy: Vec<_> = (0..4)
        .map(|thread| {
            let (client, stop) = (client.clone(), stop.clone());
            std::thread::spawn(move || {
                let destination = format!("9477111000{thread}");
                while !stop.load(Ordering::Relaxed) {
                    assert_eq!(send_to(&client, &destination), format!("for-{destination}"));
                }
            })
        })
        .collect();
    for i in 0..20 {
        while at_the_service.load(Ordering::SeqCst) == 0 {
            std::thread::yield_now();
        }
        let destination = format!("947722200{i:02}");
        Child::fork(|| assert_eq!(send_to(&client, &destination), format!("for-{destination}"))).ends_well();
    }
    stop.store(true, Ordering::Relaxed);
    busy.into_iter().for_each(|thread| thread.join().unwrap());
}
