//! What the setters of `so_options` and `so_call` share.

use super::guard::contain;
use super::handle::borrow_mut;
use super::status::so_status;
use crate::errors::{Error, Status};

/// Runs a setter and gives its status.
///
/// # Safety
/// NULL or a live handle that no other thread uses.
pub(super) unsafe fn set<T>(handle: *mut T, setter: impl FnOnce(&mut T) -> Result<(), Error>) -> so_status {
    let status = contain(Status::InternalError, || {
        // SAFETY: the caller's promise.
        match unsafe { borrow_mut(handle) } {
            None => Status::InvalidArgument,
            Some(handle) => setter(handle).map_or_else(|error| error.status(), |()| Status::Ok),
        }
    });
    status.number()
}
