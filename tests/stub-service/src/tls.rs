//! The server's side of TLS, for tests that write its records themselves: in pieces, or together with what comes before.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::crypto::cipher::{MessageEncrypter, OutboundChunks, OutboundPlainMessage};
use rustls::{
    ConnectionTrafficSecrets, ContentType, ProtocolVersion, ServerConfig, ServerConnection, StreamOwned,
    SupportedCipherSuite,
};

use crate::identity::{Identity, TlsVersion};

/// A record that no key opens: a fault of TLS for the client that reads it.
pub const BROKEN_RECORD: [u8; 45] = {
    let mut record = [0; 45];
    (record[0], record[1], record[2], record[4]) = (23, 3, 3, 40);
    record
};

/// A server of one TLS version.
#[derive(Clone)]
pub struct TlsServer(Arc<ServerConfig>);

/// TLS over one connection. What is read and written through it is plain text.
pub struct TlsSession<'a>(StreamOwned<ServerConnection, &'a TcpStream>);

impl TlsServer {
    pub fn new(identity: &Identity, version: TlsVersion) -> TlsServer {
        TlsServer(identity.server_config_for(version))
    }

    /// The server's side of one connection, for a test that has no socket.
    pub fn connection(&self) -> io::Result<ServerConnection> {
        ServerConnection::new(Arc::clone(&self.0)).map_err(io::Error::other)
    }

    /// Shakes hands.
    pub fn accept<'a>(&self, socket: &'a TcpStream) -> io::Result<TlsSession<'a>> {
        self.accept_saying(b"", socket)
    }

    /// Shakes hands, and says `words` in the same write as its Finished: before the client can have asked anything.
    pub fn accept_saying<'a>(&self, words: &[u8], mut socket: &'a TcpStream) -> io::Result<TlsSession<'a>> {
        let mut tls = self.connection()?;
        // It waits there until TLS has the keys for it.
        tls.writer().write_all(words)?;
        tls.complete_io(&mut socket)?;
        Ok(TlsSession(StreamOwned::new(tls, socket)))
    }
}

impl TlsSession<'_> {
    /// The record that carries `text`, for the caller to write to the socket.
    pub fn seal(&mut self, text: &[u8]) -> io::Result<Vec<u8>> {
        self.0.conn.writer().write_all(text)?;
        self.waiting()
    }

    /// A fatal alert, which ends the session.
    pub fn alert(&mut self) -> io::Result<Vec<u8>> {
        let tls = &mut self.0.conn;
        tls.read_tls(&mut &BROKEN_RECORD[..])?;
        match tls.process_new_packets() {
            Err(_) => self.waiting(),
            Ok(_) => Err(io::Error::other("a broken record is no fault")),
        }
    }

    /// Goes on without reading: what the server sends from now on is made here. For TLS 1.3.
    pub fn into_tickets(self) -> io::Result<Tickets> {
        let (tls, _) = self.0.into_parts();
        let Some(SupportedCipherSuite::Tls13(suite)) = tls.negotiated_cipher_suite() else {
            return Err(io::Error::other("only TLS 1.3 has tickets after the handshake"));
        };
        let (sequence, secrets) = tls.dangerous_extract_secrets().map_err(io::Error::other)?.tx;
        let encrypter = match secrets {
            ConnectionTrafficSecrets::Aes128Gcm { key, iv }
            | ConnectionTrafficSecrets::Aes256Gcm { key, iv }
            | ConnectionTrafficSecrets::Chacha20Poly1305 { key, iv } => suite.aead_alg.encrypter(key, iv),
            _ => return Err(io::Error::other("ring has no other ciphers")),
        };
        Ok(Tickets { encrypter, sequence })
    }

    /// The records that wait to be written.
    fn waiting(&mut self) -> io::Result<Vec<u8>> {
        let mut records = Vec::new();
        while self.0.conn.wants_write() {
            self.0.conn.write_tls(&mut records)?;
        }
        Ok(records)
    }
}

/// Tickets for later sessions, more than a client needs, and other records of the same session. They are made faster than
/// rustls makes them.
pub struct Tickets {
    encrypter: Box<dyn MessageEncrypter>,
    sequence: u64,
}

impl Tickets {
    /// A NewSessionTicket (RFC 8446 section 4.6.1) for an hour, with a ticket of one byte.
    const TICKET: [u8; 18] = [4, 0, 0, 14, 0, 0, 14, 16, 1, 2, 3, 4, 0, 0, 1, 7, 0, 0];
    const AT_ONCE: usize = 2_000;

    /// The record that carries `text`.
    pub fn seal(&mut self, text: &[u8]) -> io::Result<Vec<u8>> {
        self.record(ContentType::ApplicationData, text)
    }

    fn record(&mut self, typ: ContentType, payload: &[u8]) -> io::Result<Vec<u8>> {
        let version = ProtocolVersion::TLSv1_2;
        let message = OutboundPlainMessage { typ, version, payload: OutboundChunks::Single(payload) };
        let record = self.encrypter.encrypt(message, self.sequence).map_err(io::Error::other)?;
        self.sequence += 1;
        Ok(record.encode())
    }

    /// Writes tickets until the client hangs up, which it must do within five seconds. Calls `written` each time that the
    /// kernel has taken some.
    pub fn flood(&mut self, mut socket: &TcpStream, mut written: impl FnMut()) -> io::Result<()> {
        const PATIENCE: Duration = Duration::from_secs(5);
        socket.set_write_timeout(Some(PATIENCE))?;
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            let mut tickets = Vec::new();
            for _ in 0..Tickets::AT_ONCE {
                tickets.extend(self.record(ContentType::Handshake, &Tickets::TICKET)?);
            }
            socket.write_all(&tickets)?;
            written();
        }
        Err(io::ErrorKind::TimedOut.into())
    }
}

impl Read for TlsSession<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for TlsSession<'_> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
