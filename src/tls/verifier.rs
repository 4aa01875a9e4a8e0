//! The check of a server's certificate: rustls's own, behind a limit on how much it may have to compute.

use std::fmt;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, OtherError, SignatureScheme};

use super::roots::Roots;

/// How many certificates may come beside the server's own. A path through them is searched in every order: 6 of one name take
/// 12 ms, 7 take 48 ms, 8 take 170 ms. Real servers send one to four.
const MAX_INTERMEDIATES: usize = 6;

/// The server's own certificate is in `ca_file`, and was refused because it says that it is an authority's.
#[derive(Debug)]
pub(super) struct ServerIsItsOwnAuthority;

impl fmt::Display for ServerIsItsOwnAuthority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server's own certificate is in ca_file and is an authority's (CA:TRUE)")
    }
}

impl std::error::Error for ServerIsItsOwnAuthority {}

#[derive(Debug)]
pub(super) struct Verifier {
    checked: Arc<WebPkiServerVerifier>,
    roots: Roots,
}

impl Verifier {
    pub(super) fn new(checked: Arc<WebPkiServerVerifier>, roots: Roots) -> Verifier {
        Verifier { checked, roots }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        server: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if intermediates.len() > MAX_INTERMEDIATES {
            return Err(Error::General(format!(
                "the server sent {} certificates beside its own; at most {MAX_INTERMEDIATES} are looked at",
                intermediates.len()
            )));
        }
        let checked = self.checked.verify_server_cert(server, intermediates, name, ocsp_response, now);
        checked.map_err(|error| match error {
            Error::InvalidCertificate(why) if is_about_an_authority(&why) && self.roots.hold(server) => {
                Error::Other(OtherError(Arc::new(ServerIsItsOwnAuthority)))
            }
            error => error,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        server: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.checked.verify_tls12_signature(message, server, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        server: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.checked.verify_tls13_signature(message, server, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.checked.supported_verify_schemes()
    }
}

/// Whether a certificate was refused for being an authority's. rustls has no word of its own for it and passes on the word of
/// the library below.
// tests/handshake.rs fails if this text changes.
fn is_about_an_authority(why: &rustls::CertificateError) -> bool {
    matches!(why, rustls::CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity"))
}
