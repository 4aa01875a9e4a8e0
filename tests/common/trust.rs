//! A certificate for a service on loopback, and the file by which a client trusts it.

use stub_service::Identity;
use tempfile::NamedTempFile;

pub struct Trust {
    pub identity: Identity,
    ca_file: NamedTempFile,
}

impl Trust {
    pub fn new() -> Trust {
        let identity = Identity::for_loopback();
        Trust { ca_file: identity.ca_file(), identity }
    }

    pub fn path(&self) -> &str {
        self.ca_file.path().to_str().unwrap()
    }
}
