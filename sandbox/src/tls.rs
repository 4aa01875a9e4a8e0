//! TLS with a certificate authority that lives as long as the process: to try out an application's `ca_file`.

use std::fs::DirBuilder;
use std::io::{Error, Result};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::random;

/// A server's identity, and the file with the authority that vouches for it. The key of the authority is forgotten as
/// soon as it has signed, so nobody can ever make another identity with it.
pub struct ThrowAway {
    pub config: Arc<ServerConfig>,
    folder: PathBuf,
}

impl ThrowAway {
    /// For these names and addresses.
    pub fn new(names: Vec<String>) -> Result<Self> {
        let (authority, config) = identity(names).map_err(Error::other)?;
        let folder = std::env::temp_dir().join(format!("shoutout-sandbox-{}", random::boot()));
        private().create(&folder)?;
        let made = Self { config: Arc::new(config), folder };
        std::fs::write(made.ca_file(), authority)?;
        Ok(made)
    }

    pub fn ca_file(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }
}

impl Drop for ThrowAway {
    fn drop(&mut self) {
        // What cannot be removed is worth nothing: nobody has the key.
        let _ = std::fs::remove_dir_all(Path::new(&self.folder));
    }
}

/// Of this user only, and made by us: a folder that is there already is an error.
fn private() -> DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// The authority's certificate in PEM, and what a server needs to be trusted by it.
fn identity(
    names: Vec<String>,
) -> std::result::Result<(String, ServerConfig), Box<dyn std::error::Error + Send + Sync>> {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "shoutout-sandbox, a throw-away authority for tests");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;

    let mut server = CertificateParams::new(names)?;
    server.distinguished_name.push(DnType::CommonName, "shoutout-sandbox");
    server.use_authority_key_identifier_extension = true;
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate()?;
    let certificate = CertificateDer::from(server.signed_by(&key, &authority)?);

    let key = PrivateKeyDer::try_from(key.serialize_der())?;
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)?;
    Ok((authority.pem(), config))
}
