//! A route: all connections with the same roots and the same proxy. Requests that differ
//! in neither share it, whichever client they belong to.

use std::sync::Arc;
use std::time::{Duration, Instant};

use once_cell::race::OnceBox;
use rustls::ClientConfig;

use super::idle::{IdleConnections, Kept};
use crate::attempt::Attempt;
use crate::connect::{self, ProxyUrl};
use crate::errors::{Cause, NetworkFault};
use crate::http1::{self, Answer, Connection, Request};
use crate::net::{Names, SinceLastAnswer, World};
use crate::origin::Origin;
use crate::planted_faults::{PlantedFault, is_planted};
use crate::tls::{self, Roots};

/// A connection that is found dead this soon after its last answer was closed by a service that said it would keep it.
const SOON: Duration = Duration::from_secs(2);

/// What tells one route from another.
#[derive(Clone, PartialEq)]
pub(crate) struct RouteSettings {
    /// The trusted authorities.
    pub(crate) roots: Roots,
    /// `None`: a direct connection.
    pub(crate) proxy: Option<ProxyUrl>,
}

/// The connections of one setting.
pub(super) struct Route {
    settings: RouteSettings,
    names: Arc<Names>,
    /// Made for the first TLS connection. It also holds the TLS session cache.
    tls: OnceBox<Arc<ClientConfig>>,
    idle: IdleConnections,
}

impl Route {
    pub(super) fn new(settings: RouteSettings, names: Arc<Names>) -> Route {
        Route { settings, names, tls: OnceBox::new(), idle: IdleConnections::default() }
    }

    pub(super) fn settings(&self) -> &RouteSettings {
        &self.settings
    }

    /// Sends the request over a kept connection that is still good, or else over a new one.
    pub(super) fn send(&self, request: &Request, attempt: &mut Attempt) -> Result<Answer, NetworkFault> {
        let origin = request.head.origin();
        let (mut connection, idle_for) = match self.take_silent(origin, attempt.world.now()) {
            Some(kept) => (kept.connection, Some(kept.idle_for)),
            None => (self.connect(origin, attempt)?, None),
        };
        attempt.on_kept_connection = idle_for.is_some();
        let exchanged = http1::exchange(&mut connection, request, attempt).inspect_err(|fault| {
            let is_loss = fault.cause == Cause::Lost;
            if is_loss && idle_for.is_some_and(|time| attempt.last_byte_left || time < SOON) {
                self.idle.distrust(origin, attempt.world.now());
            }
        })?;
        if exchanged.keeps_connection {
            self.idle.put(connection, exchanged.keep_alive, attempt.world.now());
        }
        Ok(exchanged.answer)
    }

    /// A kept connection that may be used, or nothing.
    fn take_silent(&self, origin: &Arc<Origin>, now: Instant) -> Option<Kept> {
        loop {
            let mut kept = self.idle.take(origin, now)?;
            if is_planted(PlantedFault::SocketNotAsked) {
                return Some(kept);
            }
            match kept.connection.look() {
                SinceLastAnswer::Silent => return Some(kept),
                SinceLastAnswer::Ended if kept.idle_for < SOON => self.idle.distrust(origin, now),
                SinceLastAnswer::Spoke | SinceLastAnswer::Ended => {}
            }
        }
    }

    fn connect(&self, origin: &Arc<Origin>, attempt: &mut Attempt) -> Result<Connection, NetworkFault> {
        let world = attempt.world;
        connect::connect(origin, self.settings.proxy.as_ref(), &self.names, || self.tls_config(world), attempt)
    }

    /// If two threads both make one, both use the first.
    fn tls_config(&self, world: &'static dyn World) -> Result<Arc<ClientConfig>, NetworkFault> {
        let make = || tls::client_config(&self.settings.roots, world).map(|config| Box::new(Arc::new(config)));
        self.tls.get_or_try_init(make).cloned()
    }
}
