//! The other end of the wire, for tests.
//!
//! Tests of a client that must never send twice need a service that says exactly what it was told to say and remembers
//! exactly what it was asked. A web framework would tidy both; so this one stands on sockets and threads alone, from the
//! bottom up:
//!
//! - [`http`]: one request in, one answer out, as bytes;
//! - [`Listener`]: a free loopback port, one thread per connection, gone when dropped. A test that wants to break the
//!   connection itself (reset it, cut an answer in half) starts here;
//! - [`StubService`]: a `Listener` that speaks HTTP and answers through a closure;
//! - [`FaultService`]: a `Listener` that breaks off where and how it is told;
//! - [`EarlyService`]: a `Listener` that answers before it has read the request;
//! - [`TlsServer`]: TLS whose records a test has in its own hands;
//! - [`ScriptedProxy`]: a CONNECT proxy that says what it is told to say;
//! - [`HastyService`]: a `Listener` that promises to keep each connection and ends it a moment later;
//! - [`BlackHole`]: an address that swallows connections;
//! - [`Nginx`] and [`Tinyproxy`]: real servers, for what a stand-in of ours cannot show; an [`Authority`] certifies them;
//! - [`EchoService`]: a `Listener` that names the destination in its answer and counts, plain or with TLS;
//! - [`table`] and [`GoldenService`]: the golden table, and a `StubService` that plays it.
//!
//! It shares no code with the client, so that each checks the other, and it listens on 127.0.0.1, unless a test names another
//! address of this machine.

#![forbid(unsafe_code)]

mod authority;
mod base64;
mod black_hole;
mod early;
mod echo;
mod fault;
mod golden;
mod hasty;
pub mod http;
mod identity;
mod listener;
mod nginx;
mod program;
mod proxy;
mod service;
pub mod table;
mod tinyproxy;
mod tls;
mod tunnel;

pub use authority::Authority;
pub use black_hole::BlackHole;
pub use early::{EarlyPlan, EarlyService, Then};
pub use echo::{Counts, EchoService, echo};
pub use fault::{Fault, FaultService, Phase, Plan};
pub use golden::{GoldenService, Unexpected};
pub use hasty::HastyService;
pub use http::{Answer, Request, Unsaid};
pub use identity::{Identity, TlsVersion};
pub use listener::{Listener, reset_on_close};
pub use nginx::{LoggedRequest, Nginx, Site};
pub use proxy::ScriptedProxy;
pub use service::StubService;
pub use tinyproxy::Tinyproxy;
pub use tls::{BROKEN_RECORD, Tickets, TlsServer, TlsSession};
pub use tunnel::{TUNNEL_STANDS, read_connect, relay};
