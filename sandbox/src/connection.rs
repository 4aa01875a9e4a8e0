//! A connection that can be cut on purpose: what no HTTP server does by itself, and every client has to survive.
//!
//! The HTTP stack only sees a stream that fails. It then drops the stream, and that closes the connection.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;
use tokio_rustls::{Accept, TlsAcceptor};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Nothing more is written, and the connection is closed.
    Close,
    /// The same, but the client sees a reset.
    Reset,
    /// What the server has put into its buffer is still written.
    CloseWhenFlushed,
}

/// Cuts the connection it belongs to. A handler finds its own as the request's `ConnectInfo`.
#[derive(Clone, Default)]
pub struct Knife(Arc<OnceLock<Cut>>);

impl Knife {
    /// The first cut counts; it takes effect at the next write or flush.
    pub fn cut(&self, how: Cut) {
        let _ = self.0.set(how);
    }
}

/// Plain or under TLS.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {
    fn tcp(&self) -> &TcpStream;
}

impl Stream for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Stream for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

pub struct Connection {
    stream: Box<dyn Stream>,
    knife: Knife,
}

impl Connection {
    fn new(stream: impl Stream + 'static) -> Self {
        // Only a matter of latency: a connection without it works all the same.
        let _ = stream.tcp().set_nodelay(true);
        Self { stream: Box::new(stream), knife: Knife::default() }
    }

    fn before_write(&self) -> Result<()> {
        match self.knife.0.get() {
            Some(Cut::Close) => Err(on_purpose()),
            Some(Cut::Reset) => {
                // A connection that cannot be reset is closed: the client gets no answer either way.
                let _ = self.stream.tcp().set_zero_linger();
                Err(on_purpose())
            }
            Some(Cut::CloseWhenFlushed) | None => Ok(()),
        }
    }

    fn after_flush(&self) -> Result<()> {
        if self.knife.0.get().is_some() { Err(on_purpose()) } else { Ok(()) }
    }
}

fn on_purpose() -> Error {
    Error::new(ErrorKind::ConnectionAborted, "cut on purpose")
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context, buffer: &mut ReadBuf) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context, bytes: &[u8]) -> Poll<Result<usize>> {
        self.before_write()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context, slices: &[IoSlice]) -> Poll<Result<usize>> {
        self.before_write()?;
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<Result<()>> {
        match Pin::new(&mut self.stream).poll_flush(context) {
            Poll::Ready(Ok(())) => Poll::Ready(self.after_flush()),
            other => other,
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// How long a client may take to agree on TLS.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Accepts connections that can be cut.
pub struct Connections {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    /// Each by itself, so that a client that says nothing keeps nobody waiting.
    handshakes: JoinSet<Option<(Connection, SocketAddr)>>,
}

impl Connections {
    pub fn new(listener: TcpListener, tls: Option<Arc<ServerConfig>>) -> Self {
        Self { listener, tls: tls.map(TlsAcceptor::from), handshakes: JoinSet::new() }
    }
}

impl Listener for Connections {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        loop {
            tokio::select! {
                // By axum's own `accept`, which waits and tries again when the system is short of something.
                (stream, address) = Listener::accept(&mut self.listener) => match &self.tls {
                    None => return (Connection::new(stream), address),
                    Some(tls) => drop(self.handshakes.spawn(handshake(tls.accept(stream), address))),
                },
                Some(done) = self.handshakes.join_next() => if let Ok(Some(ready)) = done {
                    return ready;
                },
            }
        }
    }

    fn local_addr(&self) -> Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// `None` if nothing came of it: most often a client that does not trust the authority, as it should.
async fn handshake(accept: Accept<TcpStream>, address: SocketAddr) -> Option<(Connection, SocketAddr)> {
    let stream = timeout(HANDSHAKE, accept).await.ok()?.ok()?;
    Some((Connection::new(stream), address))
}

impl Connected<IncomingStream<'_, Connections>> for Knife {
    fn connect_info(stream: IncomingStream<'_, Connections>) -> Self {
        stream.io().knife.clone()
    }
}
