//! What comes without end and says nothing: interim answers while the request is blocked, and tickets of TLS 1.3. The call
//! ends with its timeout all the same. Each server stops when the client hangs up, or after some seconds.

#[path = "certainty/long_request.rs"]
mod long_request;

mod common;
#[path = "common/outcome.rs"]
mod outcome;

use std::io::{self, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use common::{SUBMITTED, client_with};
use outcome::{Outcome, of_send, of_send_with, punctually_within};
use shoutout_otp::Client;
use stub_service::{Answer, Authority, Listener, Request, Tickets, TlsServer, TlsSession, TlsVersion};

const TIMEOUT_MS: u32 = 500;

/// How long a server floods a client that does not hang up.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads the beginning of a request, and then only says that it is still at work, for longer than the call may take.
fn say_100_without_end(mut socket: &TcpStream) -> io::Result<()> {
    socket.read_exact(&mut [0; 10])?;
    let interim = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(4_000);
    socket.set_write_timeout(Some(PATIENCE))?;
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        socket.write_all(&interim)?;
    }
    Ok(())
}

/// The long request is blocked as long as nobody reads it.
#[test]
fn interim_answers_without_end_cost_no_more_than_the_timeout() {
    let (outcome, service) = punctually_within(TIMEOUT_MS, "100 without end", || {
        let service = Listener::start_narrow(|socket| {
            // The client hangs up when it has had enough.
            let _ = say_100_without_end(&socket);
        });
        let service = service.unwrap();
        let client = client_with(&format!("http://{}", service.address()), |options| {
            options.set_timeout_ms(TIMEOUT_MS).unwrap();
            long_request::add_headers(options);
        });
        (of_send_with(&client, &long_request::content()), service)
    });
    assert_eq!((&*outcome.words, outcome.attempts), ("TIMEOUT, NOT_SENT", 1));
    service.wait_for_the_end_of_all_connections();
}

/// A TLS 1.3 service, and what makes a client that trusts it.
struct Flooded {
    service: Listener,
    authority: Authority,
}

impl Flooded {
    fn start(serve: impl Fn(TlsSession, &TcpStream) -> io::Result<()> + Send + Sync + 'static) -> Flooded {
        let authority = Authority::new();
        let server = TlsServer::new(&authority.certify("127.0.0.1"), TlsVersion::Tls13);
        let service = Listener::start(move |socket| {
            // The client hangs up when it has had enough.
            let _ = server.accept(&socket).and_then(|session| serve(session, &socket));
        });
        Flooded { service: service.unwrap(), authority }
    }

    fn client(&self) -> Client {
        client_with(&format!("https://{}", self.service.address()), |options| {
            options.set_timeout_ms(TIMEOUT_MS).unwrap();
            options.set_max_retries(0).unwrap();
            options.set_ca_file(self.authority.ca_file().to_str().unwrap()).unwrap();
        })
    }

    /// The outcome of a send of which nothing comes but tickets.
    fn outcome_of(serve: fn(TlsSession, &TcpStream) -> io::Result<()>) -> Outcome {
        let (outcome, flooded) = punctually_within(TIMEOUT_MS, "tickets without end", || {
            let flooded = Flooded::start(serve);
            (of_send(&flooded.client()), flooded)
        });
        flooded.service.wait_for_the_end_of_all_connections();
        outcome
    }
}

#[test]
fn tickets_without_end_after_the_handshake_meet_the_timeout() {
    let outcome = Flooded::outcome_of(|session, socket| session.into_tickets()?.flood(socket, || {}));
    // A client that looks in the moment before the first ticket has asked already.
    assert!(["TIMEOUT, NOT_SENT", "TIMEOUT, UNKNOWN"].contains(&&*outcome.words), "{}", outcome.words);
}

/// What the server sends when it has read a request.
fn after_a_request(session: TlsSession) -> io::Result<Tickets> {
    let mut stream = BufReader::new(session);
    Request::read(&mut stream)?;
    stream.into_inner().into_tickets()
}

#[test]
fn tickets_without_end_in_place_of_an_answer_meet_the_timeout() {
    let outcome = Flooded::outcome_of(|session, socket| after_a_request(session)?.flood(socket, || {}));
    assert_eq!(outcome.words, "TIMEOUT, UNKNOWN");
}

/// The flood is in the client's buffers, and goes on, when the second call looks at the kept connection.
#[test]
fn a_kept_connection_that_is_flooded_is_replaced_in_time() {
    let (outcome, flooded) = punctually_within(TIMEOUT_MS, "tickets on a kept connection", || {
        let (begun, flood) = mpsc::channel();
        let flooded = Flooded::start(move |session, mut socket| {
            let mut tickets = after_a_request(session)?;
            socket.write_all(&tickets.seal(&Answer::json(200, SUBMITTED).to_bytes())?)?;
            tickets.flood(socket, || begun.send(()).unwrap_or_default())
        });
        let client = flooded.client();
        assert_eq!(of_send(&client).words, "sent", "the first call");
        flood.recv_timeout(PATIENCE).expect("the flood begins");
        (of_send(&client), flooded)
    });
    assert_eq!((&*outcome.words, outcome.attempts), ("sent", 1));
    assert_eq!(flooded.service.accepted(), 2, "another connection was made");
}
