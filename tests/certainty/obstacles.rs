//! What can stop a send before it has a connection to the service.

use std::io::{Read, Write};
use std::net::TcpListener;

use stub_service::{Answer, Fault, FaultService, Identity, Listener, Phase, Plan, StubService};

use crate::common::{SUBMITTED, client_with};
use crate::outcome::{self, Outcome, TIMEOUT_MS, punctually};
use crate::{Row, Trust, name_server};

#[derive(Clone, Copy, Debug)]
pub enum Obstacle {
    NoSuchName,
    NameNotForNow,
    NameHangs,
    PortClosed,
    BlackHole,
    ProxyRefuses,
    ProxyIsNone,
    CertificateOfAStranger,
    NotTls,
}

use Obstacle::*;

impl Obstacle {
    pub const ALL: [Obstacle; 9] = [
        NoSuchName,
        NameNotForNow,
        NameHangs,
        PortClosed,
        BlackHole,
        ProxyRefuses,
        ProxyIsNone,
        CertificateOfAStranger,
        NotTls,
    ];

    fn row(self) -> Row {
        let (place, fault, outcome) = match self {
            NoSuchName => ("looking up the name", "there is no such name", "RESOLVE_FAILED, NOT_SENT"),
            NameNotForNow => ("looking up the name", "no answer for now", "RESOLVE_FAILED, NOT_SENT"),
            NameHangs => ("looking up the name", "falls silent", "TIMEOUT, NOT_SENT"),
            PortClosed => ("connecting", "refuses", "CONNECT_FAILED, NOT_SENT"),
            BlackHole => ("connecting", "falls silent", "TIMEOUT, NOT_SENT"),
            ProxyRefuses => ("asking the proxy for a tunnel", "refuses", "PROXY_FAILED, NOT_SENT"),
            ProxyIsNone => ("asking the proxy for a tunnel", "is no proxy", "PROXY_FAILED, NOT_SENT"),
            CertificateOfAStranger => ("in the TLS handshake", "certificate of a stranger", "TLS_FAILED, NOT_SENT"),
            NotTls => ("in the TLS handshake", "speaks no TLS", "TLS_FAILED, NOT_SENT"),
        };
        Row { place, fault, right: vec![outcome], kind: "new" }
    }

    /// Meets the obstacle: the outcome is the row's, in time, and nothing arrived anywhere. Gives the line of the page.
    pub fn run(self, trust: &Trust) -> String {
        let (outcome, ()) = punctually(&format!("{self:?}"), || (self.send_once(trust), ()));
        self.row().line(&outcome, &format!("{self:?}"))
    }

    fn send_once(self, trust: &Trust) -> Outcome {
        match self {
            NoSuchName => send(&format!("http://{}", name_server::NO_SUCH_NAME), None, trust),
            NameNotForNow => send(&format!("http://{}", name_server::NOT_FOR_NOW), None, trust),
            NameHangs => send(&format!("http://{}", name_server::HANGS), None, trust),
            PortClosed => {
                let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
                send(&format!("http://{free}"), None, trust)
            }
            BlackHole => {
                let hole = stub_service::BlackHole::open().unwrap();
                send(&format!("http://{}", hole.address()), None, trust)
            }
            ProxyRefuses => {
                let proxy = StubService::start(|_| Answer::new(403)).unwrap();
                let outcome = send("http://127.0.0.1:1", Some(&proxy.url()), trust);
                let asked: Vec<_> = proxy.requests().into_iter().map(|request| request.method).collect();
                assert_eq!(asked, ["CONNECT"]);
                outcome
            }
            ProxyIsNone => {
                let stranger = answering(b"220 mail.example ESMTP\r\n");
                send("http://127.0.0.1:1", Some(&format!("http://{}", stranger.address())), trust)
            }
            CertificateOfAStranger => {
                let answer = Answer::json(200, SUBMITTED);
                let plan =
                    Plan { phase: Phase::AfterTheAnswer, fault: Fault::Silence, tunnel: false, healthy: 0, answer };
                let stranger = FaultService::start_tls(plan, &Identity::for_loopback()).unwrap();
                let outcome = send(&stranger.url(), None, trust);
                assert_eq!(stranger.whole_requests(), 0, "a stranger was told the key");
                outcome
            }
            NotTls => {
                let stranger = answering(b"HTTP/1.1 400 Bad Request\r\n\r\n");
                send(&format!("https://{}", stranger.address()), None, trust)
            }
        }
    }
}

fn send(url: &str, proxy: Option<&str>, trust: &Trust) -> Outcome {
    let client = client_with(url, |options| {
        options.set_allow_plain_http(true);
        options.set_timeout_ms(TIMEOUT_MS).unwrap();
        options.set_ca_file(trust.path()).unwrap();
        options.set_proxy(proxy).unwrap();
    });
    outcome::of_send(&client)
}

/// Says the same to everybody, and reads on until they hang up.
fn answering(words: &'static [u8]) -> Listener {
    let listener = Listener::start(move |mut stream| {
        let _ = stream.write_all(words);
        while stream.read(&mut [0; 1024]).is_ok_and(|count| count > 0) {}
    });
    listener.unwrap()
}
