//! A stream that plays a script: it takes and returns the given pieces, then it ends.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::attempt::{Attempt, Limits};
use crate::errors::{NetworkFault, Phase};
use crate::http1::Connection;
use crate::net::{Interest, Readiness, Received, SinceLastAnswer, Stream, THIS_MACHINE, Until};
use crate::origin::Origin;

pub(crate) struct Scripted {
    /// What it says, piece by piece, before it ends.
    pub(crate) pieces: VecDeque<Vec<u8>>,
    /// How many bytes each write takes; the write after the last of them fails.
    pub(crate) takes: VecDeque<usize>,
    /// What it took, write by write.
    pub(crate) written: Arc<Mutex<Vec<Vec<u8>>>>,
    pub(crate) bytes_sent: u64,
}

impl Default for Scripted {
    fn default() -> Scripted {
        Scripted { pieces: VecDeque::new(), takes: [usize::MAX].into(), written: Arc::default(), bytes_sent: 0 }
    }
}

/// Where all these connections lead.
pub(crate) fn service() -> Arc<Origin> {
    Arc::new(Origin::of(&http::Uri::from_static("http://service.example/")).expect("it has a host"))
}

/// An attempt whose connection stands, with time enough.
pub(crate) fn attempt() -> Attempt<'static> {
    let later = Instant::now() + Duration::from_secs(600);
    let mut attempt =
        Attempt::not_begun(THIS_MACHINE, None).next(Limits { deadline: later, connect_deadline: later }, false);
    attempt.phase = Phase::Request;
    attempt
}

/// A connection over which these bytes come, so many at once, before it ends.
pub(crate) fn saying(bytes: &[u8], at_once: usize) -> Connection {
    let pieces = bytes.chunks(at_once).map(<[u8]>::to_vec).collect();
    Connection::new(service(), Box::new(Scripted { pieces, ..Scripted::default() }))
}

impl Stream for Scripted {
    fn send(&mut self, parts: &[IoSlice]) -> Result<usize, NetworkFault> {
        let Some(most) = self.takes.pop_front() else {
            return Err(NetworkFault::lost(&io::ErrorKind::BrokenPipe.into()));
        };
        let whole: Vec<u8> = parts.iter().flat_map(|part| part.iter().copied()).collect();
        let taken = &whole[..whole.len().min(most)];
        self.written.lock().unwrap().push(taken.to_vec());
        self.bytes_sent += taken.len() as u64;
        Ok(taken.len())
    }

    fn flush(&mut self) -> Result<bool, NetworkFault> {
        Ok(true)
    }

    fn bytes_sent(&self) -> u64 {
        self.bytes_sent
    }

    fn receive(&mut self, room: &mut [u8]) -> Result<Received, NetworkFault> {
        let Some(piece) = self.pieces.pop_front() else { return Ok(Received::End) };
        let count = piece.len().min(room.len());
        room[..count].copy_from_slice(&piece[..count]);
        if count < piece.len() {
            self.pieces.push_front(piece[count..].to_vec());
        }
        Ok(Received::Bytes(count))
    }

    fn wait(&mut self, interest: Interest, _: Until) -> Result<Readiness, NetworkFault> {
        Ok(Readiness { read: interest != Interest::Write, write: interest != Interest::Read })
    }

    /// A script without pieces left counts as silent.
    fn look(&mut self) -> SinceLastAnswer {
        if self.pieces.is_empty() { SinceLastAnswer::Silent } else { SinceLastAnswer::Spoke }
    }
}
