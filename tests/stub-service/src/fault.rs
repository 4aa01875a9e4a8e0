//! A service that breaks off: at a chosen phase of the exchange, in a chosen way, and with a count of the whole requests
//! that came, before or after. Raw sockets, since no HTTP library sends half an answer or resets on purpose.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustls::{ServerConfig, ServerConnection};

use crate::http::{Answer, Request};
use crate::identity::{Identity, shake_hands};
use crate::listener::{Listener, reset_on_close};
use crate::tunnel::{TUNNEL_STANDS, read_connect};

/// Where in the exchange the service breaks off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// As a proxy: the client's CONNECT is read. Only with a tunnel.
    BeforeTheTunnel,
    /// As a proxy: half of the answer to CONNECT is written. Only with a tunnel.
    InTheTunnelsAnswer,
    /// Accepted, and the first bytes of the client's TLS handshake are read. Only with TLS.
    InTheHandshake,
    /// Accepted, and nothing read.
    BeforeTheRequest,
    /// The head is read.
    AfterTheHead,
    /// All but the last byte is read.
    InTheBody,
    /// The first line is read of a request that is longer than the kernel's buffers: unlike the others, this one meets the
    /// client while it still writes.
    InALongRequest,
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
    /// It goes on byte by byte, and never comes to the last one.
    Drip,
}

/// How long a dripping service waits between two bytes.
const DRIP: Duration = Duration::from_millis(300);
/// For so long a long request is not read on: longer than a call in these tests may take.
const STANDSTILL: Duration = Duration::from_millis(2_100);

/// When and how a service breaks off.
#[derive(Clone)]
pub struct Plan {
    pub phase: Phase,
    pub fault: Fault,
    /// Whether the client takes the service for its proxy: each connection begins with a CONNECT.
    pub tunnel: bool,
    /// How many requests are answered before the fault; it meets every later one.
    pub healthy: usize,
    /// What a healthy request is answered with, and what the fault cuts.
    pub answer: Answer,
}

/// The service, on a free loopback port; it stops when it is dropped.
pub struct FaultService {
    listener: Listener,
    scheme: &'static str,
    counters: Arc<Counters>,
}

#[derive(Default)]
struct Counters {
    whole_requests: AtomicUsize,
    breaks: AtomicUsize,
}

impl FaultService {
    /// Starts the service without TLS.
    pub fn start(plan: Plan) -> io::Result<FaultService> {
        FaultService::serve("http", plan, |script, stream| match script.broke_off_as_proxy(stream)? {
            true => Ok(()),
            false => script.play(stream, stream),
        })
    }

    /// Starts the service with TLS.
    pub fn start_tls(plan: Plan, identity: &Identity) -> io::Result<FaultService> {
        let config = identity.server_config();
        FaultService::serve("https", plan, move |script, stream| match script.broke_off_as_proxy(stream)? {
            true => Ok(()),
            false => script.play_tls(stream, Arc::clone(&config)),
        })
    }

    fn serve(
        scheme: &'static str,
        plan: Plan,
        play: impl Fn(&Script, &TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> io::Result<FaultService> {
        let counters = Arc::new(Counters::default());
        let is_narrow = plan.phase == Phase::InALongRequest;
        let serve = {
            let counters = Arc::clone(&counters);
            move |stream: TcpStream| {
                let script = Script { answer: plan.answer.to_bytes(), plan: &plan, counters: &counters };
                // A client that hangs up first is no fault of the test.
                let _ = stream.set_nodelay(true).and_then(|()| play(&script, &stream));
            }
        };
        let listener = if is_narrow { Listener::start_narrow(serve) } else { Listener::start(serve) }?;
        Ok(FaultService { listener, scheme, counters })
    }

    /// `http://127.0.0.1:PORT` or `https://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.listener.address())
    }

    /// What the client's option `proxy` must be for a plan with a tunnel.
    pub fn proxy_url(&self) -> String {
        format!("http://{}", self.listener.address())
    }

    /// How many requests arrived whole, healthy ones included.
    pub fn whole_requests(&self) -> usize {
        self.counters.whole_requests.load(Ordering::SeqCst)
    }

    /// How often it said goodbye or fell silent; a reset comes with the end of its connection.
    pub fn breaks(&self) -> usize {
        self.counters.breaks.load(Ordering::SeqCst)
    }

    /// Until then a request may still arrive.
    pub fn wait_for_the_end_of_all_connections(&self) {
        self.listener.wait_for_the_end_of_all_connections();
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.listener.accepted()
    }
}

/// What one connection gets.
struct Script<'a> {
    plan: &'a Plan,
    answer: Vec<u8>,
    counters: &'a Counters,
}

impl Script<'_> {
    /// The part of a proxy: takes the CONNECT, and either makes the tunnel, whose other end is this service too, or breaks
    /// off and says so.
    fn broke_off_as_proxy(&self, socket: &TcpStream) -> io::Result<bool> {
        if !self.plan.tunnel {
            return Ok(false);
        }
        read_connect(socket)?;
        let sent = match self.plan.phase {
            Phase::BeforeTheTunnel => 0,
            Phase::InTheTunnelsAnswer => TUNNEL_STANDS.len() / 2,
            _ => TUNNEL_STANDS.len(),
        };
        let (now, rest) = TUNNEL_STANDS.split_at(sent);
        { socket }.write_all(now)?;
        let breaks_off = !rest.is_empty();
        if breaks_off {
            self.break_off_for_good(socket, rest)?;
        }
        Ok(breaks_off)
    }

    fn play_tls(&self, socket: &TcpStream, config: Arc<ServerConfig>) -> io::Result<()> {
        if self.plan.phase == Phase::InTheHandshake {
            return self.break_off_in_the_handshake(socket, config);
        }
        self.play(shake_hands(config, socket)?, socket)
    }

    fn break_off_in_the_handshake(&self, socket: &TcpStream, config: Arc<ServerConfig>) -> io::Result<()> {
        let mut tls = ServerConnection::new(config).map_err(io::Error::other)?;
        tls.read_tls(&mut { socket })?;
        tls.process_new_packets().map_err(io::Error::other)?;
        let mut flight = Vec::new();
        tls.write_tls(&mut flight)?;
        self.break_off_for_good(socket, &flight)
    }

    /// The fault, before anything of a request can have come.
    fn break_off_for_good(&self, socket: &TcpStream, rest: &[u8]) -> io::Result<()> {
        self.break_off(socket, socket, rest)?;
        match self.plan.fault {
            Fault::Rst => Ok(()),
            Fault::Fin | Fault::Silence | Fault::Drip => until_the_client_hangs_up(socket),
        }
    }

    /// Plays on a stream, which is the socket itself or TLS over it.
    fn play(&self, stream: impl Read + Write, socket: &TcpStream) -> io::Result<()> {
        let mut stream = BufReader::new(stream);
        while self.counters.whole_requests.load(Ordering::SeqCst) < self.plan.healthy {
            if Request::read(&mut stream)?.is_none() {
                return Ok(());
            }
            self.count_a_whole_request();
            stream.get_mut().write_all(&self.answer)?;
        }
        let unread = self.read_up_to_the_fault(&mut stream)?;
        let (sent, rest) = self.answer.split_at(self.bytes_before_the_fault());
        stream.get_mut().write_all(sent)?;
        match self.plan.fault {
            Fault::Rst if unread.is_in(stream.buffer()) => self.count_a_whole_request(),
            Fault::Rst => {}
            Fault::Silence | Fault::Drip if self.plan.phase == Phase::InALongRequest => {
                self.stand_still(&mut stream)?
            }
            _ => {}
        }
        self.break_off(stream.get_mut(), socket, rest)?;
        if self.plan.fault == Fault::Rst {
            return Ok(());
        }
        // When it broke off is one thing, what it has got in the end is another.
        if unread.comes(&mut stream)? {
            self.count_a_whole_request();
        }
        until_the_client_hangs_up(socket)
    }

    fn count_a_whole_request(&self) {
        self.counters.whole_requests.fetch_add(1, Ordering::SeqCst);
    }

    fn read_up_to_the_fault(&self, reader: &mut impl BufRead) -> io::Result<Unread> {
        match self.plan.phase {
            Phase::BeforeTheTunnel | Phase::InTheTunnelsAnswer | Phase::InTheHandshake | Phase::BeforeTheRequest => {
                Ok(Unread::All)
            }
            Phase::AfterTheHead => read_head(reader).map(Unread::Bytes),
            Phase::InTheBody => read_all_but_the_last_byte(reader),
            Phase::InALongRequest => reader.read_line(&mut String::new()).map(|_| Unread::AllButItsFirstLine),
            _ => {
                if Request::read(reader)?.is_some() {
                    self.count_a_whole_request();
                }
                Ok(Unread::Nothing)
            }
        }
    }

    /// Lets the client wait in its write, forever as far as it knows, or with a byte taken now and then.
    fn stand_still(&self, reader: &mut impl BufRead) -> io::Result<()> {
        let until = Instant::now() + STANDSTILL;
        while Instant::now() < until {
            std::thread::sleep(DRIP);
            if self.plan.fault == Fault::Drip {
                reader.read_exact(&mut [0])?;
            }
        }
        Ok(())
    }

    fn bytes_before_the_fault(&self) -> usize {
        let head = self.answer.windows(4).position(|end| end == b"\r\n\r\n").map_or(0, |at| at + 4);
        match self.plan.phase {
            Phase::InTheAnswersHead => head / 2,
            Phase::InTheAnswersBody => head + (self.answer.len() - head) / 2,
            Phase::AfterTheAnswer => self.answer.len(),
            _ => 0,
        }
    }

    /// The fault itself. Under TLS the end comes without a close_notify, as from a network that breaks.
    fn break_off(&self, mut stream: impl Write, socket: &TcpStream, rest: &[u8]) -> io::Result<()> {
        match self.plan.fault {
            Fault::Fin => socket.shutdown(Shutdown::Write)?,
            Fault::Rst => reset_on_close(socket)?,
            Fault::Silence => {}
            Fault::Drip => {
                for byte in rest.iter().take(rest.len().saturating_sub(1)) {
                    stream.write_all(&[*byte])?;
                    std::thread::sleep(DRIP);
                }
            }
        }
        self.counters.breaks.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

/// What of a request has not been read when the fault comes.
enum Unread {
    All,
    AllButItsFirstLine,
    Bytes(usize),
    Nothing,
}

impl Unread {
    /// Whether the service has the rest already, without having looked.
    fn is_in(&self, buffer: &[u8]) -> bool {
        matches!(self, Unread::Bytes(count) if buffer.len() >= *count)
    }

    /// Whether the rest comes after all; waits until it does or the client hangs up.
    fn comes(&self, reader: &mut impl BufRead) -> io::Result<bool> {
        match self {
            Unread::All => Ok(Request::read(reader)?.is_some()),
            Unread::AllButItsFirstLine => Unread::Bytes(read_head(reader)?).comes(reader),
            Unread::Bytes(count) => reader.read_exact(&mut vec![0; *count]).map(|()| true),
            Unread::Nothing => Ok(false),
        }
    }
}

/// Reads a request's head; gives its Content-Length.
pub(crate) fn read_head(reader: &mut impl BufRead) -> io::Result<usize> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(|_| io::ErrorKind::InvalidData)?;
        }
        if line.is_empty() {
            return Ok(length);
        }
    }
}

fn read_all_but_the_last_byte(reader: &mut impl BufRead) -> io::Result<Unread> {
    let length = read_head(reader)?;
    reader.read_exact(&mut vec![0; length.saturating_sub(1)])?;
    Ok(Unread::Bytes(1))
}

fn until_the_client_hangs_up(mut stream: &TcpStream) -> io::Result<()> {
    while stream.read(&mut [0; 1024])? > 0 {}
    Ok(())
}
