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
use process::Chain;

/// The connections of all clients in a program.
#[derive(Default)]
pub struct Connections(Chain);

/// A client of this program uses these; one of a simulated program has others.
static OF_THIS_PROGRAM: Connections = Connections(Chain::new());

/// Where a client finds its connections.
#[derive(Clone)]
pub(crate) enum Program {
    /// The program that loaded the library.
    This,
    /// A simulated one.
    #[cfg(feature = "simulation")]
    Simulated(std::sync::Arc<Connections>),
}

impl Program {
    pub(crate) fn connections(&self) -> &Connections {
        match self {
            Program::This => &OF_THIS_PROGRAM,
            #[cfg(feature = "simulation")]
            Program::Simulated(connections) => connections,
        }
    }
}

impl Connections {
    /// Sends one request and waits for its answer. The attempt records the progress. The caller owns it, so it
    /// outlives a panic in here.
    pub(crate) fn send_request(
        &self,
        settings: &RouteSettings,
        request: &Request,
        attempt: &mut Attempt,
    ) -> Result<Answer, NetworkFault> {
        let network = self.0.of(attempt.world.process());
        let route = contain(|| Ok(network.routes.get(settings, &network.names)))?;
        let answer = contain(|| route.send(request, attempt));
        if answer.as_ref().is_err_and(|fault| fault.cause == Cause::Panic) {
            network.routes.discard(&route);
        }
        answer
    }
}

fn contain<T>(work: impl FnOnce() -> Result<T, NetworkFault>) -> Result<T, NetworkFault> {
    contained(work).unwrap_or_else(|| Err(NetworkFault::panic()))
}
