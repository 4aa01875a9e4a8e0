//! What can go wrong, and whether an SMS may be on its way. All other modules may use this one; it uses none of them.

mod delivery;
mod error;
mod network_fault;
mod status;

pub use delivery::Delivery;
pub use error::Error;
pub(crate) use error::Report;
pub use network_fault::NetworkFault;
pub(crate) use network_fault::{Cause, Phase};
pub use status::Status;
