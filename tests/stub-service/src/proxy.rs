//! A CONNECT proxy that says what it is told to say, for what no real proxy can be made to say.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use crate::listener::Listener;
use crate::tunnel::{read_connect, relay};

/// Answers every CONNECT with the same bytes.
pub struct ScriptedProxy {
    listener: Listener,
    heads: Arc<Mutex<Vec<String>>>,
}

impl ScriptedProxy {
    /// Opens a tunnel to where the client wants to go, and says `answer` first.
    pub fn opening(answer: impl Into<Vec<u8>>) -> io::Result<ScriptedProxy> {
        let answer = answer.into();
        ScriptedProxy::start(move |client, head| {
            let target = TcpStream::connect(head.split(' ').nth(1).unwrap_or_default())?;
            target.set_nodelay(true)?;
            { client }.write_all(&answer)?;
            relay(client, &target)
        })
    }

    /// Says `answer` and waits until the client hangs up.
    pub fn refusing(answer: impl Into<Vec<u8>>) -> io::Result<ScriptedProxy> {
        let answer = answer.into();
        ScriptedProxy::start(move |client, _| {
            { client }.write_all(&answer)?;
            until_the_client_hangs_up(client)
        })
    }

    /// Says `answer`, which may be half of one, and will say no more.
    pub fn breaking_off(answer: impl Into<Vec<u8>>) -> io::Result<ScriptedProxy> {
        let answer = answer.into();
        ScriptedProxy::start(move |client, _| {
            { client }.write_all(&answer)?;
            client.shutdown(Shutdown::Write)?;
            until_the_client_hangs_up(client)
        })
    }

    fn start(serve: impl Fn(&TcpStream, &str) -> io::Result<()> + Send + Sync + 'static) -> io::Result<ScriptedProxy> {
        let heads = Arc::new(Mutex::new(Vec::new()));
        let listener = Listener::start({
            let heads = Arc::clone(&heads);
            move |client| {
                // A client may hang up whenever it likes.
                let _ = client.set_nodelay(true).and_then(|()| read_connect(&client)).and_then(|head| {
                    let head = String::from_utf8_lossy(&head).into_owned();
                    heads.lock().unwrap_or_else(PoisonError::into_inner).push(head.clone());
                    serve(&client, &head)
                });
            }
        })?;
        Ok(ScriptedProxy { listener, heads })
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> String {
        self.listener.address().to_string()
    }

    /// The head of each CONNECT so far.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn until_the_client_hangs_up(mut client: &TcpStream) -> io::Result<()> {
    while client.read(&mut [0; 1024])? > 0 {}
    Ok(())
}
