//! Secrets: values that must appear in no text that this library produces.
//! A [`Secret`] cannot be printed and is wiped when dropped; a [`Scrubber`] removes known secrets from foreign text.

use std::fmt;

use crate::sys;

/// What stands in a text where a secret stood.
const REDACTED: &str = "[redacted]";

/// A string that never prints itself and is overwritten when it is dropped.
///
/// Only this copy is wiped: what went through the buffers of a connection is not in our hands.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn new(value: impl Into<String>) -> Secret {
        Secret(value.into())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

/// A secret on its way into a header: shared by every request without a copy, and wiped with its last owner.
pub(crate) struct SecretBytes(Vec<u8>);

impl From<&Secret> for SecretBytes {
    fn from(secret: &Secret) -> SecretBytes {
        SecretBytes(secret.expose().as_bytes().to_vec())
    }
}

impl AsRef<[u8]> for SecretBytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for SecretBytes {
    fn drop(&mut self) {
        sys::wipe(std::mem::take(&mut self.0));
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        sys::wipe(std::mem::take(&mut self.0).into_bytes());
    }
}

/// A phone number as it may be shown: `+9477*****67`.
///
/// Country code and operator help to find the request in a log; what is left out is enough to hide the person.
pub(crate) fn masked_number(digits: &str) -> String {
    let shown = digits.len().saturating_sub(3);
    let tail = shown.min(2);
    let head = (shown - tail).min(4).min(digits.len() / 2);
    format!("+{}{}{}", &digits[..head], "*".repeat(digits.len() - head - tail), &digits[digits.len() - tail..])
}

/// Replaces the secrets that a call knows wherever the service repeats them.
#[derive(Default)]
pub(crate) struct Scrubber {
    /// (what to look for, what to put there); the longest first, so that a part never uncovers the rest.
    rules: Vec<(String, String)>,
}

impl Scrubber {
    fn hide(&mut self, secret: &str) {
        self.replace(secret, REDACTED.to_owned());
    }

    /// Hides an API key and its parts: a piece of a token is a secret too.
    pub(crate) fn hide_token(&mut self, token: &str) {
        const SHORTEST_TELLING_PART: usize = 8;
        self.hide(token);
        for part in token.split('.').filter(|p| p.len() >= SHORTEST_TELLING_PART) {
            self.hide(part);
        }
    }

    /// Hides a code, a header value or a password, unless it is so short that hiding it would only garble the text.
    pub(crate) fn hide_if_telling(&mut self, secret: &str) {
        const SHORTEST_SECRET: usize = 4;
        if secret.len() >= SHORTEST_SECRET {
            self.hide(secret);
        }
    }

    /// Hides a phone number behind its masked form, as digits and in the caller's own spelling.
    pub(crate) fn hide_number(&mut self, digits: &str, typed: &str) {
        let masked = masked_number(digits);
        self.replace(digits, masked.trim_start_matches('+').to_owned());
        self.replace(typed.trim_start_matches('+'), masked.trim_start_matches('+').to_owned());
    }

    fn replace(&mut self, secret: &str, with: String) {
        if !secret.is_empty() {
            let after_the_longer = self.rules.partition_point(|(other, _)| other.len() >= secret.len());
            self.rules.insert(after_the_longer, (secret.to_owned(), with));
        }
    }

    /// The text without the secrets.
    pub(crate) fn scrub(&self, text: &str) -> String {
        self.rules.iter().fold(text.to_owned(), |text, (secret, with)| text.replace(secret.as_str(), with))
    }
}

impl Drop for Scrubber {
    fn drop(&mut self) {
        for (secret, _) in self.rules.drain(..) {
            sys::wipe(secret.into_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_prints_itself() {
        assert_eq!(format!("{:?}", Secret::new("canary")), "[redacted]");
    }

    #[test]
    fn a_number_keeps_country_and_operator_only() {
        assert_eq!(masked_number("94771234567"), "+9477*****67");
        assert_eq!(masked_number("123456789012345"), "+1234*********45");
    }

    #[test]
    fn even_the_shortest_text_keeps_three_digits_hidden() {
        for length in 0..=15 {
            let digits = "123456789012345"[..length].to_owned();
            let hidden = masked_number(&digits).matches('*').count();
            assert!(hidden >= length.min(3), "{length} digits: {hidden} hidden");
        }
    }

    #[test]
    fn parts_of_a_token_are_hidden_too() {
        let mut scrubber = Scrubber::default();
        scrubber.hide_token("headerheader.payloadpayload.sig");
        let text = scrubber.scrub("bad payloadpayload in headerheader.payloadpayload.sig");
        assert_eq!(text, "bad [redacted] in [redacted]");
    }

    #[test]
    fn a_number_in_foreign_text_is_masked() {
        let mut scrubber = Scrubber::default();
        scrubber.hide_number("94771234567", "+94 77 123 4567");
        assert_eq!(scrubber.scrub("no route to +94771234567"), "no route to +9477*****67");
        assert_eq!(scrubber.scrub("no route to +94 77 123 4567"), "no route to +9477*****67");
    }
}
