//! The promise: never a second SMS behind the caller's back, and always the word whether one may be on its way.
//! Counted at the service's side.

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::{SUBMITTED, client_with};
use shoutout_otp::{Client, Delivery, Error, Options, Status};
use stub_service::{Answer, Listener, Request, StubService};

fn client_of(url: &str, change: impl FnOnce(&mut Options)) -> Client {
    client_with(url, |options| {
        options.set_timeout_ms(5_000).unwrap();
        change(options);
    })
}

fn send(client: &Client) -> Result<shoutout_otp::SendResult, Error> {
    client.send_otp("ShoutDEMO", "94771234567", "Your code is {{code}}")
}

/// A listener that reads one whole request of each connection and then does as told; it counts the requests.
fn after_a_request(then: impl Fn(std::net::TcpStream) + Send + Sync + 'static) -> (Listener, Arc<AtomicUsize>) {
    let requests = Arc::new(AtomicUsize::new(0));
    let listener = Listener::start({
        let requests = requests.clone();
        move |stream| {
            let mut reader = std::io::BufReader::new(&stream);
            if let Ok(Some(_)) = Request::read(&mut reader) {
                requests.fetch_add(1, Ordering::SeqCst);
                then(stream);
            }
        }
    });
    (listener.unwrap(), requests)
}

#[test]
fn a_service_that_is_not_there_is_tried_again_and_surely_nothing_was_sent() {
    let free_port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let client = client_of(&format!("http://127.0.0.1:{free_port}"), |options| options.set_max_retries(2).unwrap());
    let error = send(&client).unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::ConnectFailed, Delivery::NotSent), "{error}");
    assert_eq!(error.attempts(), 3, "{error}");
}

#[test]
fn a_name_that_does_not_exist_is_not_asked_for_again() {
    // No label of a name has more than 63 characters: the resolver says so without asking anybody.
    let url = format!("https://{}.invalid", "a".repeat(64));
    let error = send(&client_of(&url, |_| {})).unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::ResolveFailed, Delivery::NotSent), "{error}");
    assert_eq!(error.attempts(), 1, "{error}");
}

#[test]
fn a_lost_answer_is_unknown_and_the_request_is_never_repeated() {
    let (listener, requests) = after_a_request(|stream| stream.shutdown(Shutdown::Both).unwrap());
    let client = client_of(&format!("http://{}", listener.address()), |options| options.set_max_retries(10).unwrap());
    let error = send(&client).unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::ConnectionLost, Delivery::Unknown), "{error}");
    assert_eq!((error.attempts(), requests.load(Ordering::SeqCst)), (1, 1));
    assert!(error.message().contains("wait before a resend"), "{error}");
}

#[test]
fn a_silent_service_ends_at_the_deadline_and_may_have_sent() {
    let (listener, requests) = after_a_request(|mut stream| {
        // Until the client hangs up.
        let _ = stream.read(&mut [0]);
    });
    let client = client_of(&format!("http://{}", listener.address()), |options| options.set_timeout_ms(200).unwrap());
    let start = Instant::now();
    let error = send(&client).unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    assert_eq!((error.status(), error.delivery()), (Status::Timeout, Delivery::Unknown), "{error}");
    assert_eq!(requests.load(Ordering::SeqCst), 1);
}

#[test]
fn a_dripping_answer_does_not_outlive_the_deadline() {
    let (listener, _) = after_a_request(|mut stream| {
        while stream.write_all(b"H").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let client = client_of(&format!("http://{}", listener.address()), |options| options.set_timeout_ms(200).unwrap());
    let start = Instant::now();
    assert_eq!(send(&client).unwrap_err().delivery(), Delivery::Unknown);
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

#[test]
fn a_handshake_that_breaks_off_is_tried_again_within_bounds() {
    // Over TLS: the handshake breaks off before a byte of the request is out, so a repeat is always safe.
    let listener = Listener::start(drop).unwrap();
    let client = client_of(&format!("https://{}", listener.address()), |options| options.set_max_retries(2).unwrap());
    let error = send(&client).unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::ConnectionLost, Delivery::NotSent), "{error}");
    assert_eq!((error.attempts(), listener.accepted()), (3, 3));
}

#[test]
fn a_peer_that_does_not_speak_tls_is_a_tls_fault_and_not_repeated() {
    let listener = Listener::start(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        let _ = stream.read(&mut [0; 1024]);
    });
    let listener = listener.unwrap();
    let client = client_of(&format!("https://{}", listener.address()), |_| {});
    let error = send(&client).unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::TlsFailed, Delivery::NotSent), "{error}");
    assert_eq!((error.attempts(), listener.accepted()), (1, 1));
}

#[test]
fn a_proxy_that_refuses_is_not_asked_again() {
    let proxy = StubService::start(|_| Answer::new(403)).unwrap();
    let url = proxy.url();
    let client = client_of("https://service.invalid", |options| options.set_proxy(Some(&url)).unwrap());
    let error = send(&client).unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::ProxyFailed, Delivery::NotSent), "{error}");
    assert_eq!((error.attempts(), proxy.requests().len()), (1, 1));
}

#[test]
fn a_redirect_is_never_followed() {
    let other_place = StubService::start(|_| Answer::json(200, SUBMITTED)).unwrap();
    let location = format!("{}/send", other_place.url());
    for code in [301, 302, 303, 307, 308] {
        let location = location.clone();
        let service = StubService::start(move |_| Answer::new(code).header("location", &location)).unwrap();
        let error = send(&client_of(&service.url(), |_| {})).unwrap_err();
        assert_eq!((error.status(), error.delivery()), (Status::UnexpectedResponse, Delivery::Unknown), "{error}");
        assert_eq!(service.requests().len(), 1);
    }
    assert!(other_place.requests().is_empty());
}

#[test]
fn an_endless_answer_is_cut_off_and_may_have_sent() {
    let (listener, _) = after_a_request(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n");
        while stream.write_all(&[b' '; 65536]).is_ok() {}
    });
    let error = send(&client_of(&format!("http://{}", listener.address()), |_| {})).unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::UnexpectedResponse, Delivery::Unknown), "{error}");
}

#[test]
fn an_answer_whose_head_never_ends_is_too_large_and_not_a_lost_connection() {
    let (listener, _) = after_a_request(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"x-padding: 0123456789012345678901234567890123456789\r\n").is_ok() {}
    });
    let error = send(&client_of(&format!("http://{}", listener.address()), |_| {})).unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::UnexpectedResponse, Delivery::Unknown), "{error}");
}

#[test]
fn refused_input_opens_no_socket() {
    let service = StubService::start(|_| Answer::json(200, SUBMITTED)).unwrap();
    let client = client_of(&service.url(), |_| {});
    assert!(client.send_otp("ShoutDEMO", "0771234567", "{{code}}").is_err());
    assert!(client.send_otp("ShoutDEMO", "94771234567", "no placeholder").is_err());
    assert!(client.send_otp("TwelveChars!", "94771234567", "{{code}}").is_err());
    assert!(client.verify_otp("", "01234").is_err());
    assert_eq!(service.connections(), 0);
}
