//! What rustls found wrong, as a fault.

use rustls::{Error, OtherError};

use super::verifier::ServerIsItsOwnAuthority;
use crate::errors::{Cause, NetworkFault};

/// Turns an error of rustls into our fault.
pub(crate) fn fault_of_tls(error: Error) -> NetworkFault {
    let cause = match &error {
        // Only the clock of `client_config` says that it has no time.
        Error::FailedToGetCurrentTime => Cause::Clock,
        Error::Other(OtherError(why)) if why.is::<ServerIsItsOwnAuthority>() => Cause::ServerIsItsOwnAuthority,
        _ => Cause::Tls,
    };
    NetworkFault::new(cause, error.to_string())
}
