//! The last link of the connector chain, and what it hands to the pool: a connection that knows when it must not be
//! kept. A send that gets what was left of the answer before it would be told another user's reference id.

use std::io;

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

use super::progress::{self, Phase};

/// Notes that the connection stands, TLS and all.
#[derive(Debug)]
pub(crate) struct Established;

impl<In: Transport> Connector<In> for Established {
    type Out = Connection<In>;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        let is_the_proxys_own = progress::is_via_proxy() && details.config.proxy().is_none();
        progress::enter(if is_the_proxys_own { Phase::Proxy } else { Phase::Request });
        Ok(chained.map(Connection::new))
    }
}

/// More than this is not held back for the body. A head and a usual body have a few hundred bytes.
const MOST_HELD_BYTES: usize = 4 * 1024;

/// A connection as ureq uses and keeps it.
#[derive(Debug)]
pub(crate) struct Connection<In> {
    inner: In,
    /// What ureq has written and the network has not got yet: the head waits for the body, and both leave in one write
    /// and one TLS record.
    held: Vec<u8>,
}

impl<In: Transport> Connection<In> {
    fn new(inner: In) -> Connection<In> {
        Connection { inner, held: Vec::new() }
    }

    /// Whether the TLS layer holds nothing back: no bytes that nobody asked for, and no `close_notify`. Asks without
    /// touching the socket.
    fn is_silent(&mut self) -> bool {
        let answer = progress::while_probing(|| self.inner.await_input(NextTimeout::default()));
        matches!(answer, Err(Error::Io(e)) if e.kind() == io::ErrorKind::WouldBlock)
    }

    /// Writes what is held. Whatever becomes of it, nothing of it stays: a kept connection must not keep the key, a
    /// number or a code.
    fn flush(&mut self, timeout: NextTimeout) -> Result<(), Error> {
        let mut held = std::mem::take(&mut self.held);
        let written = self.write(&held, timeout);
        held.fill(0);
        held.clear();
        self.held = held;
        written
    }

    fn write(&mut self, bytes: &[u8], timeout: NextTimeout) -> Result<(), Error> {
        let most = self.inner.buffers().output().len();
        for piece in bytes.chunks(most) {
            self.inner.buffers().output()[..piece.len()].copy_from_slice(piece);
            let sent = self.inner.transmit_output(piece.len(), timeout);
            self.inner.buffers().output()[..piece.len()].fill(0);
            sent?;
        }
        Ok(())
    }
}

impl<In: Transport> Transport for Connection<In> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let output = &mut self.inner.buffers().output()[..amount];
        self.held.extend_from_slice(output);
        output.fill(0);
        if progress::is_last_byte_handed_out() || self.held.len() > MOST_HELD_BYTES {
            return self.flush(timeout);
        }
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        if !self.held.is_empty() {
            self.flush(timeout)?;
        }
        let buffers = self.inner.buffers();
        if buffers.input_append_buf().is_empty() {
            // A head that fills the buffer. To read into nothing would look like the end of the connection.
            let have = buffers.input().len();
            return Err(Error::LargeResponseHeader(have, have));
        }
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open() && (!self.inner.is_tls() || self.is_silent())
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ureq::unversioned::transport::LazyBuffers;

    /// A TLS layer over an open socket, which answers a read as told.
    struct FakeTls {
        answer: fn() -> Result<bool, Error>,
        buffers: LazyBuffers,
    }

    impl Transport for FakeTls {
        fn buffers(&mut self) -> &mut dyn Buffers {
            &mut self.buffers
        }

        fn transmit_output(&mut self, _: usize, _: NextTimeout) -> Result<(), Error> {
            Ok(())
        }

        fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
            assert!(progress::is_probing(), "nothing may be read from the socket");
            (self.answer)()
        }

        fn is_open(&mut self) -> bool {
            true
        }

        fn is_tls(&self) -> bool {
            true
        }
    }

    impl std::fmt::Debug for FakeTls {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("FakeTls")
        }
    }

    fn is_kept(answer: fn() -> Result<bool, Error>) -> bool {
        Connection::new(FakeTls { answer, buffers: LazyBuffers::new(1024, 1024) }).is_open()
    }

    #[test]
    fn a_tls_connection_is_kept_only_if_the_tls_layer_has_nothing_to_say() {
        assert!(is_kept(|| Err(io::Error::from(io::ErrorKind::WouldBlock).into())));
        assert!(!is_kept(|| Ok(true)), "bytes that nobody asked for: the answer to the next send would be another's");
        assert!(!is_kept(|| Ok(false)), "close_notify: the next send would be lost");
        assert!(!is_kept(|| Err(io::Error::from(io::ErrorKind::InvalidData).into())));
    }
}
