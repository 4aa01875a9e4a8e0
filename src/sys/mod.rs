//! System calls that the standard library does not offer, one file per topic. With `src/ffi/`,
//! the only place with `unsafe`; each function here is safe to call.
#![allow(unsafe_code)]

#[cfg(test)]
mod fork;
mod poll;
mod process_mark;
mod resolver;
mod sockets;
mod stop;
mod threads;
mod wipe;

#[cfg(test)]
pub(crate) use fork::exit_code_of_fork;
pub use poll::{Interest, Readiness};
pub(crate) use poll::{Wait, Waited, pause, wait_for_any};
pub use process_mark::ProcessMark;
pub use resolver::LookupFault;
pub(crate) use resolver::look_up;
pub(crate) use sockets::{Socket, descriptors_are_used_up, is_lack_of_descriptors};
pub use stop::{InterruptCheck, Stop};
pub(crate) use threads::{THREAD_NAME_PREFIX, ThreadCancelDisabled, spawn_without_signals};
pub(crate) use wipe::wipe;
