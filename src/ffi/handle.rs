//! Handles: boxes that the caller holds. Each pointer that comes in passes through here, once.

/// What a `const so_x *` points to; `None` for NULL.
///
/// # Safety
/// NULL, or a handle that this library gave and that is not freed before `'a` ends.
pub(super) unsafe fn borrow<'a, T>(handle: *const T) -> Option<&'a T> {
    // SAFETY: the caller's promise.
    unsafe { handle.as_ref() }
}

/// What a `so_x *` points to, to be changed; `None` for NULL.
///
/// # Safety
/// As [`borrow`], and used by no other thread meanwhile.
pub(super) unsafe fn borrow_mut<'a, T>(handle: *mut T) -> Option<&'a mut T> {
    // SAFETY: the caller's promise.
    unsafe { handle.as_mut() }
}

/// Sets an output to NULL, so that it holds no old pointer if the call fails; NULL is no output.
///
/// # Safety
/// NULL, or valid for a write.
pub(super) unsafe fn clear<T>(output: *mut *mut T) {
    if !output.is_null() {
        // SAFETY: the caller's promise.
        unsafe { output.write(std::ptr::null_mut()) };
    }
}

/// Hands a value out to the caller, who frees it; with NULL for an output it is dropped.
///
/// # Safety
/// NULL, or valid for a write.
pub(super) unsafe fn give<T>(output: *mut *mut T, value: T) {
    if !output.is_null() {
        // SAFETY: the caller's promise.
        unsafe { output.write(Box::into_raw(Box::new(value))) };
    }
}

/// Takes a handle back and drops what it holds; NULL does nothing.
///
/// # Safety
/// NULL, or a handle that [`give`] gave and that nothing uses any more.
pub(super) unsafe fn free<T>(handle: *mut T) {
    if !handle.is_null() {
        // SAFETY: the caller's promise; `give` made it from a box.
        drop(unsafe { Box::from_raw(handle) });
    }
}
