//! Accept connections until told to stop, then let those in flight finish, but not for ever.

use std::future::{Future, IntoFuture};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::Sandbox;
use crate::connection::{Connections, Knife};
use crate::guard::Names;
use crate::routes::router;

/// How long a stop waits for requests in flight; a long poll may well take longer, and is then cut off.
const GRACE: Duration = Duration::from_secs(1);

/// Who is let in besides this machine's own programs.
#[derive(Default)]
pub struct Access {
    /// Whether a listener that is not on loopback is served at all.
    pub allow_remote: bool,
    /// Names beside its own that the sandbox answers to.
    pub allow_hosts: Vec<String>,
    /// Everything is on https, if this is there.
    pub tls: Option<Arc<ServerConfig>>,
}

/// Serves until `stop` resolves. The listener is the caller's to choose; one that others can reach wants to be allowed.
pub async fn serve(
    listener: TcpListener,
    sandbox: Arc<Sandbox>,
    access: Access,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        if !access.allow_remote {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the sandbox listens on loopback only"));
        }
        sandbox.warn(format!("Listening on {address}: everybody who can reach it reads every code."));
    }
    let ending = sandbox.clone();
    let (stop_began, stopping) = oneshot::channel();
    let stop = async move {
        stop.await;
        ending.close();
        let _ = stop_began.send(());
    };
    let router = router(sandbox, Names::new(address, &access.allow_hosts, access.tls.is_some()))
        .into_make_service_with_connect_info::<Knife>();
    let server = axum::serve(Connections::new(listener, access.tls), router).with_graceful_shutdown(stop);
    tokio::select! {
        result = server.into_future() => result,
        () = end_of_grace(stopping) => Ok(()),
    }
}

async fn end_of_grace(stopping: oneshot::Receiver<()>) {
    match stopping.await {
        Ok(()) => tokio::time::sleep(GRACE).await,
        // The server ended by itself, and the other branch has its result.
        Err(_) => std::future::pending().await,
    }
}
