//! What the fuzz targets check. Each module reads its bytes as a small text that a person can write, drives the library
//! with it, and holds what came out to a second reading of the contract. The network is not here: answers, or the bytes of
//! one, are planted where a socket would give them, and what would have left is caught.
//!
//! The checks are functions of a library, so that the committed corpus can be run through them without a fuzzer
//! (`tests/corpus.rs`).

pub mod answers;
pub mod base_url;
pub mod c_abi;
pub mod http;
pub mod inputs;
mod scene;
mod secrets;
