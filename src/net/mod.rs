//! Names, addresses and bytes: what a connection is made of, below HTTP and TLS.

mod dial;
mod names;
mod stream;
mod tcp;
mod this_machine;
mod world;

pub(crate) use dial::dial;
pub(crate) use names::Names;
pub(crate) use stream::{Received, SinceLastAnswer, Stream};
pub(crate) use this_machine::THIS_MACHINE;
pub(crate) use world::World;

pub(crate) use crate::sys::{Interest, Readiness};
