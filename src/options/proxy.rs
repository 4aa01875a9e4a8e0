//! The proxy: only the one that the caller names, only `http://` with CONNECT; no environment variable is read.

use ureq::Proxy;
use ureq::http::Uri;

use super::MAX_URL_BYTES;
use crate::secret::Secret;
use crate::uri::{check_host_and_port, is_loopback};

/// Equal URLs share a transport.
impl PartialEq for ProxyUrl {
    fn eq(&self, other: &ProxyUrl) -> bool {
        self.url.expose() == other.url.expose()
    }
}

/// A checked proxy URL. It may hold a password, so the whole of it is a secret.
#[derive(Clone, Debug)]
pub(crate) struct ProxyUrl {
    url: Secret,
    /// `user:password`, and the password alone, as the proxy gets them: no longer percent-encoded.
    secrets: Vec<Secret>,
}

impl ProxyUrl {
    pub(crate) fn parse(text: &str) -> Result<ProxyUrl, String> {
        if text.len() > MAX_URL_BYTES {
            return Err("is longer than 4096 bytes".to_owned());
        }
        if !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err("holds a space, a control character or a non-ASCII character".to_owned());
        }
        let Some(authority) = text.strip_prefix("http://") else {
            return Err("does not begin with http://; other kinds of proxy are not supported".to_owned());
        };
        let authority = authority.strip_suffix('/').unwrap_or(authority);
        if authority.contains(['/', '?', '#']) {
            return Err("has a path; http://user:password@host:port is the form".to_owned());
        }
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let uri: Uri =
            format!("http://{host}").parse().map_err(|_| "is not a URL such as http://host:port".to_owned())?;
        check_host_and_port(&uri)?;
        let proxy = Proxy::new(text).map_err(|_| "is not a URL such as http://user:password@host:port".to_owned())?;
        let secrets = match (proxy.username(), proxy.password()) {
            (Some(user), Some(password)) => vec![Secret::new(format!("{user}:{password}")), Secret::new(password)],
            // A token may stand in the place of the user.
            (user, _) => user.map(Secret::new).into_iter().collect(),
        };
        Ok(ProxyUrl { url: Secret::new(text), secrets })
    }

    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(self.to_proxy().uri())
    }

    /// The proxy as the HTTP library wants it.
    pub(crate) fn to_proxy(&self) -> Proxy {
        Proxy::new(self.url.expose()).expect("checked by parse")
    }

    /// The parts that must show up in no text.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.secrets.iter().map(Secret::expose)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_http_proxy_is_accepted() {
        for text in ["http://proxy.example:3128", "http://user:pass@[::1]:3128/", "http://proxy"] {
            assert!(ProxyUrl::parse(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "proxy:3128",
            "https://proxy",
            "socks5://proxy",
            "http://",
            "http://proxy/path",
            "http://a b",
            "http://proxy:0",
            "http://proxy:x",
            "http://proxy\r\n",
        ] {
            assert!(ProxyUrl::parse(text).is_err(), "{text:?}");
        }
    }
    #[test]
    fn what_the_proxy_gets_is_the_secret_and_not_how_the_url_writes_it() {
        let secrets = |text| ProxyUrl::parse(text).unwrap().secrets().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(secrets("http://us%3Aer:p%40ss:w@proxy"), ["us:er:p@ss:w", "p@ss:w"]);
        assert_eq!(secrets("http://token@proxy"), ["token"]);
        assert!(secrets("http://proxy").is_empty());
    }
}
