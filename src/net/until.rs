//! How long a wait may last.

use std::time::Instant;

use crate::errors::NetworkFault;
use crate::sys::{Stop, Waited};

/// Until when to wait, and what may end the wait earlier.
#[derive(Clone, Copy, Debug)]
pub struct Until<'a> {
    /// The latest end.
    pub deadline: Instant,
    /// Ends it when the call is cancelled.
    pub stop: Option<&'a Stop>,
}

impl Until<'_> {
    /// Whether the call was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.stop.is_some_and(Stop::is_cancelled)
    }

    /// Why a wait ended for which nothing came.
    pub(super) fn fault(&self) -> NetworkFault {
        if self.is_cancelled() { NetworkFault::cancelled() } else { NetworkFault::timed_out() }
    }

    /// A wait that found nothing ready is a fault.
    pub(super) fn check(waited: Waited) -> Result<(), NetworkFault> {
        match waited {
            Waited::Ready => Ok(()),
            Waited::TimeIsOver => Err(NetworkFault::timed_out()),
            Waited::Stopped => Err(NetworkFault::cancelled()),
        }
    }
}
