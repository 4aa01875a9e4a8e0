//! One connection to a service or a proxy: a whole request out, bytes back. It owns what has come and is not read yet, so
//! nothing of one answer is ever taken for the next.

use std::io::IoSlice;
use std::sync::Arc;

use super::answer_head::{self, AnswerHead, Parsed};
use crate::attempt::Attempt;
use crate::errors::{Cause, NetworkFault};
use crate::net::{Interest, Received, SinceLastAnswer, Stream};
use crate::origin::Origin;
use crate::planted_faults::{PlantedFault, is_planted};

/// The largest head that is read. Usual answers have a few hundred bytes.
const INPUT_BYTES: usize = 16 * 1024;

/// A connection, and where it leads.
pub(crate) struct Connection {
    stream: Box<dyn Stream>,
    origin: Arc<Origin>,
    input: Input,
    has_ended: bool,
}

/// What became of a request that was written.
#[derive(Debug)]
pub(crate) enum Written {
    /// The kernel took its last byte.
    Whole,
    /// An answer arrived before the last byte was sent.
    Answered(AnswerHead),
}

impl Connection {
    pub(crate) fn new(origin: Arc<Origin>, stream: Box<dyn Stream>) -> Connection {
        Connection { stream, origin, input: Input::default(), has_ended: false }
    }

    pub(crate) fn origin(&self) -> &Arc<Origin> {
        &self.origin
    }

    /// Another handle to it, for a fault that is planted.
    #[cfg(feature = "simulation")]
    pub(crate) fn duplicate(&self) -> Option<Connection> {
        Some(Connection::new(self.origin.clone(), self.stream.duplicate()?))
    }

    /// The stream; a fault if there is unread input.
    pub(crate) fn into_stream(self) -> Result<Box<dyn Stream>, NetworkFault> {
        if self.input.bytes().is_empty() || is_planted(PlantedFault::SilenceNotChecked) {
            Ok(self.stream)
        } else {
            Err(spoke_first())
        }
    }

    /// Writes a request of several parts, usually in one write and one TLS record.
    ///
    /// If an answer arrives before the whole request is written, it is final and nothing more is written;
    /// it is looked for where a write fails or has to wait.
    pub(crate) fn write<const PARTS: usize>(
        &mut self,
        parts: [&[u8]; PARTS],
        attempt: &Attempt,
    ) -> Result<Written, NetworkFault> {
        attempt.check_time()?;
        let before = self.stream.bytes_sent();
        let mut slices = parts.map(IoSlice::new);
        let mut rest = &mut slices[..];
        loop {
            // Nothing leaves after a cancellation.
            attempt.check_stop()?;
            match self.write_some(&mut rest) {
                Ok(true) => return Ok(Written::Whole),
                Ok(false) => {}
                // Bytes that arrived before the first byte was written are not an answer.
                Err(fault) if self.stream.bytes_sent() == before => return Err(fault),
                Err(fault) => {
                    return self.read_what_came(attempt)?.map_or(Err(fault), |head| Ok(Written::Answered(head)));
                }
            }
            let may_be_answered = !self.has_ended && self.stream.bytes_sent() > before;
            let interest = if may_be_answered { Interest::Both } else { Interest::Write };
            if self.stream.wait(interest, attempt.until())?.read {
                if let Some(head) = self.read_what_came(attempt)? {
                    return Ok(Written::Answered(head));
                }
            }
        }
    }

    /// Writes what the kernel takes at once; says whether it has all of it.
    fn write_some(&mut self, rest: &mut &mut [IoSlice]) -> Result<bool, NetworkFault> {
        if !rest.is_empty() {
            let taken = self.stream.send(rest)?;
            IoSlice::advance_slices(rest, taken);
        }
        let is_flushed = self.stream.flush()? || is_planted(PlantedFault::UnflushedIsSent);
        Ok(is_flushed && rest.is_empty())
    }

    /// Reads without waiting; gives the head of an answer, if there is one. The end or a broken connection is reported by the
    /// next write or read.
    fn read_what_came(&mut self, attempt: &Attempt) -> Result<Option<AnswerHead>, NetworkFault> {
        loop {
            // A peer may go on and on saying that it is still at work.
            attempt.check_time()?;
            if let Some(head) = self.take_head()? {
                return Ok(Some(head));
            }
            // A head that fills the buffer is no answer; any other fault is left to the next write or read.
            self.input.room()?;
            if !matches!(self.receive(), Ok(Received::Bytes(_))) {
                return Ok(None);
            }
        }
    }

    /// Reads the head of the answer, and skips interim answers (1xx) before it.
    pub(super) fn read_head(&mut self, attempt: &Attempt) -> Result<AnswerHead, NetworkFault> {
        loop {
            if let Some(head) = self.take_head()? {
                return Ok(head);
            }
            if !self.await_more(attempt)? {
                return Err(NetworkFault::cut_off());
            }
        }
    }

    /// Takes the head of the answer from what has come, and the interim ones before it; `None` where it is not whole yet.
    fn take_head(&mut self) -> Result<Option<AnswerHead>, NetworkFault> {
        loop {
            match answer_head::parse(self.input()).map_err(NetworkFault::not_http)? {
                Parsed::Answer(head, bytes) => {
                    self.consume(bytes);
                    return Ok(Some(head));
                }
                Parsed::Interim(bytes) => self.consume(bytes),
                Parsed::Partial => return Ok(None),
            }
        }
    }

    /// What has come and is not consumed yet.
    pub(crate) fn input(&self) -> &[u8] {
        self.input.bytes()
    }

    /// Drops so many bytes of input.
    pub(crate) fn consume(&mut self, count: usize) {
        self.input.consume(count);
    }

    /// Waits for more input; `false` at the end of the connection.
    pub(crate) fn await_more(&mut self, attempt: &Attempt) -> Result<bool, NetworkFault> {
        loop {
            if self.has_ended {
                return Ok(false);
            }
            // Before the wait: a head that fills the buffer is refused at once.
            self.input.room()?;
            self.stream.wait(Interest::Read, attempt.until())?;
            if matches!(self.receive()?, Received::Bytes(_)) {
                return Ok(true);
            }
        }
    }

    /// Reads what has come into the input, without waiting, and notes the end of the connection.
    fn receive(&mut self) -> Result<Received, NetworkFault> {
        let received = self.stream.receive(self.input.room()?);
        match received {
            Ok(Received::Bytes(count)) => self.input.filled += count,
            Ok(Received::Nothing) => {}
            Ok(Received::End) | Err(_) => self.has_ended = true,
        }
        received
    }

    /// Whether a next request may go out here: the connection must be silent in every layer. In the socket and in our
    /// buffer, and in TLS, where a second answer, half of one, or a `close_notify` can wait unseen.
    pub(crate) fn look(&mut self) -> SinceLastAnswer {
        if self.has_ended {
            SinceLastAnswer::Ended
        } else if !self.input.bytes().is_empty() && !is_planted(PlantedFault::UnreadInputIsSilent) {
            SinceLastAnswer::Spoke
        } else {
            self.stream.look()
        }
    }

    /// Fails if bytes arrived on a new connection before anything was written. If it has ended, the write or the read reports that.
    pub(crate) fn check_silence(&mut self) -> Result<(), NetworkFault> {
        if is_planted(PlantedFault::SilenceNotChecked) {
            return Ok(());
        }
        if self.input.bytes().is_empty() && !matches!(self.stream.receive(self.input.room()?), Ok(Received::Bytes(_))) {
            return Ok(());
        }
        Err(spoke_first())
    }
}

fn spoke_first() -> NetworkFault {
    NetworkFault::new(Cause::SpokeFirst, "bytes came before the request")
}

/// Bytes that came. Allocated when it is first read into.
#[derive(Default)]
struct Input {
    buffer: Vec<u8>,
    consumed: usize,
    filled: usize,
}

impl Input {
    fn bytes(&self) -> &[u8] {
        &self.buffer[self.consumed..self.filled]
    }

    fn consume(&mut self, count: usize) {
        self.consumed += count;
    }

    /// Free space for more input; a fault if a head fills the whole buffer.
    fn room(&mut self) -> Result<&mut [u8], NetworkFault> {
        if self.buffer.is_empty() {
            self.buffer.resize(INPUT_BYTES, 0);
        }
        if self.consumed == self.filled {
            (self.consumed, self.filled) = (0, 0);
        } else if self.filled == self.buffer.len() {
            self.buffer.copy_within(self.consumed..self.filled, 0);
            (self.consumed, self.filled) = (0, self.filled - self.consumed);
        }
        match &mut self.buffer[self.filled..] {
            [] => Err(NetworkFault::not_http(format!("a head of more than {INPUT_BYTES} bytes"))),
            room => Ok(room),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::scripted::{Scripted, attempt, service};
    use std::sync::Mutex;

    fn connection(script: Scripted) -> Connection {
        Connection::new(service(), Box::new(script))
    }

    #[test]
    fn a_connection_that_was_seen_to_end_is_not_kept() {
        let mut connection = connection(Scripted::default());
        assert_eq!(connection.look(), SinceLastAnswer::Silent);
        assert!(!connection.await_more(&attempt()).unwrap());
        assert_eq!(connection.look(), SinceLastAnswer::Ended);
    }

    /// What was written of a request, piece by piece, and what came of it.
    fn written(head: &[u8], body: &[u8], takes: &[usize]) -> (Vec<Vec<u8>>, Result<(), Cause>) {
        let written = Arc::new(Mutex::new(Vec::new()));
        let script =
            Scripted { takes: takes.iter().copied().collect(), written: written.clone(), ..Scripted::default() };
        let outcome = connection(script).write([head, b"4", b"\r\n\r\n", body], &attempt());
        let pieces = std::mem::take(&mut *written.lock().unwrap());
        (pieces, outcome.map(|written| assert!(matches!(written, Written::Whole))).map_err(|fault| fault.cause))
    }

    #[test]
    fn head_and_body_leave_in_one_write() {
        let (pieces, outcome) = written(b"head with a key: ", b"body", &[usize::MAX]);
        assert_eq!(outcome, Ok(()));
        assert_eq!(pieces, [b"head with a key: 4\r\n\r\nbody"]);
    }

    #[test]
    fn a_request_is_whole_when_the_kernel_took_its_last_byte() {
        let whole = b"head4\r\n\r\nbody";
        for first in 1..whole.len() {
            let (_, outcome) = written(b"head", b"body", &[first]);
            assert_eq!(outcome, Err(Cause::Lost), "its last byte was never written");
            let (pieces, outcome) = written(b"head", b"body", &[first, usize::MAX]);
            assert_eq!(outcome, Ok(()));
            assert_eq!(pieces.concat(), whole);
        }
    }

    /// What comes of a request of which the kernel takes one byte, while this has come from the service.
    fn early(came: &[u8]) -> Result<u16, Cause> {
        let script = Scripted { pieces: [came.to_vec()].into(), takes: [1].into(), ..Scripted::default() };
        match connection(script).write([b"a request"], &attempt()) {
            Ok(Written::Answered(head)) => Ok(head.status),
            Ok(Written::Whole) => panic!("it was not written"),
            Err(fault) => Err(fault.cause),
        }
    }

    #[test]
    fn an_answer_is_read_before_the_failed_write_is_reported() {
        assert_eq!(early(b"HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n"), Ok(401));
        assert_eq!(early(b"HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 413 No\r\n\r\n"), Ok(413));
    }

    #[test]
    fn what_is_no_answer_leaves_the_failed_write_as_it_is() {
        assert_eq!(early(b"HTTP/1.1 401"), Err(Cause::Lost));
        assert_eq!(early(b"HTTP/1.1 100 Go\r\n\r\n"), Err(Cause::Lost));
    }

    #[test]
    fn bytes_before_the_first_byte_of_a_request_answer_nothing() {
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec();
        let script = || Scripted { pieces: [answer.clone()].into(), takes: [].into(), ..Scripted::default() };
        let fault = connection(script()).write([b"a request"], &attempt()).unwrap_err();
        assert_eq!(fault.cause, Cause::Lost);
        assert_eq!(connection(script()).check_silence().unwrap_err().cause, Cause::SpokeFirst);
        assert!(connection(Scripted::default()).check_silence().is_ok());
    }
}
