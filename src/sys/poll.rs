//! Waiting for sockets, by an absolute deadline.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::{Duration, Instant};

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
    /// Valid after [`wait_for_any`] returned `true`.
    pub(crate) ready: Readiness,
}

impl<'a> Wait<'a> {
    pub(crate) fn new(socket: BorrowedFd<'a>, interest: Interest) -> Wait<'a> {
        Wait { socket, interest, ready: Readiness::default() }
    }
}

/// More sockets than this are never waited for at once.
const MAX_SOCKETS: usize = 16;

/// Waits until one of the sockets is ready or the deadline passes; says whether one is. A deadline that has passed already
/// gives `false` without a look: a peer that sends a byte now and then must not stretch a call.
///
/// A signal does not shorten or lengthen the wait. Only the first 16 sockets count.
pub(crate) fn wait_for_any(waits: &mut [Wait], deadline: Instant) -> io::Result<bool> {
    debug_assert!(waits.len() <= MAX_SOCKETS);
    let count = waits.len().min(MAX_SOCKETS);
    let mut polls = [libc::pollfd { fd: -1, events: 0, revents: 0 }; MAX_SOCKETS];
    for (poll, wait) in polls.iter_mut().zip(&*waits) {
        poll.fd = wait.socket.as_raw_fd();
        poll.events = match wait.interest {
            Interest::Read => libc::POLLIN,
            Interest::Write => libc::POLLOUT,
            Interest::Both => libc::POLLIN | libc::POLLOUT,
        };
    }
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(false);
        }
        // SAFETY: the first `count` entries are valid, and the kernel writes nothing beyond them.
        let ready = unsafe { libc::poll(polls.as_mut_ptr(), count as libc::nfds_t, whole_milliseconds(left)) };
        if ready > 0 {
            break;
        }
        if ready < 0 {
            let error = io::Error::last_os_error();
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        }
    }
    for (poll, wait) in polls.iter().zip(waits) {
        let has_failed = poll.revents & !(libc::POLLIN | libc::POLLOUT) != 0;
        wait.ready = Readiness {
            read: wait.interest != Interest::Write && (has_failed || poll.revents & libc::POLLIN != 0),
            write: wait.interest != Interest::Read && (has_failed || poll.revents & libc::POLLOUT != 0),
        };
    }
    Ok(true)
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
        assert!(wait_for_any(&mut waits, later()).unwrap());
        assert!(!waits[0].ready.is_any());
        assert_eq!(waits[1].ready, Readiness { read: true, write: false });
    }

    #[test]
    fn a_passed_deadline_gives_nothing_even_if_data_is_there() {
        let (socket, mut end) = UnixStream::pair().unwrap();
        end.write_all(b"x").unwrap();
        assert!(!wait_for_any(&mut [Wait::new(socket.as_fd(), Interest::Both)], Instant::now()).unwrap());
    }

    #[test]
    fn a_socket_that_ended_is_ready_for_what_it_was_asked_about() {
        let (socket, end) = UnixStream::pair().unwrap();
        drop(end);
        for (interest, read, write) in
            [(Interest::Read, true, false), (Interest::Write, false, true), (Interest::Both, true, true)]
        {
            let mut waits = [Wait::new(socket.as_fd(), interest)];
            assert!(wait_for_any(&mut waits, later()).unwrap());
            assert_eq!(waits[0].ready, Readiness { read, write });
        }
    }
}
