//! Names, addresses and bytes: what a connection is made of, below HTTP and TLS.

mod dial;
mod event;
mod names;
mod stream;
mod tcp;
mod this_machine;
mod until;
mod world;

pub(crate) use dial::dial;
#[cfg(feature = "simulation")]
pub use event::Event;
pub(crate) use names::Names;
pub use stream::{Received, SinceLastAnswer, Stream};
pub(crate) use this_machine::THIS_MACHINE;
pub use until::Until;
pub use world::World;
#[cfg(feature = "simulation")]
pub use world::{Dialled, Dialler, TellAddresses};

pub use crate::sys::{Interest, Readiness};
