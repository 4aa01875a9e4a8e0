//! A certificate authority of one's own, as companies have them behind their proxies.

use std::path::Path;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::CertificateDer;
use tempfile::NamedTempFile;

use crate::identity::{Identity, pem_file};

/// An authority that no system trusts, and the file that makes a client trust it.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    ca_file: NamedTempFile,
}

impl Authority {
    pub fn new() -> Authority {
        Authority::named("Authority of the tests")
    }

    /// Self-signed. Two of one name have different keys, so each is a stranger to the other.
    pub fn named(name: &str) -> Authority {
        Authority::of(CertifiedIssuer::self_signed(params_of_authority(name), fresh_key()))
    }

    /// An authority below this one.
    pub fn delegate(&self, name: &str) -> Authority {
        Authority::of(CertifiedIssuer::signed_by(params_of_authority(name), fresh_key(), &self.issuer))
    }

    fn of(issuer: Result<CertifiedIssuer<'static, KeyPair>, rcgen::Error>) -> Authority {
        let issuer = issuer.expect("ring signs");
        Authority { ca_file: pem_file(&issuer.pem()), issuer }
    }

    /// The authority's certificate, in PEM. The file goes with the authority.
    pub fn ca_file(&self) -> &Path {
        self.ca_file.path()
    }

    pub(crate) fn certificate(&self) -> &CertificateDer<'static> {
        self.issuer.der()
    }

    /// A certificate as it should be, for one name or address.
    pub fn certify(&self, name: &str) -> Identity {
        self.certify_for_all(&[name.to_owned()])
    }

    /// One certificate for all of these names and addresses.
    pub fn certify_for_all(&self, names: &[String]) -> Identity {
        self.sign(&params_for(&names[0], names.to_vec()))
    }

    /// A certificate that ended years ago.
    pub fn certify_for_the_past(&self, name: &str) -> Identity {
        let mut params = params_for(name, vec![name.to_owned()]);
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
        self.sign(&params)
    }

    fn sign(&self, params: &CertificateParams) -> Identity {
        let key = fresh_key();
        Identity::new(&params.signed_by(&key, &self.issuer).expect("ring signs"), &key)
    }
}

impl Default for Authority {
    fn default() -> Authority {
        Authority::new()
    }
}

fn params_of_authority(name: &str) -> CertificateParams {
    let mut params = params_for(name, Vec::new());
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

fn params_for(common_name: &str, names: Vec<String>) -> CertificateParams {
    let mut params = CertificateParams::new(names).expect("the names are valid");
    params.distinguished_name.push(DnType::CommonName, common_name);
    params
}

fn fresh_key() -> KeyPair {
    KeyPair::generate().expect("ring makes keys")
}
