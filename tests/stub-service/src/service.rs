//! A service that answers through a closure and remembers what it was asked.

use std::io::{self, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use crate::http::{Answer, Request, Unsaid};
use crate::listener::Listener;

/// An HTTP service on a free loopback port.
///
/// ```
/// use stub_service::{Answer, StubService};
///
/// let service = StubService::start(|_request| Answer::json(200, "{}")).unwrap();
/// assert!(service.url().starts_with("http://127.0.0.1:"));
/// assert!(service.requests().is_empty());
/// ```
pub struct StubService {
    listener: Listener,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl StubService {
    /// Starts the service; it stops when it is dropped. `answer` may be called by several connections at once.
    pub fn start(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> io::Result<StubService> {
        StubService::start_at((Ipv4Addr::LOCALHOST, 0).into(), answer)
    }

    /// The same at a chosen address of this machine.
    pub fn start_at(
        address: SocketAddr,
        answer: impl Fn(&Request) -> Answer + Send + Sync + 'static,
    ) -> io::Result<StubService> {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let listener = Listener::start_at(address, {
            let requests = Arc::clone(&requests);
            move |stream| {
                let recorded = |request: &Request| {
                    requests.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
                    answer(request)
                };
                // A client may hang up whenever it likes; what it was told is the business of its own test.
                let _ = stream.set_nodelay(true).and_then(|()| serve(&stream, recorded));
            }
        })?;
        Ok(StubService { listener, requests })
    }

    /// `http://ADDRESS:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.listener.address())
    }

    /// Every request so far, in the order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many connections carried them.
    pub fn connections(&self) -> usize {
        self.listener.accepted()
    }
}

/// Answers request after request until one side has had enough.
pub(crate) fn serve(stream: impl Read + Write, answer: impl Fn(&Request) -> Answer) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let request = match Request::read(&mut reader) {
            Ok(Some(request)) => request,
            Ok(None) => return Ok(()),
            Err(error) => {
                let complaint = serde_json::json!({ "message": error.to_string() }).to_string();
                return reader
                    .get_mut()
                    .write_all(&Answer::json(400, complaint).header("connection", "close").to_bytes());
            }
        };
        let answer = answer(&request);
        match answer.stays_unsaid() {
            Some(Unsaid::HangsUp) => return Ok(()),
            Some(Unsaid::FallsSilent) => return io::copy(&mut reader, &mut io::sink()).map(drop),
            None => {}
        }
        reader.get_mut().write_all(&answer.to_bytes())?;
        if !(request.keep_alive() && answer.keep_alive()) {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpStream;
    use std::thread;

    const POST: &[u8] = b"POST /x HTTP/1.1\r\ncontent-length: 2\r\n\r\nhi";

    fn connect(service: &StubService) -> TcpStream {
        TcpStream::connect(service.listener.address()).unwrap()
    }

    fn read_answer(stream: &mut TcpStream, length: usize) -> String {
        let mut bytes = vec![0; length];
        stream.read_exact(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn keeps_a_connection_and_serves_several_at_once() {
        let service = StubService::start(|request| Answer::new(200).body(request.body.clone())).unwrap();
        let expected = "HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\nhi";
        let mut streams = [connect(&service), connect(&service)];
        for which in [0, 1, 0] {
            let stream = &mut streams[which];
            stream.write_all(POST).unwrap();
            assert_eq!(read_answer(stream, expected.len()), expected);
        }
        assert_eq!(service.requests().len(), 3);
        assert_eq!(service.connections(), 2);
    }

    #[test]
    fn answers_400_to_what_is_not_http() {
        let service = StubService::start(|_| Answer::new(200)).unwrap();
        let mut stream = connect(&service);
        stream.write_all(b"hello\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(service.requests().is_empty());
    }

    #[test]
    fn an_unsaid_answer_is_an_end_or_silence() {
        let service = StubService::start(|request| match request.target.as_str() {
            "/x" => Answer::unsaid(Unsaid::HangsUp),
            _ => Answer::unsaid(Unsaid::FallsSilent),
        })
        .unwrap();
        let mut hung_up = connect(&service);
        hung_up.write_all(POST).unwrap();
        assert_eq!(hung_up.read(&mut [0; 1]).unwrap(), 0);

        let mut silent = connect(&service);
        silent.write_all(b"POST /y HTTP/1.1\r\n\r\n").unwrap();
        silent.shutdown(std::net::Shutdown::Write).unwrap();
        assert_eq!(silent.read(&mut [0; 1]).unwrap(), 0, "it waits for the client, and no longer");
    }

    #[test]
    fn dropping_it_ends_idle_connections_and_closes_the_port() {
        let service = StubService::start(|_| Answer::new(200)).unwrap();
        let address = service.listener.address();
        let mut idle = connect(&service);
        let reader = thread::spawn(move || idle.read(&mut [0; 1]).unwrap_or(0));
        drop(service);
        assert_eq!(reader.join().unwrap(), 0);
        assert!(TcpStream::connect(address).is_err());
    }
}
