//! The options of a client, closed to mistakes: a setter that refuses its value says so, and the options remember
//! it, so that no client is made from them even when nobody looked.

mod base_url;
mod header;

use std::time::Duration;

pub(crate) use base_url::BaseUrl;
pub(crate) use header::Header;

use crate::connect::ProxyUrl;
use crate::errors::{Error, Status};
use crate::http1::USER_AGENT;
use crate::tls::Roots;

/// Longest path or URL that is accepted, in bytes.
pub(crate) const MAX_URL_BYTES: usize = 4096;
/// Longest header value that is accepted, in bytes.
pub(crate) const MAX_HEADER_VALUE_BYTES: usize = 4096;
/// Longest of the other texts that is accepted, in bytes: header name, authentication scheme, source.
pub(crate) const MAX_SHORT_BYTES: usize = 256;

const TIMEOUT_MS: std::ops::RangeInclusive<u32> = 1..=600_000;
/// More retries than this do not fit a sensible deadline.
const MAX_RETRIES: u32 = 10;
/// More headers than this are a mistake, and a head has to fit in a server's buffer.
pub(crate) const MAX_HEADERS: usize = 32;

/// How a [`Client`](crate::Client) behaves. Every option has a default; a plain `Options::new()` is right for most.
///
/// A setter that refuses its value returns the error **and** the options keep it: `Client::new` then fails with the
/// first one kept. The order of setters never matters; what spans several options is checked by `Client::new`.
#[derive(Clone, Debug)]
pub struct Options {
    base_url: BaseUrl,
    auth_scheme: String,
    headers: Vec<Header>,
    timeout: Duration,
    connect_timeout: Duration,
    max_retries: u32,
    roots: Roots,
    proxy: Option<ProxyUrl>,
    allow_plain_http: bool,
    user_agent_suffix: String,
    refusal: Option<Error>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            base_url: BaseUrl::provider(),
            auth_scheme: "Apikey".to_owned(),
            headers: Vec::new(),
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(5),
            max_retries: 2,
            roots: Roots::WebPki,
            proxy: None,
            allow_plain_http: false,
            user_agent_suffix: String::new(),
            refusal: None,
        }
    }
}

impl Options {
    /// The defaults.
    pub fn new() -> Options {
        Options::default()
    }

    /// Where the service is; `/send` and `/verify` are appended. Default `https://api.getshoutout.com/otpservice`
    /// (the provider's documentation). Without user info, query and fragment; at most 4096 bytes.
    pub fn set_base_url(&mut self, url: &str) -> Result<(), Error> {
        let parsed = check_length(url).and_then(|()| BaseUrl::parse(url));
        self.set("base_url", parsed, |options, url| options.base_url = url)
    }

    /// The word before the key in the `Authorization` header. Default `Apikey` (documented); `Bearer` has been seen
    /// to work.
    pub fn set_auth_scheme(&mut self, scheme: &str) -> Result<(), Error> {
        let checked = header::check_token(scheme).map(|()| scheme.to_owned());
        self.set("auth_scheme", checked, |options, scheme| options.auth_scheme = scheme)
    }

    /// One more header on every request, as some gateways want it. Headers that frame, route or authorise the
    /// request are refused. The value is treated as a secret.
    pub fn add_header(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let checked = Header::parse_beside(&self.headers, name, value);
        self.set("add_header", checked, |options, header| options.headers.push(header))
    }

    /// How long a whole call may take, in milliseconds: name lookup, proxy, TLS, retries, everything.
    /// Default 30,000; 1 to 600,000.
    pub fn set_timeout_ms(&mut self, milliseconds: u32) -> Result<(), Error> {
        let checked = check_milliseconds(milliseconds);
        self.set("timeout_ms", checked, |options, timeout| options.timeout = timeout)
    }

    /// How long one attempt may take until its connection stands, name lookup, proxy and TLS included, in
    /// milliseconds. Default 5,000; 1 to 600,000; what is left of the whole call ends it earlier.
    pub fn set_connect_timeout_ms(&mut self, milliseconds: u32) -> Result<(), Error> {
        let checked = check_milliseconds(milliseconds);
        self.set("connect_timeout_ms", checked, |options, timeout| options.connect_timeout = timeout)
    }

    /// How often a request is tried again, only where surely nothing was sent. Default 2, at most 10; 0 means never.
    pub fn set_max_retries(&mut self, retries: u32) -> Result<(), Error> {
        let checked = if retries <= MAX_RETRIES {
            Ok(retries)
        } else {
            Err(format!("is {retries}; at most {MAX_RETRIES} are possible"))
        };
        self.set("max_retries", checked, |options, retries| options.max_retries = retries)
    }

    /// A PEM file with the certificates of the authorities to trust instead of the bundled web PKI set.
    /// What it holds now is what counts: to take up a renewed file, make new options and a new client. A process need not
    /// read a file again that has not changed, so a client for each web request may name the whole bundle of a distribution.
    pub fn set_ca_file(&mut self, path: &str) -> Result<(), Error> {
        let read = check_length(path).and_then(|()| Roots::read(path));
        self.set("ca_file", read, |options, roots| options.roots = roots)
    }

    /// An `http://` proxy to reach the service through, by CONNECT; `None` for none, which is the default: no
    /// environment variable is read. User and password may stand in the URL and are treated as secrets.
    pub fn set_proxy(&mut self, url: Option<&str>) -> Result<(), Error> {
        let parsed = url.map(|url| check_length(url).and_then(|()| ProxyUrl::parse(url))).transpose();
        self.set("proxy", parsed, |options, proxy| options.proxy = proxy)
    }

    /// Accepts an `http://` base URL beyond loopback, over which the key travels in the clear. Default false.
    pub fn set_allow_plain_http(&mut self, allow: bool) {
        self.allow_plain_http = allow;
    }

    /// What to append to the User-Agent, such as `my-shop/2.1`. Printable ASCII, at most 256 bytes.
    pub fn set_user_agent_suffix(&mut self, suffix: &str) -> Result<(), Error> {
        let checked = header::check_value(suffix, MAX_SHORT_BYTES).map(|()| suffix.to_owned());
        self.set("user_agent_suffix", checked, |options, suffix| options.user_agent_suffix = suffix)
    }

    /// Remembers a refusal that a layer above found, such as bytes that are not UTF-8.
    pub(crate) fn refuse(&mut self, option: &str, problem: &str) -> Error {
        let error = Error::refused(Status::InvalidArgument, format!("option {option} {problem}. Nothing was sent."));
        self.refusal.get_or_insert_with(|| error.clone());
        error
    }

    fn set<T>(
        &mut self,
        option: &str,
        value: Result<T, String>,
        store: impl FnOnce(&mut Options, T),
    ) -> Result<(), Error> {
        match value {
            Ok(value) => {
                store(self, value);
                Ok(())
            }
            Err(problem) => Err(self.refuse(option, &problem)),
        }
    }

    /// The checks that span options, after the refusals of single ones.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if let Some(refusal) = &self.refusal {
            return Err(refusal.clone());
        }
        // Behind a proxy elsewhere, "loopback" is the proxy's machine, and the way to it is plain.
        let service = self.base_url.origin();
        let stays_here = service.is_loopback() && self.proxy.as_ref().is_none_or(|proxy| proxy.origin().is_loopback());
        if !service.is_https() && !stays_here && !self.allow_plain_http {
            return Err(Error::refused(
                Status::InvalidArgument,
                "option base_url is http:// beyond this machine (or through a proxy beyond it), where the API key would \
                 travel in the clear; use https://, or set allow_plain_http if that is really meant. Nothing was sent.",
            ));
        }
        Ok(())
    }

    pub(crate) fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    pub(crate) fn auth_scheme(&self) -> &str {
        &self.auth_scheme
    }

    pub(crate) fn headers(&self) -> &[Header] {
        &self.headers
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    pub(crate) fn connect_timeout(&self) -> Duration {
        self.connect_timeout
    }

    pub(crate) fn max_retries(&self) -> u32 {
        self.max_retries
    }

    pub(crate) fn roots(&self) -> &Roots {
        &self.roots
    }

    pub(crate) fn proxy(&self) -> Option<&ProxyUrl> {
        self.proxy.as_ref()
    }

    /// `libshoutout_otp/<version>`, and the suffix behind it.
    pub(crate) fn user_agent(&self) -> String {
        format!("{USER_AGENT} {}", self.user_agent_suffix).trim_end().to_owned()
    }
}

fn check_length(path_or_url: &str) -> Result<(), String> {
    if path_or_url.len() > MAX_URL_BYTES { Err(format!("is longer than {MAX_URL_BYTES} bytes")) } else { Ok(()) }
}

pub(crate) fn check_milliseconds(milliseconds: u32) -> Result<Duration, String> {
    if TIMEOUT_MS.contains(&milliseconds) {
        Ok(Duration::from_millis(milliseconds.into()))
    } else {
        Err(format!("is {milliseconds}; 1 to 600000 milliseconds are possible"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_option_is_remembered_even_if_a_later_call_is_right() {
        let mut options = Options::new();
        assert!(options.set_timeout_ms(0).is_err());
        assert!(options.set_timeout_ms(1000).is_ok());
        let error = options.check().unwrap_err();
        assert!(error.message().contains("timeout_ms"), "{error}");
    }

    #[test]
    fn the_order_of_setters_does_not_matter() {
        for allow_first in [true, false] {
            let mut options = Options::new();
            if allow_first {
                options.set_allow_plain_http(true);
            }
            options.set_base_url("http://gateway.example/x").unwrap();
            if !allow_first {
                assert!(options.check().is_err());
                options.set_allow_plain_http(true);
            }
            options.check().unwrap();
        }
    }

    #[test]
    fn debug_output_holds_no_header_value_and_no_proxy_password() {
        let mut options = Options::new();
        options.add_header("x-tenant", "canary-value").unwrap();
        options.set_proxy(Some("http://user:canary-pass@localhost:3128")).unwrap();
        let shown = format!("{options:?}");
        assert!(!shown.contains("canary"), "{shown}");
    }
}
