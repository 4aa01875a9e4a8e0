//! A TCP connection as a [`Stream`].

use std::io::{self, IoSlice};
use std::os::fd::AsFd;

use super::stream::{Received, SinceLastAnswer, Stream};
use super::until::Until;
use crate::errors::NetworkFault;
use crate::sys::{self, Interest, Readiness, Socket, Wait};

/// A connected, non-blocking socket.
pub(super) struct Tcp {
    socket: Socket,
    bytes_sent: u64,
}

impl Tcp {
    pub(super) fn new(socket: Socket) -> Tcp {
        // Where it cannot be set, a long request is only slower.
        let _ = socket.set_nodelay();
        Tcp { socket, bytes_sent: 0 }
    }
}

impl Stream for Tcp {
    fn send(&mut self, parts: &[IoSlice]) -> Result<usize, NetworkFault> {
        let count = unless_blocked(self.socket.send(parts))?.unwrap_or(0);
        self.bytes_sent += count as u64;
        Ok(count)
    }

    /// Always true: [`Tcp::send`] passes the bytes to the kernel.
    fn flush(&mut self) -> Result<bool, NetworkFault> {
        Ok(true)
    }

    fn bytes_sent(&self) -> u64 {
        self.bytes_sent
    }

    fn receive(&mut self, room: &mut [u8]) -> Result<Received, NetworkFault> {
        Ok(match unless_blocked(self.socket.receive(room))? {
            Some(0) => Received::End,
            Some(count) => Received::Bytes(count),
            None => Received::Nothing,
        })
    }

    fn wait(&mut self, interest: Interest, until: Until) -> Result<Readiness, NetworkFault> {
        let mut waits = [Wait::new(self.socket.as_fd(), interest)];
        let waited = sys::wait_for_any(&mut waits, until.deadline, until.stop);
        Until::check(waited.map_err(|error| NetworkFault::lost(&error))?)?;
        Ok(waits[0].ready)
    }

    fn look(&mut self) -> SinceLastAnswer {
        match unless_blocked(self.socket.peek()) {
            Ok(None) => SinceLastAnswer::Silent,
            Ok(Some(0)) | Err(_) => SinceLastAnswer::Ended,
            Ok(Some(_)) => SinceLastAnswer::Spoke,
        }
    }
}

/// `None` where the call would have to wait.
fn unless_blocked(outcome: io::Result<usize>) -> Result<Option<usize>, NetworkFault> {
    match outcome {
        Ok(count) => Ok(Some(count)),
        Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => Ok(None),
        Err(error) => Err(NetworkFault::lost(&error)),
    }
}
