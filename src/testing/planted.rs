//! A client with a planted answer in place of the network, for the fuzz targets: the fuzzer makes the answer,
//! and what would have left is caught for a look.
#![allow(missing_docs)]

use std::sync::Mutex;

use crate::attempt::Attempt;
use crate::errors::{NetworkFault, Phase};
use crate::http1::{self, Answer, Body, Request, visible_text};
use crate::panics::lock;

/// What the service seems to have answered.
#[derive(Clone, Copy, Debug)]
pub struct PlantedAnswer<'a> {
    /// 100 to 999, as the HTTP library lets nothing else through.
    pub http_status: u16,
    /// Left out where it cannot be a header's value.
    pub retry_after: &'a [u8],
    pub body: &'a [u8],
    /// Whether the connection ends before the body does.
    pub is_cut_off: bool,
}

/// A request that would have left the machine.
pub struct CaughtRequest {
    pub uri: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

/// In each client; empty where the network is the real one.
#[derive(Default)]
pub(crate) struct Planted(Mutex<Option<Scene>>);

struct Scene {
    answer: Option<Answer>,
    caught: Option<CaughtRequest>,
}

impl Planted {
    /// Runs a call whose first request gets the answer, and which must make no second one.
    pub(crate) fn play<T>(&self, answer: PlantedAnswer, call: impl FnOnce() -> T) -> (T, Option<CaughtRequest>) {
        self.set(Some(Scene { answer: Some(as_read(answer)), caught: None }));
        let outcome = call();
        (outcome, self.set(None).and_then(|scene| scene.caught))
    }

    fn set(&self, scene: Option<Scene>) -> Option<Scene> {
        std::mem::replace(&mut *lock(&self.0), scene)
    }

    /// The answer to a request, if one was planted.
    pub(crate) fn take(&self, request: &Request, attempt: &mut Attempt) -> Option<Answer> {
        let mut scene = lock(&self.0);
        let scene = scene.as_mut()?;
        let answer = scene.answer.take().expect("no second request after an answer");
        scene.caught = Some(caught(request));
        (attempt.phase, attempt.last_byte_left) = (Phase::Answer, true);
        Some(answer)
    }
}

/// The request as its reader sees it.
fn caught(request: &Request) -> CaughtRequest {
    let head = [request.head.text(), &request.body.len().to_string(), http1::END].concat();
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut headers);
    let bytes = parsed.parse(head.as_bytes()).expect("the head is proper HTTP");
    assert_eq!(bytes, httparse::Status::Complete(head.len()), "nothing in the head ends it");
    let origin = request.head.origin();
    let scheme = if origin.is_https() { "https" } else { "http" };
    CaughtRequest {
        uri: format!("{scheme}://{}{}", origin.host_field(), parsed.path.expect("it is whole")),
        headers: parsed.headers.iter().map(|header| (header.name.to_owned(), header.value.to_vec())).collect(),
        body: request.body.to_vec(),
    }
}

fn as_read(answer: PlantedAnswer) -> Answer {
    Answer {
        http_status: answer.http_status,
        retry_after: visible_text(answer.retry_after),
        request_id: None,
        body: Body { bytes: answer.body.to_vec(), fault: answer.is_cut_off.then(NetworkFault::cut_off) },
        is_early: false,
    }
}
