//! The only way to contain a panic: at the C boundary, in an exchange, and on our threads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The result of the work; `None` if it panicked. The caller ensures that no half-changed state can be seen.
pub(crate) fn contained<T>(work: impl FnOnce() -> T) -> Option<T> {
    let payload = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(value) => return Some(value),
        Err(payload) => payload,
    };
    // Dropping the payload may panic again. The second payload is leaked, because dropping it could panic as well.
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(second);
    }
    None
}

/// Locks, also after a panic on another thread. Only for values that are valid after every step of a change.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn a_contained_panic_leaves_nothing_behind() {
        let payload = Arc::new(());
        let thrown = payload.clone();
        assert!(contained(|| std::panic::resume_unwind(Box::new(thrown))).is_none());
        assert_eq!(Arc::strong_count(&payload), 1);
    }
}
