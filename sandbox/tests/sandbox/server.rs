//! A server in this process, with a clock that stands still until a test moves it.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use shoutout_sandbox::clock::Clock;
use shoutout_sandbox::server::{self, Access};
use shoutout_sandbox::{Sandbox, Settings};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::http::{self, Answer, PATIENCE};

pub const NUMBER: &str = "94771234567";
pub const KEY: &str = "made-up-key";

pub struct ManualClock(Mutex<Duration>);

impl Clock for ManualClock {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap()
    }
}

pub struct Server {
    pub address: SocketAddr,
    clock: Arc<ManualClock>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub fn start() -> Self {
        Self::with(Settings::default())
    }

    pub fn with(settings: Settings) -> Self {
        Self::open_to(settings, Access::default())
    }

    pub fn open_to(settings: Settings, access: Access) -> Self {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("listen");
        listener.set_nonblocking(true).expect("non-blocking");
        let address = listener.local_addr().expect("an address");
        let clock = Arc::new(ManualClock(Mutex::new(Duration::from_secs(1_700_000_000))));
        let sandbox = Arc::new(Sandbox::new(settings, clock.clone()));
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            let serve = async {
                let listener = TcpListener::from_std(listener).expect("a listener");
                server::serve(listener, sandbox, access, async { drop(stopped.await) }).await
            };
            runtime.block_on(serve).expect("serve");
        });
        Self { address, clock, stop: Some(stop), thread: Some(thread) }
    }

    pub fn advance(&self, time: Duration) {
        *self.clock.0.lock().unwrap() += time;
    }

    pub fn get(&self, path: &str) -> Answer {
        http::get(self.address, path)
    }

    pub fn delete(&self, path: &str) -> Answer {
        http::plain(self.address, "DELETE", path)
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        http::post(self.address, path, KEY, &body.to_string())
    }

    /// Sends an OTP and says under which reference.
    pub fn send(&self, destination: &str) -> String {
        let answer = self.post("/otpservice/send", &send_body(destination));
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["referenceId"].as_str().expect("a reference").into()
    }

    pub fn verify(&self, reference_id: &str, code: &str) -> Answer {
        self.post("/otpservice/verify", &json!({ "referenceId": reference_id, "code": code }))
    }

    pub fn messages(&self, query: &str) -> Vec<Value> {
        let list = self.get(&format!("/_sandbox/messages{query}")).json();
        list["messages"].as_array().expect("a list").clone()
    }

    /// The code that the phone would show.
    pub fn code(&self, reference_id: &str) -> String {
        let messages = self.messages("");
        let message = messages.iter().find(|message| message["reference_id"] == reference_id);
        message.expect("the message")["code"].as_str().expect("a code").into()
    }

    /// Sets a fault and says under which id.
    pub fn fault(&self, rule: &Value) -> u64 {
        let answer = self.post("/_sandbox/faults", rule);
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()["id"].as_u64().expect("an id")
    }

    /// A send whose answer is left for later, or never comes.
    pub fn open_send(&self, destination: &str) -> TcpStream {
        let body = send_body(destination).to_string();
        let headers = [
            &format!("Host: {}", self.address),
            &format!("Authorization: Apikey {KEY}"),
            "Content-Type: application/json",
            &format!("Content-Length: {}", body.len()),
        ];
        http::open(self.address, "POST /otpservice/send HTTP/1.1", &headers, &body)
    }

    pub fn until_waiting(&self, count: usize) {
        until_waiting(self.address, count);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        let ended = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            assert!(matches!(ended, Some(Ok(()))), "the server ended badly");
        }
    }
}

/// Returns once so many waits are under way. Asks again and again, but never sleeps and never for ever.
pub fn until_waiting(address: SocketAddr, count: usize) {
    let began = Instant::now();
    while http::get(address, "/_sandbox/ready").json()["waiting"] != count {
        assert!(began.elapsed() < PATIENCE, "there never were {count} waits");
    }
}

pub fn send_body(destination: &str) -> Value {
    json!({
        "source": "ShoutDEMO",
        "transport": "sms",
        "content": { "sms": "Your code is {{code}}" },
        "destination": destination,
    })
}

/// Five digits, and surely not these.
pub fn other_than(code: &str) -> &'static str {
    if code == "00000" { "00001" } else { "00000" }
}
