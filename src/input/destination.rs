//! The destination: a mobile number in E.164 format (ITU-T E.164: country code first, at most 15 digits).
//! Written as people write it, sent as digits; a local number is refused, for guessing its country is how strangers
//! get other people's codes.

use crate::errors::Error;
use crate::errors::Status;
use crate::secret::masked_number;

/// Longest text that is accepted, in bytes, separators included.
pub(crate) const MAX_BYTES: usize = 256;
/// The shortest national numbers with a country code have 7 digits.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
const EXAMPLE: &str = "E.164 is the country code and the number, for example +94 77 123 4567";

/// A number as it goes on the wire: 7 to 15 ASCII digits, the first of them not 0.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Destination(String);

impl Destination {
    /// Reads a number: an optional `+` or `00`, then digits, among which spaces, `-`, `.`, `(` and `)` may stand.
    pub(crate) fn parse(text: &str) -> Result<Destination, Error> {
        Self::digits_of(text).map(Destination).map_err(|problem| {
            Error::refused(Status::InvalidDestination, format!("destination {problem}. {EXAMPLE}. Nothing was sent."))
        })
    }

    /// The digits that the service gets.
    pub(crate) fn digits(&self) -> &str {
        &self.0
    }

    /// The number as it may be shown, such as `+9477*****67`.
    pub(crate) fn masked(&self) -> String {
        masked_number(&self.0)
    }

    fn digits_of(text: &str) -> Result<String, String> {
        if text.is_empty() {
            return Err("is empty".to_owned());
        }
        if text.len() > MAX_BYTES {
            return Err("is longer than 256 bytes".to_owned());
        }
        let international = text.strip_prefix('+');
        let written = without_separators(international.unwrap_or(text))?;
        let digits = match (international, written.strip_prefix("00")) {
            (None, Some(after_double_zero)) => after_double_zero,
            _ => &written,
        };
        check_digits(digits)?;
        Ok(digits.to_owned())
    }
}

fn without_separators(text: &str) -> Result<String, String> {
    let compact: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
    if !compact.bytes().all(|b| b.is_ascii_digit()) {
        return Err("holds something other than a leading +, the digits 0 to 9 and the separators \
                    space - . ( )"
            .to_owned());
    }
    if holds_trunk_zero(text) {
        return Err("holds a trunk 0 in brackets, which is dialled only within the country: leave it out".to_owned());
    }
    Ok(compact)
}

/// Whether a bracket that follows the country code begins with 0, as in `+44 (0)20` or `+44 (020)`: to remove that 0 or
/// not would be a guess.
fn holds_trunk_zero(text: &str) -> bool {
    let digit = |c: &char| c.is_ascii_digit();
    text.match_indices('(').any(|(at, _)| {
        let (before, bracket) = text.split_at(at);
        before.chars().any(|c| digit(&c)) && bracket.chars().find(digit) == Some('0')
    })
}

fn check_digits(digits: &str) -> Result<(), String> {
    if digits.starts_with('0') {
        let shown = masked_number(digits);
        return Err(format!(
            "{} begins with 0: a local number, or a second 00; put the country code in place of the 0",
            shown.trim_start_matches('+')
        ));
    }
    if !DIGITS.contains(&digits.len()) {
        return Err(format!("has {} digits where 7 to 15 are possible", digits.len()));
    }
    Ok(())
}

impl std::fmt::Debug for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> String {
        Destination::parse(text).unwrap_or_else(|e| panic!("{text}: {e}")).digits().to_owned()
    }

    #[test]
    fn people_write_one_number_in_many_ways() {
        for text in
            ["94771234567", "+94771234567", "0094771234567", "+94 77-123.4567", "(94) 771234567", "(00)94771234567"]
        {
            assert_eq!(digits(text), "94771234567", "{text}");
        }
    }

    #[test]
    fn a_local_number_is_refused_with_an_example_and_without_being_shown() {
        let error = Destination::parse("0771234567").unwrap_err();
        assert_eq!(error.status(), Status::InvalidDestination);
        assert!(error.message().contains("+94 77 123 4567"), "{error}");
        assert!(!error.message().contains("0771234567"), "{error}");
    }

    #[test]
    fn a_trunk_zero_is_a_guess_that_we_do_not_make() {
        for text in ["+44 (0)20 7946 0958", "+44 ( 0 )2079460958", "44(0)2079460958", "+44 (020) 7946 0958"] {
            let error = Destination::parse(text).unwrap_err();
            assert!(error.message().contains("trunk"), "{text}: {error}");
        }
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        for text in [
            "",
            "+",
            "++94771234567",
            "94771234567+",
            "٩٤٧٧١٢٣٤٥٦٧",
            "94 77 CALL ME",
            "123456",
            "1234567890123456",
            "0000771234567",
            "94771234567\r\n",
            "94771234567\0",
        ] {
            assert!(Destination::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn debug_output_shows_the_number_masked() {
        assert_eq!(format!("{:?}", Destination::parse("+94771234567").unwrap()), "+9477*****67");
    }
}
