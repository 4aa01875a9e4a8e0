//! The transport: one request out, one answer or one failure back, by a deadline, in whatever process and thread.
//! It never repeats a request; whether to try again is decided above it, with what a [`Failure`] knows.

mod crypto;
mod established;
mod failure;
mod generation;
mod names;
#[cfg(feature = "fuzzing")]
pub(crate) mod planted;
mod pool;
mod prime;
mod progress;
mod registry;
mod resolver;
mod tcp;
mod witness;

use std::io::{self, Read};

use ureq::http::{self, HeaderMap, Uri, header};
use ureq::{Agent, Body, SendBody};

pub(crate) use failure::Failure;
pub(crate) use pool::Settings;
pub(crate) use prime::prime;
pub(crate) use progress::{Limits, forget};

use crate::options::{ProxyUrl, Roots};
use crate::panic_probe::panic_if_asked;
use crate::panics::contained;
use generation::Generation;
use witness::Witness;

/// An answer larger than this is no answer of the service; memory stays bounded by it.
const MAX_ANSWER_BYTES: u64 = 1024 * 1024;

/// A request as it goes out, by POST.
pub(crate) struct Request<'a> {
    pub(crate) uri: &'a Uri,
    pub(crate) headers: &'a HeaderMap,
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
        return Ok(read(answer));
    }
    let generation = Generation::current();
    let transport = contain(|| Ok(generation.transports.get(settings, &generation.names)))?;
    let answer = contain(|| run(transport.agent(), request));
    if answer.as_ref().is_err_and(Failure::is_panic) {
        generation.transports.discard(&transport);
    }
    answer
}

/// A panic becomes a failure; what was written until then, `progress` still knows.
fn contain<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    contained(work).unwrap_or_else(|| Err(Failure::panic()))
}

fn run(agent: &Agent, request: &Request) -> Result<Answer, Failure> {
    let mut witness = Witness::new(request.body);
    let answer = http_request(request, &mut witness).map_err(ureq::Error::from).and_then(|request| agent.run(request));
    let answer = answer.map_err(|error| Failure::of(&error))?;
    panic_if_asked("reading", request.body);
    Ok(read(answer))
}

fn read(answer: http::Response<Body>) -> Answer {
    let retry_after = answer.headers().get(header::RETRY_AFTER);
    Answer {
        http_status: answer.status().as_u16(),
        retry_after: retry_after.and_then(|v| v.to_str().ok()).map(str::to_owned),
        body: read_body(answer.into_body()).map_err(|error| Failure::of(&error.into())),
    }
}

/// Into memory of the size that the answer announces, where it does: no growing, and one read less.
fn read_body(body: Body) -> io::Result<Vec<u8>> {
    let announced = body.content_length().unwrap_or_default().min(MAX_ANSWER_BYTES);
    let mut bytes = Vec::with_capacity(usize::try_from(announced).unwrap_or_default());
    body.into_with_config().limit(MAX_ANSWER_BYTES).reader().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn http_request<'a>(request: &Request, witness: &'a mut Witness) -> http::Result<http::Request<SendBody<'a>>> {
    let mut out = http::Request::post(request.uri.clone()).body(SendBody::from_reader(witness))?;
    *out.headers_mut() = request.headers.clone();
    // A reader has no length of its own; without this the body would be chunked.
    out.headers_mut().insert(header::CONTENT_LENGTH, request.body.len().into());
    Ok(out)
}
