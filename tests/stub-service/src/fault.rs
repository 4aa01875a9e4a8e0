//! A service that breaks off: at a chosen phase of the exchange, in a chosen way, and with a count of the whole requests
//! that it had until then. Raw sockets, since no HTTP library sends half an answer or resets on purpose.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use socket2::SockRef;

use crate::http::{Answer, Request};
use crate::listener::Listener;

/// Where in the exchange the service breaks off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Accepted, and nothing read.
    BeforeTheRequest,
    /// The head is read.
    AfterTheHead,
    /// All but the last byte is read.
    InTheBody,
    /// The whole request is read.
    AfterTheRequest,
    /// Half of the answer's head is written.
    InTheAnswersHead,
    /// The answer's head and half of its body are written.
    InTheAnswersBody,
    /// The whole answer is written.
    AfterTheAnswer,
}

/// How it breaks off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Politely: it will send no more.
    Fin,
    /// Rudely: the connection is reset.
    Rst,
    /// Not at all: it says nothing more and keeps the connection.
    Silence,
    /// It goes on with its answer byte by byte, and never sends the last one.
    Drip,
}

/// How long a dripping service waits between two bytes.
const DRIP: Duration = Duration::from_millis(100);

/// The service, on a free loopback port; it stops when it is dropped.
pub struct FaultService {
    listener: Listener,
    whole_requests: Arc<AtomicUsize>,
}

impl FaultService {
    /// Starts the service: `healthy` requests are answered with `answer`, and every later one meets the fault.
    pub fn start(phase: Phase, fault: Fault, healthy: usize, answer: Answer) -> io::Result<FaultService> {
        let whole_requests = Arc::new(AtomicUsize::new(0));
        let listener = Listener::start({
            let whole_requests = Arc::clone(&whole_requests);
            move |stream| {
                let script = Script { phase, fault, answer: answer.to_bytes(), whole_requests: &whole_requests };
                // A client that hangs up first is no fault of the test.
                let _ = script.play(&stream, healthy);
            }
        })?;
        Ok(FaultService { listener, whole_requests })
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.listener.address())
    }

    /// How many requests arrived whole, healthy ones included.
    pub fn whole_requests(&self) -> usize {
        self.whole_requests.load(Ordering::SeqCst)
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.listener.accepted()
    }
}

/// What one connection gets.
struct Script<'a> {
    phase: Phase,
    fault: Fault,
    answer: Vec<u8>,
    whole_requests: &'a AtomicUsize,
}

impl Script<'_> {
    fn play(&self, mut stream: &TcpStream, healthy: usize) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut reader = BufReader::new(stream);
        while self.whole_requests.load(Ordering::SeqCst) < healthy {
            if Request::read(&mut reader)?.is_none() {
                return Ok(());
            }
            self.whole_requests.fetch_add(1, Ordering::SeqCst);
            stream.write_all(&self.answer)?;
        }
        self.read_up_to_the_fault(&mut reader)?;
        let (sent, rest) = self.answer.split_at(self.bytes_before_the_fault());
        stream.write_all(sent)?;
        self.break_off(stream, rest)
    }

    fn read_up_to_the_fault(&self, reader: &mut impl BufRead) -> io::Result<()> {
        match self.phase {
            Phase::BeforeTheRequest => Ok(()),
            Phase::AfterTheHead => read_head(reader).map(drop),
            Phase::InTheBody => {
                let length = read_head(reader)?;
                reader.read_exact(&mut vec![0; length.saturating_sub(1)])
            }
            _ => {
                if Request::read(reader)?.is_some() {
                    self.whole_requests.fetch_add(1, Ordering::SeqCst);
                }
                Ok(())
            }
        }
    }

    fn bytes_before_the_fault(&self) -> usize {
        let head = self.answer.windows(4).position(|end| end == b"\r\n\r\n").map_or(0, |at| at + 4);
        match self.phase {
            Phase::InTheAnswersHead => head / 2,
            Phase::InTheAnswersBody => head + (self.answer.len() - head) / 2,
            Phase::AfterTheAnswer => self.answer.len(),
            _ => 0,
        }
    }

    fn break_off(&self, mut stream: &TcpStream, rest: &[u8]) -> io::Result<()> {
        match self.fault {
            Fault::Fin => {
                stream.shutdown(Shutdown::Write)?;
                until_the_client_hangs_up(stream)
            }
            Fault::Rst => SockRef::from(stream).set_linger(Some(Duration::ZERO)),
            Fault::Silence => until_the_client_hangs_up(stream),
            Fault::Drip => {
                for byte in rest.iter().take(rest.len().saturating_sub(1)) {
                    stream.write_all(&[*byte])?;
                    std::thread::sleep(DRIP);
                }
                until_the_client_hangs_up(stream)
            }
        }
    }
}

/// Reads a request's head; gives its Content-Length.
fn read_head(reader: &mut impl BufRead) -> io::Result<usize> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(|_| io::ErrorKind::InvalidData)?;
        }
        if line.is_empty() {
            return Ok(length);
        }
    }
}

fn until_the_client_hangs_up(mut stream: &TcpStream) -> io::Result<()> {
    while stream.read(&mut [0; 1024])? > 0 {}
    Ok(())
}
