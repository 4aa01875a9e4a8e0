//! `--tls`: everything on https, under an authority that is gone with the process.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;

use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::http::PATIENCE;
use crate::process::Program;
use crate::server::{KEY, NUMBER, send_body};

const TLS: [&str; 3] = ["--port", "0", "--tls"];

fn ca_file(program: &Program) -> PathBuf {
    program.ready["ca_file"].as_str().expect("a path").into()
}

fn trusting(program: &Program) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca_file(program)).expect("PEM")).expect("a certificate");
    roots
}

/// All that comes back, and an error where the connection does not end properly.
fn exchange(address: SocketAddr, roots: RootCertStore, name: &str, request: &str) -> io::Result<String> {
    let mut answer = Vec::new();
    exchange_into(address, roots, name, request, &mut answer)?;
    Ok(String::from_utf8(answer).expect("text"))
}

fn exchange_into(
    address: SocketAddr,
    roots: RootCertStore,
    name: &str,
    request: &str,
    answer: &mut Vec<u8>,
) -> io::Result<()> {
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    let client = ClientConnection::new(Arc::new(config), name).expect("a client");
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut stream = StreamOwned::new(client, stream);
    stream.write_all(request.as_bytes())?;
    stream.read_to_end(answer)?;
    Ok(())
}

fn get(address: SocketAddr, path: &str, origin: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: {origin}\r\nConnection: close\r\n\r\n")
}

fn post(address: SocketAddr, path: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Apikey {KEY}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

#[test]
fn who_trusts_the_file_is_served_under_each_of_its_names_and_nobody_else() {
    let program = Program::start(&TLS);
    let address = program.address;
    assert_eq!(program.ready["url"], format!("https://{address}"));
    assert_eq!(program.ready["base_url"], format!("https://{address}/otpservice"));
    let request = get(address, "/_sandbox/ready", &format!("https://{address}"));
    for name in ["127.0.0.1", "localhost", "::1"] {
        let answer = exchange(address, trusting(&program), name, &request).expect(name);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let refused = exchange(address, trusting(&program), "example.org", &request);
    assert_eq!(refused.expect_err("another name").kind(), io::ErrorKind::InvalidData);
    let refused = exchange(address, RootCertStore::empty(), "localhost", &request);
    assert_eq!(refused.expect_err("no trust").kind(), io::ErrorKind::InvalidData);
    let plain = exchange(address, trusting(&program), "localhost", &get(address, "/", &format!("http://{address}")));
    assert!(plain.expect("an answer").starts_with("HTTP/1.1 403"), "the origin of a plain page is another");
}

#[test]
fn the_file_is_of_this_user_only_and_gone_at_the_end_with_its_folder() {
    let program = Program::start(&TLS);
    let folder = ca_file(&program).parent().expect("a folder").to_owned();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(folder.metadata().expect("the folder").permissions().mode() & 0o777, 0o700);
    }
    let pem = std::fs::read_to_string(ca_file(&program)).expect("the file");
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----") && !pem.contains("KEY"));
    program.signal("-TERM");
    assert!(program.end().0.success());
    assert!(!folder.exists());
}

#[test]
fn connections_are_cut_under_tls_too() {
    let program = Program::start(&TLS);
    let address = program.address;
    let send = |request: String| exchange(address, trusting(&program), "localhost", &request);
    for (kind, bytes) in [("close", 0), ("answer_lost", 0), ("truncated", 100)] {
        let fault = format!("{{\"do\":{{\"kind\":\"{kind}\"}}}}");
        assert!(send(post(address, "/_sandbox/faults", &fault)).expect("set").starts_with("HTTP/1.1 201"));
        let mut came = Vec::new();
        let request = post(address, "/otpservice/send", &send_body(NUMBER).to_string());
        let end = exchange_into(address, trusting(&program), "localhost", &request, &mut came);
        assert_eq!(end.expect_err(kind).kind(), io::ErrorKind::UnexpectedEof, "{kind}");
        assert!(if bytes == 0 { came.is_empty() } else { came.len() > bytes }, "{kind}: {} bytes", came.len());
    }
    let list = send(get(address, "/_sandbox/messages", &format!("https://{address}"))).expect("a list");
    assert_eq!(list.matches("\"seq\"").count(), 2);
}

#[test]
fn who_connects_and_says_nothing_keeps_nobody_waiting() {
    let program = Program::start(&TLS);
    let mut silent = TcpStream::connect(program.address).expect("connect");
    let request = get(program.address, "/_sandbox/ready", &format!("https://{}", program.address));
    exchange(program.address, trusting(&program), "localhost", &request).expect("an answer");
    silent.set_nonblocking(true).expect("set it");
    let still_there = silent.read(&mut [0]).expect_err("it has not been given up first");
    assert_eq!(still_there.kind(), io::ErrorKind::WouldBlock);
}
