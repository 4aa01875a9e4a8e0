//! Test doubles for the network, for unit tests and for fuzzing. Never in a shipped build.

#[cfg(feature = "fuzzing")]
pub(crate) mod planted;
pub(crate) mod scripted;
#[cfg(feature = "fuzzing")]
pub(crate) mod wire;
