//! A certificate authority of one's own, as companies have them behind their proxies.

use std::io::Write;
use std::path::Path;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use tempfile::NamedTempFile;

use crate::identity::Identity;

/// An authority that no system trusts, and the file that makes a client trust it.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    ca_file: NamedTempFile,
}

impl Authority {
    pub fn new() -> Authority {
        let mut params = params_for("Authority of the tests", Vec::new());
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let issuer = CertifiedIssuer::self_signed(params, fresh_key()).expect("ring signs");
        let mut ca_file = NamedTempFile::new().expect("a folder for temporary files");
        ca_file.write_all(issuer.pem().as_bytes()).expect("room for a certificate");
        Authority { issuer, ca_file }
    }

    /// The authority's certificate, in PEM. The file goes with the authority.
    pub fn ca_file(&self) -> &Path {
        self.ca_file.path()
    }

    /// A certificate as it should be, for one name or address.
    pub fn certify(&self, name: &str) -> Identity {
        self.sign(&params_for(name, vec![name.to_owned()]))
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
        Identity::new(params.signed_by(&key, &self.issuer).expect("ring signs"), key)
    }
}

impl Default for Authority {
    fn default() -> Authority {
        Authority::new()
    }
}

fn params_for(common_name: &str, names: Vec<String>) -> CertificateParams {
    let mut params = CertificateParams::new(names).expect("the names are valid");
    params.distinguished_name.push(DnType::CommonName, common_name);
    params
}

fn fresh_key() -> KeyPair {
    KeyPair::generate().expect("ring makes keys")
}
