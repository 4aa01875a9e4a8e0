//! The sandbox from outside: every test starts a real server on a port of its own and speaks HTTP to it.
#![forbid(unsafe_code)]

mod control;
mod faults;
mod guard;
mod http;
mod inputs;
mod page;
mod process;
mod server;
mod verify;
