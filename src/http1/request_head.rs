//! The head of a request. A client makes the head of its POST once; every request uses it, except for the
//! body's length, which comes last.

use std::sync::Arc;

use crate::origin::Origin;
use crate::secret::Secret;

/// What the library calls itself, before the caller's suffix, to the service and to a proxy.
pub(crate) const USER_AGENT: &str = concat!("libshoutout_otp/", env!("CARGO_PKG_VERSION"));

/// It holds the key, so it is a secret.
pub(crate) struct RequestHead {
    origin: Arc<Origin>,
    text: Secret,
}

/// What follows the body's length, and ends any head.
pub(crate) const END: &str = "\r\n\r\n";

impl RequestHead {
    /// The options have checked names and values: none contains a line end.
    pub(crate) fn post(origin: &Arc<Origin>, path: &str, fields: &[(&str, &str)]) -> RequestHead {
        let text = head("POST", path, &origin.host_field(), fields, "content-length: ");
        RequestHead { origin: origin.clone(), text }
    }

    pub(crate) fn origin(&self) -> &Arc<Origin> {
        &self.origin
    }

    /// All of it up to the body's length.
    pub(crate) fn text(&self) -> &str {
        self.text.expose()
    }
}

/// The whole head that asks a proxy for a tunnel (RFC 9110 section 9.3.6). It may hold the proxy's password.
pub(crate) fn connect_head(origin: &Origin, fields: &[(&str, &str)]) -> Secret {
    let target = origin.host_and_port();
    head("CONNECT", &target, &target, fields, "\r\n")
}

fn head(method: &str, target: &str, host: &str, fields: &[(&str, &str)], end: &str) -> Secret {
    let mut parts = vec![method, " ", target, " HTTP/1.1\r\nhost: ", host, "\r\n"];
    for (name, value) in fields {
        parts.extend([name, ": ", value, "\r\n"]);
    }
    parts.push(end);
    // In one piece from the start: growing would leave copies of the secret behind.
    Secret::new(parts.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(url: &'static str) -> Arc<Origin> {
        Arc::new(Origin::of(&http::Uri::from_static(url)).unwrap())
    }

    #[test]
    fn a_head_ends_where_the_length_of_the_body_follows() {
        let fields = [("authorization", "Apikey k"), ("accept", "a/b")];
        let head = RequestHead::post(&origin("https://h.example"), "/otp/send", &fields);
        let wanted =
            "POST /otp/send HTTP/1.1\r\nhost: h.example\r\nauthorization: Apikey k\r\naccept: a/b\r\ncontent-length: ";
        assert_eq!(head.text(), wanted);
    }

    #[test]
    fn a_tunnel_is_asked_for_by_host_and_port() {
        let head = connect_head(&origin("https://h.example"), &[("user-agent", "x")]);
        assert_eq!(head.expose(), "CONNECT h.example:443 HTTP/1.1\r\nhost: h.example:443\r\nuser-agent: x\r\n\r\n");
    }
}
