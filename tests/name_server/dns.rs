//! A name server that answers as it is told, or not before it is told to: as much of DNS as the system's resolver asks.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;

/// What a question is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// Each name has the address 127.0.0.1, except those that a story gave others.
    Loopback,
    /// The same, but only once it is released: until then it hangs.
    LoopbackWhenReleased,
    NoSuchName,
    ServerFailure,
    Refused,
    /// Nobody listens, and the kernel says so.
    NobodyThere,
}

impl Answers {
    /// RFC 1035, section 4.1.1.
    fn code(self) -> u8 {
        match self {
            Answers::Loopback | Answers::LoopbackWhenReleased | Answers::NobodyThere => 0,
            Answers::ServerFailure => 2,
            Answers::NoSuchName => 3,
            Answers::Refused => 5,
        }
    }
}

/// The name server of this machine, on port 53.
pub struct NameServer {
    socket: Option<Arc<UdpSocket>>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    released: bool,
    questions: Vec<(String, SocketAddr)>,
    held_back: Vec<(Vec<u8>, SocketAddr)>,
    addresses: HashMap<String, Vec<IpAddr>>,
}

impl NameServer {
    pub fn start(answers: Answers) -> NameServer {
        let released = answers != Answers::LoopbackWhenReleased;
        let state = Arc::new(Mutex::new(State { released, ..State::default() }));
        if answers == Answers::NobodyThere {
            return NameServer { socket: None, state };
        }
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 53)).expect("the island's port 53 is free");
        let socket = Arc::new(socket);
        thread::spawn({
            let (socket, state) = (socket.clone(), state.clone());
            move || serve(&socket, &state, answers)
        });
        NameServer { socket: Some(socket), state }
    }

    /// This name has these addresses from now on, in this order.
    pub fn give(&self, name: &str, addresses: &[IpAddr]) {
        self.state.lock().unwrap().addresses.insert(name.to_owned(), addresses.to_vec());
    }

    /// Sends what was held back, and holds back no more.
    pub fn release(&self) {
        let mut state = self.state.lock().unwrap();
        state.released = true;
        for (reply, to) in state.held_back.drain(..) {
            self.socket.as_ref().expect("it serves").send_to(&reply, to).unwrap();
        }
    }

    /// How many questions about this name came. One lookup asks two: for addresses of either family.
    pub fn questions_about(&self, name: &str) -> usize {
        self.senders_of_questions_about(name).len()
    }

    /// How many sockets they came from.
    pub fn sockets_that_asked_for(&self, name: &str) -> usize {
        self.senders_of_questions_about(name).into_iter().collect::<HashSet<_>>().len()
    }

    fn senders_of_questions_about(&self, name: &str) -> Vec<SocketAddr> {
        let state = self.state.lock().unwrap();
        state.questions.iter().filter(|(asked, _)| asked == name).map(|(_, from)| *from).collect()
    }
}

fn serve(socket: &UdpSocket, state: &Mutex<State>, answers: Answers) {
    let mut buffer = [0; 512];
    while let Ok((length, from)) = socket.recv_from(&mut buffer) {
        let Some(question) = Question::read(&buffer[..length]) else { continue };
        let mut state = state.lock().unwrap();
        let reply = match state.addresses.get(&question.name) {
            Some(addresses) => question.reply(answers, addresses),
            None => question.reply(answers, &[Ipv4Addr::LOCALHOST.into()]),
        };
        state.questions.push((question.name, from));
        if state.released {
            socket.send_to(&reply, from).unwrap();
        } else {
            state.held_back.push((reply, from));
        }
    }
}

/// A query with one question, which is all that resolvers send.
struct Question<'a> {
    name: String,
    /// The header, as it came.
    header: &'a [u8],
    /// Name, type and class, as they came.
    words: &'a [u8],
    kind: u8,
}

/// The types of the questions that a resolver asks (RFC 1035, RFC 3596).
const A: u8 = 1;
const AAAA: u8 = 28;

const HEADER_BYTES: usize = 12;

impl Question<'_> {
    fn read(query: &[u8]) -> Option<Question<'_>> {
        let mut labels = Vec::new();
        let mut at = HEADER_BYTES;
        loop {
            let length = usize::from(*query.get(at)?);
            at += 1;
            if length == 0 {
                break;
            }
            labels.push(String::from_utf8_lossy(query.get(at..at + length)?).into_owned());
            at += length;
        }
        let kind = query.get(at..at + 4)?;
        Some(Question {
            name: labels.join("."),
            header: &query[..HEADER_BYTES],
            words: &query[HEADER_BYTES..at + 4],
            kind: kind[1],
        })
    }

    fn reply(&self, answers: Answers, addresses: &[IpAddr]) -> Vec<u8> {
        let records: Vec<_> = addresses.iter().filter_map(|address| self.record(*address)).collect();
        let records = if answers.code() == 0 { records } else { Vec::new() };
        let mut reply = self.header[..2].to_vec();
        // An answer, recursion wanted and available; one question, so many records, nothing else.
        reply.extend([0x81, 0x80 | answers.code(), 0, 1, 0, records.len() as u8, 0, 0, 0, 0]);
        reply.extend(self.words);
        reply.extend(records.concat());
        reply
    }

    /// The name of the question, its type, class IN, a minute, and the address; `None` for one of another type.
    fn record(&self, address: IpAddr) -> Option<Vec<u8>> {
        let (kind, bytes) = match address {
            IpAddr::V4(address) => (A, address.octets().to_vec()),
            IpAddr::V6(address) => (AAAA, address.octets().to_vec()),
        };
        let head = [0xC0, HEADER_BYTES as u8, 0, kind, 0, 1, 0, 0, 0, 60, 0, bytes.len() as u8];
        (kind == self.kind).then(|| [&head[..], &bytes].concat())
    }
}
