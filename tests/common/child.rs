//! A forked child: whatever its parent was doing in that moment, it finds itself in.
// fork() is unsafe by nature, and nothing else can show what a forked child does.
#![allow(unsafe_code)]

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Longer than any child needs; one that hangs is ended by a signal.
const PATIENCE_SECONDS: libc::c_uint = 30;

pub struct Child(libc::pid_t);

impl Child {
    /// Runs `body` in a child of its own.
    pub fn fork(body: impl FnOnce()) -> Child {
        // SAFETY: the child runs our code and leaves by _exit, so nothing of the parent's is run or dropped twice.
        match unsafe { libc::fork() } {
            0 => {
                // SAFETY: arms a timer of the child, which inherits none.
                unsafe { libc::alarm(PATIENCE_SECONDS) };
                let outcome = catch_unwind(AssertUnwindSafe(body));
                // SAFETY: leaves at once.
                unsafe { libc::_exit(i32::from(outcome.is_err())) }
            }
            child => {
                assert!(child > 0, "no child could be made");
                Child(child)
            }
        }
    }

    /// Waits for its end, without a panic and by itself.
    pub fn ends_well(self) {
        let mut status = 0;
        // SAFETY: waits for the child made above.
        assert_eq!(unsafe { libc::waitpid(self.0, &mut status, 0) }, self.0);
        assert!(libc::WIFEXITED(status), "the child hung, or died of a signal: {status:#x}");
        assert_eq!(libc::WEXITSTATUS(status), 0, "the child failed");
    }
}
