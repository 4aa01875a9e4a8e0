//! Makes the C header from the source, and gives the shared library its SONAME.
//! The header goes to OUT_DIR; `make header` copies it to include/, and a test holds the two equal: a build never
//! writes into the source tree.

use std::env;
use std::path::{Path, PathBuf};

/// The files that the header is made from, in its order. A new file of src/ffi/ must be named here, else its
/// functions are missing in the header; the test of the exported symbols notices that.
const SOURCES: [&str; 11] = [
    "src/errors/status.rs",
    "src/errors/delivery.rs",
    "src/protocol/verify_result.rs",
    "src/ffi/status.rs",
    "src/ffi/version.rs",
    "src/ffi/options.rs",
    "src/ffi/call.rs",
    "src/ffi/client.rs",
    "src/ffi/send_result.rs",
    "src/ffi/verify_result.rs",
    "src/ffi/error.rs",
];

/// The prefix of an enum's constants, and the name of its type.
const ENUM_TYPES: [(&str, &str); 3] =
    [("Shoutout", "so_status_code"), ("ShoutoutDelivery", "so_delivery"), ("ShoutoutVerify", "so_verify_outcome")];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=cbindgen.toml");
    for source in SOURCES {
        println!("cargo:rerun-if-changed={source}");
    }
    write_header(&PathBuf::from(variable("OUT_DIR")).join("shoutout_otp.h"));
    pass_linker_arguments();
}

fn write_header(path: &Path) {
    let config = cbindgen::Config::from_file("cbindgen.toml").expect("cbindgen.toml");
    let sources =
        SOURCES.iter().fold(cbindgen::Builder::new().with_config(config), |builder, source| builder.with_src(source));
    let header = sources.with_after_include(version_macros()).generate().expect("the header");
    let mut text = Vec::new();
    header.write(&mut text);
    let mut text = String::from_utf8(text).expect("the header is text");
    // cbindgen makes the constants' prefix from the enum's name, but the names must have the prefix of our types.
    for (name, of_type) in ENUM_TYPES {
        text = text.replace(&format!("}} {name};"), &format!("}} {of_type};"));
    }
    std::fs::write(path, text).expect("the folder of the build can be written to");
    println!("cargo:rustc-env=SHOUTOUT_OTP_GENERATED_HEADER={}", path.display());
}

/// The header's own version, to compare with what the loaded library says.
fn version_macros() -> String {
    let [major, minor, patch] = ["MAJOR", "MINOR", "PATCH"].map(|part| variable(&format!("CARGO_PKG_VERSION_{part}")));
    format!(
        "\n/** The version of this header, as text, such as \"0.1.0\". */\n\
         #define SHOUTOUT_OTP_VERSION \"{major}.{minor}.{patch}\"\n\
         /** The first number of the version of this header. */\n\
         #define SHOUTOUT_OTP_VERSION_MAJOR {major}\n\
         /** The second number of the version of this header. */\n\
         #define SHOUTOUT_OTP_VERSION_MINOR {minor}\n\
         /** The third number of the version of this header. */\n\
         #define SHOUTOUT_OTP_VERSION_PATCH {patch}\n\
         /** What this header needs of the library: the same major part of so_abi_version(), and at least the minor one. */\n\
         #define SHOUTOUT_OTP_ABI_VERSION ({major}u << 16 | {minor}u)"
    )
}

/// SONAME: cargo sets none, and without one every consumer would record a path. nodelete: threads and connections
/// outlive a dlclose, so the code must too.
fn pass_linker_arguments() {
    if variable("CARGO_CFG_TARGET_OS") == "linux" {
        let major = variable("CARGO_PKG_VERSION_MAJOR");
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libshoutout_otp.so.{major}");
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}
