//! Answers that come too early: while the request is still being written, or before its first byte.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use shoutout_otp::{Client, Options};
use stub_service::{
    Answer, EarlyPlan, EarlyService, Listener, TUNNEL_STANDS, Then, TlsServer, TlsVersion, read_connect,
};

use crate::common::{SUBMITTED, VERIFIED, client_with};
use crate::outcome::{self, Outcome, TIMEOUT_MS, at_once, punctually};
use crate::{Case, Trust, long_request};

const BOTH: [bool; 2] = [false, true];

/// One line of the page.
fn line(said: &str, when: &str, kind: &str, outcome: &Outcome) -> String {
    format!("| {said} | {when} | {kind} | {} | {} |\n", outcome.words, outcome.attempts)
}

pub fn all(trust: &Trust) -> Vec<Case<'_>> {
    let during = During::all().into_iter().map(|case| -> Case { Box::new(move || case.run(trust)) });
    let before = Before::all().into_iter().map(|case| -> Case { Box::new(move || case.run(trust)) });
    during.chain(before).collect()
}

/// What is said early, and what the call must make of it.
struct Said {
    what: &'static str,
    status: &'static str,
    headers: &'static str,
    body: &'static str,
    /// How many bytes of its body never come.
    missing: usize,
    right: &'static str,
}

const SAID: [Said; 9] = [
    Said::whole("401", "401 Unauthorized", r#"{"message":"Unauthorized"}"#, "UNAUTHORIZED, NOT_SENT"),
    Said::whole("403 and a page", "403 Forbidden", "<html></html>", "UNAUTHORIZED, NOT_SENT"),
    Said::whole("413", "413 Content Too Large", "", "REJECTED, NOT_SENT"),
    Said {
        headers: "retry-after: 7\r\n",
        ..Said::whole("429 with `Retry-After`", "429 Too Many Requests", "{}", "RATE_LIMITED, NOT_SENT")
    },
    Said::whole("200 and status 1001", "200 OK", SUBMITTED, "sent"),
    Said::whole("200 and status 1007", "200 OK", r#"{"messageResult":{"status":"1007"}}"#, "REJECTED, NOT_SENT"),
    Said::whole("503", "503 Service Unavailable", "<html></html>", "SERVICE_FAILED, UNKNOWN"),
    Said {
        missing: 20,
        ..Said::whole("half of a 400", "400 Bad Request", r#"{"message":"Bad re"#, "REJECTED, NOT_SENT")
    },
    Said {
        missing: 20,
        ..Said::whole(
            "half of a 400 that names status 1001",
            "400 Bad Request",
            r#"{"referenceId":"ref-1","messageResult":{"status":"1001"},"desc"#,
            "REJECTED, UNKNOWN",
        )
    },
];

impl Said {
    const fn whole(what: &'static str, status: &'static str, body: &'static str, right: &'static str) -> Said {
        Said { what, status, headers: "", body, missing: 0, right }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let length = self.body.len() + self.missing;
        let Said { status, headers, body, .. } = self;
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}").into_bytes()
    }

    fn http_status(&self) -> u16 {
        self.status[..3].parse().unwrap()
    }

    fn retry_after(&self) -> Option<Duration> {
        (!self.headers.is_empty()).then_some(Duration::from_secs(7))
    }
}

/// The service answers a long request of which it has read the first line.
#[derive(Clone, Copy)]
struct During {
    /// `None`: it says no more than `100 Continue`.
    said: Option<&'static Said>,
    then: Then,
    kept: bool,
    tls: bool,
    tunnel: bool,
}

impl During {
    fn all() -> Vec<During> {
        let mut all = Vec::new();
        let thens = [Then::Resets, Then::BreaksTls, Then::SaysGoodbye, Then::StandsStill];
        let final_answers = SAID.iter().flat_map(|said| thens.map(|then| (Some(said), then)));
        for (said, then) in final_answers.chain([(None, Then::ReadsOn)]) {
            for tunnel in BOTH {
                for tls in BOTH.into_iter().filter(|tls| *tls || then != Then::BreaksTls) {
                    all.extend(BOTH.map(|kept| During { said, then, kept, tls, tunnel }));
                }
            }
        }
        all
    }

    fn what(self) -> &'static str {
        self.said.map_or("100 Continue, and then the right one", |said| said.what)
    }

    /// Is answered early: the outcome is the answer's, at once, and after one try.
    fn run(self, trust: &Trust) -> String {
        let case = self.to_string();
        // Half of an answer may become whole as long as its connection stands; and to read on takes its time.
        let is_worth_a_wait = match (self.said, self.then) {
            (Some(said), Then::StandsStill) => said.missing > 0,
            (_, then) => then == Then::ReadsOn,
        };
        let meet = || (self.send_once(trust), ());
        let (outcome, ()) = if is_worth_a_wait { punctually(&case, meet) } else { at_once(&case, meet) };
        line(self.what(), "while the request is still being written", "every kind", &outcome)
    }

    fn send_once(self, trust: &Trust) -> Outcome {
        let healthy = usize::from(self.kept);
        let early = self.said.map_or_else(|| b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(), Said::to_bytes);
        let answer = Answer::json(200, SUBMITTED);
        let plan = EarlyPlan { tunnel: self.tunnel, healthy, early, then: self.then, answer };
        let service =
            if self.tls { EarlyService::start_tls(plan, &trust.identity) } else { EarlyService::start(plan) }.unwrap();
        let short = self.client(&service, trust, |_| {});
        for _ in 0..healthy {
            assert_eq!(outcome::of_send(&short).words, "sent", "{self}: the first call");
        }
        let long = self.client(&service, trust, long_request::add_headers);
        let outcome = outcome::of_send_with(&long, &long_request::content());

        let (right, http_status, retry_after) = match self.said {
            Some(said) => (said.right, said.http_status(), said.retry_after()),
            None => ("sent", 200, None),
        };
        let is_right = (outcome.words.as_str(), outcome.attempts) == (right, 1);
        assert!(is_right, "{self}: {}, tries: {}, and right is {right}, 1", outcome.words, outcome.attempts);
        assert_eq!((outcome.http_status, outcome.retry_after), (http_status, retry_after), "{self}");
        service.read_on_to_the_end();
        let whole = usize::from(self.then == Then::ReadsOn);
        assert_eq!((service.whole_requests(), service.connections()), (healthy + whole, 1), "{self}: whole requests");
        // On a connection with half a request nothing else may be asked.
        assert_eq!(outcome::of_send(&short).words, "sent", "{self}: the next call");
        assert_eq!(service.connections(), 2 - whole, "{self}: connections after the next call");
        outcome
    }

    fn client(self, service: &EarlyService, trust: &Trust, change: impl FnOnce(&mut Options)) -> Client {
        client_of(&service.url(), self.tunnel.then(|| service.proxy_url()), trust, change)
    }
}

impl fmt::Display for During {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let age = if self.kept { "kept" } else { "new" };
        let security = if self.tls { "TLS" } else { "plain" };
        let way = if self.tunnel { "through a proxy" } else { "direct" };
        write!(f, "{}, {:?}: {age}, {security}, {way}", self.what(), self.then)
    }
}

fn client_of(url: &str, proxy: Option<String>, trust: &Trust, change: impl FnOnce(&mut Options)) -> Client {
    client_with(url, |options| {
        options.set_timeout_ms(TIMEOUT_MS).unwrap();
        options.set_ca_file(trust.path()).unwrap();
        options.set_proxy(proxy.as_deref()).unwrap();
        change(options);
    })
}

/// The service answers before the client can have asked: with the last bytes by which the connection is made.
#[derive(Clone, Copy, Debug)]
struct Before {
    is_good: bool,
    tls: Option<TlsVersion>,
    tunnel: bool,
    verifies: bool,
}

impl Before {
    fn all() -> Vec<Before> {
        let mut all = Vec::new();
        for (tls, tunnel) in [
            (Some(TlsVersion::Tls12), false),
            (Some(TlsVersion::Tls12), true),
            (Some(TlsVersion::Tls13), false),
            (Some(TlsVersion::Tls13), true),
            (None, true),
        ] {
            for is_good in BOTH {
                all.extend(BOTH.map(|verifies| Before { is_good, tls, tunnel, verifies }));
            }
        }
        // As the page has them.
        all.sort_by_key(|case| (case.tls.is_none(), !case.is_good));
        all
    }

    fn run(self, trust: &Trust) -> String {
        let (outcome, ()) = at_once(&format!("{self:?}"), || (self.call_once(trust), ()));
        let said = if self.is_good { "a success" } else { "400" };
        let (when, kind) = match self.tls {
            Some(_) => ("before the request, with TLS's Finished", "new, TLS"),
            None => ("before the request, with the proxy's 200", "new, plain, through a proxy"),
        };
        line(said, when, kind, &outcome)
    }

    fn call_once(self, trust: &Trust) -> Outcome {
        let server = self.tls.map(|version| TlsServer::new(&trust.identity, version));
        let got = Arc::new(AtomicUsize::new(0));
        let service = Listener::start({
            let got = got.clone();
            move |socket| {
                // A client that hangs up is right.
                let _ = self.answer_first(server.as_ref(), &socket, &got);
            }
        })
        .unwrap();
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let proxy = self.tunnel.then(|| format!("http://{}", service.address()));
        let client = client_of(&format!("{scheme}://{}", service.address()), proxy, trust, |_| {});
        let outcome = if self.verifies { outcome::of_verification(&client) } else { outcome::of_send(&client) };
        let words = outcome.words.as_str();
        assert_eq!((words, outcome.attempts), ("UNEXPECTED_RESPONSE, NOT_SENT", 1), "{self:?}");
        assert_eq!(outcome.http_status, 0, "{self:?}");
        service.wait_for_the_end_of_all_connections();
        let got = got.load(Ordering::SeqCst);
        assert_eq!((got, service.accepted()), (0, 1), "{self:?}: bytes of a request, and connections");
        outcome
    }

    /// Says its answer in one write with what the client waits for, and counts what comes then.
    fn answer_first(self, server: Option<&TlsServer>, mut socket: &TcpStream, got: &AtomicUsize) -> io::Result<()> {
        let answer = match (self.is_good, self.verifies) {
            (true, false) => Answer::json(200, SUBMITTED),
            (true, true) => Answer::json(200, VERIFIED),
            (false, _) => Answer::json(400, r#"{"message":"Bad request"}"#),
        }
        .to_bytes();
        if self.tunnel {
            read_connect(socket)?;
        }
        let Some(server) = server else {
            socket.write_all(&[TUNNEL_STANDS, &answer].concat())?;
            return count(socket, got);
        };
        if self.tunnel {
            socket.write_all(TUNNEL_STANDS)?;
        }
        count(server.accept_saying(&answer, socket)?, got)
    }
}

fn count(mut stream: impl Read, got: &AtomicUsize) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            bytes => got.fetch_add(bytes, Ordering::SeqCst),
        };
    }
}
