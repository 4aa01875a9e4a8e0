//! One connection to the service: a whole request out, bytes back, and whether it may be kept. A send that gets what was
//! left of the answer before it would be told another user's reference id.
//!
//! The witness of delivery is here. No error value tells whether the service can have got a request; one fact does: the
//! kernel took the write that carried its last byte. Until then the request was incomplete, and no service acts on an
//! incomplete request. This file knows which write is the last, and `tcp` makes it. Where a TLS layer still has something
//! of an earlier write to get rid of, the fact is noted a little early: that errs to UNKNOWN.

use std::io;

use ureq::Error;
use ureq::http::Uri;
use ureq::http::uri::{Authority, Scheme};
use ureq::unversioned::transport::{NextTimeout, Transport};

use super::progress;

/// A TLS record adds less than this to what it holds.
const TLS_RECORD_BYTES: usize = 64;

/// A connection, and whom it leads to.
pub(super) struct Connection {
    transport: Box<dyn Transport>,
    scheme: Scheme,
    authority: Authority,
    has_ended: bool,
}

impl Connection {
    /// `None` for a URI that names no host.
    pub(super) fn to(uri: &Uri, transport: Box<dyn Transport>) -> Option<Connection> {
        let (scheme, authority) = (uri.scheme()?.clone(), uri.authority()?.clone());
        Some(Connection { transport, scheme, authority, has_ended: false })
    }

    pub(super) fn leads_where(&self, other: &Connection) -> bool {
        self.authority == other.authority && self.scheme == other.scheme
    }

    pub(super) fn leads_to(&self, uri: &Uri) -> bool {
        uri.scheme() == Some(&self.scheme) && uri.authority() == Some(&self.authority)
    }

    /// Writes a request that lies in several parts: as a rule in one write and one TLS record. They hold the key, numbers
    /// and codes, so nothing of them stays in the buffer, whatever becomes of them.
    pub(super) fn write(&mut self, mut parts: [&[u8]; 4]) -> Result<(), Error> {
        // A piece is one write of the socket, under TLS with what the record adds: what the kernel has of the last one, it
        // has of the request.
        let most = self.transport.buffers().output().len() - if self.transport.is_tls() { TLS_RECORD_BYTES } else { 0 };
        loop {
            let count = fill(&mut self.transport.buffers().output()[..most], &mut parts);
            let is_last = parts.iter().all(|part| part.is_empty());
            if is_last {
                progress::writes_the_last_byte();
            }
            transmit_and_wipe(&mut *self.transport, count)?;
            if is_last {
                return Ok(());
            }
        }
    }

    /// What has come and is not consumed yet.
    pub(super) fn input(&mut self) -> &[u8] {
        self.transport.buffers().input()
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.transport.buffers().input_consume(count);
    }

    /// Waits for more input; `false` at the end of the connection.
    pub(super) fn await_more(&mut self) -> Result<bool, Error> {
        let buffers = self.transport.buffers();
        if buffers.input_append_buf().is_empty() {
            // A head that fills the buffer. To read into nothing would look like the end of the connection.
            let have = buffers.input().len();
            return Err(Error::LargeResponseHeader(have, have));
        }
        let more = self.transport.await_input(NextTimeout::default());
        self.has_ended |= !matches!(more, Ok(true));
        more
    }

    /// Whether a next request may go out here: the connection must be silent in every layer. In the socket and in our
    /// buffers, and in TLS, where a second answer or a `close_notify` can wait unseen.
    pub(super) fn is_open(&mut self) -> bool {
        !self.has_ended
            && self.input().is_empty()
            && self.transport.is_open()
            && (!self.transport.is_tls() || self.is_silent_in_tls())
    }

    /// Asks without touching the socket.
    fn is_silent_in_tls(&mut self) -> bool {
        let transport = &mut self.transport;
        let answer = progress::while_probing(|| transport.await_input(NextTimeout::default()));
        matches!(answer, Err(Error::Io(e)) if e.kind() == io::ErrorKind::WouldBlock)
    }
}

/// Writes what is at the beginning of the output buffer; nothing of it stays there, whatever becomes of it.
pub(super) fn transmit_and_wipe(transport: &mut dyn Transport, count: usize) -> Result<(), Error> {
    let sent = transport.transmit_output(count, NextTimeout::default());
    transport.buffers().output()[..count].fill(0);
    sent
}

/// Moves as much of the parts as fits.
fn fill(output: &mut [u8], parts: &mut [&[u8]]) -> usize {
    let mut filled = 0;
    for part in parts {
        let (fits, rest) = part.split_at(part.len().min(output.len() - filled));
        output[filled..filled + fits.len()].copy_from_slice(fits);
        filled += fits.len();
        *part = rest;
    }
    filled
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::{Duration, Instant};

    use super::*;
    use crate::transport::Limits;
    use crate::transport::scripted::{BUFFER_BYTES, Scripted, would_block};

    fn connection(below: Scripted) -> Connection {
        Connection::to(&Uri::from_static("http://service.example/send"), Box::new(below)).unwrap()
    }

    fn is_kept(answer: fn() -> Result<bool, Error>) -> bool {
        connection(Scripted { is_tls: true, probed: answer, ..Scripted::default() }).is_open()
    }

    #[test]
    fn a_tls_connection_is_kept_only_if_the_tls_layer_has_nothing_to_say() {
        assert!(is_kept(would_block));
        assert!(!is_kept(|| Ok(true)), "bytes that nobody asked for: the answer to the next send would be another's");
        assert!(!is_kept(|| Ok(false)), "close_notify: the next send would be lost");
        assert!(!is_kept(|| Err(io::Error::from(io::ErrorKind::InvalidData).into())));
    }

    #[test]
    fn a_connection_that_was_seen_to_end_is_not_kept() {
        let mut connection = connection(Scripted::default());
        assert!(connection.is_open());
        assert!(!connection.await_more().unwrap());
        assert!(!connection.is_open());
    }

    #[test]
    fn a_connection_leads_to_one_host_by_one_scheme_and_port() {
        let connection = connection(Scripted::default());
        assert!(connection.leads_to(&Uri::from_static("http://service.example/verify")));
        for elsewhere in ["https://service.example/", "http://service.example:81/", "http://other.example/"] {
            assert!(!connection.leads_to(&elsewhere.parse().unwrap()), "{elsewhere}");
        }
    }

    /// What was written of a request, piece by piece, and what came of it.
    fn written(head: &[u8], body: &[u8], is_tls: bool, writes_taken: usize) -> (Vec<Vec<u8>>, Result<(), Error>) {
        let soon = Instant::now() + Duration::from_secs(60);
        progress::begin(Limits { deadline: soon, connect_deadline: soon }, false);
        let written = Arc::new(Mutex::new(Vec::new()));
        let below = Scripted { is_tls, writes_taken, written: written.clone(), ..Scripted::default() };
        let mut connection = connection(below);
        let outcome = connection.write([head, b"4", b"\r\n\r\n", body]);
        assert!(connection.transport.buffers().output().iter().all(|byte| *byte == 0), "something of a request stays");
        (std::mem::take(&mut written.lock().unwrap()), outcome)
    }

    #[test]
    fn head_and_body_leave_in_one_write_and_nothing_of_them_stays() {
        let (pieces, outcome) = written(b"head with a key: ", b"body", false, usize::MAX);
        outcome.unwrap();
        assert!(progress::request_has_left());
        assert_eq!(pieces, [b"head with a key: 4\r\n\r\nbody"]);
    }

    #[test]
    fn a_request_in_two_writes_has_left_with_the_second() {
        for is_tls in [false, true] {
            let (head, body) = (&[b'h'; 3_000], &[b'b'; 6_000]);
            let (_, outcome) = written(head, body, is_tls, 1);
            assert!(outcome.is_err());
            assert!(!progress::request_has_left(), "its last byte was never written");

            let (pieces, outcome) = written(head, body, is_tls, 2);
            outcome.unwrap();
            assert!(progress::request_has_left());
            assert_eq!(pieces.concat(), [&head[..], b"4\r\n\r\n", &body[..]].concat());
        }
    }

    #[test]
    fn a_request_that_just_fills_the_buffer_leaves_in_one_write() {
        let body = vec![b'b'; BUFFER_BYTES - b"head4\r\n\r\n".len()];
        let (pieces, outcome) = written(b"head", &body, false, usize::MAX);
        outcome.unwrap();
        assert_eq!(pieces.len(), 1);
        assert!(progress::request_has_left());
    }

    #[test]
    fn a_tls_record_fits_into_one_write() {
        let (pieces, outcome) = written(&[b'h'; 4_000], &[b'b'; BUFFER_BYTES], true, usize::MAX);
        outcome.unwrap();
        assert_eq!(pieces.iter().map(Vec::len).max(), Some(BUFFER_BYTES - TLS_RECORD_BYTES));
    }
}
