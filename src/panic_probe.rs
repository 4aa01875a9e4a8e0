//! Panics where a test asks for it, to show in a release build that every panic is contained. Only the feature
//! `panic-probe`, which nothing but the tests turns on, puts it into the library; without it there is nothing here.

/// Panics if the text of a call, which the test chose, holds `panic-probe-` and the name of this place.
#[cfg(feature = "panic-probe")]
pub(crate) fn panic_if_asked(place: &str, text: &[u8]) {
    let magic = format!("panic-probe-{place}");
    if text.windows(magic.len()).any(|window| window == magic.as_bytes()) {
        panic!("asked for by {magic}");
    }
}

#[cfg(not(feature = "panic-probe"))]
#[inline(always)]
pub(crate) fn panic_if_asked(_place: &str, _text: &[u8]) {}
