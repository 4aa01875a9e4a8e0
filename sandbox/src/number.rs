//! A telephone number as something to search by.

use serde::{Deserialize, Serialize};

/// Only digits count: `+94 77 123 4567` and `94771234567` are the same, which also heals the `+` that arrives as a space
/// because a query string was not escaped.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub struct Number(String);

/// With all that may stand between the digits, of which no number has more than 15.
const LONGEST: usize = 64;

impl TryFrom<String> for Number {
    type Error = &'static str;

    /// Refuses what cannot be a number: a filter that quietly matched nothing, or everything, would mislead.
    fn try_from(text: String) -> Result<Self, Self::Error> {
        if !text.chars().all(|c| c.is_ascii_digit() || "+ -.()".contains(c)) {
            return Err("a number consists of digits, and + - . ( ) or spaces between them");
        }
        if text.len() > LONGEST {
            return Err("a number has at most 64 characters");
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if digits.is_empty() { Err("a number has digits; leave it out to mean all") } else { Ok(Self(digits)) }
    }
}

impl Number {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
