//! The few calls to the operating system that the standard library does not offer.
//! Together with `src/ffi/` the only place with `unsafe`; each function here has a safe face.
#![allow(unsafe_code)]

use std::ffi::CString;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Tells one process from another across `fork()`: equal marks mean the same process.
///
/// A mark never repeats between a process and its ancestors or descendants, which a process id does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ProcessMark(u64);

/// Where the kernel keeps the mark for us: a page that it empties in a child.
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
    // Some emulators accept any advice and follow none: who accepts one that does not exist is not believed.
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

/// Overwrites bytes before their memory is given back, in a way that the optimiser may not remove.
pub(crate) fn wipe(mut bytes: Vec<u8>) {
    for byte in bytes.iter_mut() {
        // SAFETY: a reference into the vector is valid for a write.
        unsafe { std::ptr::write_volatile(byte, 0) };
    }
    std::sync::atomic::compiler_fence(Ordering::SeqCst);
}

/// How the names of all threads of this library begin.
pub(crate) const THREAD_NAME_PREFIX: &str = "shoutout-";

/// Starts a thread that blocks every signal, so that none of the host's handlers ever runs on it.
///
/// A child of `pthread_create` inherits the mask, hence the detour over the caller's own.
pub(crate) fn spawn_without_signals(
    name: &str,
    stack_bytes: usize,
    work: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    let callers_mask = block_all_signals();
    let spawned = std::thread::Builder::new().name(name.to_owned()).stack_size(stack_bytes).spawn(work);
    restore_signals(&callers_mask);
    spawned.map(drop)
}

fn block_all_signals() -> libc::sigset_t {
    // SAFETY: both sets are plain memory that the calls fill; `zeroed` is a valid value of the C struct.
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        let mut before: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before);
        before
    }
}

fn restore_signals(mask: &libc::sigset_t) {
    // SAFETY: the mask was filled by `block_all_signals`; a NULL third argument asks for nothing back.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, mask, std::ptr::null_mut()) };
}

/// What to wait for on a socket.
#[derive(Clone, Copy)]
pub(crate) enum Readiness {
    Readable,
    Writable,
}

/// Waits until the socket is ready, fails, or the deadline passes; says whether it was ready.
///
/// A signal handler of the host that interrupts the wait does not shorten or lengthen it.
pub(crate) fn wait_until(socket: BorrowedFd<'_>, readiness: Readiness, deadline: Instant) -> io::Result<bool> {
    let events = match readiness {
        Readiness::Readable => libc::POLLIN,
        Readiness::Writable => libc::POLLOUT,
    };
    loop {
        let mut poll = libc::pollfd { fd: socket.as_raw_fd(), events, revents: 0 };
        let left = deadline.saturating_duration_since(Instant::now());
        // SAFETY: `poll` is one valid entry, and the count says one.
        let ready = unsafe { libc::poll(&mut poll, 1, whole_milliseconds(left)) };
        if ready > 0 {
            return Ok(true);
        }
        if ready < 0 {
            let error = io::Error::last_os_error();
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        }
        if Instant::now() >= deadline {
            return Ok(false);
        }
    }
}

/// Rounded up, so that a wait never spins through its last millisecond.
fn whole_milliseconds(duration: Duration) -> libc::c_int {
    let rounded_up = duration.as_nanos().div_ceil(1_000_000);
    libc::c_int::try_from(rounded_up).unwrap_or(libc::c_int::MAX)
}

/// Why the system's resolver gave no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LookupFault {
    /// No answer for now: asking again may help.
    ForNow,
    /// The name has no address.
    NoSuchName,
}

/// Asks the system's resolver for the addresses of a host name. Blocks for as long as the resolver likes.
///
/// `getaddrinfo` itself rather than the standard library's wrapper, which drops the difference that
/// [`LookupFault`] keeps.
pub(crate) fn look_up(host: &str) -> Result<Vec<IpAddr>, LookupFault> {
    let Ok(host) = CString::new(host) else {
        return Err(LookupFault::NoSuchName);
    };
    begin_resolver_afresh();
    // SAFETY: `zeroed` is a valid "no hint" value of the C struct.
    let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
    hints.ai_socktype = libc::SOCK_STREAM;
    let mut list: *mut libc::addrinfo = std::ptr::null_mut();
    // SAFETY: the host is NUL-terminated, a NULL service is allowed, and `list` is written on success only.
    let code = unsafe { libc::getaddrinfo(host.as_ptr(), std::ptr::null(), &hints, &mut list) };
    match code {
        0 => {}
        libc::EAI_AGAIN | libc::EAI_SYSTEM | libc::EAI_MEMORY => return Err(LookupFault::ForNow),
        _ => return Err(LookupFault::NoSuchName),
    }
    let mut addresses = Vec::new();
    let mut entry = list;
    while !entry.is_null() {
        // SAFETY: the entries of the list stay valid until it is freed below.
        let current = unsafe { &*entry };
        addresses.extend(address_of(current));
        entry = current.ai_next;
    }
    // SAFETY: the list came from getaddrinfo, is freed once and not used after.
    unsafe { libc::freeaddrinfo(list) };
    if addresses.is_empty() {
        return Err(LookupFault::NoSuchName);
    }
    Ok(addresses)
}

/// Leaves behind what this thread's resolver may have inherited. glibc keeps a thread's resolver state in the thread's
/// descriptor, and a forked child builds its threads where those of its parent stood: where one of those was in a lookup,
/// the child's would go on with its socket, take the parent's answers from it, or write to whatever else has that number
/// by now.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn begin_resolver_afresh() {
    unsafe extern "C" {
        fn __res_state() -> *mut libc::c_void;
        fn __res_ninit(state: *mut libc::c_void) -> libc::c_int;
    }
    // SAFETY: the state is the calling thread's own. This uses and closes no socket; where it fails, the lookup will.
    unsafe { __res_ninit(__res_state()) };
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn begin_resolver_afresh() {}

fn address_of(entry: &libc::addrinfo) -> Option<IpAddr> {
    match entry.ai_family {
        libc::AF_INET => {
            // SAFETY: the family says that the address is a sockaddr_in.
            let address = unsafe { &*entry.ai_addr.cast::<libc::sockaddr_in>() };
            Some(Ipv4Addr::from(u32::from_be(address.sin_addr.s_addr)).into())
        }
        libc::AF_INET6 => {
            // SAFETY: the family says that the address is a sockaddr_in6.
            let address = unsafe { &*entry.ai_addr.cast::<libc::sockaddr_in6>() };
            Some(Ipv6Addr::from(address.sin6_addr.s6_addr).into())
        }
        _ => None,
    }
}

/// Runs `body` in a forked child and gives what it returns; a child that hangs is ended by a signal.
#[cfg(test)]
pub(crate) fn exit_code_of_fork(body: impl FnOnce() -> i32) -> i32 {
    const PATIENCE_SECONDS: libc::c_uint = 30;
    // SAFETY: the child runs our code, under a timer of its own, and leaves by _exit: nothing of the parent's is run or
    // dropped twice.
    unsafe {
        match libc::fork() {
            0 => {
                libc::alarm(PATIENCE_SECONDS);
                let code = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body));
                libc::_exit(code.unwrap_or(101))
            }
            child => {
                let mut status = 0;
                assert_eq!(libc::waitpid(child, &mut status, 0), child);
                assert!(libc::WIFEXITED(status), "the child hung, or died of a signal: {status:#x}");
                libc::WEXITSTATUS(status)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn the_systems_resolver_gives_addresses_of_both_families_or_says_that_there_is_none() {
        assert_eq!(look_up("127.0.0.1"), Ok(vec![IpAddr::from([127, 0, 0, 1])]));
        assert_eq!(look_up("::1"), Ok(vec![IpAddr::from(Ipv6Addr::LOCALHOST)]));
        assert_eq!(look_up("a\0b"), Err(LookupFault::NoSuchName));
        assert_eq!(look_up(&"a".repeat(300)), Err(LookupFault::NoSuchName));
    }

    #[test]
    fn a_thread_of_ours_blocks_signals_and_the_caller_keeps_its_mask() {
        let (tell, told) = std::sync::mpsc::channel();
        spawn_without_signals("mask-test", 64 * 1024, move || {
            tell.send(signal_is_blocked(libc::SIGTERM)).unwrap();
        })
        .unwrap();
        assert!(told.recv().unwrap(), "the thread must block SIGTERM");
        assert!(!signal_is_blocked(libc::SIGTERM), "the caller must not");
    }

    fn signal_is_blocked(signal: libc::c_int) -> bool {
        // SAFETY: a NULL second argument only reads the mask into `now`.
        unsafe {
            let mut now: libc::sigset_t = std::mem::zeroed();
            libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), &mut now);
            libc::sigismember(&now, signal) == 1
        }
    }
}
