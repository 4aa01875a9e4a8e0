//! Ends the waits of a call from outside: from another thread, from a signal handler, or by a check that the caller set.

use std::fmt;
use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::ProcessMark;
use super::sockets::beyond_standard_streams;

/// Whether the call is to end; asked on the thread that waits.
pub type InterruptCheck = Box<dyn Fn() -> bool + Send + Sync>;

/// The check is asked at least this often: a signal that comes just before a wait interrupts nothing.
const CHECK_EVERY: Duration = Duration::from_millis(50);
/// A forked child looks at the flag this often, because its descriptor is its parent's.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// An answer that comes is read on for this long after the cancellation was noticed.
const READ_ON_FOR: Duration = Duration::from_millis(20);

/// Ends the waits of one call. Once it is cancelled, it stays so.
#[derive(Default)]
pub struct Stop {
    is_cancelled: AtomicBool,
    /// When a wait first met the cancellation.
    noticed: OnceLock<Instant>,
    /// Made when the first call begins.
    wake: OnceLock<Wake>,
    check: Option<InterruptCheck>,
}

/// A descriptor that becomes readable, and the process that made it: a forked child shares it with its parent.
struct Wake {
    /// Closed by hand, as a socket is: somebody else may have closed it.
    descriptor: ManuallyDrop<OwnedFd>,
    process: ProcessMark,
}

impl Drop for Wake {
    fn drop(&mut self) {
        // SAFETY: it is ours, and not used any more.
        unsafe { libc::close(self.descriptor.as_raw_fd()) };
    }
}

impl Stop {
    /// The check is asked at least every 50 ms while a call waits.
    pub(crate) fn set_check(&mut self, check: Option<InterruptCheck>) {
        self.check = check;
    }

    /// Makes what wakes the waits, if it is not there yet.
    pub(crate) fn prepare(&self) -> io::Result<()> {
        if self.wake.get().is_none() {
            // If two threads both make one, both use the first.
            let _ = self
                .wake
                .set(Wake { descriptor: ManuallyDrop::new(event_descriptor()?), process: ProcessMark::current() });
        }
        Ok(())
    }

    /// Cancels. Any thread and any signal handler may do so, at any time.
    pub fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Release);
        // Where none is made yet, the wait looks at the flag first.
        if let Some(descriptor) = self.wake_descriptor() {
            wake(descriptor);
        }
    }

    /// Whether it is cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Acquire)
    }

    /// Asks the check, and says whether the call is cancelled.
    pub(crate) fn ask(&self) -> bool {
        if self.check.as_ref().is_some_and(|check| check()) {
            self.cancel();
        }
        self.is_cancelled()
    }

    /// Whether an answer may still be read although the call is cancelled.
    pub(super) fn reads_on(&self) -> bool {
        self.noticed.get_or_init(Instant::now).elapsed() < READ_ON_FOR
    }

    /// How long one wait may last, and the descriptor that ends it.
    pub(super) fn limits(&self) -> (Option<Duration>, Option<BorrowedFd<'_>>) {
        let descriptor = self.wake_descriptor();
        let most = match (&self.check, descriptor) {
            (_, None) => Some(LOOK_EVERY),
            (Some(_), _) => Some(CHECK_EVERY),
            (None, Some(_)) => None,
        };
        (most, descriptor)
    }

    /// How long to wait for what no descriptor tells of.
    pub(crate) fn longest_blind_wait(&self) -> Duration {
        LOOK_EVERY
    }

    fn wake_descriptor(&self) -> Option<BorrowedFd<'_>> {
        let wake = self.wake.get()?;
        (wake.process == ProcessMark::current()).then(|| wake.descriptor.as_fd())
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stop").field("is_cancelled", &self.is_cancelled()).finish_non_exhaustive()
    }
}

fn event_descriptor() -> io::Result<OwnedFd> {
    // SAFETY: takes no pointers.
    beyond_standard_streams(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) })
}

/// Makes the descriptor readable. Keeps errno, because a signal handler may call this.
fn wake(descriptor: BorrowedFd) {
    let one: u64 = 1;
    // SAFETY: errno is the calling thread's own, and the eight bytes are valid for a read. If the counter is full, the
    // descriptor is readable already.
    unsafe {
        let errno = *libc::__errno_location();
        libc::write(descriptor.as_raw_fd(), (&raw const one).cast(), size_of::<u64>());
        *libc::__errno_location() = errno;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::{Waited, exit_code_of_fork, pause};

    fn later() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    #[test]
    fn a_cancel_before_the_wait_ends_it_at_once() {
        let stop = Stop::default();
        stop.prepare().unwrap();
        stop.cancel();
        assert_eq!(pause(later(), Some(&stop)), Waited::Stopped);
    }

    #[test]
    fn a_cancel_from_another_thread_ends_the_wait() {
        let stop = Stop::default();
        stop.prepare().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| stop.cancel());
            assert_eq!(pause(later(), Some(&stop)), Waited::Stopped);
        });
    }

    #[test]
    fn a_check_that_says_yes_ends_the_wait() {
        let asked = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
        let count = asked.clone();
        let mut stop = Stop::default();
        stop.set_check(Some(Box::new(move || count.fetch_add(1, Ordering::Relaxed) == 2)));
        stop.prepare().unwrap();
        assert_eq!(pause(later(), Some(&stop)), Waited::Stopped);
        assert_eq!(asked.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn a_child_that_cancels_leaves_its_parents_call_alone() {
        let stop = Stop::default();
        stop.prepare().unwrap();
        let code = exit_code_of_fork(|| {
            stop.cancel();
            i32::from(pause(later(), Some(&stop)) != Waited::Stopped)
        });
        assert_eq!(code, 0);
        let soon = Instant::now() + Duration::from_millis(1);
        assert_eq!(pause(soon, Some(&stop)), Waited::TimeIsOver);
    }

    #[test]
    fn a_cancel_keeps_errno() {
        let stop = Stop::default();
        stop.prepare().unwrap();
        // SAFETY: errno is this thread's own.
        let errno = unsafe { libc::__errno_location() };
        // The counter is filled, so that the write fails.
        for value in [libc::EINTR, libc::EBADF] {
            // SAFETY: as above.
            unsafe { *errno = value };
            stop.cancel();
            // SAFETY: as above.
            assert_eq!(unsafe { *errno }, value);
        }
    }
}
