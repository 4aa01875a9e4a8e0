//! Names, addresses and bytes: what a connection is made of, below HTTP and TLS.

mod dial;
mod names;
mod stream;
mod tcp;

use std::net::IpAddr;
use std::time::Instant;

pub(crate) use names::Names;
pub(crate) use stream::{Received, SinceLastAnswer, Stream};

use crate::errors::NetworkFault;

/// Connects to the first of the addresses that accepts, and names it.
pub(crate) fn dial(
    addresses: &[IpAddr],
    port: u16,
    deadline: Instant,
) -> Result<(Box<dyn Stream>, IpAddr), NetworkFault> {
    let (socket, address) = dial::dial(addresses, port, deadline)?;
    Ok((Box::new(tcp::Tcp::new(socket)), address))
}
