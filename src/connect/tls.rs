//! TLS over a stream. rustls does the work; this file gives it bytes without waiting inside it, and knows what a kept
//! connection must not hold: plaintext that nobody read, and a record that has begun.

use std::io::{self, IoSlice, Read, Write};
use std::sync::Arc;
use std::time::Instant;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};

use super::records::Records;
use crate::attempt::Attempt;
use crate::errors::{Cause, NetworkFault};
use crate::net::{Received, SinceLastAnswer, Stream};
use crate::sys::{Interest, Readiness};
use crate::tls::fault_of;

/// What a server may make us read before it is authenticated. Real ones send 3 to 8 KB.
const MOST_HANDSHAKE_BYTES: u64 = 32 * 1024;

pub(super) struct Tls {
    rustls: ClientConnection,
    stream: Box<dyn Stream>,
    records: Records,
    /// Whether rustls holds plaintext that nobody has read.
    holds_plaintext: bool,
    has_ended: bool,
}

/// Shakes hands with the server of this name, which must show a certificate for it.
pub(super) fn shake_hands(
    stream: Box<dyn Stream>,
    config: Arc<ClientConfig>,
    host: &str,
    attempt: &Attempt,
) -> Result<Tls, NetworkFault> {
    let name =
        ServerName::try_from(host.to_owned()).map_err(|error| NetworkFault::new(Cause::Tls, error.to_string()))?;
    let mut rustls = ClientConnection::new(config, name).map_err(fault_of)?;
    // A request is bounded already. So all of it is taken at once, and what holds it up is always the kernel.
    rustls.set_buffer_limit(None);
    let mut tls = Tls { rustls, stream, records: Records::default(), holds_plaintext: false, has_ended: false };
    tls.handshake(attempt.deadline())?;
    tls.finish_what_began(attempt.deadline())?;
    Ok(tls)
}

impl Tls {
    fn handshake(&mut self, deadline: Instant) -> Result<(), NetworkFault> {
        loop {
            let is_flushed = self.push()?;
            if is_flushed && !self.rustls.is_handshaking() {
                return Ok(());
            }
            let interest = if is_flushed { Interest::Read } else { Interest::Write };
            let ready = self.stream.wait(interest, deadline)?;
            if ready.read && self.pull()? == Received::End {
                return Err(NetworkFault::new(Cause::Lost, "the connection ended in the TLS handshake"));
            }
            if self.rustls.is_handshaking() && self.records.bytes() > MOST_HANDSHAKE_BYTES {
                let problem = format!("the server sent more than {MOST_HANDSHAKE_BYTES} bytes in the handshake");
                return Err(NetworkFault::new(Cause::Tls, problem));
            }
        }
    }

    /// A session ticket may come right after the handshake, and a part of it first. Its rest is waited for, because a record
    /// that has begun could also be an answer before the request.
    fn finish_what_began(&mut self, deadline: Instant) -> Result<(), NetworkFault> {
        while self.pull()? == Received::Nothing && self.records.has_begun_one() {
            self.stream.wait(Interest::Read, deadline)?;
        }
        Ok(())
    }

    /// Passes what rustls has for the other side to the stream; says whether the kernel has all of it.
    fn push(&mut self) -> Result<bool, NetworkFault> {
        if self.rustls.wants_write() {
            match self.rustls.write_tls(&mut Outward(&mut *self.stream)) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(NetworkFault::from_io(error)),
            }
            if self.rustls.wants_write() {
                return Ok(false);
            }
        }
        self.stream.flush()
    }

    /// Passes what has come to rustls, until there is plaintext (`Bytes`) or nothing more for now. In a handshake it reads once.
    fn pull(&mut self) -> Result<Received, NetworkFault> {
        while !self.holds_plaintext {
            if self.has_ended {
                return Ok(Received::End);
            }
            let inward = &mut Inward { stream: &mut *self.stream, records: &mut self.records };
            match self.rustls.read_tls(inward) {
                Ok(0) => self.has_ended = true,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Received::Nothing),
                Err(error) => return Err(NetworkFault::from_io(error)),
            }
            let state = self.rustls.process_new_packets().map_err(|error| {
                // The alert that says why: a courtesy, which may fail.
                let _ = self.rustls.write_tls(&mut Outward(&mut *self.stream));
                fault_of(error)
            })?;
            self.holds_plaintext = state.plaintext_bytes_to_read() > 0;
            self.has_ended |= state.peer_has_closed();
            if self.rustls.is_handshaking() {
                return Ok(if self.has_ended { Received::End } else { Received::Nothing });
            }
        }
        Ok(Received::Bytes(0))
    }
}

impl Stream for Tls {
    fn send(&mut self, parts: &[IoSlice]) -> Result<usize, NetworkFault> {
        // Into records of their own: rustls encrypts at once and keeps no plaintext.
        self.rustls.writer().write_vectored(parts).map_err(NetworkFault::from_io)
    }

    fn flush(&mut self) -> Result<bool, NetworkFault> {
        self.push()
    }

    fn bytes_sent(&self) -> u64 {
        self.stream.bytes_sent()
    }

    fn receive(&mut self, room: &mut [u8]) -> Result<Received, NetworkFault> {
        loop {
            match self.pull()? {
                Received::Bytes(_) => {}
                other => return Ok(other),
            }
            match self.rustls.reader().read(room) {
                Ok(count) => {
                    // What did not fit is still there; what just fitted may have been all.
                    self.holds_plaintext = count == room.len();
                    return Ok(Received::Bytes(count));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.holds_plaintext = false,
                Err(error) => return Err(NetworkFault::from_io(error)),
            }
        }
    }

    fn wait(&mut self, interest: Interest, deadline: Instant) -> Result<Readiness, NetworkFault> {
        if self.holds_plaintext && interest != Interest::Write {
            return Ok(Readiness { read: true, write: false });
        }
        self.stream.wait(interest, deadline)
    }

    fn look(&mut self) -> SinceLastAnswer {
        // A ticket or a new key may come between two answers: neither is said to us.
        match self.pull() {
            Ok(Received::Nothing) if !self.records.has_begun_one() => SinceLastAnswer::Silent,
            Ok(Received::Nothing | Received::Bytes(_)) => SinceLastAnswer::Spoke,
            Ok(Received::End) | Err(_) => SinceLastAnswer::Ended,
        }
    }
}

/// The stream as rustls writes to it.
struct Outward<'a>(&'a mut dyn Stream);

impl Write for Outward<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, parts: &[IoSlice]) -> io::Result<usize> {
        match self.0.send(parts) {
            Ok(0) => Err(io::ErrorKind::WouldBlock.into()),
            Ok(count) => Ok(count),
            Err(fault) => Err(fault.into_io()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The stream as rustls reads from it.
struct Inward<'a> {
    stream: &'a mut dyn Stream,
    records: &'a mut Records,
}

impl Read for Inward<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match self.stream.receive(room) {
            Ok(Received::Bytes(count)) => {
                self.records.pass(&room[..count]);
                Ok(count)
            }
            Ok(Received::Nothing) => Err(io::ErrorKind::WouldBlock.into()),
            Ok(Received::End) => Ok(0),
            Err(fault) => Err(fault.into_io()),
        }
    }
}
