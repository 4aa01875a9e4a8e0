//! The system's resolver.

use std::ffi::CString;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::descriptors_are_used_up;

/// Why the system's resolver gave no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupFault {
    /// No answer for now: asking again may help.
    Unavailable,
    /// The name has no address.
    Unknown,
    /// The process or the machine has no file descriptor left.
    TooManyFiles,
}

/// Asks the system's resolver for the addresses of a host name. Blocks for as long as the resolver likes.
///
/// `getaddrinfo` itself rather than the standard library's wrapper, which drops the difference that
/// [`LookupFault`] keeps.
pub(crate) fn look_up(host: &str) -> Result<Vec<IpAddr>, LookupFault> {
    let Ok(host) = CString::new(host) else {
        return Err(LookupFault::Unknown);
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
        // Without descriptors, `getaddrinfo` returns different codes, so ask for the real cause.
        _ if descriptors_are_used_up() => return Err(LookupFault::TooManyFiles),
        libc::EAI_AGAIN | libc::EAI_SYSTEM | libc::EAI_MEMORY => return Err(LookupFault::Unavailable),
        _ => return Err(LookupFault::Unknown),
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
        return Err(LookupFault::Unknown);
    }
    Ok(addresses)
}

/// Resets this thread's resolver state, which it may have inherited through `fork()`. glibc keeps that state in the thread's
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resolver_returns_both_families_or_no_such_name() {
        assert_eq!(look_up("127.0.0.1"), Ok(vec![IpAddr::from([127, 0, 0, 1])]));
        assert_eq!(look_up("::1"), Ok(vec![IpAddr::from(Ipv6Addr::LOCALHOST)]));
        assert_eq!(look_up("a\0b"), Err(LookupFault::Unknown));
        assert_eq!(look_up(&"a".repeat(300)), Err(LookupFault::Unknown));
    }
}
