//! What a call needs from outside: time, randomness, name lookup and connections. A test can put a simulated world in the place
//! of this machine, one without sockets, threads and sleep (`tests/simulation/`).

use std::fmt::Debug;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use rustls::crypto::CryptoProvider;

use super::event::Event;
use super::stream::Stream;
use super::until::Until;
use crate::sys::{LookupFault, ProcessMark, Stop};

/// The world of one process, shared by all its threads.
pub trait World: Debug + Send + Sync {
    /// The monotonic clock.
    fn now(&self) -> Instant;

    /// The date, by which certificates and the dates of `Retry-After` are judged.
    fn date(&self) -> SystemTime;

    /// Which process this is.
    fn process(&self) -> ProcessMark;

    /// Makes what wakes the waits of a call that is cancelled.
    fn prepare_to_stop(&self, stop: &Stop) -> io::Result<()>;

    /// Waits for this time, unless the call is cancelled.
    fn pause(&self, time: Duration, stop: Option<&Stop>);

    /// Waits until the event happens, the deadline passes, or the call is cancelled.
    fn wait_for(&self, event: &Event, until: Until);

    /// A new random number from 0 to 1.
    fn random_fraction(&self) -> f64;

    /// The cryptography of a world whose randomness comes from a seed; `None`: the library's own.
    fn cryptography(&self) -> Option<Arc<CryptoProvider>> {
        None
    }

    /// Looks up a name, and tells its addresses: at once or later, on this thread or another. Fails if it cannot begin.
    fn look_up(&self, host: &str, tell: TellAddresses) -> io::Result<()>;

    /// Makes one connection out of several attempts.
    fn dialler(&self) -> Box<dyn Dialler>;
}

/// Receives the result of a lookup; called once.
pub type TellAddresses = Box<dyn FnOnce(Result<Vec<IpAddr>, LookupFault>) + Send>;

/// Connections that are being made at the same time.
pub trait Dialler {
    /// Begins to connect, without waiting.
    fn begin(&mut self, address: SocketAddr) -> io::Result<()>;

    /// Whether none is being made.
    fn is_idle(&self) -> bool;

    /// Waits until one of them is connected or has failed; `None` at the deadline, or when the call is cancelled.
    fn next(&mut self, until: Until) -> io::Result<Option<Dialled>>;
}

/// What became of an attempt to connect.
pub struct Dialled {
    /// The address that was tried.
    pub address: IpAddr,
    /// The connection, or why there is none.
    pub stream: io::Result<Box<dyn Stream>>,
}
