//! Answers planted in place of the network, for the fuzz targets: what a socket would give comes from the fuzzer, and
//! what would have left is caught for a look. Compiled with the feature `fuzzing` only.
#![allow(missing_docs)]

use std::cell::RefCell;

use super::answer_head::visible_text;
use super::{Answer, Failure, Request, progress, request_head};

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

struct Scene {
    /// Made an answer only when it is asked for: how far the exchange has come then says what a lost one means.
    answer: Option<Box<dyn FnOnce() -> Answer>>,
    caught: Option<CaughtRequest>,
}

thread_local! {
    static SCENE: RefCell<Option<Scene>> = const { RefCell::new(None) };
}

/// Runs a call on this thread whose first request gets the answer, and which must make no second one.
pub fn answering<T>(answer: PlantedAnswer, call: impl FnOnce() -> T) -> (T, Option<CaughtRequest>) {
    SCENE.set(Some(Scene { answer: Some(Box::new(as_read(answer))), caught: None }));
    let outcome = call();
    (outcome, SCENE.take().and_then(|scene| scene.caught))
}

/// The answer to a request, unless none was planted on this thread.
pub(super) fn take(request: &Request) -> Option<Answer> {
    SCENE.with_borrow_mut(|scene| {
        let scene = scene.as_mut()?;
        let answer = scene.answer.take().expect("no second request after an answer");
        scene.caught = Some(caught(request));
        progress::writes_the_last_byte();
        progress::written();
        Some(answer())
    })
}

/// The request as its reader sees it.
fn caught(request: &Request) -> CaughtRequest {
    let length = request.body.len().to_string();
    let head = [request.head.text().as_bytes(), length.as_bytes(), request_head::END].concat();
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut headers);
    let bytes = parsed.parse(&head).expect("the head is proper HTTP");
    assert_eq!(bytes, httparse::Status::Complete(head.len()), "nothing in the head ends it");
    assert_eq!(parsed.path, Some(request.head.uri().path()));
    CaughtRequest {
        uri: request.head.uri().to_string(),
        headers: parsed.headers.iter().map(|header| (header.name.to_owned(), header.value.to_vec())).collect(),
        body: request.body.to_vec(),
    }
}

fn as_read(answer: PlantedAnswer) -> impl FnOnce() -> Answer + 'static {
    let (http_status, is_cut_off) = (answer.http_status, answer.is_cut_off);
    let (retry_after, body) = (visible_text(answer.retry_after), answer.body.to_vec());
    move || Answer { http_status, retry_after, body: if is_cut_off { Err(Failure::cut_off()) } else { Ok(body) } }
}
