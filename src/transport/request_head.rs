//! The head of a request, made once for a client and the same for each of its requests but for the body's length, which
//! comes last.

use ureq::http::Uri;
use ureq::http::uri::Scheme;

use crate::secret::Secret;

/// It holds the key, so it is a secret.
pub(crate) struct RequestHead {
    uri: Uri,
    text: Secret,
}

/// What follows the body's length.
pub(super) const END: &[u8] = b"\r\n\r\n";

impl RequestHead {
    /// Names and values are checked where they come from: nothing in them ends a line.
    pub(crate) fn post(uri: &Uri, fields: &[(&str, &str)]) -> RequestHead {
        let host = host(uri);
        let mut parts = vec!["POST ", uri.path(), " HTTP/1.1\r\nhost: ", &host, "\r\n"];
        for (name, value) in fields {
            parts.extend([name, ": ", value, "\r\n"]);
        }
        parts.push("content-length: ");
        // In one piece from the start: growing would leave copies of the key behind.
        RequestHead { uri: uri.clone(), text: Secret::new(parts.concat()) }
    }

    pub(crate) fn uri(&self) -> &Uri {
        &self.uri
    }

    /// All of it up to the body's length.
    pub(crate) fn text(&self) -> &str {
        self.text.expose()
    }
}

/// Without the port that the scheme implies.
fn host(uri: &Uri) -> String {
    let implied = if uri.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
    let host = uri.host().unwrap_or_default();
    match uri.port_u16() {
        Some(port) if port != implied => format!("{host}:{port}"),
        _ => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(uri: &'static str) -> String {
        let head = RequestHead::post(&Uri::from_static(uri), &[("authorization", "Apikey k"), ("accept", "a/b")]);
        head.text().to_owned()
    }

    #[test]
    fn a_head_ends_where_the_length_of_the_body_follows() {
        let wanted =
            "POST /otp/send HTTP/1.1\r\nhost: h.example\r\nauthorization: Apikey k\r\naccept: a/b\r\ncontent-length: ";
        assert_eq!(head("https://h.example/otp/send"), wanted);
    }

    #[test]
    fn the_host_has_a_port_where_the_scheme_implies_another() {
        for (uri, host) in [
            ("https://h:443/", "h"),
            ("http://h:80/", "h"),
            ("http://h:443/", "h:443"),
            ("https://[::1]:80/", "[::1]:80"),
            ("http://[::1]/", "[::1]"),
        ] {
            assert!(head(uri).contains(&format!("\r\nhost: {host}\r\n")), "{uri}");
        }
    }
}
