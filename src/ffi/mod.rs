//! The C ABI: one file per handle, nothing but pointers, strings and panics. Whatever decides something is in the
//! safe crate above. The laws that hold for every function stand once, at the top of the header (`cbindgen.toml`).
#![allow(unsafe_code, non_camel_case_types)]
// The laws in the header say what a caller must keep; repeating them at each function would hide what is special.
#![allow(clippy::missing_safety_doc)]

mod call;
mod client;
mod error;
mod guard;
mod handle;
mod options;
mod send_result;
mod setter;
mod status;
mod text;
mod verify_result;
mod version;

// The fuzz targets call what C calls, with signatures that the compiler holds them to.
#[cfg(feature = "fuzzing")]
pub use {call::*, client::*, error::*, options::*, send_result::*, status::*, verify_result::*, version::*};
