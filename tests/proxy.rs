//! What a CONNECT proxy may answer (RFC 9110 section 9.3.6), and what the library asks it. `tinyproxy.rs` has a real one.
// How many segments carried a request, only the kernel can say.
#![allow(unsafe_code)]

mod common;

use std::net::TcpStream;
use std::os::fd::AsRawFd;
use std::sync::{Arc, Mutex};

use common::{client_with, send_to};
use shoutout_otp::{Client, Delivery, Options, Status};
use stub_service::{EchoService, Identity, Listener, ScriptedProxy, StubService, TUNNEL_STANDS, echo, read_connect};

/// `canary-user:canary-password`, as HTTP has it.
const CREDENTIALS: &str = "Y2FuYXJ5LXVzZXI6Y2FuYXJ5LXBhc3N3b3Jk";

fn through(proxy: &str, url: &str, change: impl FnOnce(&mut Options)) -> Client {
    client_with(url, |options| {
        options.set_timeout_ms(5_000).unwrap();
        options.set_proxy(Some(&format!("http://canary-user:canary-password@{proxy}"))).unwrap();
        change(options);
    })
}

/// A proxy that says this opens its tunnel, for plain HTTP and for TLS, and the tunnel is kept.
fn must_open(answer: &str) {
    let what = &answer[..answer.len().min(120)];
    let identity = Identity::for_loopback();
    let ca_file = identity.ca_file();
    for service in [EchoService::start().unwrap(), EchoService::start_tls(&identity).unwrap()] {
        let proxy = ScriptedProxy::opening(answer).unwrap();
        let client = through(&proxy.address(), &service.url(), |options| {
            options.set_ca_file(ca_file.path().to_str().unwrap()).unwrap();
        });
        for destination in ["94770000001", "94770000002"] {
            let sent = client.send_otp("ShoutDEMO", destination, "{{code}}");
            let sent = sent.unwrap_or_else(|error| panic!("{} after {what:?}: {error}", service.url()));
            assert_eq!((sent.reference_id(), sent.attempts()), (&*format!("for-{destination}"), 1), "{what:?}");
        }
        let counts = service.counts();
        assert_eq!((proxy.heads().len(), counts.connections, counts.requests), (1, 1, 2), "{what:?}");
    }
}

#[test]
fn every_2xx_opens_the_tunnel() {
    for status in ["200 Connection established", "200", "201 Created", "204 No Content", "299 Why not"] {
        must_open(&format!("HTTP/1.1 {status}\r\n\r\n"));
    }
    must_open("HTTP/1.0 200 OK\r\nProxy-agent: old\r\n\r\n");
}

#[test]
fn a_tunnel_has_no_body_whatever_its_headers_say() {
    for framing in [
        "content-length: 5\r\n",
        "transfer-encoding: chunked\r\n",
        "content-length: 5\r\ntransfer-encoding: chunked\r\n",
    ] {
        must_open(&format!("HTTP/1.1 200 OK\r\n{framing}\r\n"));
    }
}

#[test]
fn interim_answers_before_the_tunnel_are_skipped() {
    for interim in [
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n",
    ] {
        must_open(&format!("{interim}HTTP/1.1 200 OK\r\n\r\n"));
    }
}

/// RFC 9112 section 2.2 asks this of servers only, but what a proxy has left over from before may come first.
#[test]
fn an_empty_line_before_the_proxys_status_opens_the_tunnel() {
    for empty in ["\r\n", "\n", "\r\n\r\n"] {
        must_open(&format!("{empty}HTTP/1.1 200 OK\r\n\r\n"));
    }
}

#[test]
fn a_tunnel_may_be_announced_with_100_headers() {
    let lines: String = (0..100).map(|i| format!("x-{i}: 0\r\n")).collect();
    must_open(&format!("HTTP/1.1 200 OK\r\n{lines}\r\n"));
}

#[test]
fn a_tunnel_may_be_announced_in_nearly_16_kib() {
    must_open(&format!("HTTP/1.1 200 OK\r\nx-long: {}\r\n\r\n", "x".repeat(16 * 1024 - 100)));
}

/// A refusal, and what it carries beside its status; some break off.
fn refusals(status: &str) -> Vec<(&'static str, ScriptedProxy)> {
    let whole = |headers: &str, body: &str| {
        ScriptedProxy::refusing(format!("HTTP/1.1 {status}\r\n{headers}\r\n{body}")).unwrap()
    };
    let many: String = (0..200).map(|i| format!("x-{i}: 0\r\n")).collect();
    vec![
        ("nothing", whole("", "")),
        ("a page", whole("content-length: 13\r\n", "<html></html>")),
        ("two lengths that differ", whole("content-length: 3\r\ncontent-length: 4\r\n", "abcd")),
        ("a length that is no number", whole("content-length: many\r\n", "abcd")),
        ("a coding", whole("transfer-encoding: gzip\r\n", "abcd")),
        ("a header without a colon", whole("nonsense\r\n", "")),
        ("a folded header", whole("x-note: a\r\n b\r\n", "")),
        ("200 headers", whole(&many, "")),
        ("a header of 40 KiB", whole(&format!("x-long: {}\r\n", "x".repeat(40 * 1024)), "")),
        ("a status line alone", ScriptedProxy::breaking_off(format!("HTTP/1.1 {status}\r\n")).unwrap()),
        ("half of a header", ScriptedProxy::breaking_off(format!("HTTP/1.1 {status}\r\nproxy-auth")).unwrap()),
    ]
}

#[test]
fn a_refusal_names_its_status_whatever_it_carries() {
    let mut wrong = Vec::new();
    for (number, status) in [("407", "407 Proxy Authentication Required"), ("502", "502 Bad Gateway"), ("403", "403")] {
        for (carried, proxy) in refusals(status) {
            let service = StubService::start(echo).unwrap();
            let client = through(&proxy.address(), &service.url(), |_| {});
            let error = client.send_otp("ShoutDEMO", "94771234567", "Your code is {{code}}").unwrap_err();
            // A port may happen to have the same digits.
            let words = error.message().replace(service.url().trim_start_matches("http://"), "");
            let right = (Status::ProxyFailed, Delivery::NotSent, 1);
            if (error.status(), error.delivery(), error.attempts()) != right || !words.contains(number) {
                wrong.push(format!("{number} and {carried}: after {} tries, {error}", error.attempts()));
            }
            assert_eq!((service.connections(), proxy.heads().len()), (0, 1), "{number} and {carried}");
            for secret in ["canary", CREDENTIALS, "golden.test.key", "94771234567", "Your code"] {
                assert!(!format!("{error} {error:?}").contains(secret), "{secret} is shown: {error:?}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_proxy_is_asked_with_the_credentials_that_it_wants() {
    let service = StubService::start(echo).unwrap();
    let proxy = ScriptedProxy::opening(TUNNEL_STANDS).unwrap();
    assert_eq!(send_to(&through(&proxy.address(), &service.url(), |_| {}), "94771234567"), "for-94771234567");
    let address = service.url().trim_start_matches("http://").to_owned();
    let heads = proxy.heads();
    let [head] = &heads[..] else { panic!("asked {} times", heads.len()) };
    assert!(head.starts_with(&format!("CONNECT {address} HTTP/1.1\r\n")), "{head}");
    let has_once = |name: &str, value: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        let values: Vec<_> = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect();
        assert_eq!(values, [value], "{head}");
    };
    has_once("host", &address);
    has_once("proxy-authorization", &format!("Basic {CREDENTIALS}"));
    assert!(!["golden.test.key", "94771234567"].iter().any(|secret| head.contains(secret)), "{head}");
}

#[test]
fn the_proxy_is_asked_in_one_segment() {
    let segments = Arc::new(Mutex::new(Vec::new()));
    let proxy = Listener::start({
        let segments = segments.clone();
        move |socket| {
            if read_connect(&socket).is_ok() {
                segments.lock().unwrap().push(data_segments_of(&socket));
            }
        }
    })
    .unwrap();
    let client = through(&proxy.address().to_string(), "http://127.0.0.1:1", |_| {});
    client.send_otp("ShoutDEMO", "94771234567", "{{code}}").unwrap_err();
    assert_eq!(*segments.lock().unwrap(), [1]);
}

/// How many segments with data have come over the connection.
fn data_segments_of(socket: &TcpStream) -> u32 {
    // SAFETY: all of its fields are numbers.
    let mut info: libc::tcp_info = unsafe { std::mem::zeroed() };
    let mut length = size_of::<libc::tcp_info>() as libc::socklen_t;
    let place = (&raw mut info).cast();
    // SAFETY: the descriptor is the socket's, and the kernel writes no more than `length` bytes.
    let got = unsafe { libc::getsockopt(socket.as_raw_fd(), libc::IPPROTO_TCP, libc::TCP_INFO, place, &mut length) };
    assert_eq!(got, 0, "{}", std::io::Error::last_os_error());
    info.tcpi_data_segs_in
}
