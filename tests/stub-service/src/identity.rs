//! A server's certificate and its key: self-signed, so that most tests have TLS without files and without an authority,
//! or given by an [`Authority`](crate::Authority).

use std::io;
use std::net::TcpStream;
use std::sync::Arc;

use rcgen::CertifiedKey;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};

/// Which TLS a server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsVersion {
    Tls12,
    Tls13,
}

/// A certificate and its key, made anew each time.
pub struct Identity {
    certified: CertifiedKey<rcgen::KeyPair>,
}

impl Identity {
    /// Self-signed, for 127.0.0.1.
    pub fn for_loopback() -> Identity {
        let certified = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned(), "localhost".to_owned()]);
        Identity { certified: certified.expect("the names are valid") }
    }

    pub(crate) fn new(cert: rcgen::Certificate, signing_key: rcgen::KeyPair) -> Identity {
        Identity { certified: CertifiedKey { cert, signing_key } }
    }

    /// The certificate, for the client to trust.
    pub fn certificate_pem(&self) -> String {
        self.certified.cert.pem()
    }

    pub(crate) fn key_pem(&self) -> String {
        self.certified.signing_key.serialize_pem()
    }

    pub(crate) fn server_config(&self) -> Arc<ServerConfig> {
        Arc::new(self.config_for(rustls::DEFAULT_VERSIONS))
    }

    /// For this version alone. What is written before the end of the handshake leaves as soon as TLS allows it.
    pub(crate) fn server_config_for(&self, version: TlsVersion) -> Arc<ServerConfig> {
        let version = match version {
            TlsVersion::Tls12 => &rustls::version::TLS12,
            TlsVersion::Tls13 => &rustls::version::TLS13,
        };
        let mut config = self.config_for(&[version]);
        config.send_half_rtt_data = true;
        Arc::new(config)
    }

    fn config_for(&self, versions: &[&'static SupportedProtocolVersion]) -> ServerConfig {
        let key = PrivateKeyDer::try_from(self.certified.signing_key.serialize_der()).expect("rcgen writes PKCS #8");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .expect("ring has these versions")
            .with_no_client_auth()
            .with_single_cert(vec![self.certified.cert.der().clone()], key);
        config.expect("the key is the certificate's")
    }
}

/// The server's side of a handshake; gives TLS over the socket.
pub(crate) fn shake_hands(
    config: Arc<ServerConfig>,
    socket: &TcpStream,
) -> io::Result<StreamOwned<ServerConnection, &TcpStream>> {
    let mut tls = ServerConnection::new(config).map_err(io::Error::other)?;
    tls.complete_io(&mut { socket })?;
    Ok(StreamOwned::new(tls, socket))
}
