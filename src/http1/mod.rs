//! HTTP/1.1 on one connection: the bytes and rules of RFC 9112, without sockets.

mod answer_head;
mod body;
mod chunks;
mod connection;
mod exchange;
mod request_head;

#[cfg(feature = "fuzzing")]
pub(crate) use answer_head::visible_text;
pub(crate) use answer_head::{status_and_length, status_of_line};
pub(crate) use body::Body;
pub(crate) use connection::{Connection, Written};
#[cfg(feature = "fuzzing")]
pub(crate) use exchange::read_answer;
pub(crate) use exchange::{Answer, Request, exchange};
#[cfg(feature = "fuzzing")]
pub(crate) use request_head::END;
pub(crate) use request_head::{RequestHead, USER_AGENT, connect_head};
