//! What the tests of connections, of forks and of certainty share: a service's answers, and a client.
// Each test program uses its part of this.
#![allow(dead_code)]

use std::path::Path;

use shoutout_otp::{Client, Options};

pub const API_KEY: &str = "golden.test.key";
/// An answer to a send that was accepted.
pub const SUBMITTED: &str = r#"{"referenceId":"ref-1","messageResult":{"status":"1001"}}"#;
/// An answer to a verification of the code `01234` for `ref-1`.
pub const VERIFIED: &str = r#"{"referenceId":"ref-1","code":"01234","statusCode":"1000"}"#;

pub fn client_of(url: &str) -> Client {
    client_with(url, |_| {})
}

pub fn client_with(url: &str, change: impl FnOnce(&mut Options)) -> Client {
    let mut options = Options::new();
    options.set_base_url(url).unwrap();
    change(&mut options);
    Client::new(API_KEY, &options).unwrap()
}

/// A client that believes the authorities in this file and nobody else.
pub fn client_that_trusts(url: &str, ca_file: &Path) -> Client {
    client_with(url, |options| options.set_ca_file(ca_file.to_str().unwrap()).unwrap())
}

/// Sends, and gives the reference id of the answer.
pub fn send_to(client: &Client, destination: &str) -> String {
    let sent = client.send_otp("ShoutDEMO", destination, "{{code}}").unwrap_or_else(|e| panic!("{destination}: {e}"));
    sent.reference_id().to_owned()
}
