//! The proxy: only the one that the caller names, only `http://` with CONNECT. ureq reads the URL and its credentials.

use std::sync::Arc;

use ureq::Proxy;

use crate::origin::Origin;
use crate::secret::Secret;

/// A checked proxy URL. It may hold a password, so the whole of it is a secret.
#[derive(Clone, Debug)]
pub(crate) struct ProxyUrl {
    url: Secret,
    origin: Arc<Origin>,
    /// User and password, percent-decoded. The user may be a token without a password.
    credentials: Option<Credentials>,
}

#[derive(Clone, Debug)]
struct Credentials {
    /// `user:password`
    both: Secret,
    password: Option<Secret>,
}

/// Equal URLs share their connections.
impl PartialEq for ProxyUrl {
    fn eq(&self, other: &ProxyUrl) -> bool {
        self.url.expose() == other.url.expose()
    }
}

impl ProxyUrl {
    /// Checks and parses. The error completes the sentence "option proxy …".
    pub(crate) fn parse(text: &str) -> Result<ProxyUrl, String> {
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
        let uri: http::Uri =
            format!("http://{host}").parse().map_err(|_| "is not a URL such as http://host:port".to_owned())?;
        let origin = Arc::new(Origin::of(&uri)?);
        let proxy = Proxy::new(text).map_err(|_| "is not a URL such as http://user:password@host:port".to_owned())?;
        Ok(ProxyUrl { url: Secret::new(text), origin, credentials: Credentials::of(&proxy) })
    }

    /// The proxy's own host and port.
    pub(crate) fn origin(&self) -> &Arc<Origin> {
        &self.origin
    }

    /// `user:password`, where there is one of them.
    pub(super) fn user_and_password(&self) -> Option<&str> {
        self.credentials.as_ref().map(|credentials| credentials.both.expose())
    }

    /// The parts that must show up in no text.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        let secrets = self.credentials.as_ref().map(Credentials::secrets);
        secrets.into_iter().flatten()
    }
}

impl Credentials {
    fn of(proxy: &Proxy) -> Option<Credentials> {
        let (user, password) = (proxy.username(), proxy.password());
        if user.is_none() && password.is_none() {
            return None;
        }
        let both = Secret::new([user.unwrap_or_default(), ":", password.unwrap_or_default()].concat());
        Some(Credentials { both, password: password.map(Secret::new) })
    }

    fn secrets(&self) -> impl Iterator<Item = &str> {
        // Without a password, the user name is the secret (a token).
        let alone = self.password.as_ref().map_or_else(|| self.both.expose().trim_end_matches(':'), Secret::expose);
        let both = self.password.as_ref().map(|_| self.both.expose());
        both.into_iter().chain([alone])
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
    fn the_secret_is_what_the_proxy_gets_not_how_the_url_has_it() {
        let secrets = |text| ProxyUrl::parse(text).unwrap().secrets().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(secrets("http://us%3Aer:p%40ss:w@proxy"), ["us:er:p@ss:w", "p@ss:w"]);
        assert_eq!(secrets("http://token@proxy"), ["token"]);
        assert!(secrets("http://proxy").is_empty());
    }
}
