//! What a call needs from outside: time, randomness, name lookup and connections. A test can put a simulated world in the place
//! of this machine, one without sockets, threads and sleep. Only the wall clock, by which certificates and the dates of
//! `Retry-After` are judged, is not in it.

use std::fmt::Debug;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use super::stream::Stream;
use crate::sys::LookupFault;

/// The world of one client, shared by all threads.
pub(crate) trait World: Debug + Send + Sync {
    /// The monotonic clock.
    fn now(&self) -> Instant;

    /// Waits for this time.
    fn pause(&self, time: Duration);

    /// A new random number from 0 to 1.
    fn random_fraction(&self) -> f64;

    /// Looks up a name, and tells its addresses: at once or later, on this thread or another. Fails if it cannot begin. A
    /// simulated world tells them before it returns, because the caller waits in real time.
    fn look_up(&self, host: &str, tell: TellAddresses) -> io::Result<()>;

    /// Makes one connection out of several attempts.
    fn dialler(&self) -> Box<dyn Dialler>;
}

/// Receives the result of a lookup; called once.
pub(crate) type TellAddresses = Box<dyn FnOnce(Result<Vec<IpAddr>, LookupFault>) + Send>;

/// Connections that are being made at the same time.
pub(crate) trait Dialler {
    /// Begins to connect, without waiting.
    fn begin(&mut self, address: SocketAddr) -> io::Result<()>;

    /// Whether none is being made.
    fn is_idle(&self) -> bool;

    /// Waits until one of them is connected or has failed; `None` at the deadline.
    fn next(&mut self, deadline: Instant) -> io::Result<Option<Dialled>>;
}

/// What became of an attempt to connect.
pub(crate) struct Dialled {
    /// The address that was tried.
    pub(crate) address: IpAddr,
    /// The connection, or why there is none.
    pub(crate) stream: io::Result<Box<dyn Stream>>,
}
