//! Removes the secrets that a call knows from foreign text, however the other side wrote them: the key, codes, header
//! values and proxy credentials by a word, a phone number by its masked form. What spells a secret, [`spelling`] knows.

mod spelling;

use std::ops::Range;

use crate::planted_faults::{PlantedFault, is_planted};
use crate::secret::masked_number;

/// What stands in a text where a secret stood.
const REDACTED: &str = "[redacted]";
/// A shorter secret is not looked for: to hide it would only garble the text.
const SHORTEST_SECRET: usize = 4;
/// A part of a token, between its dots, that is looked for on its own.
const SHORTEST_PART: usize = 8;
/// As many bytes of a token, from wherever in it, tell too much: gateways like to cut what they repeat.
const SHORTEST_PIECE: usize = 16;
/// A number without its country code is looked for, too, if it is no shorter than this.
const SHORTEST_NATIONAL_NUMBER: usize = 7;
const LONGEST_COUNTRY_CODE: usize = 3;

/// Nothing of a text is shown from here on, nor looked for: to look at a megabyte would take longer than a call may.
const MAX_BYTES: usize = 4 * 1024;

/// The secrets of one call. It borrows them: nothing is copied, so nothing is left to wipe.
#[derive(Default)]
pub(crate) struct Scrubber<'a> {
    rules: Vec<Rule<'a>>,
}

/// One thing to look for.
enum Rule<'a> {
    /// In any spelling.
    Whole(&'a str),
    /// A piece of it, as it is.
    PieceOf(&'a str),
    /// In any spelling, and with whatever separators.
    Number(&'a str),
}

impl<'a> Scrubber<'a> {
    /// Hides a code, a header value or a password.
    pub(crate) fn hide(&mut self, secret: &'a str) {
        if secret.len() >= SHORTEST_SECRET {
            self.rules.push(Rule::Whole(secret));
        }
    }

    /// Hides an API key and its pieces: a piece of a token is a secret, too.
    pub(crate) fn hide_token(&mut self, token: &'a str) {
        self.hide(token);
        for part in token.split('.').filter(|part| part.len() >= SHORTEST_PART) {
            self.hide(part);
        }
        if token.len() >= SHORTEST_PIECE {
            self.rules.push(Rule::PieceOf(token));
        }
    }

    /// Hides a phone number, given as its digits, behind its masked form.
    pub(crate) fn hide_number(&mut self, digits: &'a str) {
        self.rules.push(Rule::Number(digits));
    }

    /// The text without the secrets, and no longer than this. It is cut last, so that no secret is cut out of sight.
    pub(crate) fn scrub(&self, text: &str, most_characters: usize) -> String {
        if is_planted(PlantedFault::SecretsNotHidden) {
            return text.to_owned();
        }
        let mut shown = String::new();
        let mut left = most_characters;
        let mut at = 0;
        while let Some(next) = text[at..].chars().next().filter(|_| left > 0 && at < MAX_BYTES) {
            let (piece, end) = match self.secret_at(text, at) {
                Some((end, in_its_place)) => (in_its_place, end),
                None => (next.to_string(), at + next.len_utf8()),
            };
            shown.extend(piece.chars().take(left));
            left = left.saturating_sub(piece.chars().count());
            at = end;
        }
        shown
    }

    /// Whether the text holds a secret.
    pub(crate) fn finds_in(&self, text: &str) -> bool {
        text.char_indices().any(|(at, _)| self.longest_match(text, at).is_some())
    }

    /// Where the secret that begins here ends, and what to show for it. Secrets that overlap are one.
    fn secret_at(&self, text: &str, at: usize) -> Option<(usize, String)> {
        let (mut end, mut in_its_place) = self.longest_match(text, at)?;
        let mut inside = at + 1;
        while inside < end && end < MAX_BYTES {
            if let Some((further, _)) = self.longest_match(text, inside).filter(|(further, _)| *further > end) {
                (end, in_its_place) = (further, REDACTED.to_owned());
            }
            inside += 1;
        }
        while !text.is_char_boundary(end) {
            end += 1;
        }
        Some((end, in_its_place))
    }

    fn longest_match(&self, text: &str, at: usize) -> Option<(usize, String)> {
        let matches = self.rules.iter().filter_map(|rule| rule.match_at(text.as_bytes(), at));
        matches.max_by_key(|(end, _)| *end)
    }
}

impl Rule<'_> {
    /// Where the match that begins here ends, and what to show for it.
    fn match_at(&self, text: &[u8], at: usize) -> Option<(usize, String)> {
        let redacted = |end| (end, REDACTED.to_owned());
        match self {
            Rule::Whole(secret) => spelling::end_of(secret.as_bytes(), text, at).map(redacted),
            Rule::PieceOf(token) => spelling::end_of_piece(token.as_bytes(), SHORTEST_PIECE, text, at).map(redacted),
            Rule::Number(digits) => {
                number_at(digits, text, at).or_else(|| spelling::end_of(digits.as_bytes(), text, at).map(redacted))
            }
        }
    }
}

/// The number, or what follows its country code.
fn number_at(digits: &str, text: &[u8], at: usize) -> Option<(usize, String)> {
    let national = (1..=LONGEST_COUNTRY_CODE).filter(|begin| begin + SHORTEST_NATIONAL_NUMBER <= digits.len());
    std::iter::once(0).chain(national).find_map(|begin| {
        let end = spelling::end_of_number(&digits.as_bytes()[begin..], text, at)?;
        let hidden: Range<usize> = begin..digits.len();
        let in_its_place = match begin {
            0 => masked_number(digits).trim_start_matches('+').to_owned(),
            _ => "*".repeat(hidden.len() - 2) + &digits[digits.len() - 2..],
        };
        Some((end, in_its_place))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBER: &str = "94771234567";

    fn scrubbed(secret: &str, text: &str) -> String {
        let mut scrubber = Scrubber::default();
        scrubber.hide(secret);
        scrubber.scrub(text, 500)
    }

    fn scrubbed_of_token(token: &str, text: &str) -> String {
        let mut scrubber = Scrubber::default();
        scrubber.hide_token(token);
        scrubber.scrub(text, 500)
    }

    fn scrubbed_of_number(text: &str) -> String {
        let mut scrubber = Scrubber::default();
        scrubber.hide_number(NUMBER);
        scrubber.scrub(text, 500)
    }

    #[test]
    fn text_without_a_secret_stays_as_it_is() {
        for text in ["", "invalid source", "කේතය 90418 %41 &amp; \\u0041 YWJj", "100% + 3 %"] {
            assert_eq!(scrubbed("90417", text), text);
            assert_eq!(scrubbed_of_token("headerheader.payloadpayload.sig", text), text);
            assert_eq!(scrubbed_of_number(text), text);
        }
    }

    #[test]
    fn what_is_too_short_to_tell_is_not_looked_for() {
        assert_eq!(scrubbed("100", "status 1001"), "status 1001");
        assert_eq!(scrubbed("1001", "status 1001"), "status [redacted]");
    }

    #[test]
    fn a_secret_is_found_in_every_spelling() {
        let secret = "a/b+c=\"d\" <é>";
        for spelled in [
            secret,
            "A/B+C=\"D\" <é>",
            r#"a/b+c=\"d\" <é>"#,
            r#"a\/b\u002bc\u003D\"d\" \u003cé\u003E"#,
            "a%2Fb%2bc%3D%22d%22%20%3C%C3%A9%3E",
            "a%2Fb%2Bc%3D%22d%22+%3C%c3%a9%3E",
            "a/b+c=&quot;d&#34;&#x20;&lt;é&gt;",
            "612f622b633d226422203cc3a93e",
            "612F622B633D226422203CC3A93E",
        ] {
            assert_eq!(scrubbed(secret, &format!("no {spelled}!")), "no [redacted]!", "{spelled}");
        }
    }

    #[test]
    fn a_secret_is_found_in_base64_wherever_it_begins_and_in_both_alphabets() {
        // "user:passwort?>", and the same after one and two bytes more.
        for spelled in
            ["dXNlcjpwYXNzd29ydD8-", "dXNlcjpwYXNzd29ydD8+", "eHVzZXI6cGFzc3dvcnQ/Pg==", "eHh1c2VyOnBhc3N3b3J0Pz4="]
        {
            let shown = scrubbed("user:passwort?>", &format!("Basic {spelled} is no good"));
            assert!(shown.ends_with("[redacted] is no good"), "{shown}");
            assert!(shown.len() <= "Basic eHh[redacted] is no good".len(), "{shown}");
        }
    }

    #[test]
    fn escapes_that_belong_to_the_secret_itself_are_no_escapes() {
        assert_eq!(scrubbed("p%25w", "p%25w"), "[redacted]");
        assert_eq!(scrubbed("p%25w", "p%2525w"), "[redacted]");
        assert_eq!(scrubbed("p%w&amp;", "p%25w&amp;amp;"), "[redacted]");
    }

    #[test]
    fn parts_and_pieces_of_a_token_are_hidden_too() {
        let token = "headerheader.payloadpayload0123456789.sig";
        assert_eq!(scrubbed_of_token(token, &format!("{token}, payloadpayload0123456789")), "[redacted], [redacted]");
        assert_eq!(scrubbed_of_token(token, "cut: headerheader.payl..."), "cut: [redacted]...");
        assert_eq!(scrubbed_of_token(token, "cut: yloadpayload0123456..."), "cut: [redacted]...");
        assert_eq!(scrubbed_of_token(token, "cut: 0123456789.sig..."), "cut: 0123456789.sig...");
    }

    #[test]
    fn secrets_that_overlap_are_hidden_as_one() {
        let mut scrubber = Scrubber::default();
        scrubber.hide("abcdef");
        scrubber.hide("defghi");
        assert_eq!(scrubber.scrub("-abcdefghi-abcdefdefghi-", 500), "-[redacted]-[redacted][redacted]-");
    }

    #[test]
    fn what_is_put_in_the_place_of_a_secret_is_not_scrubbed_again() {
        let mut scrubber = Scrubber::default();
        scrubber.hide("redacted");
        scrubber.hide("0000");
        assert_eq!(scrubber.scrub("0000 redacted", 500), "[redacted] [redacted]");
    }

    #[test]
    fn a_number_is_masked_however_it_is_written() {
        for (text, shown) in [
            ("no route to 94771234567.", "no route to 9477*****67."),
            ("no route to +94 77 123 4567.", "no route to +9477*****67."),
            ("(+94) 77-123-45.67", "(+9477*****67"),
            ("0094771234567", "009477*****67"),
            ("tel:+94\u{a0}77\u{202f}123\u{2011}4567", "tel:+9477*****67"),
            ("%2B94%2077%20123%204567", "%2B9477*****67"),
            ("+94&nbsp;77&#160;1234567", "+9477*****67"),
            ("dial 0771234567", "dial 0*******67"),
            ("dial 077 123 45 67", "dial 0*******67"),
            ("3934373731323334353637", "[redacted]"),
            ("OTQ3NzEyMzQ1Njc=", "[redacted]"),
            ("94771234568", "94771234568"),
        ] {
            assert_eq!(scrubbed_of_number(text), shown);
        }
    }

    #[test]
    fn a_short_number_has_no_part_that_is_looked_for() {
        let mut scrubber = Scrubber::default();
        scrubber.hide_number("2901234");
        assert_eq!(
            scrubber.scrub("2901234 901234", 500),
            "2901*34 901234".replace("2901*34", &masked_number("2901234")[1..])
        );
    }

    #[test]
    fn a_text_is_cut_after_it_was_scrubbed() {
        assert_eq!(scrubbed("secret", "secretsecret-abc").len(), 2 * REDACTED.len() + 4);
        let mut scrubber = Scrubber::default();
        scrubber.hide("secret-of-some-length");
        assert_eq!(scrubber.scrub("ab secret-of-some-length", 6), "ab [re");
        assert_eq!(scrubber.scrub("ආආආ", 2), "ආආ");
    }

    #[test]
    fn a_long_text_is_looked_at_only_as_far_as_it_is_shown() {
        let count = |text: &str| scrubbed_of_token(&"y".repeat(4096), text).chars().count();
        assert_eq!(count(&"x".repeat(1 << 20)), 500);
        // All of it one secret, or full of them, in the spellings that are the dearest to tell.
        assert_eq!(scrubbed_of_token(&"y".repeat(4096), &"y".repeat(1 << 20)), REDACTED);
        assert!(scrubbed_of_number(&"OTQ3NzEyMzQ1Njc=".repeat(65_000)).starts_with(REDACTED));
        assert!(scrubbed_of_number(&"9".repeat(1 << 20)).len() <= 500);
    }

    #[test]
    fn what_is_not_looked_at_is_not_shown() {
        let secret = "s".repeat(200);
        let shown = scrubbed(&secret, &format!("{secret} ").repeat(30));
        assert_eq!(shown.trim_end(), vec![REDACTED; 4 * 1024 / 201 + 1].join(" "));
    }

    #[test]
    fn a_secret_is_found_however_its_characters_are_escaped_and_whatever_stands_around_it() {
        // A small generator: the texts need to differ, not to be random.
        let mut state = 1u64;
        let mut below = |limit: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % limit
        };
        let noise = [" ", "a", "%", "&", "\\", "é", "ආ", "%2", "0", "\"", "<p>"];
        for _ in 0..2_000 {
            let secret: String = (0..4 + below(20)).map(|_| char::from(b'!' + below(94) as u8)).collect();
            let mut spelled = String::new();
            for c in secret.chars() {
                // What begins an escape is itself escaped wherever anything is.
                match below(if "%+&\\".contains(c) { 3 } else { 4 }) {
                    0 => spelled += &format!("%{:02x}", c as u32),
                    1 => spelled += &format!("\\u{:04X}", c as u32),
                    2 => spelled += &format!("&#{};", c as u32),
                    _ => spelled.push(c),
                }
            }
            let mut any = || -> String { (0..below(4)).map(|_| noise[below(noise.len())]).collect() };
            let (before, after) = (any(), any());
            let shown = scrubbed(&secret, &format!("{before} {spelled} {after}"));
            assert_eq!(shown, format!("{before} {REDACTED} {after}"), "{secret} as {spelled}");
        }
    }
}
