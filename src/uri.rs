//! What the HTTP library leaves open about URLs: a host without brackets, a port that is one.
//! Shared by the options that are URLs and by the transport that connects to them.

use std::net::{IpAddr, Ipv6Addr};

use ureq::http::Uri;

/// The host as resolvers and address parsers know it: an IPv6 literal without its brackets. `None` if there is none.
pub(crate) fn host_of(uri: &Uri) -> Option<&str> {
    let host = uri.host()?;
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    (!bare.is_empty()).then_some(bare)
}

/// Whether the host is this machine by its name or literal address; no name is looked up to find out.
pub(crate) fn is_loopback(uri: &Uri) -> bool {
    host_of(uri).is_some_and(|host| {
        host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    })
}

/// The port, written or implied by the scheme.
pub(crate) fn port_of(uri: &Uri) -> Option<u16> {
    uri.port_u16().or_else(|| match uri.scheme_str()? {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    })
}

/// Refuses a URL without a host, with brackets around what is no IPv6 address, or with a port that cannot be one: the
/// parser lets `[2001:d]`, `[::1]80`, `:0`, `:` and `:99999` pass.
pub(crate) fn check_host_and_port(uri: &Uri) -> Result<(), String> {
    let Some(host) = host_of(uri) else {
        return Err("has no host".to_owned());
    };
    if uri.host().is_some_and(|host| host.starts_with('[')) && host.parse::<Ipv6Addr>().is_err() {
        return Err("has brackets around a host that is no IPv6 address".to_owned());
    }
    let authority = uri.authority().map(|a| a.as_str()).unwrap_or_default();
    let after_user_info = authority.rsplit_once('@').map_or(authority, |(_, rest)| rest);
    let after_host = after_user_info.strip_prefix(uri.host().unwrap_or_default()).unwrap_or_default();
    let is_port =
        |port: &str| port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|number| number > 0);
    if !after_host.is_empty() && !after_host.strip_prefix(':').is_some_and(is_port) {
        return Err("has a port that is not a number from 1 to 65535".to_owned());
    }
    Ok(())
}
