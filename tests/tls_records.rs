//! When a TLS connection is silent. A kept one with half a record in it is not: what the record says when it is whole
//! answers nothing. A new one with tickets for later sessions is. And an answer counts, whatever TLS says after it.

mod common;
#[path = "common/outcome.rs"]
mod outcome;

use std::io::{self, BufReader, Write};
use std::mem;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{SUBMITTED, client_with, send_to};
use outcome::of_send;
use shoutout_otp::Client;
use stub_service::{Answer, Identity, Listener, Request, TlsServer, TlsVersion};

/// Within the header of the record, at its end, and within the text.
const BEGINNINGS: [usize; 3] = [1, 5, 40];

#[test]
fn half_a_record_is_nobodys_answer_with_tls_1_2() {
    BEGINNINGS.into_iter().for_each(|beginning| must_be_nobodys_answer(TlsVersion::Tls12, beginning));
}

#[test]
fn half_a_record_is_nobodys_answer_with_tls_1_3() {
    BEGINNINGS.into_iter().for_each(|beginning| must_be_nobodys_answer(TlsVersion::Tls13, beginning));
}

/// A server's tickets may come just when the client looks whether its new connection is silent. With so many at once, some
/// do.
#[test]
fn tickets_that_follow_the_handshake_are_no_answer() {
    const THREADS: usize = 16;
    const SENDS: usize = 20;
    let (service, client) = service_and_client(TlsVersion::Tls13, |server, socket| {
        let mut stream = BufReader::new(server.accept(socket)?);
        Request::read(&mut stream)?;
        stream.get_mut().write_all(&Answer::json(200, SUBMITTED).header("connection", "close").to_bytes())
    });
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| (0..SENDS).for_each(|_| assert_eq!(send_to(&client, "94771234567"), "ref-1")));
        }
    });
    assert_eq!(service.accepted(), THREADS * SENDS);
}

#[test]
fn an_answer_counts_though_a_fatal_alert_follows_at_once() {
    for version in [TlsVersion::Tls12, TlsVersion::Tls13] {
        for (answer, right) in [
            (Answer::json(200, SUBMITTED), "sent"),
            (Answer::json(401, r#"{"message":"Unauthorized"}"#), "UNAUTHORIZED, NOT_SENT"),
        ] {
            let answer = answer.to_bytes();
            let (service, client) = service_and_client(version, move |server, mut socket| {
                let mut stream = BufReader::new(server.accept(socket)?);
                Request::read(&mut stream)?;
                // One write, so the client reads both at once.
                socket.write_all(&[stream.get_mut().seal(&answer)?, stream.get_mut().alert()?].concat())
            });
            let outcome = of_send(&client);
            assert_eq!((&*outcome.words, outcome.attempts), (right, 1), "{version:?}");
            assert_eq!(of_send(&client).words, right, "{version:?}: the next call");
            assert_eq!(service.accepted(), 2, "{version:?}: a connection with a fault is not kept");
        }
    }
}

/// A service of this TLS version, and a client that trusts it.
fn service_and_client(
    version: TlsVersion,
    serve: impl Fn(&TlsServer, &TcpStream) -> io::Result<()> + Send + Sync + 'static,
) -> (Listener, Client) {
    let identity = Identity::for_loopback();
    let ca_file = identity.ca_file();
    let server = TlsServer::new(&identity, version);
    let service = Listener::start(move |socket| {
        // The client hangs up when it has had enough.
        let _ = serve(&server, &socket);
    })
    .unwrap();
    let client = client_with(&format!("https://{}", service.address()), |options| {
        options.set_ca_file(ca_file.path().to_str().unwrap()).unwrap();
    });
    (service, client)
}

fn must_be_nobodys_answer(version: TlsVersion, beginning: usize) {
    let requests = Arc::new(AtomicUsize::new(0));
    let (service, client) = service_and_client(version, {
        let requests = requests.clone();
        move |server, socket| answer_and_begin_another(server, socket, beginning, &requests)
    });
    for number in 1..=3 {
        let sent = client.send_otp("ShoutDEMO", "94771234567", "{{code}}").unwrap();
        let expected = (format!("ref-{number}"), 1);
        assert_eq!((sent.reference_id().to_owned(), sent.attempts()), expected, "{version:?}, {beginning} bytes");
    }
    assert_eq!((requests.load(Ordering::SeqCst), service.accepted()), (3, 2), "{version:?}, {beginning} bytes");
}

/// Numbers its answers. With the first come as many bytes of a record that nobody asked for; the rest of it comes when there
/// is another request.
fn answer_and_begin_another(
    server: &TlsServer,
    mut socket: &TcpStream,
    beginning: usize,
    requests: &AtomicUsize,
) -> io::Result<()> {
    let mut stream = BufReader::new(server.accept(socket)?);
    let mut rest = Vec::new();
    while Request::read(&mut stream)?.is_some() {
        socket.write_all(&mem::take(&mut rest))?;
        let number = requests.fetch_add(1, Ordering::SeqCst) + 1;
        let mut records = stream.get_mut().seal(&submitted(&format!("ref-{number}")))?;
        if number == 1 {
            let mut stray = stream.get_mut().seal(&submitted("stray"))?;
            rest = stray.split_off(beginning);
            records.extend(stray);
        }
        socket.write_all(&records)?;
    }
    Ok(())
}

fn submitted(reference_id: &str) -> Vec<u8> {
    let body = format!(r#"{{"referenceId":"{reference_id}","messageResult":{{"status":"1001"}}}}"#);
    Answer::json(200, body).to_bytes()
}
