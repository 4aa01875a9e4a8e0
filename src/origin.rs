//! The origin of a URL: scheme, host and port. The URL parser does not check everything: a host without brackets, a port that is
//! one.

use std::net::{IpAddr, Ipv6Addr};

use http::Uri;

/// Scheme, host and port: requests with equal origins may share a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    is_https: bool,
    /// In lower case; an IPv6 address without its brackets.
    host: String,
    port: u16,
}

impl Origin {
    /// Of an `http` or `https` URL.
    ///
    /// Refuses a URL without a host, with brackets around something that is not an IPv6 address, or with an invalid port: the
    /// parser lets `[2001:d]`, `[::1]80`, `:0`, `:` and `:99999` pass.
    pub(crate) fn of(uri: &Uri) -> Result<Origin, String> {
        let is_https = uri.scheme_str() == Some("https");
        let written = uri.host().unwrap_or_default();
        let bare = written.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let host = bare.unwrap_or(written);
        if host.is_empty() {
            return Err("has no host".to_owned());
        }
        if written.starts_with('[') && host.parse::<Ipv6Addr>().is_err() {
            return Err("has brackets around a host that is no IPv6 address".to_owned());
        }
        let authority = uri.authority().map(|authority| authority.as_str()).unwrap_or_default();
        let after_user_info = authority.rsplit_once('@').map_or(authority, |(_, rest)| rest);
        let after_host = after_user_info.strip_prefix(written).unwrap_or_default();
        let port = if after_host.is_empty() { Some(implied_port(is_https)) } else { port_in(after_host) };
        let port = port.ok_or("has a port that is not a number from 1 to 65535")?;
        Ok(Origin { is_https, host: host.to_ascii_lowercase(), port })
    }

    pub(crate) fn is_https(&self) -> bool {
        self.is_https
    }

    /// The host without brackets.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The port; the scheme's own if the URL has none.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Whether the host is this machine by its name or literal address; no name is looked up to find out.
    pub(crate) fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// As the `Host` field has it: without the port that the scheme implies.
    pub(crate) fn host_field(&self) -> String {
        if self.port == implied_port(self.is_https) { self.host_in_url() } else { self.host_and_port() }
    }

    /// As a CONNECT names it: with the port in any case.
    pub(crate) fn host_and_port(&self) -> String {
        format!("{}:{}", self.host_in_url(), self.port)
    }

    fn host_in_url(&self) -> String {
        if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() }
    }
}

fn implied_port(is_https: bool) -> u16 {
    if is_https { 443 } else { 80 }
}

/// Of a text such as `:8080`.
fn port_in(text: &str) -> Option<u16> {
    let digits = text.strip_prefix(':').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok().filter(|port| *port > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(url: &str) -> Origin {
        Origin::of(&url.parse().unwrap()).unwrap()
    }

    #[test]
    fn one_origin_may_be_written_in_several_ways() {
        for (one, other) in [
            ("https://h.example/send", "https://H.Example:443/verify"),
            ("http://h/", "http://h:80/"),
            ("http://[::1]:80/", "http://[::1]/x"),
        ] {
            assert_eq!(origin(one), origin(other));
        }
    }

    #[test]
    fn scheme_host_and_port_tell_origins_apart() {
        for elsewhere in ["https://h/", "http://h:81/", "http://other/"] {
            assert_ne!(origin("http://h/"), origin(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn the_host_field_has_a_port_where_the_scheme_implies_another() {
        for (url, host) in [
            ("https://h:443/", "h"),
            ("http://h:80/", "h"),
            ("http://h:443/", "h:443"),
            ("https://[::1]:80/", "[::1]:80"),
            ("http://[::1]/", "[::1]"),
        ] {
            assert_eq!(origin(url).host_field(), host, "{url}");
        }
        assert_eq!(origin("https://h/").host_and_port(), "h:443");
    }
}
