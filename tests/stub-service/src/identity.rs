//! A server's certificate and its key: self-signed, so that most tests have TLS without files and without an authority,
//! given by an [`Authority`], or read from files that another program made.

use std::fs;
use std::io::{self, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};

use tempfile::NamedTempFile;

use crate::authority::Authority;

/// Which TLS a server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsVersion {
    Tls12,
    Tls13,
}

/// A certificate and its key, and what a server sends beside the certificate.
pub struct Identity {
    certificate_pem: String,
    key_pem: String,
    chain: Vec<CertificateDer<'static>>,
}

impl Identity {
    /// Self-signed, for 127.0.0.1; made anew each time.
    pub fn for_loopback() -> Identity {
        let certified = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned(), "localhost".to_owned()]);
        let certified = certified.expect("the names are valid");
        Identity::new(&certified.cert, &certified.signing_key)
    }

    /// From PEM files, as a server's configuration names them.
    pub fn from_files(certificate: &Path, key: &Path) -> io::Result<Identity> {
        let (certificate_pem, key_pem) = (fs::read_to_string(certificate)?, fs::read_to_string(key)?);
        Ok(Identity { certificate_pem, key_pem, chain: Vec::new() })
    }

    pub(crate) fn new(certificate: &rcgen::Certificate, key: &rcgen::KeyPair) -> Identity {
        Identity { certificate_pem: certificate.pem(), key_pem: key.serialize_pem(), chain: Vec::new() }
    }

    /// The same, sent with the certificates of these authorities, in their order.
    pub fn sent_with<'a>(mut self, authorities: impl IntoIterator<Item = &'a Authority>) -> Identity {
        self.chain.extend(authorities.into_iter().map(|authority| authority.certificate().clone()));
        self
    }

    /// How many bytes of certificates a server sends.
    pub fn chain_bytes(&self) -> usize {
        self.certificates().iter().map(|certificate| certificate.len()).sum()
    }

    /// The certificate, for the client to trust.
    pub fn certificate_pem(&self) -> String {
        self.certificate_pem.clone()
    }

    /// A file that holds it, to be named as `ca_file`; it goes when it is dropped.
    pub fn ca_file(&self) -> NamedTempFile {
        pem_file(&self.certificate_pem)
    }

    pub(crate) fn key_pem(&self) -> String {
        self.key_pem.clone()
    }

    fn certificates(&self) -> Vec<CertificateDer<'static>> {
        let own = CertificateDer::from_pem_slice(self.certificate_pem.as_bytes()).expect("a certificate in PEM");
        [vec![own], self.chain.clone()].concat()
    }

    pub(crate) fn server_config(&self) -> Arc<ServerConfig> {
        Arc::new(self.config_for(rustls::DEFAULT_VERSIONS))
    }

    /// For this version alone. What is written before the end of the handshake leaves as soon as TLS allows it. A test
    /// may have the keys of a session.
    pub(crate) fn server_config_for(&self, version: TlsVersion) -> Arc<ServerConfig> {
        let version = match version {
            TlsVersion::Tls12 => &rustls::version::TLS12,
            TlsVersion::Tls13 => &rustls::version::TLS13,
        };
        let mut config = self.config_for(&[version]);
        (config.send_half_rtt_data, config.enable_secret_extraction) = (true, true);
        Arc::new(config)
    }

    fn config_for(&self, versions: &[&'static SupportedProtocolVersion]) -> ServerConfig {
        let key = PrivateKeyDer::from_pem_slice(self.key_pem.as_bytes()).expect("a key in PEM");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .expect("ring has these versions")
            .with_no_client_auth()
            .with_single_cert(self.certificates(), key);
        config.expect("the key is the certificate's")
    }
}

/// A temporary file with this text.
pub(crate) fn pem_file(pem: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a folder for temporary files");
    file.write_all(pem.as_bytes()).expect("room for a certificate");
    file
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
