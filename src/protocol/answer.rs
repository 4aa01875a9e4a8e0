//! Answers as the service really gives them: numbers as strings or integers, fields that come and go, and now and
//! then a page of HTML. Reading is lenient about what is only shown, and strict about what is decided on.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::retry_after;
use crate::errors::{NetworkFault, Report};
use crate::http1::{Answer, Body};
use crate::input::reference_id;
use crate::net::World;
use crate::planted_faults::{PlantedFault, is_planted};
use crate::scrubber::Scrubber;

/// Longest text of the service that is passed on, in characters.
const LONGEST_FOREIGN_TEXT: usize = 500;

/// A body that is not a whole text, as far as it came.
pub(crate) struct Unread {
    bytes: Vec<u8>,
    /// Why it is not whole; `None` where it is whole and no text.
    pub(crate) fault: Option<NetworkFault>,
}

/// Takes the body out of an answer, as text.
pub(crate) fn take_text(answer: &mut Answer) -> Result<String, Unread> {
    let Body { bytes, fault } = std::mem::take(&mut answer.body);
    match fault {
        None => String::from_utf8(bytes).map_err(|error| Unread { bytes: error.into_bytes(), fault: None }),
        fault => Err(Unread { bytes, fault }),
    }
}

/// Whether an unreadable body may have been the service's own answer about the request. An HTML page
/// and nothing at all are not; what begins like a JSON object may be. An answer that came before the request was whole is
/// about no whole request, so it counts only if what came of it names success.
pub(crate) fn may_be_the_services_word(body: &Result<String, Unread>, success: &str, is_early: bool) -> bool {
    const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
    let bytes = match body {
        Ok(text) => text.as_bytes(),
        Err(unread) => &unread.bytes,
    };
    let begins_like_json = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes).trim_ascii_start().starts_with(b"{");
    let names_success = || bytes.windows(success.len()).any(|window| window == success.as_bytes());
    begins_like_json && (!is_early || names_success()) && !is_planted(PlantedFault::CutRefusalIsNotSent)
}

/// The text as JSON of the expected shape, if that is what it is.
pub(crate) fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    // serde would accept an array for a struct, which no answer is.
    if !text.trim_start().starts_with('{') {
        return None;
    }
    serde_json::from_str(text).ok()
}

/// The request's id in the service's own logs, unless a secret is in it.
pub(crate) fn request_id(answer: &Answer, scrubber: LateScrubber) -> String {
    let id = answer.request_id.as_deref().filter(|id| !scrubber.finds_in(id));
    id.unwrap_or_default().to_owned()
}

/// What every error report takes from an answer.
pub(crate) fn report(answer: &Answer, world: &dyn World, scrubber: LateScrubber) -> Report {
    let retry_after = answer.retry_after.as_deref();
    Report {
        http_status: answer.http_status,
        request_id: request_id(answer, scrubber),
        retry_after: retry_after.and_then(|value| retry_after::parse(value, world.date())),
        ..Report::default()
    }
}

/// What the service says of every send that succeeded (doc): its own words, in which no secret needs to be looked for.
const SUCCESS: &str = "submit success";

/// A scrubber, or one that is made when it is first needed: a usual success has nothing to scrub.
pub(crate) type LateScrubber<'s, 'a> = &'s dyn Deref<Target = Scrubber<'a>>;

/// The service's words as they may be shown: without secrets, control characters and length.
pub(crate) fn foreign_text(text: &str, scrubber: LateScrubber) -> String {
    if text.is_empty() || text == SUCCESS {
        return text.to_owned();
    }
    // In this order: a line break that becomes a space could complete a secret that holds one.
    scrubber.scrub(&printable(text), LONGEST_FOREIGN_TEXT)
}

/// The text as it is shown: in one line.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The service's own code, such as `1007`. Up to four digits, as all its codes have, are passed on as they are: what the
/// user typed, such as "1007", must not change what the service said. Whatever else stands there is treated as text, for
/// it may be a passcode or a number.
pub(crate) fn service_code(code: &str, scrubber: LateScrubber) -> String {
    const LONGEST_CODE: usize = 4;
    if code.len() <= LONGEST_CODE && code.bytes().all(|b| b.is_ascii_digit()) {
        code.to_owned()
    } else {
        foreign_text(code, scrubber)
    }
}

/// A reference id that an answer named, if it can be one and says nothing secret.
pub(crate) fn trusted_reference_id(named: Option<&str>, scrubber: &Scrubber) -> String {
    let usable = named.filter(|id| reference_id::is_valid(id) && !scrubber.finds_in(id));
    usable.unwrap_or_default().to_owned()
}

/// A JSON object inside an answer; `null` is an empty one. An array, which serde would accept for a struct, is an error.
#[derive(Default)]
pub(crate) struct Object<T>(pub(crate) T);

/// A part that is only shown: another shape than expected counts as absent, for the SMS is on its way all the same.
/// For `deserialize_with`.
pub(crate) fn lenient<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(part: D) -> Result<T, D::Error> {
    let raw = <&RawValue>::deserialize(part)?;
    Ok(serde_json::from_str(raw.get()).unwrap_or_default())
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for ObjectVisitor<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a JSON object or null")
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Object::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(Object)
            }
        }
        deserializer.deserialize_any(ObjectVisitor(PhantomData))
    }
}

/// The first entries of a JSON array; the rest is passed over, for a list as long as an answer may be would take up a
/// hundred times its room.
#[derive(Default)]
pub(crate) struct FirstOf<T>(pub(crate) Vec<T>);

impl<T> FirstOf<T> {
    /// A send has one destination.
    const MAX_ITEMS: usize = 64;
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for FirstOf<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FirstOfVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for FirstOfVisitor<T> {
            type Value = FirstOf<T>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a JSON array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
                let mut first = Vec::new();
                while first.len() < FirstOf::<T>::MAX_ITEMS {
                    let Some(item) = items.next_element()? else { return Ok(FirstOf(first)) };
                    first.push(item);
                }
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(FirstOf(first))
            }
        }
        deserializer.deserialize_seq(FirstOfVisitor(PhantomData))
    }
}

/// A field that is shown: text, or a number as text. Anything else counts as absent. Text without escapes stays where it is,
/// in the answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Text<'a>(pub(crate) Option<Cow<'a, str>>);

impl Text<'_> {
    pub(crate) fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// The text, or an empty one where there is none.
    pub(crate) fn or_empty(self) -> String {
        self.0.unwrap_or_default().into_owned()
    }

    /// The text, where an empty one says as little as none.
    pub(crate) fn non_empty(&self) -> Option<&str> {
        self.as_deref().filter(|text| !text.is_empty())
    }

    /// Whether no C string can hold it.
    pub(crate) fn has_nul(&self) -> bool {
        self.0.as_deref().is_some_and(|text| text.contains('\0'))
    }

    /// The text as an amount: finite and not negative, else absent. Read as the number of JSON that it was or might have
    /// been: the standard library's reader of numbers would be a hundredth of the library.
    pub(crate) fn as_amount(&self) -> Option<f64> {
        let amount: f64 = serde_json::from_str(self.0.as_deref()?).ok()?;
        (amount.is_finite() && amount >= 0.0).then_some(amount)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor(PhantomData))
    }
}

struct TextVisitor<'a>(PhantomData<Text<'a>>);

impl<'de: 'a, 'a> Visitor<'de> for TextVisitor<'a> {
    type Value = Text<'a>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'a>, E> {
        Ok(Text(Some(text.into())))
    }

    fn visit_str<E>(self, text: &str) -> Result<Text<'a>, E> {
        Ok(Text(Some(text.to_owned().into())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Text<'a>, E> {
        Ok(Text(Some(number.to_string().into())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Text<'a>, E> {
        Ok(Text(Some(number.to_string().into())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Text<'a>, E> {
        Ok(Text(Some(number.to_string().into())))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Text<'a>, E> {
        Ok(Text(None))
    }

    fn visit_unit<E>(self) -> Result<Text<'a>, E> {
        Ok(Text(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Text<'a>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Text(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Text<'a>, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Text(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    #[serde(bound(deserialize = "'de: 'a"))]
    struct Sample<'a> {
        #[serde(default)]
        cost: Text<'a>,
    }

    fn cost(json: &str) -> Option<Text<'_>> {
        parse::<Sample>(json).map(|sample| sample.cost)
    }

    #[test]
    fn a_number_may_be_a_string_or_a_number() {
        for json in [r#"{"cost":1}"#, r#"{"cost":"1"}"#, r#"{"cost":" 1 "}"#, r#"{"cost":1.0}"#] {
            assert_eq!(cost(json).unwrap().as_amount(), Some(1.0), "{json}");
        }
    }

    #[test]
    fn what_is_only_shown_may_be_missing_or_of_another_kind() {
        for json in [r#"{}"#, r#"{"cost":null}"#, r#"{"cost":[1,{"a":2}]}"#, r#"{"cost":{"a":[]}}"#, r#"{"cost":true}"#]
        {
            assert_eq!(cost(json), Some(Text(None)), "{json}");
        }
        for json in [r#"{"cost":"NaN"}"#, r#"{"cost":-1}"#, r#"{"cost":"inf"}"#, r#"{"cost":"x"}"#] {
            assert_eq!(cost(json).unwrap().as_amount(), None, "{json}");
        }
    }

    #[test]
    fn only_an_object_is_an_answer() {
        for body in ["", "null", "[]", "[1]", "1", "\"x\"", "<html>", "{", "{} {}"] {
            assert!(cost(body).is_none(), "{body}");
        }
        assert!(parse::<Sample>(&"[".repeat(200_000)).is_none());
        let deep = format!("{{\"unknown\":{}", "[".repeat(200_000));
        assert!(parse::<Sample>(&deep).is_none());
    }

    #[test]
    fn what_is_no_text_is_no_answer() {
        let body = b"{\"cost\":\"\xff\"}".to_vec();
        let body = Body { bytes: body, fault: None };
        let mut answer = Answer { http_status: 200, retry_after: None, request_id: None, body, is_early: false };
        assert!(take_text(&mut answer).is_err_and(|unread| unread.fault.is_none()));
    }

    #[test]
    fn only_what_begins_like_json_may_be_the_services_word() {
        let cut = |bytes: &[u8]| Err(Unread { bytes: bytes.to_vec(), fault: Some(NetworkFault::cut_off()) });
        for (bytes, expected) in [
            (&b"{\"message"[..], true),
            (b" \r\n{", true),
            (b"\xef\xbb\xbf{\"a\":1}", true),
            (b"{\"a\":\"\xe9\"}", true),
            (b"", false),
            (b"<html>{", false),
            (b"[", false),
        ] {
            assert_eq!(may_be_the_services_word(&cut(bytes), "1001", false), expected, "{bytes:?}");
            assert!(!may_be_the_services_word(&cut(bytes), "1001", true), "{bytes:?} came early");
        }
        assert!(may_be_the_services_word(&cut(b"{\"status\":\"1001\""), "1001", true));
    }

    #[test]
    fn a_secret_that_is_broken_over_lines_is_hidden_too() {
        let mut scrubber = Scrubber::default();
        scrubber.hide_number("94771234567");
        scrubber.hide("tenant of some name");
        assert_eq!(foreign_text("no route to 94\n77\t123 4567", &&scrubber), "no route to 9477*****67");
        assert_eq!(foreign_text("no tenant\nof\u{85}some\tname", &&scrubber), "no [redacted]");
    }

    #[test]
    fn foreign_text_cannot_break_a_log_line() {
        let text = foreign_text("a\r\nb\0c", &&Scrubber::default());
        assert_eq!(text, "a  b c");
        assert_eq!(foreign_text(&"ආ".repeat(9999), &&Scrubber::default()).chars().count(), LONGEST_FOREIGN_TEXT);
    }
}
