//! A kept TLS connection with half a record in it is not silent: what the record says when it is whole answers nothing.

mod common;

use std::io::{self, BufReader, Write};
use std::mem;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::client_with;
use stub_service::{Answer, Identity, Listener, Request, TlsServer, TlsVersion};
use tempfile::NamedTempFile;

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

fn must_be_nobodys_answer(version: TlsVersion, beginning: usize) {
    let identity = Identity::for_loopback();
    let mut ca_file = NamedTempFile::new().unwrap();
    ca_file.write_all(identity.certificate_pem().as_bytes()).unwrap();
    let (server, requests) = (TlsServer::new(&identity, version), Arc::new(AtomicUsize::new(0)));
    let service = Listener::start({
        let requests = requests.clone();
        move |socket| {
            // The client hangs up when it has had enough.
            let _ = answer_and_begin_another(&server, &socket, beginning, &requests);
        }
    })
    .unwrap();
    let client = client_with(&format!("https://{}", service.address()), |options| {
        options.set_ca_file(ca_file.path().to_str().unwrap()).unwrap();
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
