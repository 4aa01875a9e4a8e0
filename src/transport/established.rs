//! The last link of the connector chain: it notes that the connection stands, TLS and all, and has a proxy's CONNECT, which
//! ureq writes word by word, leave in one write.

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, Either, NextTimeout, Transport};

use super::connection::transmit_and_wipe;
use super::progress::{self, Phase};
use crate::sys;

#[derive(Debug)]
pub(super) struct Established;

impl<In: Transport> Connector<In> for Established {
    type Out = Either<ToProxy<In>, In>;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        if progress::is_via_proxy() && details.config.proxy().is_none() {
            progress::enter(Phase::Proxy);
            return Ok(chained.map(|inner| Either::A(ToProxy { inner, held: Held::default() })));
        }
        progress::enter(Phase::Request);
        Ok(chained.map(Either::B))
    }
}

/// More than a CONNECT can have: the options bound the host, which it names twice, and the credentials.
const MOST_HELD_BYTES: usize = 16 * 1024;

/// The connection to the proxy, on which the tunnel is asked for and then lives.
#[derive(Debug)]
pub(super) struct ToProxy<In: Transport> {
    inner: In,
    held: Held,
}

/// What ureq has written of a CONNECT. It holds the proxy's password, so it never moves as it grows, and is wiped.
#[derive(Default)]
struct Held(Vec<u8>);

impl Held {
    fn take_in(&mut self, bytes: &mut [u8]) {
        if self.0.capacity() == 0 {
            self.0.reserve_exact(MOST_HELD_BYTES);
        }
        self.0.extend_from_slice(bytes);
        bytes.fill(0);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        sys::wipe(std::mem::take(&mut self.0));
    }
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl<In: Transport> ToProxy<In> {
    fn flush(&mut self) -> Result<(), Error> {
        let held = std::mem::take(&mut self.held);
        let most = self.inner.buffers().output().len();
        for piece in held.0.chunks(most) {
            self.inner.buffers().output()[..piece.len()].copy_from_slice(piece);
            transmit_and_wipe(&mut self.inner, piece.len())?;
        }
        Ok(())
    }
}

impl<In: Transport> Transport for ToProxy<In> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        // Once the tunnel stands, what goes through it is whole already.
        if progress::phase() != Phase::Proxy {
            return self.inner.transmit_output(amount, timeout);
        }
        self.held.take_in(&mut self.inner.buffers().output()[..amount]);
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        if !self.held.0.is_empty() {
            self.flush()?;
        }
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::transport::scripted::Scripted;

    /// Writes as ureq does: into the buffer, and then that many bytes.
    fn write(connection: &mut ToProxy<Scripted>, bytes: &[u8]) {
        connection.buffers().output()[..bytes.len()].copy_from_slice(bytes);
        connection.transmit_output(bytes.len(), NextTimeout::default()).unwrap();
    }

    #[test]
    fn a_connect_leaves_in_one_write_when_its_answer_is_awaited_and_nothing_of_it_stays() {
        let written = Arc::new(Mutex::new(Vec::new()));
        let inner = Scripted { written: written.clone(), ..Scripted::default() };
        let mut connection = ToProxy { inner, held: Held::default() };
        progress::enter(Phase::Proxy);
        for word in ["CONNECT ", "host:443", " HTTP/1.1\r\n", "\r\n"] {
            write(&mut connection, word.as_bytes());
        }
        assert!(written.lock().unwrap().is_empty());
        connection.await_input(NextTimeout::default()).unwrap();
        assert_eq!(*written.lock().unwrap(), [b"CONNECT host:443 HTTP/1.1\r\n\r\n"]);
        assert!(connection.held.0.is_empty());
        assert!(connection.buffers().output().iter().all(|byte| *byte == 0));
    }

    #[test]
    fn what_goes_through_a_tunnel_that_stands_is_not_held_back() {
        let written = Arc::new(Mutex::new(Vec::new()));
        let inner = Scripted { written: written.clone(), ..Scripted::default() };
        let mut connection = ToProxy { inner, held: Held::default() };
        progress::enter(Phase::Request);
        write(&mut connection, b"request");
        assert_eq!(*written.lock().unwrap(), [b"request"]);
    }

    #[test]
    fn what_is_held_back_never_moves_as_it_grows() {
        let mut held = Held::default();
        held.take_in(&mut [1; 10]);
        let place = held.0.as_ptr();
        held.take_in(&mut [2; MOST_HELD_BYTES - 10]);
        assert_eq!(held.0.as_ptr(), place, "a copy of a password was left behind");
    }
}
