//! A free loopback port that is really gone when its owner drops it.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use socket2::SockRef;

/// Accepts connections on 127.0.0.1 and serves each on a thread of its own.
///
/// Dropping it closes the port and every open connection and waits for the threads, so a test that has dropped its
/// service knows that nothing answers any more.
pub struct Listener {
    address: SocketAddr,
    connections: Arc<Mutex<Connections>>,
    acceptor: Option<JoinHandle<()>>,
}

/// What the accepting thread and the dropping one must agree on, behind one lock: a connection is either listed here
/// before the listener stops, and then shut down by it, or never served.
#[derive(Default)]
struct Connections {
    stopping: bool,
    accepted: usize,
    open: HashMap<usize, TcpStream>,
}

impl Listener {
    /// Takes a free port. `serve` owns each connection until it returns.
    pub fn start(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> io::Result<Listener> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let connections = Arc::new(Mutex::new(Connections::default()));
        let acceptor = thread::spawn({
            let connections = Arc::clone(&connections);
            move || accept(&listener, &connections, &serve)
        });
        Ok(Listener { address, connections, acceptor: Some(acceptor) })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections were ever accepted: a client with a pool needs fewer of them than requests.
    pub fn accepted(&self) -> usize {
        lock(&self.connections).accepted
    }
}

/// Makes the connection's end a rude one: when its last handle is closed, the peer gets a reset.
pub fn reset_on_close(stream: &TcpStream) -> io::Result<()> {
    SockRef::from(stream).set_linger(Some(Duration::ZERO))
}

impl Drop for Listener {
    fn drop(&mut self) {
        {
            let mut connections = lock(&self.connections);
            connections.stopping = true;
            for stream in connections.open.values() {
                // The peer may have closed it already; either way it is closed now.
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
        // `accept` has no timeout: one connection more lets it see that it is to stop.
        let _ = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

/// Serves until the listener is dropped; the scope then waits for the threads of the open connections.
fn accept(listener: &TcpListener, connections: &Mutex<Connections>, serve: &(impl Fn(TcpStream) + Sync)) {
    thread::scope(|scope| {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { continue };
            let Ok(handle) = stream.try_clone() else {
                continue;
            };
            let id = {
                let mut connections = lock(connections);
                if connections.stopping {
                    break;
                }
                connections.accepted += 1;
                let id = connections.accepted;
                connections.open.insert(id, handle);
                id
            };
            scope.spawn(move || {
                serve(stream);
                lock(connections).open.remove(&id);
            });
        }
    });
}

/// A panic in a test's closure must not hide behind a poisoned lock.
fn lock(connections: &Mutex<Connections>) -> std::sync::MutexGuard<'_, Connections> {
    connections.lock().unwrap_or_else(PoisonError::into_inner)
}
