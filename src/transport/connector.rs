//! One transport: connections to whatever hosts its clients name, made in one way and verified in one way, and kept.
//! ureq's connectors make a connection (proxy, TLS) out of pieces of ours (names, TCP); what goes over it is not ureq's.

use std::sync::Arc;

use ureq::Error;
use ureq::http::Uri;
use ureq::http::uri::Scheme;
use ureq::unversioned::resolver::Resolver;
use ureq::unversioned::transport::time::Instant;
use ureq::unversioned::transport::{self as ureq_transport, ConnectionDetails, Connector, NextTimeout};
use ureq::unversioned::transport::{ConnectProxyConnector, RustlsConnector};

use super::connection::Connection;
use super::established::Established;
use super::names::Names;
use super::pool::Pool;
use super::resolver::CachingResolver;
use super::settings::Settings;
use super::tcp::Dialler;

/// Runs the chain of connectors; also the way in which the connector of proxies reaches the proxy.
type Connect = dyn Fn(&ConnectionDetails) -> Result<Box<dyn ureq_transport::Transport>, Error> + Send + Sync;

pub(crate) struct Transport {
    settings: Settings,
    connect: Arc<Connect>,
    resolver: CachingResolver,
    pub(super) pool: Pool,
}

impl Transport {
    pub(crate) fn new(settings: Settings, names: Arc<Names>) -> Transport {
        let connect = chain(names.clone());
        Transport { settings, connect, resolver: CachingResolver(names), pool: Pool::default() }
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A kept connection that is still good, or else a new one.
    pub(super) fn connection(&self, uri: &Uri) -> Result<Connection, Error> {
        self.pool.take(uri).map_or_else(|| self.connect(uri), Ok)
    }

    fn connect(&self, uri: &Uri) -> Result<Connection, Error> {
        let config = self.settings.config();
        // A proxy looks up the name itself.
        let addrs = match config.proxy() {
            Some(_) => self.resolver.empty(),
            None => self.resolver.resolve(uri, config, NextTimeout::default())?,
        };
        let transport = (self.connect)(&ConnectionDetails {
            uri,
            addrs,
            config,
            request_level: false,
            resolver: &self.resolver,
            now: Instant::now(),
            // No timeout is ureq's: each wait is bounded in `tcp` and `names`, by one absolute deadline.
            timeout: NextTimeout::default(),
            current_time: Arc::new(Instant::now),
            run_connector: self.connect.clone(),
            register_shutdown: Arc::new(|_| Ok(())),
        })?;
        if uri.scheme() == Some(&Scheme::HTTPS) && !transport.is_tls() {
            return Err(Error::TlsRequired);
        }
        Connection::to(uri, transport).ok_or(Error::HostNotFound)
    }
}

fn chain(names: Arc<Names>) -> Arc<Connect> {
    let chain =
        ().chain(ConnectProxyConnector::default())
            .chain(Dialler(names))
            .chain(RustlsConnector::default())
            .chain(Established);
    Arc::new(move |details| match chain.connect(details, None)? {
        Some(transport) => Ok(Box::new(transport)),
        None => Err(Error::ConnectionFailed),
    })
}
