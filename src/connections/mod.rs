//! The connections of a process: made when a request needs one, kept for the next, shared by all clients, never with a
//! forked child. One request out, one answer or one fault back. Nothing here repeats a request.

mod idle;
mod process;
mod route;
mod routes;

pub(crate) use route::RouteSettings;

use crate::attempt::Attempt;
use crate::errors::{Cause, NetworkFault};
use crate::http1::{Answer, Request};
use crate::panics::contained;
use process::ProcessNetwork;

/// Sends one request and waits for its answer. The attempt records the progress. The caller owns it, so it
/// outlives a panic in here.
pub(crate) fn send_request(
    settings: &RouteSettings,
    request: &Request,
    attempt: &mut Attempt,
) -> Result<Answer, NetworkFault> {
    let network = ProcessNetwork::current();
    let route = contain(|| Ok(network.routes.get(settings, &network.names)))?;
    let answer = contain(|| route.send(request, attempt));
    if answer.as_ref().is_err_and(|fault| fault.cause == Cause::Panic) {
        network.routes.discard(&route);
    }
    answer
}

fn contain<T>(work: impl FnOnce() -> Result<T, NetworkFault>) -> Result<T, NetworkFault> {
    contained(work).unwrap_or_else(|| Err(NetworkFault::panic()))
}
