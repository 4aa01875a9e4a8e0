//! Versions: what a wrapper asks before it binds anything else.

use std::ffi::c_char;

/// The version of the library, such as "0.1.0". The string is static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The version of the binary interface: major << 16 | minor. Compare it with SHOUTOUT_OTP_ABI_VERSION, which is the
/// header's: an equal major and a minor that is not smaller fit together.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn so_abi_version() -> u32 {
    const { number(env!("CARGO_PKG_VERSION_MAJOR")) << 16 | number(env!("CARGO_PKG_VERSION_MINOR")) }
}

const fn number(digits: &str) -> u32 {
    match u32::from_str_radix(digits, 10) {
        Ok(number) => number,
        Err(_) => panic!("a version component is a number"),
    }
}
