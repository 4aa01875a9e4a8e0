//! Making a connection: look up the name, dial, ask a proxy for a tunnel, shake hands. The only module that uses ureq; `docs/layout.md`
//! says what it does here and what it does not.

mod proxy_url;
mod records;
mod tls_stream;
mod tunnel;

use std::sync::Arc;

use rustls::ClientConfig;

pub(crate) use proxy_url::ProxyUrl;

use crate::attempt::Attempt;
use crate::errors::{Cause, NetworkFault, Phase};
use crate::http1::Connection;
use crate::net::{self, Names, Stream};
use crate::origin::Origin;

/// Makes a new connection to a service, through the proxy if there is one. Nothing of a request is written on it, and the
/// other side has said nothing yet.
///
/// `tls_config` is called only if the origin is `https`.
pub(crate) fn connect(
    origin: &Arc<Origin>,
    proxy: Option<&ProxyUrl>,
    names: &Arc<Names>,
    tls_config: impl FnOnce() -> Result<Arc<ClientConfig>, NetworkFault>,
    attempt: &mut Attempt,
) -> Result<Connection, NetworkFault> {
    let dialled = proxy.map_or(origin, ProxyUrl::origin);
    attempt.phase = Phase::Resolve;
    let addresses = names.addresses(attempt.world, dialled.host(), attempt.until())?;
    attempt.phase = Phase::Connect;
    let (stream, address) =
        net::dial(attempt.world, &addresses, dialled.port(), attempt.until()).inspect_err(|fault| {
            if fault.cause != Cause::Cancelled {
                names.forget(dialled.host());
            }
        })?;
    names.prefer(dialled.host(), address);
    let connection = prepare(origin, proxy, stream, tls_config, attempt);
    if connection.as_ref().is_err_and(|fault| fault.cause != Cause::Cancelled) {
        // Another address may be better; the next attempt begins there.
        names.put_off(dialled.host(), address);
    }
    connection
}

/// Turns a TCP connection into one that is ready for a request: tunnel, TLS, silence check.
fn prepare(
    origin: &Arc<Origin>,
    proxy: Option<&ProxyUrl>,
    mut stream: Box<dyn Stream>,
    tls_config: impl FnOnce() -> Result<Arc<ClientConfig>, NetworkFault>,
    attempt: &mut Attempt,
) -> Result<Connection, NetworkFault> {
    if let Some(proxy) = proxy {
        attempt.phase = Phase::Proxy;
        stream = tunnel::open(proxy, origin, stream, attempt)?;
    }
    if origin.is_https() {
        attempt.phase = Phase::Tls;
        stream = Box::new(tls_stream::shake_hands(stream, tls_config()?, origin.host(), attempt)?);
    }
    let mut connection = Connection::new(origin.clone(), stream);
    connection.check_silence()?;
    Ok(connection)
}
