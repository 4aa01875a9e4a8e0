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

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr::{null, null_mut};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicPtr, Ordering};

    /// A handle, as C gets one.
    fn given<T>(value: T) -> *mut T {
        let mut output = null_mut();
        // SAFETY: valid for a write.
        unsafe { give(&mut output, value) };
        output
    }

    #[test]
    fn what_is_given_is_borrowed_changed_and_dropped_once() {
        let value = Arc::new(());
        let handle = given((value.clone(), 1));
        // SAFETY: a live handle, which one thread uses, and which is not used after it is freed.
        unsafe {
            assert_eq!(borrow(handle).unwrap().1, 1);
            borrow_mut(handle).unwrap().1 = 2;
            assert_eq!(borrow(handle).unwrap().1, 2);
            assert_eq!(Arc::strong_count(&value), 2);
            free(handle);
        }
        assert_eq!(Arc::strong_count(&value), 1);
    }

    #[test]
    fn a_handle_is_freed_on_any_thread() {
        let value = Arc::new(());
        let handle = AtomicPtr::new(given(value.clone()));
        // SAFETY: a live handle, which nothing uses any more.
        std::thread::spawn(move || unsafe { free(handle.load(Ordering::Relaxed)) }).join().unwrap();
        assert_eq!(Arc::strong_count(&value), 1);
    }

    #[test]
    fn a_value_of_no_size_is_a_handle_too() {
        let handle = given(());
        assert!(!handle.is_null());
        // SAFETY: a live handle, which is not used after it is freed.
        unsafe {
            assert!(borrow(handle).is_some());
            free(handle);
        }
    }

    #[test]
    fn an_output_holds_no_old_pointer_once_it_is_cleared() {
        let mut number = 1;
        let mut output: *mut i32 = &mut number;
        // SAFETY: valid for a write.
        unsafe { clear(&mut output) };
        assert!(output.is_null());
    }

    #[test]
    fn null_is_no_handle_and_no_output() {
        let value = Arc::new(());
        // SAFETY: NULL is allowed everywhere.
        unsafe {
            assert!(borrow(null::<i32>()).is_none());
            assert!(borrow_mut(null_mut::<i32>()).is_none());
            clear(null_mut::<*mut i32>());
            free(null_mut::<i32>());
            give(null_mut(), value.clone());
        }
        assert_eq!(Arc::strong_count(&value), 1, "what nobody takes is dropped");
    }
}
