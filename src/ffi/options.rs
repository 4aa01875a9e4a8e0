//! `so_options`: how a client is to behave.

use std::ffi::c_char;

use super::guard::contain;
use super::handle::free;
use super::setter;
use super::status::so_status;
use super::text;
use crate::errors::Error;
use crate::options::{MAX_HEADER_VALUE_BYTES, MAX_SHORT_BYTES, MAX_URL_BYTES, Options};

/// How a client is to behave; used by one thread at a time, freed with so_free_options.
pub struct so_options {
    pub(super) options: Options,
}

/// Runs a setter and gives its status.
///
/// # Safety
/// NULL or a live handle that no other thread uses.
unsafe fn set(options: *mut so_options, set: impl FnOnce(&mut Options) -> Result<(), Error>) -> so_status {
    // SAFETY: the caller's promise.
    unsafe { setter::set(options, |handle| set(&mut handle.options)) }
}

/// Reads the text of an option; what cannot be read is refused, and remembered.
///
/// # Safety
/// As `text::read`.
unsafe fn option_text<'a>(
    options: &mut Options,
    name: &str,
    value: *const c_char,
    max_bytes: usize,
) -> Result<&'a str, Error> {
    // SAFETY: the caller's promise.
    unsafe { text::read(value, max_bytes) }.map_err(|fault| options.refuse(name, &fault.problem(max_bytes)))
}

/// Makes options that are all unset, that is, at their defaults. Free them with so_free_options; a client keeps no
/// pointer to them. NULL only after a contained panic.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_options_new() -> *mut so_options {
    contain(std::ptr::null_mut(), || Box::into_raw(Box::new(so_options { options: Options::new() })))
}

/// Where the service is: https:// (http:// on this machine only), without user info, query and fragment, at most
/// 4096 bytes; /send and /verify are appended. Default: https://api.getshoutout.com/otpservice
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_options_set_base_url(options: *mut so_options, url: *const c_char) -> so_status {
    // SAFETY: law 1 for the handle, law 2 for the string.
    unsafe {
        set(options, |options| {
            let url = option_text(options, "base_url", url, MAX_URL_BYTES)?;
            options.set_base_url(url)
        })
    }
}

/// The word before the key in the Authorization header. Default: Apikey. "Bearer" has been seen to work.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_options_set_auth_scheme(options: *mut so_options, scheme: *const c_char) -> so_status {
    // SAFETY: law 1 for the handle, law 2 for the string.
    unsafe {
        set(options, |options| {
            let scheme = option_text(options, "auth_scheme", scheme, MAX_SHORT_BYTES)?;
            options.set_auth_scheme(scheme)
        })
    }
}

/// One more header on every request, as some gateways want it; at most 32. Refused are those that frame, route or
/// authorise a request: Host, Content-*, Transfer-Encoding, Connection, Expect, TE, Trailer, Upgrade, Accept-Encoding,
/// Authorization, Proxy-* and User-Agent. The value (at most 4096 bytes of printable ASCII) is treated as a secret.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_options_add_header(
    options: *mut so_options,
    name: *const c_char,
    value: *const c_char,
) -> so_status {
    // SAFETY: law 1 for the handle, law 2 for the strings.
    unsafe {
        set(options, |options| {
            let name = option_text(options, "add_header name", name, MAX_SHORT_BYTES)?;
            let value = option_text(options, "add_header value", value, MAX_HEADER_VALUE_BYTES)?;
            options.add_header(name, value)
        })
    }
}

/// How long a whole call may take, in milliseconds: name lookup, proxy, TLS, retries, everything.
/// 1 to 600000. Default: 30000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_options_set_timeout_ms(options: *mut so_options, milliseconds: u32) -> so_status {
    // SAFETY: law 1 for the handle.
    unsafe { set(options, |options| options.set_timeout_ms(milliseconds)) }
}

/// How long one attempt may take until its connection stands, in milliseconds: name lookup, proxy and TLS included.
/// 1 to 600000. Default: 5000.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_options_set_connect_timeout_ms(options: *mut so_options, milliseconds: u32) -> so_status {
    // SAFETY: law 1 for the handle.
    unsafe { set(options, |options| options.set_connect_timeout_ms(milliseconds)) }
}

/// How often a request is tried again, only where surely nothing was sent. 0 to 10; 0 means never. Default: 2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_options_set_max_retries(options: *mut so_options, retries: u32) -> so_status {
    // SAFETY: law 1 for the handle.
    unsafe { set(options, |options| options.set_max_retries(retries)) }
}

/// A PEM file with the certificates of the authorities to trust instead of the bundled web PKI set. What it holds
/// now is what counts: to take up a renewed file, make new options and a new client. A process need not read a file again
/// that has not changed, so a client for each web request may name the whole bundle of a distribution.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_options_set_ca_file(options: *mut so_options, path: *const c_char) -> so_status {
    // SAFETY: law 1 for the handle, law 2 for the string.
    unsafe {
        set(options, |options| {
            let path = option_text(options, "ca_file", path, MAX_URL_BYTES)?;
            options.set_ca_file(path)
        })
    }
}

/// An http:// proxy to reach the service through, by CONNECT; user and password may stand in the URL. NULL for none,
/// which is the default: no environment variable is read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_options_set_proxy(options: *mut so_options, url: *const c_char) -> so_status {
    // SAFETY: law 1 for the handle, law 2 for the string.
    unsafe {
        set(options, |options| {
            if url.is_null() {
                return options.set_proxy(None);
            }
            let url = option_text(options, "proxy", url, MAX_URL_BYTES)?;
            options.set_proxy(Some(url))
        })
    }
}

/// Not 0 accepts an http:// base URL beyond this machine, over which the key travels in the clear. Default: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_options_set_allow_plain_http(options: *mut so_options, allow: i32) -> so_status {
    // SAFETY: law 1 for the handle.
    unsafe {
        set(options, |options| {
            options.set_allow_plain_http(allow != 0);
            Ok(())
        })
    }
}

/// What to append to the User-Agent, such as "my-shop/2.1"; at most 256 bytes of printable ASCII.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_options_set_user_agent_suffix(
    options: *mut so_options,
    suffix: *const c_char,
) -> so_status {
    // SAFETY: law 1 for the handle, law 2 for the string.
    unsafe {
        set(options, |options| {
            let suffix = option_text(options, "user_agent_suffix", suffix, MAX_SHORT_BYTES)?;
            options.set_user_agent_suffix(suffix)
        })
    }
}

/// Frees options; NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_free_options(options: *mut so_options) {
    // SAFETY: law 1: NULL or a handle that is given back.
    contain((), || unsafe { free(options) });
}
