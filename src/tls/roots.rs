//! The certificates to trust: the bundled web PKI set, or the file that the caller names. Nothing turns
//! verification off.

use std::fs::File;
use std::io::Read;
use std::time::SystemTime;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{PemObject, SectionKind};

use super::ca_file_cache::{CaFileCache, Certificates, FileState, are_equal};

/// The whole bundle of a distribution has about 250 KiB.
const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

static CACHE: CaFileCache = CaFileCache::new();

/// The authorities that are trusted to certify the service.
#[derive(Clone, Debug)]
pub(crate) enum Roots {
    /// The set that browsers agree on, compiled in.
    WebPki,
    /// The certificates of a `ca_file`.
    File(Certificates),
}

impl Roots {
    /// What the file holds now; one that has not changed since this process read it may not be read again.
    pub(crate) fn read(path: &str) -> Result<Roots, String> {
        if path.is_empty() {
            return Err("is empty".to_owned());
        }
        read(path, &CACHE, SystemTime::now()).map(Roots::File)
    }

    /// Whether the caller named this very certificate.
    pub(super) fn hold(&self, certificate: &CertificateDer<'_>) -> bool {
        matches!(self, Roots::File(certificates) if certificates.iter().any(|one| one == certificate))
    }
}

fn read(path: &str, known: &CaFileCache, now: SystemTime) -> Result<Certificates, String> {
    let unreadable = |problem: String| format!("{path:?} cannot be read: {problem}");
    // Asked before opening: to open a pipe would wait for somebody to write to it.
    let found = std::fs::metadata(path).map_err(|e| unreadable(e.to_string()))?;
    if !found.is_file() {
        return Err(unreadable(if found.is_dir() { "it is a directory" } else { "it is no regular file" }.to_owned()));
    }
    if let Some(certificates) = known.get(path, FileState::of(&found), now) {
        return Ok(certificates);
    }
    let (pem, state) = content(path).map_err(unreadable)?;
    let certificates = certificates_in(&pem)?;
    if certificates.is_empty() {
        return Err("holds no PEM certificate (-----BEGIN CERTIFICATE-----)".to_owned());
    }
    Ok(known.add(path, state, now, certificates))
}

/// The content, and the state of the file before the read. If the file changes during the read, its next state differs.
fn content(path: &str) -> Result<(Vec<u8>, FileState), String> {
    let file = File::open(path).map_err(|e| e.to_string())?;
    let state = FileState::of(&file.metadata().map_err(|e| e.to_string())?);
    let mut pem = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut pem).map_err(|e| e.to_string())?;
    if pem.len() as u64 > MAX_FILE_BYTES {
        return Err("it is larger than 16 MiB".to_owned());
    }
    Ok((pem, state))
}

fn certificates_in(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let mut certificates = Vec::new();
    for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(pem) {
        match section {
            Ok((SectionKind::Certificate, der)) if is_der_sequence(&der) => certificates.push(der.into()),
            Ok((SectionKind::Certificate, _)) | Err(_) => {
                return Err("holds a PEM block that cannot be read".to_owned());
            }
            Ok(_) => {}
        }
    }
    Ok(certificates)
}

/// Whether this is one DER SEQUENCE, as every certificate is. The TLS library would skip anything else silently,
/// and a client would trust nobody.
fn is_der_sequence(der: &[u8]) -> bool {
    const SEQUENCE: u8 = 0x30;
    match der {
        [SEQUENCE, length, rest @ ..] if *length < 0x80 => rest.len() == usize::from(*length),
        [SEQUENCE, 0x82, high, low, rest @ ..] => rest.len() == usize::from(u16::from_be_bytes([*high, *low])),
        _ => false,
    }
}

/// Equal certificates share a route, and so their connections.
impl PartialEq for Roots {
    fn eq(&self, other: &Roots) -> bool {
        match (self, other) {
            (Roots::WebPki, Roots::WebPki) => true,
            (Roots::File(a), Roots::File(b)) => are_equal(a, b),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};
    use std::time::Duration;

    use tempfile::TempDir;

    /// The shortest PEM block that can be one: an empty DER sequence, and one that is not empty.
    const ONE: &str = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    const OTHER: &str = "-----BEGIN CERTIFICATE-----\nMAEA\n-----END CERTIFICATE-----\n";

    /// A file of this name in the folder.
    fn file(folder: &TempDir, name: &str, content: &str) -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn read_at(path: &Path, known: &CaFileCache, now: SystemTime) -> Certificates {
        read(path.to_str().unwrap(), known, now).unwrap()
    }

    fn in_an_hour() -> SystemTime {
        SystemTime::now() + Duration::from_secs(3600)
    }

    #[test]
    fn a_file_that_has_not_changed_is_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let (path, known) = (file(&folder, "ca.pem", ONE), CaFileCache::new());
        let first = read_at(&path, &known, in_an_hour());
        assert!(Certificates::ptr_eq(&first, &read_at(&path, &known, in_an_hour())));
    }

    #[test]
    fn a_file_that_was_replaced_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let (path, known) = (file(&folder, "ca.pem", ONE), CaFileCache::new());
        read_at(&path, &known, in_an_hour());
        std::fs::rename(file(&folder, "new.pem", OTHER), &path).unwrap();
        assert_eq!(read_at(&path, &known, in_an_hour())[0].as_ref(), [0x30, 1, 0]);
        assert_eq!(known.len(), 1, "what it was is forgotten");
    }

    #[test]
    fn a_file_that_has_grown_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let (path, known) = (file(&folder, "ca.pem", ONE), CaFileCache::new());
        read_at(&path, &known, in_an_hour());
        std::fs::write(&path, [ONE, OTHER].concat()).unwrap();
        assert_eq!(read_at(&path, &known, in_an_hour()).len(), 2);
        assert_eq!(known.len(), 1);
    }

    #[test]
    fn a_file_that_is_being_written_is_read_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let known = CaFileCache::new();
        for content in [ONE, OTHER, ONE, OTHER] {
            let path = file(&folder, "ca.pem", content);
            let just_now = std::fs::metadata(&path).unwrap().modified().unwrap();
            let expected = certificates_in(content.as_bytes()).unwrap();
            assert_eq!(read_at(&path, &known, just_now)[0], expected[0]);
        }
        assert_eq!(known.len(), 0);
    }

    #[test]
    fn a_child_forked_while_the_cache_was_locked_reads_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let (path, known) = (file(&folder, "ca.pem", ONE), CaFileCache::new());
        read_at(&path, &known, in_an_hour());
        let code =
            known.while_locked(|| crate::sys::exit_code_of_fork(|| read_at(&path, &known, in_an_hour()).len() as i32));
        assert_eq!(code, 1);
    }

    #[test]
    fn a_pipe_that_nobody_writes_to_is_refused_without_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let refusal = read(pipe.to_str().unwrap(), &CaFileCache::new(), in_an_hour()).unwrap_err();
        assert!(refusal.ends_with("it is no regular file"), "{refusal}");
    }

    #[test]
    fn what_is_no_certificate_is_refused_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let known = CaFileCache::new();
        for content in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let path = file(&folder, "ca.pem", content);
            for _ in 0..2 {
                read(path.to_str().unwrap(), &known, in_an_hour()).unwrap_err();
            }
        }
    }
}
