//! The configuration of TLS for one set of roots: what is checked, by which cryptography, by which clock.

use std::sync::Arc;
use std::time::UNIX_EPOCH;

use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::UnixTime;
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, RootCertStore};

use super::cryptography::our_cryptography;
use super::fault::fault_of_tls;
use super::roots::Roots;
use super::verifier::Verifier;
use crate::errors::{Cause, NetworkFault};
use crate::net::World;

/// A usual request has a few hundred bytes and fits into one record. A longer one leaves in several, and the service can read
/// the first before the rest of it has come.
const MAX_RECORD_BYTES: usize = 4 * 1024;

/// TLS 1.2 and 1.3. Making it takes as long as a handshake, so make it once per route.
pub(crate) fn client_config(roots: &Roots, world: &'static dyn World) -> Result<ClientConfig, NetworkFault> {
    let cryptography = world.cryptography().unwrap_or_else(our_cryptography);
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(store_of(roots)), cryptography.clone())
        .build()
        .map_err(|error| NetworkFault::new(Cause::Tls, error.to_string()))?;
    let verifier = Arc::new(Verifier::new(verifier, roots.clone()));
    let mut config = ClientConfig::builder_with_details(cryptography, Arc::new(Clock(world)))
        .with_safe_default_protocol_versions()
        .map_err(fault_of_tls)?
        // "Dangerous" is any verifier but rustls's own, even one that only adds to it.
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.max_fragment_size = Some(MAX_RECORD_BYTES);
    Ok(config)
}

fn store_of(roots: &Roots) -> RootCertStore {
    match roots {
        Roots::WebPki => RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() },
        Roots::File(certificates) => {
            let mut store = RootCertStore::empty();
            // A bundle may hold certificates that no TLS library can use; the others count.
            store.add_parsable_certificates(certificates.iter().cloned());
            store
        }
    }
}

/// The world's clock. rustls's own panics before 1970.
#[derive(Debug)]
struct Clock(&'static dyn World);

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        self.0.date().duration_since(UNIX_EPOCH).ok().map(UnixTime::since_unix_epoch)
    }
}
