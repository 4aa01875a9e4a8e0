//! A service that answers a request of which it has read the first line: a client that still writes must look.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::fault::read_head;
use crate::http::Answer;
use crate::identity::{Identity, TlsVersion};
use crate::listener::{Listener, reset_on_close};
use crate::tls::{BROKEN_RECORD, TlsServer, TlsSession};
use crate::tunnel::{TUNNEL_STANDS, read_connect};

/// What the service does after its early answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// It resets the connection.
    Resets,
    /// A broken record of TLS follows in the same write, and a reset after it.
    BreaksTls,
    /// It says goodbye, and reads nothing until it is told to read on.
    SaysGoodbye,
    /// It reads nothing until it is told to read on.
    StandsStill,
    /// It reads the request to its end and answers it, as every other one.
    ReadsOn,
}

/// Which request is answered early, and how.
#[derive(Clone)]
pub struct EarlyPlan {
    /// Whether the client takes the service for its proxy: each connection begins with a CONNECT.
    pub tunnel: bool,
    /// How many requests are answered properly before; those that come after it are, too.
    pub healthy: usize,
    /// What is written when the first line of the request is read.
    pub early: Vec<u8>,
    pub then: Then,
    /// The proper answer.
    pub answer: Answer,
}

/// The service, on a free loopback port, with windows so small that a long request is written for as long as it is read; it
/// stops when it is dropped.
pub struct EarlyService {
    listener: Listener,
    scheme: &'static str,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    begun: AtomicUsize,
    whole: AtomicUsize,
    stage: Mutex<Stage>,
    changed: Condvar,
}

#[derive(Default)]
struct Stage {
    may_read_on: bool,
    /// The request that was answered early will not go on.
    is_over: bool,
}

impl EarlyService {
    /// Starts the service without TLS.
    pub fn start(plan: EarlyPlan) -> io::Result<EarlyService> {
        EarlyService::serve("http", plan, |script, stream| script.play(stream, stream))
    }

    /// Starts the service with TLS.
    pub fn start_tls(plan: EarlyPlan, identity: &Identity) -> io::Result<EarlyService> {
        let server = TlsServer::new(identity, TlsVersion::Tls13);
        EarlyService::serve("https", plan, move |script, stream| script.play(server.accept(stream)?, stream))
    }

    fn serve(
        scheme: &'static str,
        plan: EarlyPlan,
        play: impl Fn(&Script, &TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> io::Result<EarlyService> {
        let shared = Arc::new(Shared::default());
        let listener = Listener::start_narrow({
            let shared = Arc::clone(&shared);
            move |stream: TcpStream| {
                let script = Script { plan: &plan, shared: &shared };
                // A client that hangs up first is no fault of the test.
                let _ = stream
                    .set_nodelay(true)
                    .and_then(|()| script.open_the_tunnel(&stream))
                    .and_then(|()| play(&script, &stream));
            }
        })?;
        Ok(EarlyService { listener, scheme, shared })
    }

    /// `http://127.0.0.1:PORT` or `https://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.listener.address())
    }

    /// What the client's option `proxy` must be for a plan with a tunnel.
    pub fn proxy_url(&self) -> String {
        format!("http://{}", self.listener.address())
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.listener.accepted()
    }

    /// How many requests arrived whole.
    pub fn whole_requests(&self) -> usize {
        self.shared.whole.load(Ordering::SeqCst)
    }

    /// Lets it read what it left unread, and waits until the client has no more of it.
    pub fn read_on_to_the_end(&self) {
        self.shared.stage().may_read_on = true;
        self.shared.changed.notify_all();
        self.shared.wait_while("the request does not end", |stage| !stage.is_over);
    }
}

impl Drop for EarlyService {
    /// The listener, which is dropped next, waits for all threads.
    fn drop(&mut self) {
        self.shared.stage().may_read_on = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while(&self, complaint: &str, mut waits: impl FnMut(&Stage) -> bool) {
        const PATIENCE: Duration = Duration::from_secs(30);
        let waited = self.changed.wait_timeout_while(self.stage(), PATIENCE, |stage| waits(stage));
        assert!(!waited.unwrap_or_else(PoisonError::into_inner).1.timed_out(), "{complaint}");
    }
}

/// A stream, which is the socket itself or TLS over it.
trait Voice: Read + Write {
    /// The bytes by which the socket says `text`.
    fn bytes_of(&mut self, text: &[u8]) -> io::Result<Vec<u8>>;
}

impl Voice for &TcpStream {
    fn bytes_of(&mut self, text: &[u8]) -> io::Result<Vec<u8>> {
        Ok(text.to_vec())
    }
}

impl Voice for TlsSession<'_> {
    fn bytes_of(&mut self, text: &[u8]) -> io::Result<Vec<u8>> {
        self.seal(text)
    }
}

/// What one connection gets.
struct Script<'a> {
    plan: &'a EarlyPlan,
    shared: &'a Shared,
}

impl Script<'_> {
    fn open_the_tunnel(&self, mut socket: &TcpStream) -> io::Result<()> {
        if self.plan.tunnel {
            read_connect(socket)?;
            socket.write_all(TUNNEL_STANDS)?;
        }
        Ok(())
    }

    fn play(&self, stream: impl Voice, socket: &TcpStream) -> io::Result<()> {
        let mut stream = BufReader::new(stream);
        while stream.read_line(&mut String::new())? > 0 {
            let is_early = self.shared.begun.fetch_add(1, Ordering::SeqCst) == self.plan.healthy;
            if is_early {
                let answered = self.answer_early(&mut stream, socket);
                self.shared.stage().is_over = true;
                self.shared.changed.notify_all();
                answered?;
                if self.plan.then != Then::ReadsOn {
                    return Ok(());
                }
            } else {
                self.read_the_rest(&mut stream)?;
            }
            stream.get_mut().write_all(&self.plan.answer.to_bytes())?;
        }
        Ok(())
    }

    fn answer_early(&self, stream: &mut BufReader<impl Voice>, mut socket: &TcpStream) -> io::Result<()> {
        let mut bytes = stream.get_mut().bytes_of(&self.plan.early)?;
        if self.plan.then == Then::BreaksTls {
            bytes.extend(BROKEN_RECORD);
        }
        socket.write_all(&bytes)?;
        match self.plan.then {
            Then::Resets | Then::BreaksTls => return reset_on_close(socket),
            Then::SaysGoodbye => socket.shutdown(Shutdown::Write)?,
            Then::StandsStill | Then::ReadsOn => {}
        }
        if self.plan.then != Then::ReadsOn {
            self.shared.wait_while("nobody lets the service read on", |stage| !stage.may_read_on);
        }
        self.read_the_rest(stream)
    }

    fn read_the_rest(&self, reader: &mut impl BufRead) -> io::Result<()> {
        let length = read_head(reader)?;
        reader.read_exact(&mut vec![0; length])?;
        self.shared.whole.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpStream;

    const EARLY: &[u8] = b"HTTP/1.1 413 Too long\r\ncontent-length: 0\r\n\r\n";

    fn service(then: Then) -> EarlyService {
        let plan = EarlyPlan { tunnel: false, healthy: 0, early: EARLY.to_vec(), then, answer: Answer::new(200) };
        EarlyService::start(plan).unwrap()
    }

    /// Writes a head without end, for as long as somebody takes it.
    fn begin_a_request(service: &EarlyService) -> TcpStream {
        let mut stream = TcpStream::connect(service.listener.address()).unwrap();
        stream.set_nonblocking(true).unwrap();
        stream.write_all(b"POST / HTTP/1.1\r\nx-long: ").unwrap();
        let taken = (0..1_000).take_while(|_| stream.write(&[b'x'; 1024]).is_ok_and(|count| count > 0)).count();
        assert!(taken < 1_000, "a megabyte fits into the kernel's buffers");
        stream.set_nonblocking(false).unwrap();
        stream
    }

    #[test]
    fn the_early_answer_is_there_whatever_follows() {
        for then in [Then::Resets, Then::SaysGoodbye, Then::StandsStill] {
            let service = service(then);
            let mut client = begin_a_request(&service);
            let mut answer = [0; EARLY.len()];
            client.read_exact(&mut answer).unwrap();
            assert_eq!(answer, EARLY, "{then:?}");
            drop(client);
            service.read_on_to_the_end();
            assert_eq!((service.whole_requests(), service.connections()), (0, 1), "{then:?}");
        }
    }

    #[test]
    fn a_request_that_is_read_on_is_whole_and_answered() {
        let service = service(Then::ReadsOn);
        let mut client = TcpStream::connect(service.listener.address()).unwrap();
        client.write_all(b"POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\nhi").unwrap();
        let expected = [EARLY, &Answer::new(200).to_bytes()].concat();
        let mut answers = vec![0; expected.len()];
        client.read_exact(&mut answers).unwrap();
        assert_eq!((answers, service.whole_requests()), (expected, 1));
    }
}
