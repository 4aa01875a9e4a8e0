//! The other side of a wire: perhaps a proxy, perhaps TLS, and the service behind them.

use std::io::{Read, Write};
use std::time::Duration;

use rustls::ServerConnection;

use crate::chance::Dice;
use crate::faults::Fault;
use crate::laws::Answer;
use crate::request::{self, Request};
use crate::sim::{CallNumber, Happening, State};
use crate::tls::Shown;
use crate::wire::Parcel;
use crate::words::{self, Framed, Word};

pub const PROXY_PORT: u16 = 3128;
pub const HTTPS_PORT: u16 = 443;

/// What a peer does later, if the connection is still as it was.
pub enum Task {
    Answer(Box<Word>, CallNumber),
    CloseIdle(Parcel),
    SpeakIdle,
}

/// Who is at the other side of a wire.
pub struct Peer {
    /// What the proxy has heard; `None` where there is no proxy, or its tunnel is open.
    proxy: Option<Vec<u8>>,
    tls: Option<Tls>,
    /// The request that is coming.
    input: Vec<u8>,
    /// Draws are made once for each request.
    has_begun: bool,
    answers_early_at: Option<(usize, Dice)>,
    has_answered_early: bool,
    is_answering: bool,
    /// It reads no more.
    is_deaf: bool,
    /// It says no more.
    is_mute: bool,
}

struct Tls {
    rustls: Box<ServerConnection>,
    shown: Shown,
    is_old: bool,
    has_shown: bool,
    is_broken: bool,
}

impl Peer {
    /// Who listens on this port.
    pub fn behind(port: u16, call: CallNumber, state: &mut State) -> Peer {
        let mut peer = Peer {
            proxy: (port == PROXY_PORT).then(Vec::new),
            tls: None,
            input: Vec::new(),
            has_begun: false,
            answers_early_at: None,
            has_answered_early: false,
            is_answering: false,
            is_deaf: false,
            is_mute: false,
        };
        peer.expect_tls(port, call, state);
        peer
    }

    fn expect_tls(&mut self, port: u16, call: CallNumber, state: &mut State) {
        if port != HTTPS_PORT {
            return;
        }
        let shown = state.draw(Fault::BadCertificate, call).map_or(Shown::Good, |mut dice| dice.pick(&Shown::BAD));
        let is_old = state.draw(Fault::OldTls, call).is_some();
        let config = state.servers.config(shown, is_old);
        let rustls = Box::new(ServerConnection::new(config).expect("the configuration is good"));
        self.tls = Some(Tls { rustls, shown, is_old, has_shown: false, is_broken: false });
    }

    pub fn description(&self) -> String {
        match (&self.proxy, &self.tls) {
            (Some(_), _) => "a proxy".to_owned(),
            (None, Some(tls)) => format!("TLS, {:?} certificate", tls.shown),
            (None, None) => "plain".to_owned(),
        }
    }

    pub fn is_deaf(&self) -> bool {
        self.is_deaf
    }

    pub fn is_connected(&mut self, wire: usize, state: &mut State) {
        let call = state.wires[wire].call;
        if self.proxy.is_some() || self.tls.is_some() {
            return;
        }
        if let Some(mut dice) = state.draw(Fault::SpeaksFirst, call) {
            state.say_now(wire, &words::to_nobody(&mut dice));
        }
    }

    pub fn hears(&mut self, wire: usize, bytes: &[u8], state: &mut State) {
        if self.proxy.is_some() {
            self.proxy_hears(wire, bytes, state);
        } else if self.tls.is_some() {
            self.tls_hears(wire, bytes, state);
        } else {
            self.input.extend(bytes);
            self.consider(wire, state);
        }
    }

    fn proxy_hears(&mut self, wire: usize, bytes: &[u8], state: &mut State) {
        let call = state.wires[wire].call;
        let input = self.proxy.get_or_insert_default();
        input.extend(bytes);
        let Some(target) = request::tunnel_target(input) else { return };
        if state.draw(Fault::ProxySilent, call).is_some() {
            self.is_deaf = true;
            return;
        }
        if let Some(mut dice) = state.draw(Fault::ProxyCloses, call) {
            let end = Parcel::some_end(&mut dice);
            state.peer_closes(wire, end);
            return;
        }
        if let Some(mut dice) = state.draw(Fault::ProxyRefuses, call) {
            let line = dice.pick(&["407 Who are you", "403 No", "502 Not there", "302 Elsewhere", "101 Other"]);
            let answer = format!("HTTP/1.1 {line}\r\ncontent-length: 0\r\n\r\n");
            let end = state.say(wire, answer.as_bytes(), 0);
            state.ledger.is_final(call, wire, end, "the proxy refused the tunnel");
            self.is_deaf = dice.is_one_in(2);
            return;
        }
        let mut answer = match state.draw(Fault::ProxyIsChatty, call) {
            Some(mut dice) => dice.pick(&[
                "HTTP/1.0 200 OK\r\nVia: x\r\n\r\n",
                "HTTP/1.1 299 Fine\r\ncontent-length: 5\r\n\r\n",
                "HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 204 OK\r\n\r\n",
            ]),
            None => "HTTP/1.1 200 Connection established\r\n\r\n",
        }
        .as_bytes()
        .to_vec();
        let mut at_once = 0;
        if let Some(mut dice) = state.draw(Fault::ProxySpeaksOn, call) {
            answer.extend(words::to_nobody(&mut dice));
            at_once = answer.len();
        }
        state.say(wire, &answer, at_once);
        self.proxy = None;
        self.expect_tls(target, call, state);
    }

    fn tls_hears(&mut self, wire: usize, mut bytes: &[u8], state: &mut State) {
        let call = state.wires[wire].call;
        let Some(tls) = &mut self.tls else { return };
        let is_first = !tls.has_shown;
        if is_first && state.draw(Fault::HandshakeSilent, call).is_some() {
            self.is_deaf = true;
            return;
        }
        let is_broken = !tls.take(&mut bytes, &mut self.input);
        let mut at_once = 0;
        // In TLS 1.2 it could come after the request has left, and then no client can tell it from an answer.
        if is_first && !is_broken && !tls.is_old {
            if let Some(mut dice) = state.draw(Fault::SpeaksFirst, call) {
                let _ = tls.rustls.writer().write_all(&words::to_nobody(&mut dice));
                at_once = usize::MAX;
            }
        }
        let output = tls.output();
        if !output.is_empty() {
            tls.has_shown = true;
            let end = state.say(wire, &output, at_once);
            if is_first && tls.shown != Shown::Good {
                state.ledger.is_final(call, wire, end, "the certificate was not good");
            }
        }
        if is_broken {
            state.peer_closes(wire, Parcel::Fin);
            return;
        }
        self.consider(wire, state);
    }

    /// Looks at what has come of the request.
    fn consider(&mut self, wire: usize, state: &mut State) {
        if self.input.is_empty() {
            return;
        }
        let call = state.wires[wire].call;
        if !self.has_begun {
            self.has_begun = true;
            self.answers_early_at =
                state.draw(Fault::EarlyAnswer, call).map(|mut dice| (dice.below(500) as usize, dice));
            if state.draw(Fault::HalfClose, call).is_some() {
                state.end_later(wire, Parcel::Fin);
                self.is_mute = true;
            }
        }
        if self.is_answering {
            state.ledger.violate("one request at a time is on a connection", call, format!("wire {wire}"));
        }
        if let Some((at, dice)) = &mut self.answers_early_at {
            if self.input.len() >= *at && !self.has_answered_early {
                let mut dice = Dice::of(dice.number(), &[]);
                self.has_answered_early = true;
                self.answers_early(wire, call, &mut dice, state);
            }
        }
        match request::parse(&self.input) {
            Ok(None) => {}
            Ok(Some((request, length))) => {
                self.input.drain(..length);
                self.has_begun = false;
                state.ledger.has_left(request.call, Some(wire));
                if state.ledger.leads_to(request.call) != state.wires[wire].leads_to {
                    let what = format!("wire {wire} leads to another one");
                    state.ledger.violate("a request goes to its own service", request.call, what);
                }
                state.ledger.service_has(request.call, wire, call);
                state.note(call, || format!("THE SERVICE HAS THE WHOLE REQUEST {}", request.call));
                if !self.has_answered_early {
                    self.is_answering = true;
                    self.decides(wire, &request, state);
                }
            }
            Err(problem) => {
                state.ledger.violate("what the service gets is a request", call, problem);
                self.input.clear();
                self.is_deaf = true;
            }
        }
    }

    fn answers_early(&mut self, wire: usize, call: CallNumber, dice: &mut Dice, state: &mut State) {
        let echo = echo_of(call, state);
        let word = Word::early(dice, &echo);
        let framed = word.framed(state.time);
        self.says(wire, call, &word, &framed, state);
        match dice.below(6) {
            0 => self.is_deaf = true,
            1 => state.peer_closes(wire, Parcel::Fin),
            2 => state.peer_closes(wire, Parcel::Reset),
            _ => {}
        }
    }

    /// The service has the whole request: what it does, and what it answers.
    fn decides(&mut self, wire: usize, request: &Request, state: &mut State) {
        let (call, operation) = (request.call, request.operation);
        let word = match state.draw(Fault::OtherAnswer, call) {
            Some(mut dice) => {
                let echo = echo_of(call, state);
                Word::other(operation, call, &mut dice, &echo)
            }
            None => Word::yes(operation, call, &request.code),
        };
        if word.is_accepted {
            state.ledger.accepts(call);
        }
        if state.draw(Fault::NoAnswer, call).is_some() {
            return;
        }
        if let Some(mut dice) = state.draw(Fault::ClosesUnanswered, call) {
            let end = Parcel::some_end(&mut dice);
            state.peer_closes(wire, end);
            return;
        }
        let after = match state.draw(Fault::SlowAnswer, call) {
            Some(mut dice) => Duration::from_millis(dice.pick(&[100, 3_000, 6_000, 31_000])),
            None => Duration::from_micros(500),
        };
        state.schedule(after, Happening::Peer(wire, Task::Answer(Box::new(word), call)));
    }

    pub fn acts(&mut self, wire: usize, task: Task, state: &mut State) {
        let is_idle = !self.is_answering && self.input.is_empty();
        match task {
            Task::Answer(word, call) => self.answers(wire, call, &word, state),
            Task::CloseIdle(end) if is_idle => self.closes(wire, end, state),
            Task::SpeakIdle if is_idle => {
                state.ledger.unasked(wire);
                self.passes(wire, words::REQUEST_TIMEOUT, state);
                self.closes(wire, Parcel::Fin, state);
            }
            Task::CloseIdle(_) | Task::SpeakIdle => {}
        }
    }

    fn answers(&mut self, wire: usize, call: CallNumber, word: &Word, state: &mut State) {
        self.is_answering = false;
        if self.is_mute {
            return;
        }
        let mut framed = match state.draw(Fault::OddFraming, call) {
            Some(mut dice) => word.oddly_framed(state.time, &mut dice),
            None => word.framed(state.time),
        };
        if let Some(mut dice) = state.draw(Fault::Interim, call) {
            framed.bytes = [words::interim(&mut dice), framed.bytes].concat();
        }
        self.says(wire, call, word, &framed, state);
        if !framed.keeps {
            state.wires[wire].is_given_up = true;
            if framed.ends_with_connection || state.dice.is_one_in(2) {
                self.closes(wire, Parcel::Fin, state);
            } else {
                state.schedule(Duration::from_secs(2), Happening::Peer(wire, Task::CloseIdle(Parcel::Fin)));
            }
            return;
        }
        if let Some(mut dice) = state.draw(Fault::ClosesAfterAnswer, call) {
            let end = Parcel::some_end(&mut dice);
            let after = Duration::from_millis(dice.pick(&[0, 1, 500, 5_000]));
            state.schedule(after, Happening::Peer(wire, Task::CloseIdle(end)));
        }
        if let Some(mut dice) = state.draw(Fault::SpeaksWhenIdle, call) {
            let after = Duration::from_millis(dice.pick(&[0, 1, 500, 5_000]));
            state.schedule(after, Happening::Peer(wire, Task::SpeakIdle));
        }
    }

    /// Says an answer, perhaps twice.
    fn says(&mut self, wire: usize, call: CallNumber, word: &Word, framed: &Framed, state: &mut State) {
        if self.is_mute {
            return;
        }
        let mut sealed = self.seal(&framed.bytes);
        let length = sealed.len();
        let mut at_once = 0;
        if !framed.ends_with_connection && state.draw(Fault::AnswersTwice, call).is_some() {
            sealed.extend(self.seal(&framed.bytes));
            // No client can tell a second answer that comes only when the next request has left.
            at_once = length + 1;
        }
        state.note(call, || format!("the service answers {} {}", word.http_status, word.service_status));
        let before = state.wires[wire].said;
        state.say(wire, &sealed, at_once);
        state.wires[wire].answered = before + length as u64;
        let json = framed.bytes.iter().position(|byte| *byte == b'{').filter(|_| self.tls.is_none()).unwrap_or(length);
        let answer = Answer {
            wire,
            begin_of_json: before + json as u64,
            end: before + length as u64,
            ends_with_connection: framed.ends_with_connection,
            word: word.clone(),
        };
        state.ledger.answers(call, answer);
    }

    fn passes(&mut self, wire: usize, bytes: &[u8], state: &mut State) {
        let sealed = self.seal(bytes);
        state.say(wire, &sealed, 0);
    }

    fn seal(&mut self, bytes: &[u8]) -> Vec<u8> {
        match &mut self.tls {
            None => bytes.to_vec(),
            Some(tls) => {
                let _ = tls.rustls.writer().write_all(bytes);
                tls.output()
            }
        }
    }

    fn closes(&mut self, wire: usize, end: Parcel, state: &mut State) {
        if let Some(tls) = &mut self.tls {
            if matches!(end, Parcel::Fin) {
                tls.rustls.send_close_notify();
                let output = tls.output();
                state.say(wire, &output, 0);
            }
        }
        state.peer_closes(wire, end);
    }

    /// What it would have heard if nothing had been lost: the whole requests in it have left the machine.
    pub fn would_have_heard(&mut self, bytes: &[u8], state: &mut State) {
        match &mut self.tls {
            Some(tls) if self.proxy.is_none() => {
                tls.take(&mut &bytes[..], &mut self.input);
            }
            _ => self.input.extend(bytes),
        }
        while let Ok(Some((request, length))) = request::parse(&self.input) {
            self.input.drain(..length);
            state.ledger.has_left(request.call, None);
        }
    }
}

impl Tls {
    /// Takes records, and gives what is in them; false if they are broken.
    fn take(&mut self, bytes: &mut &[u8], plaintext: &mut Vec<u8>) -> bool {
        while !bytes.is_empty() && !self.is_broken {
            self.is_broken =
                !matches!(self.rustls.read_tls(bytes), Ok(1..)) || self.rustls.process_new_packets().is_err();
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = self.rustls.reader().read(&mut buffer) {
                plaintext.extend(&buffer[..count]);
            }
        }
        !self.is_broken
    }

    fn output(&mut self) -> Vec<u8> {
        let mut output = Vec::new();
        while self.rustls.wants_write() {
            self.rustls.write_tls(&mut output).expect("a vector takes everything");
        }
        output
    }
}

/// The caller's secrets, if the service repeats them.
fn echo_of(call: CallNumber, state: &mut State) -> String {
    if state.draw(Fault::Echo, call).is_some() { state.ledger.secrets_of(call).join(" and ") } else { String::new() }
}
