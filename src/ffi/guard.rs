//! No panic crosses the boundary, and none prints: a host's standard error is not ours, and a panic's words may hold
//! anything.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::panics::contained;
use crate::sys;

thread_local! {
    static CALLS_UNDER_WAY: Cell<u32> = const { Cell::new(0) };
}

/// Runs the body of an exported function; a panic gives `after_panic` instead, and the thread is not ended meanwhile.
pub(super) fn contain<T>(after_panic: T, body: impl FnOnce() -> T) -> T {
    silence_our_panics();
    let _thread_lives_on = sys::ThreadCancelDisabled::new();
    CALLS_UNDER_WAY.set(CALLS_UNDER_WAY.get() + 1);
    // No state is seen half changed: handles are immutable, and shared state keeps its own order.
    let outcome = contained(body);
    CALLS_UNDER_WAY.set(CALLS_UNDER_WAY.get() - 1);
    outcome.unwrap_or(after_panic)
}

/// Puts a hook before the present one, once, that keeps quiet about our own calls and threads only: as a static
/// library in a Rust program this crate shares its hook with the program.
fn silence_our_panics() {
    static DONE: AtomicBool = AtomicBool::new(false);
    // A Rust host that unwinds may change no hook; its own panic is what is printed.
    if DONE.load(Ordering::Relaxed) || std::thread::panicking() || DONE.swap(true, Ordering::AcqRel) {
        return;
    }
    let others = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if CALLS_UNDER_WAY.get() == 0 && !is_our_thread() {
            others(panic);
        }
    }));
}

fn is_our_thread() -> bool {
    std::thread::current().name().is_some_and(|name| name.starts_with(sys::THREAD_NAME_PREFIX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_value_and_the_next_call_works() {
        assert_eq!(contain(60, || panic!("canary")), 60);
        assert_eq!(contain(60, || 0), 0);
        assert_eq!(CALLS_UNDER_WAY.get(), 0);
    }

    #[test]
    fn a_payload_that_panics_when_dropped_is_contained_too() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("boom");
            }
        }
        assert_eq!(contain(60, || std::panic::panic_any(Bomb)), 60);
    }
}
