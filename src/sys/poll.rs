//! Waiting for sockets, by an absolute deadline.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::{Duration, Instant};

use super::stop::Stop;

/// What to wait for on a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    /// That there is something to read, or the end.
    Read,
    /// That more can be written.
    Write,
    /// Either of the two.
    Both,
}

/// What a socket is ready for. A socket that failed is ready for everything that was asked; the next call returns its error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readiness {
    /// There is something to read, or the end, or a fault.
    pub read: bool,
    /// More can be written, or a write fails at once.
    pub write: bool,
}

impl Readiness {
    pub(crate) fn is_any(self) -> bool {
        self.read || self.write
    }
}

/// A socket to wait for, and what it turned out to be ready for.
pub(crate) struct Wait<'a> {
    socket: BorrowedFd<'a>,
    interest: Interest,
    /// Valid after [`wait_for_any`] returned [`Waited::Ready`].
    pub(crate) ready: Readiness,
}

impl<'a> Wait<'a> {
    pub(crate) fn new(socket: BorrowedFd<'a>, interest: Interest) -> Wait<'a> {
        Wait { socket, interest, ready: Readiness::default() }
    }
}

/// More sockets than this are never waited for at once.
const MAX_SOCKETS: usize = 16;

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waited {
    /// A socket is ready.
    Ready,
    /// The deadline passed.
    TimeIsOver,
    /// The call was cancelled.
    Stopped,
}

/// Waits for nothing but the deadline or the stop.
pub(crate) fn pause(deadline: Instant, stop: Option<&Stop>) -> Waited {
    // Without a socket, the kernel finds nothing wrong.
    wait_for_any(&mut [], deadline, stop).unwrap_or(Waited::TimeIsOver)
}

/// Waits until one of the sockets is ready, the deadline passes, or the call is cancelled. A deadline that has passed already
/// ends the wait without a look: a peer that sends a byte now and then must not stretch a call. After a cancellation, only what
/// can be read still counts as ready, for a moment: an answer that has come is read.
///
/// A signal does not shorten or lengthen the wait. Only the first 16 sockets count.
pub(crate) fn wait_for_any(waits: &mut [Wait], deadline: Instant, stop: Option<&Stop>) -> io::Result<Waited> {
    debug_assert!(waits.len() <= MAX_SOCKETS);
    let count = waits.len().min(MAX_SOCKETS);
    let mut polls = [libc::pollfd { fd: -1, events: 0, revents: 0 }; MAX_SOCKETS + 1];
    for (poll, wait) in polls.iter_mut().zip(&*waits) {
        poll.fd = wait.socket.as_raw_fd();
        poll.events = match wait.interest {
            Interest::Read => libc::POLLIN,
            Interest::Write => libc::POLLOUT,
            Interest::Both => libc::POLLIN | libc::POLLOUT,
        };
    }
    let (most, wake) = stop.map_or((None, None), Stop::limits);
    let mut total = count;
    if let Some(wake) = wake {
        polls[count] = libc::pollfd { fd: wake.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        total += 1;
    }
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(Waited::TimeIsOver);
        }
        let is_cancelled = stop.is_some_and(Stop::is_cancelled);
        let time = if is_cancelled { Duration::ZERO } else { most.unwrap_or(left).min(left) };
        // SAFETY: the first `total` entries are valid, and the kernel writes nothing beyond them.
        let ready = unsafe { libc::poll(polls.as_mut_ptr(), total as libc::nfds_t, whole_milliseconds(time)) };
        if ready < 0 {
            let error = io::Error::last_os_error();
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
            // What the entries held before stays in them.
            polls.iter_mut().for_each(|poll| poll.revents = 0);
        }
        if let Some(stop) = stop.filter(|stop| stop.ask()) {
            let is_readable = |poll: &libc::pollfd| poll.revents & !libc::POLLOUT != 0;
            if !polls[..count].iter().any(is_readable) || !stop.reads_on() {
                return Ok(Waited::Stopped);
            }
            polls.iter_mut().for_each(|poll| poll.revents &= !libc::POLLOUT);
        }
        if ready > 0 && polls[..count].iter().any(|poll| poll.revents != 0) {
            break;
        }
    }
    for (poll, wait) in polls.iter().zip(waits) {
        let has_failed = poll.revents & !(libc::POLLIN | libc::POLLOUT) != 0;
        wait.ready = Readiness {
            read: wait.interest != Interest::Write && (has_failed || poll.revents & libc::POLLIN != 0),
            write: wait.interest != Interest::Read && (has_failed || poll.revents & libc::POLLOUT != 0),
        };
    }
    Ok(Waited::Ready)
}

/// Rounded up, so that a wait never spins through its last millisecond.
fn whole_milliseconds(duration: Duration) -> libc::c_int {
    let rounded_up = duration.as_nanos().div_ceil(1_000_000);
    libc::c_int::try_from(rounded_up).unwrap_or(libc::c_int::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixStream;

    fn later() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    #[test]
    fn the_socket_that_is_ready_is_told_from_the_others() {
        let ((quiet, _quiet_end), (loud, mut loud_end)) = (UnixStream::pair().unwrap(), UnixStream::pair().unwrap());
        loud_end.write_all(b"x").unwrap();
        let mut waits = [&quiet, &loud].map(|socket| Wait::new(socket.as_fd(), Interest::Read));
        assert_eq!(wait_for_any(&mut waits, later(), None).unwrap(), Waited::Ready);
        assert!(!waits[0].ready.is_any());
        assert_eq!(waits[1].ready, Readiness { read: true, write: false });
    }

    #[test]
    fn a_passed_deadline_gives_nothing_even_if_data_is_there() {
        let (socket, mut end) = UnixStream::pair().unwrap();
        end.write_all(b"x").unwrap();
        let waited = wait_for_any(&mut [Wait::new(socket.as_fd(), Interest::Both)], Instant::now(), None).unwrap();
        assert_eq!(waited, Waited::TimeIsOver);
    }

    #[test]
    fn a_socket_that_ended_is_ready_for_what_it_was_asked_about() {
        let (socket, end) = UnixStream::pair().unwrap();
        drop(end);
        for (interest, read, write) in
            [(Interest::Read, true, false), (Interest::Write, false, true), (Interest::Both, true, true)]
        {
            let mut waits = [Wait::new(socket.as_fd(), interest)];
            assert_eq!(wait_for_any(&mut waits, later(), None).unwrap(), Waited::Ready);
            assert_eq!(waits[0].ready, Readiness { read, write });
        }
    }
}
