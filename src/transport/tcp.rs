//! TCP connections whose every wait ends at the deadline of the running exchange.
//! ureq's own restart their clock at each read of a proxy's answer and at each partial write; here one absolute
//! point in time bounds them all, and a wait costs one `poll`.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ureq::unversioned::resolver::ResolvedSocketAddrs;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport,
};
use ureq::{Error, Timeout};

use super::names::Names;
use super::progress::{self, Fault, Phase};
use crate::sys::{self, Readiness};
use crate::uri::host_of;

/// A share of the time so small that it could only fail helps nobody.
const LEAST_TIME_PER_ADDRESS: Duration = Duration::from_millis(10);

/// How much is read from a socket at once where TLS has a buffer of its own for what is not whole yet, and a usual answer is
/// one small record.
const INPUT_BYTES_UNDER_TLS: usize = 4 * 1024;

/// Opens TCP connections, unless a proxy's tunnel stands already.
pub(crate) struct Dialler(pub(crate) Arc<Names>);

impl<In: Transport> Connector<In> for Dialler {
    type Out = Either<In, TcpTransport>;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        if let Some(tunnel) = chained {
            progress::enter(Phase::Tls);
            return Ok(Some(Either::A(tunnel)));
        }
        progress::enter(Phase::Connect);
        progress::connected();
        let stream = dial(&details.addrs).inspect_err(|_| {
            if let Some(host) = host_of(details.uri) {
                self.0.forget(host);
            }
        })?;
        progress::enter(Phase::Tls);
        let input_bytes = if details.needs_tls() { INPUT_BYTES_UNDER_TLS } else { details.config.input_buffer_size() };
        let buffers = LazyBuffers::new(input_bytes, details.config.output_buffer_size());
        Ok(Some(Either::B(TcpTransport { stream, buffers })))
    }
}

/// Tries the addresses in order; each gets an equal share of the time that is left.
fn dial(addresses: &ResolvedSocketAddrs) -> Result<TcpStream, Error> {
    let deadline = progress::deadline();
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for (index, address) in addresses.iter().enumerate() {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        let share = (left / (addresses.len() - index) as u32).max(LEAST_TIME_PER_ADDRESS).min(left);
        match TcpStream::connect_timeout(address, share).and_then(prepared) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    if progress::note_if_late() || last.kind() == io::ErrorKind::TimedOut {
        progress::note(Fault::TimedOut);
        return Err(Error::Timeout(Timeout::Connect));
    }
    progress::note(Fault::NotConnected);
    Err(last.into())
}

fn prepared(stream: TcpStream) -> io::Result<TcpStream> {
    // Head and body may leave in two writes; the second must not wait for the first one's acknowledgement.
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}

/// A non-blocking TCP connection.
pub(crate) struct TcpTransport {
    stream: TcpStream,
    buffers: LazyBuffers,
}

impl Transport for TcpTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), Error> {
        let mut rest = &self.buffers.output()[..amount];
        check_time()?;
        while !rest.is_empty() {
            match self.stream.write(rest) {
                Ok(0) => return Err(lost(io::ErrorKind::WriteZero.into())),
                Ok(count) => rest = &rest[count..],
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => wait(&self.stream, Readiness::Writable)?,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(lost(e)),
            }
        }
        progress::written();
        Ok(())
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
        if progress::is_probing() {
            return Err(io::Error::from(io::ErrorKind::WouldBlock).into());
        }
        // Asked even when data is there: a peer that drips must not live past the deadline.
        check_time()?;
        loop {
            wait(&self.stream, Readiness::Readable)?;
            match self.stream.read(self.buffers.input_append_buf()) {
                Ok(0) => {
                    progress::note(Fault::Lost);
                    return Ok(false);
                }
                Ok(count) => {
                    self.buffers.input_appended(count);
                    return Ok(true);
                }
                Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
                Err(e) => return Err(lost(e)),
            }
        }
    }

    /// Open means: nothing to read, here or in the socket. An end, an error, or bytes that nobody asked for make a kept
    /// connection useless. After an exchange the socket is not asked: it will be before the next one.
    fn is_open(&mut self) -> bool {
        let is_asked = !progress::request_has_left();
        self.buffers.input().is_empty()
            && (!is_asked || matches!(self.stream.peek(&mut [0]), Err(e) if e.kind() == io::ErrorKind::WouldBlock))
    }
}

fn check_time() -> Result<(), Error> {
    if progress::note_if_late() {
        return Err(Error::Timeout(Timeout::Global));
    }
    Ok(())
}

fn wait(stream: &TcpStream, readiness: Readiness) -> Result<(), Error> {
    if sys::wait_until(stream.as_fd(), readiness, progress::deadline()).map_err(lost)? {
        return Ok(());
    }
    progress::note(Fault::TimedOut);
    Err(Error::Timeout(Timeout::Global))
}

fn lost(error: io::Error) -> Error {
    progress::note(Fault::Lost);
    error.into()
}

impl fmt::Debug for TcpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TcpTransport")
    }
}

impl fmt::Debug for Dialler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dialler")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Shutdown, TcpListener};

    /// A connection and its other end.
    fn connection() -> (TcpTransport, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).and_then(prepared).unwrap();
        let transport = TcpTransport { stream, buffers: LazyBuffers::new(1024, 1024) };
        (transport, listener.accept().unwrap().0)
    }

    /// Until the kernel has passed on what the other end did.
    fn wait_for_the_other_end(transport: &TcpTransport) {
        let deadline = Instant::now() + Duration::from_secs(20);
        assert!(sys::wait_until(transport.stream.as_fd(), Readiness::Readable, deadline).unwrap());
    }

    #[test]
    fn a_silent_connection_is_kept() {
        let (mut transport, _other_end) = connection();
        assert!(transport.is_open());
    }

    #[test]
    fn a_connection_that_ended_or_spoke_unasked_is_not_kept() {
        let (mut transport, other_end) = connection();
        other_end.shutdown(Shutdown::Both).unwrap();
        wait_for_the_other_end(&transport);
        assert!(!transport.is_open());

        let (mut transport, mut other_end) = connection();
        other_end.write_all(b"unasked").unwrap();
        wait_for_the_other_end(&transport);
        assert!(!transport.is_open());
    }

    #[test]
    fn bytes_that_wait_in_our_own_buffer_make_a_connection_useless() {
        let (mut transport, _other_end) = connection();
        transport.buffers.input_append_buf()[0] = b'x';
        transport.buffers.input_appended(1);
        assert!(!transport.is_open());
    }
}
