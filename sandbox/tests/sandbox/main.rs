//! The sandbox from outside: every test starts a real server on a port of its own and speaks HTTP to it.
#![forbid(unsafe_code)]

mod clock;
mod control;
mod events;
mod faults;
mod guard;
mod http;
mod inputs;
mod journal;
mod magic_numbers;
mod page;
mod process;
mod server;
mod sse;
mod switches;
mod tls;
mod verify;
mod wait;
mod warnings;
