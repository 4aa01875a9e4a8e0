//! The real world: this machine's clock, its resolver and its sockets.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::event::Event;
use super::tcp::Tcp;
use super::until::Until;
use super::world::{Dialled, Dialler, TellAddresses, World};
use crate::panic_probe::panic_if_asked;
use crate::panics::contained;
use crate::sys::{self, Interest, LookupFault, ProcessMark, Socket, Stop, Wait, Waited};

/// `getaddrinfo` loads modules and parses files on this stack.
const LOOKUP_STACK_BYTES: usize = 512 * 1024;
/// Begins with [`sys::THREAD_NAME_PREFIX`], by which a panic on it is known as ours.
const LOOKUP_THREAD_NAME: &str = "shoutout-name";

pub(crate) const THIS_MACHINE: &dyn World = &ThisMachine;

/// The real world.
#[derive(Debug)]
struct ThisMachine;

impl World for ThisMachine {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn date(&self) -> SystemTime {
        SystemTime::now()
    }

    fn process(&self) -> ProcessMark {
        ProcessMark::current()
    }

    fn prepare_to_stop(&self, stop: &Stop) -> io::Result<()> {
        stop.prepare()
    }

    fn pause(&self, time: Duration, stop: Option<&Stop>) {
        match stop {
            None => thread::sleep(time),
            Some(_) => drop(sys::pause(self.now() + time, stop)),
        }
    }

    fn wait_for(&self, event: &Event, until: Until) {
        loop {
            let left = until.deadline.saturating_duration_since(self.now());
            match until.stop {
                None => return event.wait(left),
                Some(_) if left.is_zero() || event.has_happened() => return,
                Some(stop) if stop.ask() => return,
                // The event has no descriptor that a poll could wait for together with the stop's.
                Some(stop) => event.wait(left.min(stop.longest_blind_wait())),
            }
        }
    }

    /// The standard library's hash keys are random per process and differ per use: enough to spread retries, without a crate.
    /// Processes that were forked from one have the same keys, so each adds its id: workers whose service is away for a moment
    /// must not come back all at once.
    fn random_fraction(&self) -> f64 {
        RandomState::new().hash_one(std::process::id()) as f64 / u64::MAX as f64
    }

    /// The system's resolver cannot be interrupted, so it runs on a thread.
    fn look_up(&self, host: &str, tell: TellAddresses) -> io::Result<()> {
        let host = host.to_owned();
        sys::spawn_without_signals(LOOKUP_THREAD_NAME, LOOKUP_STACK_BYTES, move || {
            // After a panic, the callers must not wait for a lookup that has ended.
            let outcome = contained(|| {
                panic_if_asked("lookup", host.as_bytes());
                sys::look_up(&host)
            });
            tell(outcome.unwrap_or(Err(LookupFault::Unavailable)));
        })
    }

    fn dialler(&self) -> Box<dyn Dialler> {
        Box::new(Sockets(Vec::new()))
    }
}

/// Sockets that are being connected.
struct Sockets(Vec<(Socket, SocketAddr)>);

impl Dialler for Sockets {
    fn begin(&mut self, address: SocketAddr) -> io::Result<()> {
        self.0.push((Socket::begin_to_connect(address)?, address));
        Ok(())
    }

    fn is_idle(&self) -> bool {
        self.0.is_empty()
    }

    fn next(&mut self, until: Until) -> io::Result<Option<Dialled>> {
        let mut waits: Vec<Wait> =
            self.0.iter().map(|(socket, _)| Wait::new(socket.as_fd(), Interest::Write)).collect();
        if sys::wait_for_any(&mut waits, until.deadline, until.stop)? != Waited::Ready {
            return Ok(None);
        }
        let ready = waits.iter().position(|wait| wait.ready.is_any());
        Ok(ready.map(|index| {
            let (socket, address) = self.0.swap_remove(index);
            Dialled { address: address.ip(), stream: connected(socket) }
        }))
    }
}

/// The connection, unless the attempt failed.
fn connected(socket: Socket) -> io::Result<Box<dyn super::Stream>> {
    match socket.take_error()? {
        Some(error) => Err(error),
        None => Ok(Box::new(Tcp::new(socket))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::exit_code_of_fork;
    use std::collections::HashSet;

    #[test]
    fn fractions_are_drawn_from_the_whole_range() {
        let mut drawn_of_quarter = [0; 4];
        // Two hundred draws miss a quarter once in 10^24 runs.
        for _ in 0..200 {
            let fraction = THIS_MACHINE.random_fraction();
            assert!((0.0..=1.0).contains(&fraction), "{fraction}");
            drawn_of_quarter[((fraction * 4.0) as usize).min(3)] += 1;
        }
        assert!(drawn_of_quarter.iter().all(|drawn| *drawn > 0), "{drawn_of_quarter:?}");
    }

    #[test]
    fn workers_that_were_forked_from_one_process_draw_differently() {
        THIS_MACHINE.random_fraction();
        let draws: HashSet<i32> =
            (0..8).map(|_| exit_code_of_fork(|| (THIS_MACHINE.random_fraction() * 100.0) as i32)).collect();
        assert!(draws.len() > 1, "all drew {draws:?}");
    }
}
