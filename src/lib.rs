//! Client for the ShoutOUT OTP service: sends a one-time passcode by SMS and verifies it. It **never sends a second
//! SMS behind your back and always says whether one may be on its way**.
//!
//! ```no_run
//! use shoutout_otp::{Client, Delivery, Options};
//!
//! let client = Client::new("<your API key>", &Options::new())?;
//! match client.send_otp("ShoutDEMO", "+94 77 123 4567", "Your code is {{code}}") {
//!     Ok(sent) => println!("verify with {}", sent.reference_id()),
//!     Err(error) if error.delivery() == Delivery::Unknown => println!("wait before a resend: {error}"),
//!     Err(error) => println!("nothing was sent: {error}"),
//! }
//! # Ok::<(), shoutout_otp::Error>(())
//! ```
//!
//! # The way of one call
//!
//! `ffi` (check pointers, make strings) → `client` (check the input, decide on another attempt) → `protocol` (JSON out, JSON
//! in, the two status tables) → `connections` (kept or new) → `connect` (names, proxy, TLS) → `http1` (the exchange) → `net`
//! (bytes) → `sys` (system calls), and back by return values. `docs/layout.md` says where each thing is.
//!
//! # Logging
//!
//! This crate logs nothing, and neither do the libraries below it.

mod attempt;
mod call;
mod client;
mod connect;
mod connections;
mod errors;
mod ffi;
mod http1;
mod input;
mod lru;
mod net;
mod operation;
mod options;
mod origin;
mod panic_probe;
mod panics;
mod planted_faults;
mod protocol;
mod retry;
mod scrubber;
mod secret;
mod sys;
#[cfg(any(test, feature = "fuzzing", feature = "simulation"))]
mod testing;
mod tls;

pub use call::Call;
pub use client::Client;
pub use errors::{Delivery, Error, Status};
pub use options::Options;
pub use protocol::{SendResponse, SendResult, VerifyOutcome, VerifyResult};
pub use sys::InterruptCheck;

/// What a simulated world needs beyond the public API, which this is no part of.
#[cfg(feature = "simulation")]
#[doc(hidden)]
#[allow(missing_docs)]
pub mod simulation {
    pub use crate::connections::Connections;
    pub use crate::errors::NetworkFault;
    pub use crate::net::Until;
    pub use crate::net::{
        Dialled, Dialler, Event, Interest, Readiness, Received, SinceLastAnswer, Stream, TellAddresses, World,
    };
    pub use crate::planted_faults::{PlantedFault, plant};
    pub use crate::sys::{LookupFault, ProcessMark, Stop};
    pub use crate::testing::simulated::{client, send_otp, verify_otp};
}

/// What the fuzz targets need beyond the public API, which this is no part of.
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
#[allow(missing_docs)]
pub mod fuzzing {
    pub use crate::testing::planted::{CaughtRequest, PlantedAnswer};
    pub use crate::testing::wire::{Reading, read_of};

    /// Runs a call of this client whose first request gets the answer, and which must make no second one.
    pub fn answering<T>(
        client: &crate::Client,
        answer: PlantedAnswer,
        call: impl FnOnce() -> T,
    ) -> (T, Option<CaughtRequest>) {
        client.planted.play(answer, call)
    }

    pub mod c_abi {
        pub use crate::ffi::*;
    }
}
