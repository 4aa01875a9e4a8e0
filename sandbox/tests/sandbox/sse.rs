//! A follower of the event stream, as a browser is one.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

use crate::http;

#[derive(Debug)]
pub struct Event {
    pub id: String,
    pub name: String,
    pub data: Value,
}

pub struct Events(BufReader<TcpStream>);

impl Events {
    /// By HTTP/1.0, so that the events come as they are and not in chunks.
    pub fn open(address: SocketAddr, last_event_id: Option<&str>) -> Self {
        let host = format!("Host: {address}");
        let resume = last_event_id.map(|id| format!("Last-Event-ID: {id}"));
        let headers: Vec<&str> = [Some(&host), resume.as_ref()].into_iter().flatten().map(String::as_str).collect();
        let mut events = Self(BufReader::new(http::open(address, "GET /_sandbox/events HTTP/1.0", &headers, "")));
        let head = events.block();
        assert!(head[0].contains(" 200 "), "{head:?}");
        assert!(head.iter().any(|line| line.eq_ignore_ascii_case("content-type: text/event-stream")), "{head:?}");
        assert_eq!(events.block(), ["retry: 1000"]);
        events
    }

    pub fn next(&mut self) -> Event {
        let block = self.block();
        let field = |name: &str| {
            let line = block.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            line.unwrap_or_else(|| panic!("no {name} in {block:?}")).to_owned()
        };
        let data = serde_json::from_str(&field("data")).expect("JSON");
        Event { id: field("id"), name: field("event"), data }
    }

    /// The next event, which must be of that name.
    pub fn expect(&mut self, name: &str) -> Event {
        let event = self.next();
        assert_eq!(event.name, name, "{event:?}");
        event
    }

    /// The lines up to an empty one.
    fn block(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            assert_ne!(self.0.read_line(&mut line).expect("read"), 0, "the stream ended after {lines:?}");
            match line.trim_end() {
                "" => return lines,
                text => lines.push(text.to_owned()),
            }
        }
    }
}
