//! What is below a connection, in unit tests and for the fuzz targets: it says what it was told to say, in the pieces it
//! was told, and then ends.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};

use ureq::Error;
use ureq::http::Uri;
use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout, Transport};

use super::connection::Connection;
use super::progress;

pub(super) const BUFFER_BYTES: usize = 8 * 1024;

pub(super) struct Scripted {
    pub(super) pieces: VecDeque<Vec<u8>>,
    /// How it ends when nothing is left to say.
    pub(super) end: fn() -> Result<bool, Error>,
    /// The TLS layer's answer when it is asked whether it is silent.
    pub(super) probed: fn() -> Result<bool, Error>,
    pub(super) writes_taken: usize,
    pub(super) written: Arc<Mutex<Vec<Vec<u8>>>>,
    pub(super) is_tls: bool,
    pub(super) buffers: LazyBuffers,
}

pub(super) fn would_block() -> Result<bool, Error> {
    Err(io::Error::from(io::ErrorKind::WouldBlock).into())
}

impl Default for Scripted {
    fn default() -> Scripted {
        Scripted {
            pieces: VecDeque::new(),
            end: || Ok(false),
            probed: would_block,
            writes_taken: usize::MAX,
            written: Arc::default(),
            is_tls: false,
            buffers: LazyBuffers::new(BUFFER_BYTES, BUFFER_BYTES),
        }
    }
}

/// A connection over which these bytes come, so many at once, before it ends.
pub(super) fn saying(bytes: &[u8], at_once: usize) -> Connection {
    let pieces = bytes.chunks(at_once).map(<[u8]>::to_vec).collect();
    let below = Scripted { pieces, ..Scripted::default() };
    Connection::to(&service(), Box::new(below)).unwrap()
}

/// Whom all these connections lead to.
pub(super) fn service() -> Uri {
    Uri::from_static("http://service.example/send")
}

impl Transport for Scripted {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), Error> {
        let mut written = self.written.lock().unwrap();
        if written.len() == self.writes_taken {
            return Err(io::Error::from(io::ErrorKind::BrokenPipe).into());
        }
        written.push(self.buffers.output()[..amount].to_vec());
        progress::written();
        Ok(())
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
        if progress::is_probing() {
            return (self.probed)();
        }
        let Some(piece) = self.pieces.pop_front() else {
            return (self.end)();
        };
        let room = self.buffers.input_append_buf();
        let count = piece.len().min(room.len());
        room[..count].copy_from_slice(&piece[..count]);
        self.buffers.input_appended(count);
        if count < piece.len() {
            self.pieces.push_front(piece[count..].to_vec());
        }
        Ok(true)
    }

    /// A socket is silent when nothing waits in it; under TLS, it knows nothing of what was decrypted.
    fn is_open(&mut self) -> bool {
        self.is_tls || self.pieces.is_empty()
    }

    fn is_tls(&self) -> bool {
        self.is_tls
    }
}

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scripted")
    }
}
