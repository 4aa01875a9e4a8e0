//! A service that promises to keep a connection, answers one request on it, and ends it a moment later unannounced: what a
//! load balancer with a short idle limit looks like.

use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::echo::{destination_of, echo};
use crate::http::Request;
use crate::identity::{Identity, shake_hands};
use crate::listener::{Listener, reset_on_close};

/// How long a connection is kept at most after its answer.
const LONGEST_MICROSECONDS: u64 = 2_000;

/// Answers as [`echo`](crate::echo()) does, and remembers which destinations it was asked to send to.
pub struct HastyService {
    listener: Listener,
    scheme: &'static str,
    arrived: Arc<Mutex<Vec<String>>>,
}

/// How a connection ends, and when.
#[derive(Clone, Copy)]
struct End {
    is_reset: bool,
    pause: Duration,
}

impl End {
    /// The same for the same number.
    fn of(number: u64) -> End {
        let chance = scattered(number);
        End { is_reset: chance & 1 == 1, pause: Duration::from_micros((chance >> 1) % (LONGEST_MICROSECONDS + 1)) }
    }
}

impl HastyService {
    /// Starts the service without TLS; it stops when it is dropped. The seed decides when and how each connection ends.
    pub fn start(seed: u64) -> io::Result<HastyService> {
        HastyService::over("http", seed, |stream, end, arrived| serve(stream, stream, end, arrived))
    }

    /// Starts the service with TLS.
    pub fn start_tls(seed: u64, identity: &Identity) -> io::Result<HastyService> {
        let config = identity.server_config();
        HastyService::over("https", seed, move |stream, end, arrived| {
            serve(shake_hands(Arc::clone(&config), stream)?, stream, end, arrived)
        })
    }

    fn over(
        scheme: &'static str,
        seed: u64,
        serve: impl Fn(&TcpStream, End, &Mutex<Vec<String>>) -> io::Result<()> + Send + Sync + 'static,
    ) -> io::Result<HastyService> {
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let next = AtomicU64::new(seed);
        let listener = Listener::start({
            let arrived = Arc::clone(&arrived);
            move |stream| {
                let end = End::of(next.fetch_add(1, Ordering::SeqCst));
                // A client may hang up first.
                let _ = stream.set_nodelay(true).and_then(|()| serve(&stream, end, &arrived));
            }
        })?;
        Ok(HastyService { listener, scheme, arrived })
    }

    /// `http://127.0.0.1:PORT` or `https://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.listener.address())
    }

    /// The destination of each request that came whole, answered or not, in the order of arrival.
    pub fn destinations(&self) -> Vec<String> {
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Until then a request may still arrive.
    pub fn wait_for_the_end_of_all_connections(&self) {
        self.listener.wait_for_the_end_of_all_connections();
    }
}

/// Under TLS the end is one of TCP alone.
fn serve(stream: impl Read + Write, socket: &TcpStream, end: End, arrived: &Mutex<Vec<String>>) -> io::Result<()> {
    let note = |request: &Request| {
        arrived.lock().unwrap_or_else(PoisonError::into_inner).push(destination_of(request));
    };
    let mut stream = BufReader::new(stream);
    let Some(request) = Request::read(&mut stream)? else { return Ok(()) };
    note(&request);
    let answer = echo(&request).header("connection", "keep-alive").header("keep-alive", "timeout=60");
    stream.get_mut().write_all(&answer.to_bytes())?;
    thread::sleep(end.pause);
    if end.is_reset {
        // What has come by now was for us, although we will not answer.
        socket.set_nonblocking(true)?;
        reset_on_close(socket)?;
    } else {
        socket.shutdown(Shutdown::Write)?;
    }
    while let Some(request) = Request::read(&mut stream)? {
        note(&request);
    }
    Ok(())
}

/// SplitMix64: numbers in a row become numbers without a pattern.
fn scattered(number: u64) -> u64 {
    let mut z = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind;

    const POST: &[u8] = b"POST /send HTTP/1.1\r\ncontent-length: 7\r\n\r\n\"94770\"";

    #[test]
    fn each_connection_gets_one_answer_and_ends_unannounced() {
        let service = HastyService::start(1).unwrap();
        for _ in 0..20 {
            let mut stream = TcpStream::connect(service.listener.address()).unwrap();
            stream.write_all(POST).unwrap();
            let mut answer = Vec::new();
            let end = stream.read_to_end(&mut answer);
            assert!(end.is_ok() || end.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset));
            let answer = String::from_utf8(answer).unwrap();
            assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with('}'), "{answer}");
        }
        service.wait_for_the_end_of_all_connections();
        assert_eq!(service.destinations(), ["94770"; 20]);
    }

    #[test]
    fn a_request_that_comes_in_the_last_moment_is_noted() {
        let service = HastyService::start(1).unwrap();
        for _ in 0..20 {
            let mut stream = TcpStream::connect(service.listener.address()).unwrap();
            stream.write_all(&[POST, POST].concat()).unwrap();
            let _ = stream.read_to_end(&mut Vec::new());
        }
        service.wait_for_the_end_of_all_connections();
        assert_eq!(service.destinations().len(), 40);
    }

    #[test]
    fn ends_of_both_kinds_come_at_once_and_late() {
        let ends: Vec<_> = (0..100).map(End::of).collect();
        let resets = ends.iter().filter(|end| end.is_reset).count();
        assert!((30..70).contains(&resets), "{resets}");
        for early in [true, false] {
            let half = Duration::from_micros(LONGEST_MICROSECONDS / 2);
            assert!(ends.iter().filter(|end| (end.pause < half) == early).count() > 30);
        }
    }
}
