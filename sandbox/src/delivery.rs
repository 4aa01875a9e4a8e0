//! How an answer goes out, where it is not simply at once and whole.
//!
//! Whoever makes an answer decides, and says so in the answer's extensions; this layer, the outermost, does it. So what
//! was decided is known (and can be written down) before a client that waits has lost its patience.

use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt;
use futures_util::stream::{iter, once};

use crate::connection::{Cut, Knife};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Nothing for so long, then everything.
    Late(Duration),
    /// The head and half of the body, the rest so much later.
    HalfLate(Duration),
    /// The head and half of the body, then the connection is closed.
    HalfOnly,
    /// The connection is cut without an answer.
    Never(Cut),
}

impl Delivery {
    pub fn of(self, mut response: Response) -> Response {
        response.extensions_mut().insert(self);
        response
    }
}

pub async fn deliver(ConnectInfo(knife): ConnectInfo<Knife>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Delivery>() {
        None => response,
        Some(Delivery::Late(time)) => {
            tokio::time::sleep(time).await;
            response
        }
        Some(Delivery::HalfLate(time)) => {
            in_halves(response, move |rest| async move {
                tokio::time::sleep(time).await;
                rest
            })
            .await
        }
        Some(Delivery::HalfOnly) => {
            in_halves(response, |_| async move {
                knife.cut(Cut::CloseWhenFlushed);
                pending().await
            })
            .await
        }
        Some(Delivery::Never(cut)) => {
            knife.cut(cut);
            response
        }
    }
}

/// The length is that of the whole, whatever becomes of the second half.
async fn in_halves<F>(response: Response, second: impl FnOnce(Bytes) -> F + Send + 'static) -> Response
where
    F: Future<Output = Bytes> + Send + 'static,
{
    let (mut parts, body) = response.into_parts();
    let mut first = whole(body).await;
    parts.headers.insert(CONTENT_LENGTH, first.len().into());
    let rest = first.split_off(first.len() / 2);
    let halves = iter([first]).chain(once(async move { second(rest).await }));
    Response::from_parts(parts, Body::from_stream(halves.map(Ok::<_, Infallible>)))
}

/// Every answer that is delivered in an unusual way is in memory already, so it cannot fail.
pub async fn whole(body: Body) -> Bytes {
    to_bytes(body, usize::MAX).await.unwrap_or_default()
}
