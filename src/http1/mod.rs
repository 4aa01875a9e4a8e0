//! HTTP/1.1 on one connection: the bytes and rules of RFC 9112, without sockets.

mod answer_head;
mod body;
mod chunks;
mod connection;
mod exchange;
mod head;
mod request_head;

#[cfg(feature = "fuzzing")]
pub(crate) use answer_head::visible_text;
pub(crate) use body::Body;
pub(crate) use connection::{Connection, Written};
#[cfg(feature = "fuzzing")]
pub(crate) use exchange::read_answer;
pub(crate) use exchange::{Answer, Request, exchange};
pub(crate) use head::{status_and_length, status_of_line};
#[cfg(feature = "fuzzing")]
pub(crate) use request_head::END;
pub(crate) use request_head::{RequestHead, USER_AGENT, connect_head};
