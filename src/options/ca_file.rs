//! The certificates to trust: the bundled web PKI set, or the file that the caller names. Nothing turns
//! verification off.

use std::fs::File;
use std::io::Read;
use std::sync::Arc;

use ureq::tls::{Certificate, PemItem, parse_pem};

use super::MAX_URL_BYTES;

/// The whole bundle of a distribution has about 250 KiB.
const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// Which authorities may vouch for the service.
#[derive(Clone, Debug)]
pub(crate) enum Roots {
    /// The set that browsers agree on, compiled in.
    WebPki,
    /// The certificates of a `ca_file`.
    File(Arc<Vec<Certificate<'static>>>),
}

impl Roots {
    pub(crate) fn read(path: &str) -> Result<Roots, String> {
        if path.is_empty() {
            return Err("is empty".to_owned());
        }
        if path.len() > MAX_URL_BYTES {
            return Err("is longer than 4096 bytes".to_owned());
        }
        let pem = read_file(path).map_err(|problem| format!("{path:?} cannot be read: {problem}"))?;
        let certificates = certificates_in(&pem)?;
        if certificates.is_empty() {
            return Err("holds no PEM certificate (-----BEGIN CERTIFICATE-----)".to_owned());
        }
        Ok(Roots::File(Arc::new(certificates)))
    }
}

fn read_file(path: &str) -> Result<Vec<u8>, String> {
    // Asked before opening: to open a pipe would wait for somebody to write to it.
    let kind = std::fs::metadata(path).map_err(|e| e.to_string())?;
    if !kind.is_file() {
        return Err(if kind.is_dir() { "it is a directory" } else { "it is no regular file" }.to_owned());
    }
    let file = File::open(path).map_err(|e| e.to_string())?;
    // Its size a moment ago and a byte to find the end with: a web request that makes a client pays for this.
    let mut pem = Vec::with_capacity(kind.len().min(MAX_FILE_BYTES) as usize + 1);
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut pem).map_err(|e| e.to_string())?;
    if pem.len() as u64 > MAX_FILE_BYTES {
        return Err("it is larger than 16 MiB".to_owned());
    }
    Ok(pem)
}

fn certificates_in(pem: &[u8]) -> Result<Vec<Certificate<'static>>, String> {
    let mut certificates = Vec::new();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) if is_der_sequence(certificate.der()) => {
                certificates.push(certificate)
            }
            Ok(PemItem::Certificate(_)) | Err(_) => return Err("holds a PEM block that cannot be read".to_owned()),
            Ok(_) => {}
        }
    }
    Ok(certificates)
}

/// Whether this is one DER SEQUENCE, as every certificate is. The TLS library would skip anything else in silence,
/// and a client would trust nobody.
fn is_der_sequence(der: &[u8]) -> bool {
    const SEQUENCE: u8 = 0x30;
    match der {
        [SEQUENCE, length, rest @ ..] if *length < 0x80 => rest.len() == usize::from(*length),
        [SEQUENCE, 0x82, high, low, rest @ ..] => rest.len() == usize::from(u16::from_be_bytes([*high, *low])),
        _ => false,
    }
}

/// Equal certificates share a transport, and so their connections.
impl PartialEq for Roots {
    fn eq(&self, other: &Roots) -> bool {
        match (self, other) {
            (Roots::WebPki, Roots::WebPki) => true,
            (Roots::File(a), Roots::File(b)) => {
                Arc::ptr_eq(a, b) || a.iter().map(Certificate::der).eq(b.iter().map(Certificate::der))
            }
            _ => false,
        }
    }
}
