//! One transport: a pool of kept connections to whatever hosts its clients name, with one way to verify them.
//! The only file that configures ureq. What ureq does by default and must not do here is switched off, one by one.

use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::config::{Config, RedirectAuthHeaders};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::transport::{ConnectProxyConnector, Connector, RustlsConnector};

use super::crypto::with_our_cryptography;
use super::established::Established;
use super::names::Names;
use super::resolver::CachingResolver;
use super::tcp::Dialler;
use crate::options::{ProxyUrl, Roots, USER_AGENT};

/// A server with many threads keeps about one connection per thread.
const MOST_IDLE_PER_HOST: usize = 64;
const MOST_IDLE: usize = 256;
/// Load balancers drop idle connections after 60 s or so: stay well below, or a send meets a dead one.
const LONGEST_IDLE: Duration = Duration::from_secs(30);
/// ureq's 128 KiB each would cost half a megabyte per TLS connection.
const INPUT_BUFFER_BYTES: usize = 16 * 1024;
const OUTPUT_BUFFER_BYTES: usize = 8 * 1024;
/// An answer's head must fit in the buffer; the service's have a few hundred bytes.
const MAX_ANSWER_HEAD_BYTES: usize = INPUT_BUFFER_BYTES;

/// What tells one transport from another, and the configuration of ureq that follows from it. Made with a client, the first
/// that has them: ureq looks at the environment when it makes one, which a send must not, for another thread may be
/// changing it.
#[derive(Clone)]
pub(crate) struct Settings {
    roots: Roots,
    proxy: Option<ProxyUrl>,
    config: Arc<Config>,
}

impl Settings {
    pub(crate) fn new(roots: Roots, proxy: Option<ProxyUrl>) -> Settings {
        let config = Arc::new(config(&roots, proxy.as_ref()));
        Settings { roots, proxy, config }
    }

    pub(crate) fn are_of(&self, roots: &Roots, proxy: Option<&ProxyUrl>) -> bool {
        self.roots == *roots && self.proxy.as_ref() == proxy
    }

    #[cfg(test)]
    pub(crate) fn config(&self) -> &Arc<Config> {
        &self.config
    }

    pub(crate) fn has_proxy(&self) -> bool {
        self.proxy.is_some()
    }
}

impl PartialEq for Settings {
    fn eq(&self, other: &Settings) -> bool {
        self.are_of(&other.roots, other.proxy.as_ref())
    }
}

pub(crate) struct Transport {
    settings: Settings,
    agent: Agent,
}

impl Transport {
    pub(crate) fn new(settings: Settings, names: Arc<Names>) -> Transport {
        let chain =
            ().chain(ConnectProxyConnector::default())
                .chain(Dialler(names.clone()))
                .chain(RustlsConnector::default())
                .chain(Established);
        let agent = Agent::with_parts(Config::clone(&settings.config), chain, CachingResolver(names));
        Transport { settings, agent }
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn agent(&self) -> &Agent {
        &self.agent
    }
}

/// No timeout is set here: each wait is bounded in `tcp` and `names`, by one absolute deadline.
fn config(roots: &Roots, proxy: Option<&ProxyUrl>) -> Config {
    let roots = match roots {
        Roots::WebPki => RootCerts::WebPki,
        Roots::File(certificates) => RootCerts::Specific(certificates.clone()),
    };
    Config::builder()
        .tls_config(with_our_cryptography(TlsConfig::builder()).root_certs(roots).build())
        // Set even when there is none: otherwise ureq takes one from the environment.
        .proxy(proxy.map(ProxyUrl::to_proxy))
        // A followed redirect is a second request, perhaps to a stranger.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .redirect_auth_headers(RedirectAuthHeaders::Never)
        // As an error, an answer would lose its body.
        .http_status_as_error(false)
        .user_agent(USER_AGENT)
        .accept_encoding("")
        .max_response_header_size(MAX_ANSWER_HEAD_BYTES)
        .input_buffer_size(INPUT_BUFFER_BYTES)
        .output_buffer_size(OUTPUT_BUFFER_BYTES)
        .max_idle_connections(MOST_IDLE)
        .max_idle_connections_per_host(MOST_IDLE_PER_HOST)
        .max_idle_age(LONGEST_IDLE)
        .timeout_await_100(None)
        .build()
}
