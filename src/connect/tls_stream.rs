//! TLS over a stream, with rustls. No call of rustls waits. This file also finds what a kept
//! connection must not hold: plaintext that nobody read, and a record that has begun.

use std::io::{self, IoSlice, Read, Write};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};

use super::records::Records;
use crate::attempt::Attempt;
use crate::errors::{Cause, NetworkFault};
use crate::net::{Interest, Readiness, Received, SinceLastAnswer, Stream, Until};
use crate::planted_faults::{PlantedFault, is_planted};
use crate::tls::fault_of_tls;

/// What a server may make us read before it is authenticated. Real ones send 3 to 8 KB.
const MAX_HANDSHAKE_BYTES: u64 = 32 * 1024;

/// How often one look reads. A record of the largest size comes in five, and nobody sends so many tickets at once.
const MAX_READS_OF_A_LOOK: usize = 8;

/// TLS over a stream.
pub(super) struct TlsStream {
    rustls: ClientConnection,
    stream: Box<dyn Stream>,
    records: Records,
    outgoing: Outgoing,
    /// Whether rustls holds plaintext that nobody has read.
    holds_plaintext: bool,
    has_ended: bool,
    /// What rustls found wrong. It is reported when the plaintext before it is read.
    fault: Option<NetworkFault>,
}

/// Does the TLS handshake. The server must show a certificate for `host`.
pub(super) fn shake_hands(
    stream: Box<dyn Stream>,
    config: Arc<ClientConfig>,
    host: &str,
    attempt: &Attempt,
) -> Result<TlsStream, NetworkFault> {
    let name =
        ServerName::try_from(host.to_owned()).map_err(|error| NetworkFault::new(Cause::Tls, error.to_string()))?;
    let mut rustls = ClientConnection::new(config, name).map_err(fault_of_tls)?;
    // The size of a request is limited elsewhere, so rustls takes all of it at once, and only the kernel can delay it.
    rustls.set_buffer_limit(None);
    let mut tls = TlsStream {
        rustls,
        stream,
        records: Records::default(),
        outgoing: Outgoing::default(),
        holds_plaintext: false,
        has_ended: false,
        fault: None,
    };
    tls.handshake(until_of_handshake(attempt))?;
    tls.drain(attempt)?;
    Ok(tls)
}

fn until_of_handshake<'a>(attempt: &Attempt<'a>) -> Until<'a> {
    let late = Duration::from_secs(if is_planted(PlantedFault::HandshakeWithoutDeadline) { 600 } else { 0 });
    Until { deadline: attempt.deadline() + late, ..attempt.until() }
}

/// What one read came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pulled {
    /// There is plaintext to be read.
    Plaintext,
    /// Something came, but no plaintext: a part of a record, or a message of TLS.
    NoPlaintext,
    /// Nothing has come.
    Nothing,
    End,
}

impl TlsStream {
    fn handshake(&mut self, until: Until) -> Result<(), NetworkFault> {
        loop {
            self.outgoing.take_from(&mut self.rustls)?;
            let is_flushed = self.outgoing.pass_to(&mut *self.stream)?;
            if is_flushed && !self.rustls.is_handshaking() {
                return Ok(());
            }
            let interest = if is_flushed { Interest::Read } else { Interest::Write };
            let ready = self.stream.wait(interest, until)?;
            if ready.read {
                self.read_handshake()?;
            }
        }
    }

    fn read_handshake(&mut self) -> Result<(), NetworkFault> {
        match self.pull() {
            Ok(Pulled::End) => return Err(NetworkFault::new(Cause::Lost, "the connection ended in the TLS handshake")),
            Ok(_) => {}
            Err(fault) => {
                // Tries to send the alert; its failure does not matter.
                let _ = self.outgoing.take_from(&mut self.rustls);
                let _ = self.outgoing.pass_to(&mut *self.stream);
                return Err(fault);
            }
        }
        if self.rustls.is_handshaking() && self.records.bytes() > MAX_HANDSHAKE_BYTES {
            let problem = format!("the server sent more than {MAX_HANDSHAKE_BYTES} bytes in the handshake");
            return Err(NetworkFault::new(Cause::Tls, problem));
        }
        Ok(())
    }

    /// Reads what came with the handshake. That may be session tickets, and a part of one: its rest is waited for, because a
    /// record that has begun could also be an answer before the request.
    fn drain(&mut self, attempt: &Attempt) -> Result<(), NetworkFault> {
        loop {
            match self.pull()? {
                Pulled::NoPlaintext => attempt.check_time()?,
                Pulled::Nothing if self.records.has_begun_one() => {
                    self.stream.wait(Interest::Read, attempt.until())?;
                }
                Pulled::Nothing | Pulled::Plaintext | Pulled::End => return Ok(()),
            }
        }
    }

    /// Reads once, unless there is plaintext already.
    fn pull(&mut self) -> Result<Pulled, NetworkFault> {
        if self.holds_plaintext {
            return Ok(Pulled::Plaintext);
        }
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        if self.has_ended {
            return Ok(Pulled::End);
        }
        let inward = &mut Inward { stream: &mut *self.stream, records: &mut self.records };
        match self.rustls.read_tls(inward) {
            Ok(0) => self.has_ended = true,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Pulled::Nothing),
            Err(error) => return Err(NetworkFault::from_io(error)),
        }
        match self.rustls.process_new_packets() {
            Ok(state) => {
                self.holds_plaintext = state.plaintext_bytes_to_read() > 0;
                self.has_ended |= state.peer_has_closed();
            }
            Err(error) => {
                // An answer may have come before it. Whether it has, the next read finds out.
                self.fault = Some(fault_of_tls(error));
                self.holds_plaintext = !self.rustls.is_handshaking();
            }
        }
        match (self.holds_plaintext, &self.fault) {
            (true, _) => Ok(Pulled::Plaintext),
            (false, Some(fault)) => Err(fault.clone()),
            (false, None) => Ok(if self.has_ended { Pulled::End } else { Pulled::NoPlaintext }),
        }
    }
}

impl Stream for TlsStream {
    fn send(&mut self, parts: &[IoSlice]) -> Result<usize, NetworkFault> {
        // rustls encrypts at once and keeps no plaintext.
        let count = self.rustls.writer().write_vectored(parts).map_err(NetworkFault::from_io)?;
        self.outgoing.take_from(&mut self.rustls)?;
        Ok(count)
    }

    fn flush(&mut self) -> Result<bool, NetworkFault> {
        self.outgoing.pass_to(&mut *self.stream)
    }

    fn bytes_sent(&self) -> u64 {
        self.stream.bytes_sent()
    }

    fn receive(&mut self, room: &mut [u8]) -> Result<Received, NetworkFault> {
        for _ in 0..MAX_READS_OF_A_LOOK {
            match self.pull()? {
                Pulled::Plaintext => {}
                Pulled::NoPlaintext => continue,
                Pulled::Nothing => return Ok(Received::Nothing),
                Pulled::End => return Ok(Received::End),
            }
            match self.rustls.reader().read(room) {
                // There was none after all. Why, the next round says.
                Ok(0) | Err(_) => self.holds_plaintext = false,
                Ok(count) => {
                    // What did not fit is still there; what just fitted may have been all.
                    self.holds_plaintext = count == room.len();
                    return Ok(Received::Bytes(count));
                }
            }
        }
        Ok(Received::Nothing)
    }

    fn wait(&mut self, interest: Interest, until: Until) -> Result<Readiness, NetworkFault> {
        if self.holds_plaintext && interest != Interest::Write {
            return Ok(Readiness { read: true, write: false });
        }
        self.stream.wait(interest, until)
    }

    fn look(&mut self) -> SinceLastAnswer {
        // Session tickets and key updates may come between two answers; rustls handles them.
        for _ in 0..MAX_READS_OF_A_LOOK {
            match self.pull() {
                Ok(Pulled::NoPlaintext) => {}
                Ok(Pulled::Nothing)
                    if !self.records.has_begun_one() || is_planted(PlantedFault::HalfRecordIsSilent) =>
                {
                    return SinceLastAnswer::Silent;
                }
                Ok(Pulled::Nothing | Pulled::Plaintext) => return SinceLastAnswer::Spoke,
                Ok(Pulled::End) | Err(_) => return SinceLastAnswer::Ended,
            }
        }
        SinceLastAnswer::Spoke
    }
}

/// Encrypted bytes on their way to the kernel. They are taken from rustls when a request is given to it, and not later: an
/// alert that rustls makes meanwhile must neither count as a part of the request nor push the rest of it out.
#[derive(Default)]
struct Outgoing {
    bytes: Vec<u8>,
    sent: usize,
}

impl Outgoing {
    /// Room that is kept for the next request.
    const KEPT_BYTES: usize = 4 * 1024;

    fn take_from(&mut self, rustls: &mut ClientConnection) -> Result<(), NetworkFault> {
        while rustls.wants_write() {
            rustls.write_tls(&mut self.bytes).map_err(NetworkFault::from_io)?;
        }
        Ok(())
    }

    /// Says whether the kernel has all of it.
    fn pass_to(&mut self, stream: &mut dyn Stream) -> Result<bool, NetworkFault> {
        if self.sent < self.bytes.len() {
            self.sent += stream.send(&[IoSlice::new(&self.bytes[self.sent..])])?;
        }
        let is_sent = self.sent == self.bytes.len();
        if is_sent {
            self.bytes.clear();
            self.bytes.shrink_to(Outgoing::KEPT_BYTES);
            self.sent = 0;
        }
        Ok(is_sent && stream.flush()?)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http1::{Connection, Request, RequestHead, Written, exchange};
    use crate::net::THIS_MACHINE;
    use crate::testing::scripted::{attempt, service};
    use crate::tls::{Roots, client_config};
    use rustls::ServerConnection;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    use std::collections::VecDeque;
    use std::sync::Mutex;
    use stub_service::{BROKEN_RECORD, Identity, TlsServer, TlsVersion};

    /// The kernel, and behind it a server, which reads in the handshake only.
    #[derive(Clone)]
    struct Kernel(Arc<Mutex<State>>);

    struct State {
        server: ServerConnection,
        /// What each read gives to the client.
        incoming: VecDeque<Vec<u8>>,
        /// What each write takes, from the first bytes of the request on; after them it fails.
        takes: Option<VecDeque<Take>>,
        /// How many bytes of the request it was offered first, and how many it has.
        offered: usize,
        taken: usize,
    }

    #[derive(Clone, Copy)]
    enum Take {
        /// All but its last 100 bytes, and then the next read gives what is incoming.
        AllButTheEnd,
        /// What is left of the request, and no byte more.
        TheEnd,
        Everything,
    }

    const END_BYTES: usize = 100;

    impl Kernel {
        fn new(server: ServerConnection) -> Kernel {
            let incoming = VecDeque::new();
            Kernel(Arc::new(Mutex::new(State { server, incoming, takes: None, offered: 0, taken: 0 })))
        }

        /// Lets the request come: from now on the kernel takes this, and the client reads that.
        fn expect(&self, takes: &[Take], incoming: &[&[u8]]) {
            let mut state = self.0.lock().unwrap();
            state.takes = Some(takes.iter().copied().collect());
            state.incoming = incoming.iter().map(|piece| piece.to_vec()).collect();
        }

        /// The record by which the server says this.
        fn seal(&self, text: &[u8]) -> Vec<u8> {
            let mut state = self.0.lock().unwrap();
            state.server.writer().write_all(text).unwrap();
            state.outgoing()
        }

        /// How many bytes of the request it has, and how many it was offered.
        fn taken(&self) -> (usize, usize) {
            let state = self.0.lock().unwrap();
            (state.taken, state.offered)
        }
    }

    impl State {
        fn outgoing(&mut self) -> Vec<u8> {
            let mut records = Vec::new();
            while self.server.wants_write() {
                self.server.write_tls(&mut records).unwrap();
            }
            records
        }

        fn shake_hands(&mut self, mut bytes: &[u8]) {
            while !bytes.is_empty() {
                self.server.read_tls(&mut bytes).unwrap();
                self.server.process_new_packets().unwrap();
            }
            let records = self.outgoing();
            if !records.is_empty() {
                self.incoming.push_back(records);
            }
        }
    }

    impl Stream for Kernel {
        fn send(&mut self, parts: &[IoSlice]) -> Result<usize, NetworkFault> {
            let bytes = parts.iter().flat_map(|part| part.iter().copied()).collect::<Vec<u8>>();
            let mut state = self.0.lock().unwrap();
            let Some(takes) = &mut state.takes else {
                state.shake_hands(&bytes);
                return Ok(bytes.len());
            };
            let take = takes.pop_front();
            state.offered = state.offered.max(bytes.len());
            let count = match take {
                Some(Take::AllButTheEnd) => bytes.len() - END_BYTES,
                Some(Take::TheEnd) => END_BYTES,
                Some(Take::Everything) => bytes.len(),
                None => return Err(NetworkFault::lost(&io::ErrorKind::BrokenPipe.into())),
            };
            state.taken += count;
            Ok(count)
        }

        fn flush(&mut self) -> Result<bool, NetworkFault> {
            Ok(true)
        }

        fn bytes_sent(&self) -> u64 {
            self.0.lock().unwrap().taken as u64
        }

        fn receive(&mut self, room: &mut [u8]) -> Result<Received, NetworkFault> {
            let mut state = self.0.lock().unwrap();
            let Some(mut piece) = state.incoming.pop_front() else { return Ok(Received::Nothing) };
            let rest = piece.split_off(piece.len().min(room.len()));
            if !rest.is_empty() {
                state.incoming.push_front(rest);
            }
            room[..piece.len()].copy_from_slice(&piece);
            Ok(Received::Bytes(piece.len()))
        }

        fn wait(&mut self, interest: Interest, _: Until) -> Result<Readiness, NetworkFault> {
            Ok(Readiness { read: interest != Interest::Write, write: interest != Interest::Read })
        }

        fn look(&mut self) -> SinceLastAnswer {
            SinceLastAnswer::Silent
        }
    }

    /// A kernel, and a TLS connection over it.
    fn connected(version: TlsVersion) -> (Kernel, Connection) {
        let identity = Identity::for_loopback();
        let kernel = Kernel::new(TlsServer::new(&identity, version).connection().unwrap());
        let certificate = CertificateDer::from_pem_slice(identity.certificate_pem().as_bytes()).unwrap();
        let config = client_config(&Roots::File(Arc::new(vec![certificate])), THIS_MACHINE).unwrap();
        let tls = shake_hands(Box::new(kernel.clone()), Arc::new(config), "127.0.0.1", &attempt()).unwrap();
        (kernel, Connection::new(service(), Box::new(tls)))
    }

    const BOTH: [TlsVersion; 2] = [TlsVersion::Tls12, TlsVersion::Tls13];

    #[test]
    fn an_alert_of_ours_is_no_part_of_the_request() {
        for version in BOTH {
            let (kernel, mut connection) = connected(version);
            kernel.expect(&[Take::AllButTheEnd, Take::TheEnd], &[&BROKEN_RECORD]);
            let written = connection.write([&[b'x'; 10_000]], &attempt());
            assert!(matches!(written, Ok(Written::Whole)), "{version:?}: its last byte left: {written:?}");
            let (taken, offered) = kernel.taken();
            assert_eq!(taken, offered, "{version:?}");
        }
    }

    #[test]
    fn a_fault_after_an_early_answer_pushes_nothing_out() {
        for version in BOTH {
            let (kernel, mut connection) = connected(version);
            let answer = kernel.seal(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n");
            kernel.expect(&[Take::AllButTheEnd, Take::Everything], &[&answer, &BROKEN_RECORD]);
            let head = RequestHead::post(&service(), "/send", &[]);
            let request = Request { head: &head, body: &[b'x'; 10_000] };
            let answer = exchange(&mut connection, &request, &mut attempt()).unwrap().answer;
            assert_eq!((answer.http_status, answer.is_early), (200, true), "{version:?}");
            assert_eq!(answer.body.fault.unwrap().cause, Cause::Tls, "{version:?}");
            let (taken, offered) = kernel.taken();
            assert_eq!(taken, offered - END_BYTES, "{version:?}: the rest of the request left after its answer");
        }
    }
}
