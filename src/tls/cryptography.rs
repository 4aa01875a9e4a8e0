//! The cryptography under TLS: ring's, without what only a certificate of one's own would need. The service asks for none;
//! the code for private keys would be 2.5 % of the library.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, KeyProvider, ring};
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::SigningKey;

/// Named, rather than left to rustls, which would take whatever provider the process has installed as its default.
// Never inlined, so that what it calls is inlined here: only then the linker sees that nothing reads private keys.
#[inline(never)]
pub(super) fn our_cryptography() -> Arc<CryptoProvider> {
    Arc::new(CryptoProvider { key_provider: &NoKeys, ..ring::default_provider() })
}

/// Never asked: no option sets a certificate of the client's own.
#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(&self, _: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General("no certificate of the client's own".to_owned()))
    }
}
