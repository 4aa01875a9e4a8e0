//! Faults on demand: "the next N requests that match do this, then all is well again".
//!
//! `rule` says what can be asked for, `queue` which fault a request meets, `inject` what it then does to the request.

mod dice;
mod inject;
mod queue;
mod rule;

pub use inject::inject;
pub use queue::{Fault, Faults};
pub use rule::{Action, Rule};
