//! Tells a process from its parent and its children, without a system call.

use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};

/// Tells one process from another across `fork()`: equal marks mean the same process.
///
/// A mark never repeats between a process and its ancestors or descendants, which a process id does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessMark(u64);

/// The page that holds the mark. The kernel fills it with zeros in a forked child.
static MARK_PAGE: AtomicPtr<AtomicU64> = AtomicPtr::new(std::ptr::null_mut());
/// The next free mark. Copied by `fork()`, so a child counts on from where its parent stood.
static NEXT_MARK: AtomicU64 = AtomicU64::new(1);
/// Set in marks made from a process id, so that they meet no counted one.
const FROM_PROCESS_ID: u64 = 1 << 63;

impl ProcessMark {
    /// The mark of the running process: one load from memory, no system call and no lock.
    pub(crate) fn current() -> ProcessMark {
        let Some(page) = mark_page() else {
            return ProcessMark(FROM_PROCESS_ID | u64::from(std::process::id()));
        };
        match page.load(Ordering::Acquire) {
            0 => {
                let fresh = NEXT_MARK.fetch_add(1, Ordering::Relaxed);
                match page.compare_exchange(0, fresh, Ordering::AcqRel, Ordering::Acquire) {
                    Ok(_) => ProcessMark(fresh),
                    Err(of_another_thread) => ProcessMark(of_another_thread),
                }
            }
            mark => ProcessMark(mark),
        }
    }

    /// The mark of a process in a simulated world.
    #[cfg(feature = "simulation")]
    pub fn simulated(number: u64) -> ProcessMark {
        ProcessMark(number)
    }
}

/// The page that holds the mark, or nothing where the kernel cannot wipe pages on fork (before Linux 4.14).
fn mark_page() -> Option<&'static AtomicU64> {
    let mut page = MARK_PAGE.load(Ordering::Acquire);
    if page.is_null() {
        let fresh = map_page_wiped_on_fork()?;
        page = match MARK_PAGE.compare_exchange(page, fresh, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => fresh,
            Err(of_another_thread) => {
                unmap_page(fresh);
                of_another_thread
            }
        };
    }
    // SAFETY: the pointer came from `map_page_wiped_on_fork`, is aligned to a page, and the winner of the exchange
    // above is never unmapped; the kernel fills the page with zeros, a valid AtomicU64.
    Some(unsafe { &*page })
}

const PAGE_BYTES: usize = 4096;

#[cfg(target_os = "linux")]
fn map_page_wiped_on_fork() -> Option<*mut AtomicU64> {
    // SAFETY: an anonymous private mapping at an address of the kernel's choice touches no memory of ours.
    let page = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            PAGE_BYTES,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    };
    if page == libc::MAP_FAILED {
        return None;
    }
    // Some emulators accept any advice and do nothing. If an invalid advice is accepted, do not use the page.
    const NO_SUCH_ADVICE: libc::c_int = -1;
    // SAFETY: the range is the mapping made above, and the first advice does not exist.
    let (lies, wipes) = unsafe {
        let lies = libc::madvise(page, PAGE_BYTES, NO_SUCH_ADVICE) == 0;
        (lies, libc::madvise(page, PAGE_BYTES, libc::MADV_WIPEONFORK) == 0)
    };
    if lies || !wipes {
        unmap_page(page.cast());
        return None;
    }
    Some(page.cast())
}

#[cfg(not(target_os = "linux"))]
fn map_page_wiped_on_fork() -> Option<*mut AtomicU64> {
    None
}

fn unmap_page(page: *mut AtomicU64) {
    // SAFETY: called only with a whole mapping of `map_page_wiped_on_fork` that nobody else has seen.
    unsafe { libc::munmap(page.cast(), PAGE_BYTES) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::exit_code_of_fork;

    #[test]
    fn the_mark_of_a_process_stays_the_same() {
        assert_eq!(ProcessMark::current(), ProcessMark::current());
    }

    #[test]
    fn a_forked_child_and_its_child_have_marks_of_their_own() {
        let parent = ProcessMark::current();
        assert_eq!(
            exit_code_of_fork(|| {
                let child = ProcessMark::current();
                let grandchild_differs = exit_code_of_fork(|| {
                    let own = ProcessMark::current();
                    i32::from(own == child || own == parent)
                });
                i32::from(child == parent) | grandchild_differs
            }),
            0
        );
    }
}
