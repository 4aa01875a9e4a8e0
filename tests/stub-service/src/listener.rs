//! A free loopback port that is really gone when its owner drops it.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use socket2::SockRef;

/// Accepts connections, on 127.0.0.1 unless told otherwise, and serves each on a thread of its own.
///
/// Dropping it closes the port and every open connection and waits for the threads, so a test that has dropped its
/// service knows that nothing answers any more.
pub struct Listener {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    connections: Mutex<Connections>,
    /// Told each time that a connection is over.
    over: Condvar,
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
        Listener::start_at((Ipv4Addr::LOCALHOST, 0).into(), serve)
    }

    /// The same at a chosen address of this machine.
    pub fn start_at(address: SocketAddr, serve: impl Fn(TcpStream) + Send + Sync + 'static) -> io::Result<Listener> {
        Listener::over(TcpListener::bind(address)?, serve)
    }

    /// The same with windows so small that a long request does not fit into the kernel's buffers at both ends.
    pub fn start_narrow(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> io::Result<Listener> {
        const SMALLEST_SEGMENT: u32 = 88;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        // What is accepted inherits both.
        SockRef::from(&listener).set_tcp_mss(SMALLEST_SEGMENT)?;
        SockRef::from(&listener).set_recv_buffer_size(1)?;
        Listener::over(listener, serve)
    }

    fn over(listener: TcpListener, serve: impl Fn(TcpStream) + Send + Sync + 'static) -> io::Result<Listener> {
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let acceptor = thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared, &serve)
        });
        Ok(Listener { address, shared, acceptor: Some(acceptor) })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections were ever accepted: a client with a pool needs fewer of them than requests.
    pub fn accepted(&self) -> usize {
        self.shared.lock().accepted
    }

    /// Panics if one of them goes on and on.
    pub fn wait_for_the_end_of_all_connections(&self) {
        const PATIENCE: Duration = Duration::from_secs(30);
        let is_busy = |connections: &mut Connections| !connections.open.is_empty();
        let waited = self.shared.over.wait_timeout_while(self.shared.lock(), PATIENCE, is_busy);
        assert!(!waited.unwrap_or_else(PoisonError::into_inner).1.timed_out(), "a connection does not end");
    }
}

/// Makes the connection's end a rude one: when its last handle is closed, the peer gets a reset.
pub fn reset_on_close(stream: &TcpStream) -> io::Result<()> {
    SockRef::from(stream).set_linger(Some(Duration::ZERO))
}

impl Drop for Listener {
    fn drop(&mut self) {
        {
            let mut connections = self.shared.lock();
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
fn accept(listener: &TcpListener, shared: &Shared, serve: &(impl Fn(TcpStream) + Sync)) {
    thread::scope(|scope| {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { continue };
            let Ok(handle) = stream.try_clone() else {
                continue;
            };
            let id = {
                let mut connections = shared.lock();
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
                shared.lock().open.remove(&id);
                shared.over.notify_all();
            });
        }
    });
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Connections> {
        // A panic in a test's closure must not hide behind a poisoned lock.
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
