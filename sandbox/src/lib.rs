//! A local stand-in for the ShoutOUT OTP service, for development and tests only.
//!
//! It answers at the provider's paths, keeps every "SMS" in memory and hands it out through a control API and a small
//! inbox page. It shares no code with the client library on purpose: each checks the other's reading of the service.
//!
//! The way of a request is the order of reading: [`server`] (accept, stop) → `connection` (which can be cut) → `delivery`
//! (how the answer goes out) → `record` (the journal) → `guard` (who may talk to us) → `body` (how much they may say) →
//! `routes` → `faults` → `provider` (the service's own paths) or `control` (ours) → `state`, which tells `feed`.
#![forbid(unsafe_code)]

pub mod args;
mod body;
mod challenge;
pub mod clock;
mod connection;
mod control;
mod delivery;
mod faults;
mod feed;
pub mod guard;
mod inbox;
mod journal;
mod magic;
mod note;
mod number;
mod provider;
mod random;
mod rate;
mod record;
mod routes;
mod sandbox;
pub mod server;
mod settings;
mod sms;
mod state;
mod store;
mod subject;
pub mod tls;
mod view;
pub mod wait;

pub use rate::RateLimit;
pub use sandbox::Sandbox;
pub use settings::{Settings, WrongCodeStatus};
