//! How an input of the fuzzer is written: lines, and after them whatever is left.

use shoutout_otp::fuzzing::PlantedAnswer;

/// Takes lines off the front of an input; the rest stays.
pub struct Script<'a>(pub &'a [u8]);

impl<'a> Script<'a> {
    /// Up to the next line break, or all that is left.
    pub fn line(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|&byte| byte == b'\n');
        let (line, rest) = match end {
            Some(end) => (&self.0[..end], &self.0[end + 1..]),
            None => (self.0, &[][..]),
        };
        self.0 = rest;
        line
    }

    /// A line as text, if it is text.
    pub fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.line()).ok()
    }

    /// An answer: a line such as `200`, or `200 cut` for one whose connection ends too early; a line with the value of
    /// `Retry-After`; and the body, which is `rest`.
    pub fn answer(&mut self, rest: impl FnOnce(&mut Script<'a>) -> &'a [u8]) -> PlantedAnswer<'a> {
        let status = self.line();
        let number = status.iter().take_while(|byte| byte.is_ascii_digit());
        let number = number.fold(0_u32, |number, digit| (number * 10 + u32::from(digit - b'0')) % 10_000);
        PlantedAnswer {
            http_status: u16::try_from(100 + number.saturating_sub(100) % 900).expect("three digits"),
            is_cut_off: status.ends_with(b" cut"),
            retry_after: self.line(),
            body: rest(self),
        }
    }
}
