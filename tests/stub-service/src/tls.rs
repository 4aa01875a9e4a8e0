//! The server's side of TLS, for tests that write its records themselves: in pieces, or together with what comes before.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::identity::{Identity, TlsVersion};

/// A server of one TLS version.
#[derive(Clone)]
pub struct TlsServer(Arc<ServerConfig>);

/// TLS over one connection. What is read and written through it is plain text.
pub struct TlsSession<'a>(StreamOwned<ServerConnection, &'a TcpStream>);

impl TlsServer {
    pub fn new(identity: &Identity, version: TlsVersion) -> TlsServer {
        TlsServer(identity.server_config_for(version))
    }

    /// Shakes hands.
    pub fn accept<'a>(&self, socket: &'a TcpStream) -> io::Result<TlsSession<'a>> {
        self.accept_saying(b"", socket)
    }

    /// Shakes hands, and says `words` in the same write as its Finished: before the client can have asked anything.
    pub fn accept_saying<'a>(&self, words: &[u8], mut socket: &'a TcpStream) -> io::Result<TlsSession<'a>> {
        let mut tls = ServerConnection::new(Arc::clone(&self.0)).map_err(io::Error::other)?;
        // It waits there until TLS has the keys for it.
        tls.writer().write_all(words)?;
        tls.complete_io(&mut socket)?;
        Ok(TlsSession(StreamOwned::new(tls, socket)))
    }
}

impl TlsSession<'_> {
    /// The record that carries `text`, for the caller to write to the socket.
    pub fn seal(&mut self, text: &[u8]) -> io::Result<Vec<u8>> {
        let tls = &mut self.0.conn;
        tls.writer().write_all(text)?;
        let mut record = Vec::new();
        while tls.wants_write() {
            tls.write_tls(&mut record)?;
        }
        Ok(record)
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
