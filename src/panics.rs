//! Containing a panic: the one way, for the boundary, for an exchange, and for a thread of ours.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the work gives, or nothing if it panicked. The caller sees to it that no state is seen half changed.
pub(crate) fn contained<T>(work: impl FnOnce() -> T) -> Option<T> {
    // Dropping a panic's payload may panic again, so it is leaked.
    catch_unwind(AssertUnwindSafe(work)).map_err(std::mem::forget).ok()
}
