//! Delivery: the one thing that an application needs to know about a failed send.
//! The input checks, the protocol and the network code all use it.

use std::fmt;

/// Whether an SMS may be on its way although the call failed; for a verification, whether the attempt may have been
/// counted or the code used up.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// Surely not: the request never left whole, or the service refused it. Repeating the call is safe.
    NotSent = 1,
    /// Perhaps: ask the user to wait before a resend; treat a code as not verified.
    Unknown = 2,
}

impl Delivery {
    /// The constant's name in C, with its NUL.
    pub(crate) const fn name_with_nul(self) -> &'static str {
        match self {
            Delivery::NotSent => "SHOUTOUT_DELIVERY_NOT_SENT\0",
            Delivery::Unknown => "SHOUTOUT_DELIVERY_UNKNOWN\0",
        }
    }
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Delivery::NotSent => "not sent",
            Delivery::Unknown => "unknown",
        })
    }
}
