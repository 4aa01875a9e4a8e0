//! A service that names the destination of each request in its answer, so that a crossed answer shows, and counts what
//! a test of threads or of forks wants to know.

use std::cell::RefCell;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde::Serialize;

use crate::http::{Answer, Request};
use crate::identity::{Identity, shake_hands};
use crate::listener::Listener;
use crate::service::serve;

/// How many digits of a destination name the process that sends: a test chooses its destinations so.
const SENDER_DIGITS: usize = 7;

/// Accepts the send, with the destination as its reference id.
pub fn echo(request: &Request) -> Answer {
    let destination = destination_of(request);
    Answer::json(200, format!(r#"{{"referenceId":"for-{destination}","messageResult":{{"status":"1001"}}}}"#))
}

/// The last text of the body, which is the destination's.
pub(crate) fn destination_of(request: &Request) -> String {
    let body = String::from_utf8_lossy(&request.body);
    body.rsplit('"').nth(1).unwrap_or_default().to_owned()
}

/// Answers by [`echo`]; below `/slow-MS`, that many milliseconds later.
pub struct EchoService {
    listener: Listener,
    scheme: &'static str,
    tally: Arc<Tally>,
}

/// What came so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub connections: usize,
    pub requests: usize,
    /// Connections that carried requests of more than one process.
    pub shared: usize,
}

#[derive(Default)]
struct Tally {
    requests: AtomicUsize,
    shared: AtomicUsize,
}

impl EchoService {
    /// Starts the service without TLS; it stops when it is dropped.
    pub fn start() -> io::Result<EchoService> {
        EchoService::serve("http", (Ipv4Addr::LOCALHOST, 0).into(), |stream, answer| serve(stream, answer))
    }

    /// Starts the service with TLS.
    pub fn start_tls(identity: &Identity) -> io::Result<EchoService> {
        EchoService::start_tls_at((Ipv4Addr::LOCALHOST, 0).into(), identity)
    }

    /// The same at a chosen address of this machine.
    pub fn start_tls_at(address: SocketAddr, identity: &Identity) -> io::Result<EchoService> {
        let config = identity.server_config();
        EchoService::serve("https", address, move |stream, answer| {
            serve(shake_hands(Arc::clone(&config), stream)?, answer)
        })
    }

    fn serve(
        scheme: &'static str,
        address: SocketAddr,
        serve: impl Fn(&TcpStream, &dyn Fn(&Request) -> Answer) -> io::Result<()> + Send + Sync + 'static,
    ) -> io::Result<EchoService> {
        let tally = Arc::new(Tally::default());
        let listener = Listener::start_at(address, {
            let tally = Arc::clone(&tally);
            move |stream| {
                let senders = Senders::default();
                let answer = |request: &Request| {
                    tally.count(request, &senders);
                    thread::sleep(delay_of(request));
                    echo(request)
                };
                // A client may hang up whenever it likes.
                let _ = stream.set_nodelay(true).and_then(|()| serve(&stream, &answer));
            }
        })?;
        Ok(EchoService { listener, scheme, tally })
    }

    /// `http://ADDRESS:PORT` or `https://ADDRESS:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.listener.address())
    }

    pub fn counts(&self) -> Counts {
        Counts {
            connections: self.listener.accepted(),
            requests: self.tally.requests.load(Ordering::SeqCst),
            shared: self.tally.shared.load(Ordering::SeqCst),
        }
    }
}

/// The process that used a connection first, and whether another one followed.
#[derive(Default)]
struct Senders(RefCell<(Option<String>, bool)>);

impl Tally {
    fn count(&self, request: &Request, senders: &Senders) {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let sender: String = destination_of(request).chars().take(SENDER_DIGITS).collect();
        let (first, is_shared) = &mut *senders.0.borrow_mut();
        if *first.get_or_insert_with(|| sender.clone()) != sender && !*is_shared {
            *is_shared = true;
            self.shared.fetch_add(1, Ordering::SeqCst);
        }
    }
}

fn delay_of(request: &Request) -> Duration {
    let milliseconds = request.target.strip_prefix("/slow-").and_then(|rest| rest.split('/').next());
    Duration::from_millis(milliseconds.and_then(|number| number.parse().ok()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    fn send(stream: &mut TcpStream, destination: &str) {
        let body = format!(r#"{{"destination":"{destination}"}}"#);
        write!(stream, "POST /slow-1/send HTTP/1.1\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut answer = [0; 1024];
        let length = stream.read(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
        assert!(answer.contains(&format!("\"for-{destination}\"")), "{answer}");
    }

    #[test]
    fn a_connection_that_two_processes_used_is_counted_once() {
        let service = EchoService::start().unwrap();
        let connect = || TcpStream::connect(service.listener.address()).unwrap();
        let (mut shared, mut own) = (connect(), connect());
        for destination in ["94770010001", "94770020001", "94770010002"] {
            send(&mut shared, destination);
        }
        send(&mut own, "94770030001");
        send(&mut own, "94770030002");
        assert_eq!(service.counts(), Counts { connections: 2, requests: 5, shared: 1 });
    }
}
