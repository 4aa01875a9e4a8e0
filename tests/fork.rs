//! A client survives `fork()`: nothing crosses, nothing hangs, and the parent's connections stay whole.
// fork() is unsafe by nature, and nothing else can show what a forked child does.
#![allow(unsafe_code)]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use common::{client_of, send_to};
use stub_service::{StubService, echo};

/// Longer than any child needs; one that hangs is ended by a signal.
const PATIENCE_SECONDS: libc::c_uint = 30;

/// Runs `body` in a forked child and gives its exit status; a panic in it is 101, and hanging a failure of the test.
fn in_a_forked_child(body: impl FnOnce()) -> i32 {
    // SAFETY: the child runs our code and leaves by _exit, so nothing of the parent's is run or dropped twice.
    match unsafe { libc::fork() } {
        0 => {
            // SAFETY: arms a timer of the child, which inherits none.
            unsafe { libc::alarm(PATIENCE_SECONDS) };
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body));
            // SAFETY: leaves at once.
            unsafe { libc::_exit(if outcome.is_ok() { 0 } else { 101 }) }
        }
        child => {
            let mut status = 0;
            // SAFETY: waits for the child made above.
            assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
            assert!(libc::WIFEXITED(status), "the child hung, or died of a signal: {status:#x}");
            libc::WEXITSTATUS(status)
        }
    }
}

#[test]
fn a_forked_child_opens_its_own_connection_and_leaves_the_parents_unharmed() {
    let service = StubService::start(echo).unwrap();
    let client = client_of(&service.url());
    send_to(&client, "94770000001");
    let child = in_a_forked_child(|| {
        assert_eq!(send_to(&client, "94770000002"), "for-94770000002");
        let grandchild = in_a_forked_child(|| assert_eq!(send_to(&client, "94770000003"), "for-94770000003"));
        assert_eq!(grandchild, 0);
        assert_eq!(send_to(&client, "94770000004"), "for-94770000004");
    });
    assert_eq!(child, 0);
    assert_eq!(send_to(&client, "94770000005"), "for-94770000005");
    assert_eq!(service.connections(), 3, "parent, child and grandchild have one each");
}

/// Guards a bug: ureq keeps a lazy value of its own behind a lock, and a fork during the first send of another thread
/// left it locked for ever in the child.
#[test]
fn a_fork_in_the_middle_of_other_threads_sends_harms_nobody() {
    let service = StubService::start(echo).unwrap();
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
        let destination = format!("947722200{i:02}");
        assert_eq!(in_a_forked_child(|| assert_eq!(send_to(&client, &destination), format!("for-{destination}"))), 0);
    }
    stop.store(true, Ordering::Relaxed);
    busy.into_iter().for_each(|thread| thread.join().unwrap());
}
