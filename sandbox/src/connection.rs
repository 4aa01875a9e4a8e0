//! A connection that can be cut on purpose: what no HTTP server does by itself, and every client has to survive.
//!
//! The HTTP stack only sees a stream that fails. It then drops the stream, and that closes the connection.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

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

pub struct Connection {
    stream: TcpStream,
    knife: Knife,
}

impl Connection {
    fn new(stream: TcpStream) -> Self {
        // Only a matter of latency: a connection without it works all the same.
        let _ = stream.set_nodelay(true);
        Self { stream, knife: Knife::default() }
    }

    fn before_write(&self) -> Result<()> {
        match self.knife.0.get() {
            Some(Cut::Close) => Err(on_purpose()),
            Some(Cut::Reset) => {
                // A connection that cannot be reset is closed: the client gets no answer either way.
                let _ = self.stream.set_zero_linger();
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

/// Accepts connections that can be cut.
pub struct Connections(pub TcpListener);

impl Listener for Connections {
    type Io = Connection;
    type Addr = SocketAddr;

    /// By axum's own `accept`, which waits and tries again when the system is short of something.
    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (Connection::new(stream), address)
    }

    fn local_addr(&self) -> Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Connections>> for Knife {
    fn connect_info(stream: IncomingStream<'_, Connections>) -> Self {
        stream.io().knife.clone()
    }
}
