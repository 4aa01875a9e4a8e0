//! Test doubles for the network, for unit tests, fuzzing and simulation. Never in a shipped build.

#[cfg(feature = "fuzzing")]
pub(crate) mod planted;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod scripted;
#[cfg(feature = "simulation")]
pub(crate) mod simulated;
#[cfg(feature = "fuzzing")]
pub(crate) mod wire;
