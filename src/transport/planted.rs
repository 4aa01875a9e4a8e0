//! Answers planted in place of the network, for the fuzz targets: what a socket would give comes from the fuzzer, and
//! what would have left is caught for a look. Compiled with the feature `fuzzing` only.
#![allow(missing_docs)]

use std::cell::RefCell;
use std::io::{self, Read};

use ureq::Body;
use ureq::http::{HeaderValue, Response, header};

use super::{Request, progress};

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
    answer: Option<Response<Body>>,
    caught: Option<CaughtRequest>,
}

thread_local! {
    static SCENE: RefCell<Option<Scene>> = const { RefCell::new(None) };
}

/// Runs a call on this thread whose first request gets the answer, and which must make no second one.
pub fn answering<T>(answer: PlantedAnswer, call: impl FnOnce() -> T) -> (T, Option<CaughtRequest>) {
    let scene = Scene { answer: Some(response(answer)), caught: None };
    SCENE.set(Some(scene));
    let outcome = call();
    (outcome, SCENE.take().and_then(|scene| scene.caught))
}

/// The answer to a request, unless none was planted on this thread.
pub(super) fn take(request: &Request) -> Option<Response<Body>> {
    SCENE.with_borrow_mut(|scene| {
        let scene = scene.as_mut()?;
        let answer = scene.answer.take().expect("no second request after an answer");
        scene.caught = Some(caught(request));
        progress::last_byte_handed_out();
        progress::writes_the_last_that_was_handed_out();
        progress::written();
        Some(answer)
    })
}

fn caught(request: &Request) -> CaughtRequest {
    let headers = request.headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()));
    CaughtRequest { uri: request.uri.to_string(), headers: headers.collect(), body: request.body.to_vec() }
}

fn response(answer: PlantedAnswer) -> Response<Body> {
    let bytes = answer.body.to_vec();
    let body = if answer.is_cut_off {
        Body::builder().reader(io::Cursor::new(bytes).chain(CutOff))
    } else {
        Body::builder().data(bytes)
    };
    let mut response = Response::builder().status(answer.http_status).body(body).expect("a status from 100 to 999");
    if let Ok(value) = HeaderValue::from_bytes(answer.retry_after) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

/// A connection that ends too early.
struct CutOff;

impl Read for CutOff {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}
