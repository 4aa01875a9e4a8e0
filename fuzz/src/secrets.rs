//! The secrets of the fuzzed calls, and the one thing that is asked of every text: that they are not in it.

pub const API_KEY: &str = "fuzzhead.fuzzpayload0123456789.fuzzsignature";
pub const NUMBER: &str = "94771234567";
pub const CODE: &str = "90417";

/// Fails if a text that may be shown holds one of the secrets.
pub fn hold_none(text: &str, of: &str, secrets: &[&str]) {
    for secret in secrets {
        assert!(!text.contains(secret), "{of} holds {secret}: {text}");
    }
}
