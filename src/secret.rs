//! Secrets: values that must appear in no text that this library produces.
//! A [`Secret`] cannot be printed, and is wiped when it is dropped.

use std::fmt;

use crate::sys;

/// What stands in a text where a secret stood.
const REDACTED: &str = "[redacted]";

/// A string that never prints itself and is overwritten when it is dropped.
///
/// Only this copy is wiped, not what the kernel or a library copies from it.
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
}
