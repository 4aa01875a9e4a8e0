//! Containing a panic: the one way, for the boundary, for an exchange, and for a thread of ours.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the work gives, or nothing if it panicked. The caller sees to it that no state is seen half changed.
pub(crate) fn contained<T>(work: impl FnOnce() -> T) -> Option<T> {
    let payload = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(value) => return Some(value),
        Err(payload) => payload,
    };
    // Dropping a panic's payload may panic again, with a payload that nothing more is tried with.
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(second);
    }
    None
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
