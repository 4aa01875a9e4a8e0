//! The promise: never a second SMS behind the caller's back, and always the word whether one may be on its way.
//! Counted at the service's side.

mod common;
#[path = "common/name_server.rs"]
mod name_server;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use common::{SUBMITTED, client_with};
use shoutout_otp::{Client, Delivery, Error, Options, Status};
use stub_service::{
    Answer, BlackHole, EchoService, Fault, FaultService, Identity, Listener, Phase, Plan, StubService, relay,
};

fn client_of(url: &str, change: impl FnOnce(&mut Options)) -> Client {
    client_with(url, |options| {
        options.set_timeout_ms(5_000).unwrap();
        change(options);
    })
}

fn send(client: &Client) -> Result<shoutout_otp::SendResult, Error> {
    client.send_otp("ShoutDEMO", "94771234567", "Your code is {{code}}")
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
    let error = send(&client_of(&format!("https://{}", name_server::NO_SUCH_NAME), |_| {})).unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::ResolveFailed, Delivery::NotSent), "{error}");
    assert_eq!(error.attempts(), 1, "{error}");
}

#[test]
fn a_name_that_cannot_be_looked_up_for_now_is_asked_for_again() {
    let client = client_of(&format!("https://{}", name_server::NOT_FOR_NOW), |options| {
        options.set_max_retries(3).unwrap();
    });
    let error = send(&client).unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::ResolveFailed, Delivery::NotSent), "{error}");
    assert_eq!(error.attempts(), 4, "{error}");
}

#[test]
fn a_connection_that_does_not_come_in_time_is_tried_again() {
    let hole = BlackHole::open().unwrap();
    let client = client_of(&format!("http://{}", hole.address()), |options| {
        options.set_connect_timeout_ms(50).unwrap();
        options.set_max_retries(2).unwrap();
    });
    let error = send(&client).unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::Timeout, Delivery::NotSent), "{error}");
    assert_eq!(error.attempts(), 3, "{error}");
}

#[test]
fn retries_end_with_the_deadline() {
    let hole = BlackHole::open().unwrap();
    let client = client_of(&format!("http://{}", hole.address()), |options| {
        options.set_connect_timeout_ms(50).unwrap();
        options.set_timeout_ms(400).unwrap();
        options.set_max_retries(10).unwrap();
    });
    // A busy machine may be late once, the library would be each time.
    let took = (0..3).map(|_| {
        let error = send(&client).unwrap_err();
        assert_eq!((error.status(), error.delivery()), (Status::Timeout, Delivery::NotSent), "{error}");
        assert!((2..=9).contains(&error.attempts()), "{error}");
        error.elapsed()
    });
    assert!(took.min().unwrap() <= Duration::from_millis(500));
}

#[test]
fn a_lost_answer_is_unknown_and_the_request_is_never_repeated() {
    let answer = Answer::json(200, SUBMITTED);
    let plan = Plan { phase: Phase::AfterTheRequest, fault: Fault::Fin, tunnel: false, healthy: 0, answer };
    let service = FaultService::start(plan).unwrap();
    let client = client_of(&service.url(), |options| options.set_max_retries(10).unwrap());
    let error = send(&client).unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::ConnectionLost, Delivery::Unknown), "{error}");
    assert_eq!((error.attempts(), service.whole_requests()), (1, 1));
    assert!(error.message().contains("wait before a resend"), "{error}");
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
fn what_is_tried_again_with_success_is_one_sms_and_says_how_often_it_was_tried() {
    let identity = Identity::for_loopback();
    let ca_file = identity.ca_file();
    let service = EchoService::start_tls(&identity).unwrap();
    let address = service.url().trim_start_matches("https://").to_owned();
    let knocks = AtomicUsize::new(0);
    let door = Listener::start(move |stream| {
        // Shut twice, so that only the last try that is allowed gets in.
        if knocks.fetch_add(1, Ordering::SeqCst) >= 2 {
            let _ = relay(&stream, &TcpStream::connect(&address).unwrap());
        }
    });
    let door = door.unwrap();
    let client = client_of(&format!("https://{}", door.address()), |options| {
        options.set_ca_file(ca_file.path().to_str().unwrap()).unwrap();
        options.set_max_retries(2).unwrap();
    });
    let sent = send(&client).unwrap();
    assert_eq!((sent.attempts(), door.accepted(), service.counts().requests), (3, 3, 1));
}

#[test]
fn a_handshake_that_takes_too_long_is_tried_again() {
    let service = Listener::start(|mut stream| while stream.read(&mut [0; 1024]).is_ok_and(|count| count > 0) {});
    let service = service.unwrap();
    let client = client_of(&format!("https://{}", service.address()), |options| {
        options.set_connect_timeout_ms(50).unwrap();
        options.set_max_retries(2).unwrap();
    });
    let error = send(&client).unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::Timeout, Delivery::NotSent), "{error}");
    assert_eq!((error.attempts(), service.accepted()), (3, 3), "{error}");
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
fn refused_input_opens_no_socket() {
    let service = StubService::start(|_| Answer::json(200, SUBMITTED)).unwrap();
    let client = client_of(&service.url(), |_| {});
    assert!(client.send_otp("ShoutDEMO", "0771234567", "{{code}}").is_err());
    assert!(client.send_otp("ShoutDEMO", "94771234567", "no placeholder").is_err());
    assert!(client.send_otp("TwelveChars!", "94771234567", "{{code}}").is_err());
    assert!(client.verify_otp("", "01234").is_err());
    assert_eq!(service.connections(), 0);
}
