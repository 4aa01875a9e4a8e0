//! A byte stream in both directions: TCP, TLS over TCP, or a test double.

use std::io::IoSlice;

use super::until::Until;
use crate::errors::NetworkFault;
use crate::sys::{Interest, Readiness};

/// What came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// So many bytes.
    Bytes(usize),
    /// Nothing for now.
    Nothing,
    /// Nothing ever again.
    End,
}

/// What the other side of a kept connection did since its last answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SinceLastAnswer {
    /// Nothing: the next request may go out.
    Silent,
    /// It sent bytes that were not requested, or part of a TLS record.
    Spoke,
    /// It ended the connection.
    Ended,
}

/// A connection as a stream of bytes. Only [`Stream::wait`] waits.
pub trait Stream: Send {
    /// Takes as many bytes of the parts as it can and returns how many. If that is not all, [`Stream::wait`] returns when more
    /// can be taken.
    fn send(&mut self, parts: &[IoSlice]) -> Result<usize, NetworkFault>;

    /// Passes the bytes taken to the kernel; returns whether the kernel has all of them.
    fn flush(&mut self) -> Result<bool, NetworkFault>;

    /// How many bytes the kernel has taken in all.
    fn bytes_sent(&self) -> u64;

    /// Reads what has come into the room, which is not empty.
    fn receive(&mut self, room: &mut [u8]) -> Result<Received, NetworkFault>;

    /// Waits until the stream is ready for one of the two. The end of the time and a cancelled call are faults.
    fn wait(&mut self, interest: Interest, until: Until) -> Result<Readiness, NetworkFault>;

    /// Looks, without waiting, what the other side did since the last answer was read.
    fn look(&mut self) -> SinceLastAnswer;

    /// Another handle to it, for a fault that is planted.
    #[cfg(feature = "simulation")]
    fn duplicate(&self) -> Option<Box<dyn Stream>> {
        None
    }
}
