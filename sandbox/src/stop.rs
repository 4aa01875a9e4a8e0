//! The reasons to stop: SIGINT, SIGTERM and, if wanted, the end of standard input.

use std::future::Future;
use std::io;
use std::thread;

use tokio::sync::oneshot;

/// Starts listening for the reasons at once, and resolves when the first of them arrives.
pub fn requested(with_stdin: bool) -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let signal = signal()?;
    let stdin_closed = if with_stdin { Some(stdin_closed()?) } else { None };
    Ok(async move {
        match stdin_closed {
            None => signal.await,
            Some(closed) => tokio::select! {
                () = signal => {}
                _ = closed => {}
            },
        }
    })
}

/// A thread of its own, since a blocking read of the terminal cannot be cancelled and must not delay the exit.
fn stdin_closed() -> io::Result<oneshot::Receiver<()>> {
    let (closed, notice) = oneshot::channel();
    thread::Builder::new().name("stdin".into()).spawn(move || {
        // An unreadable standard input says as much as its end does: nobody is there.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ = closed.send(());
    })?;
    Ok(notice)
}

#[cfg(unix)]
fn signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
