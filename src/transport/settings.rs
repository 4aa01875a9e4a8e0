//! What tells one transport from another: whom it trusts, and the proxy. The only file that configures ureq, of which only
//! what makes a connection is used.

use std::sync::Arc;

use ureq::config::Config;
use ureq::tls::{RootCerts, TlsConfig};

use super::crypto::with_our_cryptography;
use crate::options::{ProxyUrl, Roots, USER_AGENT};

/// ureq's 128 KiB each would cost half a megabyte per TLS connection.
const INPUT_BUFFER_BYTES: usize = 16 * 1024;
/// A usual request has a few hundred bytes and leaves in one write; a longer one leaves in several, and under TLS its
/// first record can be read before the rest of it has come.
const OUTPUT_BUFFER_BYTES: usize = 4 * 1024;

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

    pub(super) fn config(&self) -> &Arc<Config> {
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
        // For the proxy's eyes; a request has its own.
        .user_agent(USER_AGENT)
        .input_buffer_size(INPUT_BUFFER_BYTES)
        .output_buffer_size(OUTPUT_BUFFER_BYTES)
        .build()
}
