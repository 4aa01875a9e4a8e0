//! The last link of the connector chain, and what it hands to the pool: a connection that knows when it must not be
//! kept. A send that gets what was left of the answer before it would be told another user's reference id.

use std::io;

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

use super::progress::{self, Phase};
use crate::sys;

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
/// A TLS record adds less than this to what it holds.
const TLS_RECORD_BYTES: usize = 64;

/// A connection as ureq uses and keeps it.
#[derive(Debug)]
pub(crate) struct Connection<In: Transport> {
    inner: In,
    held: Held,
}

/// What ureq has written and the network has not got yet: the head waits for the body, and both leave in one write and one
/// TLS record. It holds the key, numbers and codes, so it never moves as it grows, and is wiped whatever becomes of it.
#[derive(Default)]
struct Held(Vec<u8>);

impl Held {
    fn take_in(&mut self, bytes: &mut [u8], most_at_once: usize) {
        if self.0.capacity() == 0 {
            self.0.reserve_exact(MOST_HELD_BYTES + most_at_once);
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

impl<In: Transport> Connection<In> {
    fn new(inner: In) -> Connection<In> {
        Connection { inner, held: Held::default() }
    }

    /// Whether the TLS layer holds nothing back: no bytes that nobody asked for, and no `close_notify`. Asks without
    /// touching the socket.
    fn is_silent(&mut self) -> bool {
        let answer = progress::while_probing(|| self.inner.await_input(NextTimeout::default()));
        matches!(answer, Err(Error::Io(e)) if e.kind() == io::ErrorKind::WouldBlock)
    }

    /// Writes what is held; nothing of it stays.
    fn flush(&mut self, timeout: NextTimeout) -> Result<(), Error> {
        let mut held = std::mem::take(&mut self.held);
        self.write(&held.0, timeout)?;
        // The room is kept for the next request, without what was in it.
        held.0.fill(0);
        held.0.clear();
        self.held = held;
        Ok(())
    }

    fn write(&mut self, bytes: &[u8], timeout: NextTimeout) -> Result<(), Error> {
        // A piece is one write of the socket, under TLS with what the record adds: what the kernel has of the last one, it has
        // of the request.
        let most = self.inner.buffers().output().len() - if self.inner.is_tls() { TLS_RECORD_BYTES } else { 0 };
        let mut pieces = bytes.chunks(most).peekable();
        while let Some(piece) = pieces.next() {
            if pieces.peek().is_none() {
                progress::writes_the_last_that_was_handed_out();
            }
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
        let output = self.inner.buffers().output();
        let most_at_once = output.len();
        self.held.take_in(&mut output[..amount], most_at_once);
        if progress::is_last_byte_handed_out() || self.held.0.len() > MOST_HELD_BYTES {
            return self.flush(timeout);
        }
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        if !self.held.0.is_empty() {
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
    use std::fmt;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::transport::Limits;
    use ureq::unversioned::transport::LazyBuffers;

    /// What is below a connection, which answers a read as told, and takes so many writes.
    struct Below {
        answer: fn() -> Result<bool, Error>,
        writes_taken: usize,
        written: Vec<Vec<u8>>,
        buffers: LazyBuffers,
        is_tls: bool,
    }

    const BUFFER_BYTES: usize = 8 * 1024;

    impl Below {
        fn new(is_tls: bool) -> Below {
            let answer = || Err(io::Error::from(io::ErrorKind::WouldBlock).into());
            let buffers = LazyBuffers::new(BUFFER_BYTES, BUFFER_BYTES);
            Below { answer, writes_taken: usize::MAX, written: Vec::new(), buffers, is_tls }
        }
    }

    impl Transport for Below {
        fn buffers(&mut self) -> &mut dyn Buffers {
            &mut self.buffers
        }

        fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), Error> {
            if self.written.len() == self.writes_taken {
                return Err(io::Error::from(io::ErrorKind::BrokenPipe).into());
            }
            self.written.push(self.buffers.output()[..amount].to_vec());
            progress::written();
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
            self.is_tls
        }
    }

    impl fmt::Debug for Below {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Below")
        }
    }

    fn is_kept(answer: fn() -> Result<bool, Error>) -> bool {
        Connection::new(Below { answer, ..Below::new(true) }).is_open()
    }

    #[test]
    fn a_tls_connection_is_kept_only_if_the_tls_layer_has_nothing_to_say() {
        assert!(is_kept(|| Err(io::Error::from(io::ErrorKind::WouldBlock).into())));
        assert!(!is_kept(|| Ok(true)), "bytes that nobody asked for: the answer to the next send would be another's");
        assert!(!is_kept(|| Ok(false)), "close_notify: the next send would be lost");
        assert!(!is_kept(|| Err(io::Error::from(io::ErrorKind::InvalidData).into())));
    }

    /// Writes as ureq does: into the buffer, and then that many bytes.
    fn write(connection: &mut Connection<Below>, bytes: &[u8]) -> Result<(), Error> {
        connection.buffers().output()[..bytes.len()].copy_from_slice(bytes);
        connection.transmit_output(bytes.len(), NextTimeout::default())
    }

    /// A request of which the body is in one piece.
    fn write_request(connection: &mut Connection<Below>, head: &[u8], body: &[u8]) -> Result<(), Error> {
        let soon = Instant::now() + Duration::from_secs(60);
        progress::begin(Limits { deadline: soon, connect_deadline: soon }, false);
        write(connection, head)?;
        assert!(!progress::request_has_left(), "the body is not there yet");
        progress::last_byte_handed_out();
        write(connection, body)
    }

    #[test]
    fn head_and_body_leave_in_one_write_and_nothing_of_them_stays() {
        let mut connection = Connection::new(Below::new(false));
        write_request(&mut connection, b"head with a key", b"body").unwrap();
        assert!(progress::request_has_left());
        assert_eq!(connection.inner.written, [b"head with a keybody"]);
        assert!(connection.inner.buffers.output().iter().all(|byte| *byte == 0));
        assert!(connection.held.0.is_empty());
    }

    #[test]
    fn a_request_in_two_writes_has_left_with_the_second() {
        for is_tls in [false, true] {
            let (head, body) = (&[b'h'; 3_000], &[b'b'; 6_000]);
            let mut connection = Connection::new(Below { writes_taken: 1, ..Below::new(is_tls) });
            assert!(write_request(&mut connection, head, body).is_err());
            assert!(!progress::request_has_left(), "its last byte was never written");

            let mut connection = Connection::new(Below::new(is_tls));
            write_request(&mut connection, head, body).unwrap();
            assert!(progress::request_has_left());
            assert_eq!(connection.inner.written.concat(), [&head[..], &body[..]].concat());
        }
    }

    #[test]
    fn a_tls_record_fits_into_one_write() {
        let mut connection = Connection::new(Below::new(true));
        write_request(&mut connection, &[b'h'; 4_000], &[b'b'; BUFFER_BYTES]).unwrap();
        let longest = connection.inner.written.iter().map(Vec::len).max();
        assert_eq!(longest, Some(BUFFER_BYTES - TLS_RECORD_BYTES));
    }

    #[test]
    fn what_is_held_back_never_moves_as_it_grows() {
        let mut held = Held::default();
        held.take_in(&mut [1; 10], BUFFER_BYTES);
        let place = held.0.as_ptr();
        held.take_in(&mut [2; MOST_HELD_BYTES - 10], BUFFER_BYTES);
        held.take_in(&mut [3; BUFFER_BYTES], BUFFER_BYTES);
        assert_eq!(held.0.as_ptr(), place, "a copy of a key was left behind");
    }
}
