//! The transport: one request out, one answer or one failure back, by a deadline, in whatever process and thread.
//! It never repeats a request; whether to try again is decided above it, with what a [`Failure`] knows.

mod answer_head;
mod body;
mod chunks;
mod connection;
mod connector;
mod crypto;
mod established;
mod exchange;
mod failure;
mod generation;
mod names;
#[cfg(feature = "fuzzing")]
pub(crate) mod planted;
mod pool;
mod progress;
mod registry;
mod request_head;
mod resolver;
#[cfg(any(test, feature = "fuzzing"))]
mod scripted;
mod settings;
mod tcp;
#[cfg(feature = "fuzzing")]
pub(crate) mod wire;

pub(crate) use failure::Failure;
pub(crate) use progress::{Limits, forget};
pub(crate) use request_head::RequestHead;
pub(crate) use settings::Settings;

use crate::options::{ProxyUrl, Roots};
use crate::panics::contained;
use generation::Generation;

/// A request as it goes out.
pub(crate) struct Request<'a> {
    pub(crate) head: &'a RequestHead,
    pub(crate) body: &'a [u8],
}

/// What the service answered. The status line counts even when the rest got lost.
pub(crate) struct Answer {
    pub(crate) http_status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Result<Vec<u8>, Failure>,
}

/// The settings of a client, and a place for its transport, which all clients with the same settings share.
pub(crate) fn settings(roots: &Roots, proxy: Option<&ProxyUrl>) -> Settings {
    let generation = Generation::current();
    generation.transports.settings(roots, proxy, &generation.names)
}

/// Sends one request and waits for its answer.
pub(crate) fn exchange(settings: &Settings, request: &Request, limits: Limits) -> Result<Answer, Failure> {
    progress::begin(limits, settings.has_proxy());
    #[cfg(feature = "fuzzing")]
    if let Some(answer) = planted::take(request) {
        return Ok(answer);
    }
    let generation = Generation::current();
    let transport = contain(|| Ok(generation.transports.get(settings, &generation.names)))?;
    let answer = contain(|| exchange::run(&transport, request));
    if answer.as_ref().is_err_and(Failure::is_panic) {
        generation.transports.discard(&transport);
    }
    answer
}

/// A panic becomes a failure; what was written until then, `progress` still knows.
fn contain<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    contained(work).unwrap_or_else(|| Err(Failure::panic()))
}
