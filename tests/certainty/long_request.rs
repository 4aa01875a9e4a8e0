//! A send that is twice as long as what the kernel's buffers take, so that the client is met while it still writes.

use shoutout_otp::Options;

pub fn add_headers(options: &mut Options) {
    (0..32).for_each(|i| options.add_header(&format!("x-long-{i}"), &"x".repeat(4_000)).unwrap());
}

/// A text whose characters have six bytes each as JSON.
pub fn content() -> String {
    format!("{{{{code}}}}{}", "\u{1}".repeat(16_000))
}
