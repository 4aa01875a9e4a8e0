//! A forked child, for tests.

/// Runs `body` in a forked child and gives what it returns; a child that hangs is ended by a signal.
pub(crate) fn exit_code_of_fork(body: impl FnOnce() -> i32) -> i32 {
    const PATIENCE_SECONDS: libc::c_uint = 30;
    // SAFETY: the child runs our code, under a timer of its own, and leaves by _exit: nothing of the parent's is run or
    // dropped twice.
    unsafe {
        match libc::fork() {
            0 => {
                libc::alarm(PATIENCE_SECONDS);
                let code = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body));
                libc::_exit(code.unwrap_or(101))
            }
            child => {
                let mut status = 0;
                assert_eq!(libc::waitpid(child, &mut status, 0), child);
                assert!(libc::WIFEXITED(status), "the child hung, or died of a signal: {status:#x}");
                libc::WEXITSTATUS(status)
            }
        }
    }
}
