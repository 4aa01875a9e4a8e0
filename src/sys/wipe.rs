//! Overwriting a secret before its memory is given back.

use std::sync::atomic::Ordering;

/// Overwrites bytes before their memory is given back, in a way that the optimiser may not remove.
pub(crate) fn wipe(mut bytes: Vec<u8>) {
    for byte in bytes.iter_mut() {
        // SAFETY: a reference into the vector is valid for a write.
        unsafe { std::ptr::write_volatile(byte, 0) };
    }
    std::sync::atomic::compiler_fence(Ordering::SeqCst);
}
