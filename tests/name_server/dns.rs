//! A name server that answers as it is told, or not before it is told to: as much of DNS as the system's resolver asks.

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;

/// What a question is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// Each name has the address 127.0.0.1.
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
        let reply = question.reply(answers);
        let mut state = state.lock().unwrap();
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
    is_for_ipv4: bool,
}

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
            is_for_ipv4: kind == [0, 1, 0, 1],
        })
    }

    fn reply(&self, answers: Answers) -> Vec<u8> {
        let addresses = u8::from(answers.code() == 0 && self.is_for_ipv4);
        let mut reply = self.header[..2].to_vec();
        // An answer, recursion wanted and available; one question, so many addresses, nothing else.
        reply.extend([0x81, 0x80 | answers.code(), 0, 1, 0, addresses, 0, 0, 0, 0]);
        reply.extend(self.words);
        if addresses > 0 {
            // The name of the question, type A, class IN, a minute, four bytes.
            reply.extend([0xC0, HEADER_BYTES as u8, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
        }
        reply
    }
}
