//! Which certificates TLS accepts: roots, CA files, verification; and the cryptography. The bytes go through
//! `connect/tls_stream.rs`.

mod ca_file_cache;
mod client_config;
mod cryptography;
mod fault;
mod roots;
mod verifier;

pub(crate) use client_config::client_config;
pub(crate) use fault::fault_of_tls;
pub(crate) use roots::Roots;
