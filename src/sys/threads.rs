//! Threads of this library, on which no signal handler of the host ever runs.

use std::io;

/// How the names of all threads of this library begin.
pub(crate) const THREAD_NAME_PREFIX: &str = "shoutout-";

/// Starts a thread that blocks every signal, so that none of the host's handlers ever runs on it.
///
/// A new thread inherits the mask of the thread that starts it, so the caller's mask is changed for a moment.
pub(crate) fn spawn_without_signals(
    name: &str,
    stack_bytes: usize,
    work: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    let callers_mask = block_all_signals();
    let spawned = std::thread::Builder::new().name(name.to_owned()).stack_size(stack_bytes).spawn(work);
    restore_signals(&callers_mask);
    spawned.map(drop)
}

/// Keeps `pthread_cancel` from ending the thread until it is dropped. An end by it unwinds the stack in a way of its own, which
/// crosses no frame of this library. A cancellation that came meanwhile takes effect later, at a call of the host.
pub(crate) struct ThreadCancelDisabled {
    state_before: libc::c_int,
}

const PTHREAD_CANCEL_DISABLE: libc::c_int = 1;

unsafe extern "C" {
    fn pthread_setcancelstate(state: libc::c_int, state_before: *mut libc::c_int) -> libc::c_int;
}

impl ThreadCancelDisabled {
    pub(crate) fn new() -> ThreadCancelDisabled {
        let mut state_before = PTHREAD_CANCEL_DISABLE;
        // SAFETY: the place is valid for a write, and the state is the thread's own.
        unsafe { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &mut state_before) };
        ThreadCancelDisabled { state_before }
    }
}

impl Drop for ThreadCancelDisabled {
    fn drop(&mut self) {
        // SAFETY: as above; the state that was there before.
        unsafe { pthread_setcancelstate(self.state_before, std::ptr::null_mut()) };
    }
}

fn block_all_signals() -> libc::sigset_t {
    // SAFETY: both sets are plain memory that the calls fill; `zeroed` is a valid value of the C struct.
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        let mut before: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before);
        before
    }
}

fn restore_signals(mask: &libc::sigset_t) {
    // SAFETY: the mask was filled by `block_all_signals`; a NULL third argument asks for nothing back.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, mask, std::ptr::null_mut()) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_threads_block_signals_and_the_caller_keeps_its_mask() {
        let (tell, told) = std::sync::mpsc::channel();
        spawn_without_signals("mask-test", 64 * 1024, move || {
            tell.send(signal_is_blocked(libc::SIGTERM)).unwrap();
        })
        .unwrap();
        assert!(told.recv().unwrap(), "the thread must block SIGTERM");
        assert!(!signal_is_blocked(libc::SIGTERM), "the caller must not");
    }

    fn signal_is_blocked(signal: libc::c_int) -> bool {
        // SAFETY: a NULL second argument only reads the mask into `now`.
        unsafe {
            let mut now: libc::sigset_t = std::mem::zeroed();
            libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), &mut now);
            libc::sigismember(&now, signal) == 1
        }
    }
}
