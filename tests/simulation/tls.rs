//! The service's side of TLS, and cryptography whose randomness comes from the seed: real rustls on both sides, with ring's
//! ciphers and signatures. Only the key exchange is a toy, because ring's draws its keys from the operating system; it is as
//! long as X25519's. One run is then the same to the byte.

use std::fmt;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SerialNumber, date_time_ymd};
use rustls::crypto::{
    ActiveKeyExchange, CryptoProvider, GetRandomFailed, SecureRandom, SharedSecret, SupportedKxGroup, ring,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::{ServerConfig, ServerSessionMemoryCache};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::time_provider::TimeProvider;
use rustls::{NamedGroup, SupportedCipherSuite, SupportedProtocolVersion, version};

use crate::chance::Dice;

/// The date when a run begins: 2026-03-01.
pub fn date() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_772_323_200)
}

/// The host that the good certificate is for.
const HOST: &str = "service0.example";

const MOST_SESSIONS: usize = 16;

/// What the service shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Good,
    OtherName,
    Expired,
    OtherAuthority,
}

impl Shown {
    const ALL: [Shown; 4] = [Shown::Good, Shown::OtherName, Shown::Expired, Shown::OtherAuthority];
    pub const BAD: [Shown; 3] = [Shown::OtherName, Shown::Expired, Shown::OtherAuthority];
}

/// The certificates, made once for all runs.
pub struct Authority {
    certificate_pem: String,
    identities: Vec<Arc<CertifiedKey>>,
}

impl Authority {
    pub fn new() -> Authority {
        let (authority, certificate_pem) = issuer("Authority", AUTHORITY_KEY);
        let (other, _) = issuer("Other authority", OTHER_KEY);
        let identities = Shown::ALL.map(|shown| {
            let issuer = if shown == Shown::OtherAuthority { &other } else { &authority };
            let host = if shown == Shown::OtherName { "other.example" } else { HOST };
            let year = if shown == Shown::Expired { 2025 } else { 2030 };
            Arc::new(identity(issuer, host, year))
        });
        Authority { certificate_pem, identities: identities.into() }
    }

    /// Writes the file by which clients know the authority.
    pub fn write_ca_file(&self, path: &Path) {
        let mut file = std::fs::File::create(path).expect("a temporary folder can be written to");
        file.write_all(self.certificate_pem.as_bytes()).expect("and has room");
    }

    /// The configurations of one run's servers.
    pub fn servers(&self, cryptography: &Arc<CryptoProvider>) -> Servers {
        Servers { identities: self.identities.clone(), cryptography: cryptography.clone(), configs: Vec::new() }
    }
}

/// The configurations of one run's servers, each made when it is first needed.
pub struct Servers {
    identities: Vec<Arc<CertifiedKey>>,
    cryptography: Arc<CryptoProvider>,
    configs: Vec<(Shown, bool, Arc<ServerConfig>)>,
}

impl Servers {
    /// Gives up the configurations, which hold the sessions.
    pub fn forget(&mut self) {
        self.configs = Vec::new();
    }

    pub fn config(&mut self, shown: Shown, is_old: bool) -> Arc<ServerConfig> {
        if let Some((.., known)) = self.configs.iter().find(|(of, old, _)| (*of, *old) == (shown, is_old)) {
            return known.clone();
        }
        let version = if is_old { &version::TLS12 } else { &version::TLS13 };
        let config = config(&self.identities[shown as usize], &self.cryptography, version);
        self.configs.push((shown, is_old, config.clone()));
        config
    }
}

fn config(
    identity: &Arc<CertifiedKey>,
    cryptography: &Arc<CryptoProvider>,
    version: &'static SupportedProtocolVersion,
) -> Arc<ServerConfig> {
    let resolver = SingleCertAndKey::from(CertifiedKey::clone(identity));
    let mut config = ServerConfig::builder_with_details(cryptography.clone(), Arc::new(FixedDate))
        .with_protocol_versions(&[version])
        .expect("it is a version of TLS")
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(resolver));
    // Each has its own sessions, because a client that resumes one sees no certificate.
    config.session_storage = ServerSessionMemoryCache::new(MOST_SESSIONS);
    config.max_early_data_size = 0;
    config.send_half_rtt_data = true;
    Arc::new(config)
}

/// The server judges no certificate, and its sessions do not grow old.
#[derive(Debug)]
struct FixedDate;

impl TimeProvider for FixedDate {
    fn current_time(&self) -> Option<UnixTime> {
        date().duration_since(UNIX_EPOCH).ok().map(UnixTime::since_unix_epoch)
    }
}

// Ed25519, whose signatures need no randomness. The keys protect nothing.
const AUTHORITY_KEY: &str = "MC4CAQAwBQYDK2VwBCIEIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB";
const OTHER_KEY: &str = "MC4CAQAwBQYDK2VwBCIEIAICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC";
const SERVICE_KEY: &str = "MC4CAQAwBQYDK2VwBCIEIAMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMD";

fn key(base64: &str) -> KeyPair {
    KeyPair::from_pem(&format!("-----BEGIN PRIVATE KEY-----\n{base64}\n-----END PRIVATE KEY-----\n")).expect("a key")
}

fn issuer(name: &str, base64: &str) -> (Issuer<'static, KeyPair>, String) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from(1));
    let key = key(base64);
    let pem = params.self_signed(&key).expect("it can be signed").pem();
    (Issuer::new(params, key), pem)
}

fn identity(issuer: &Issuer<'static, KeyPair>, host: &str, year: i32) -> CertifiedKey {
    let mut params = CertificateParams::new([host.to_owned()]).expect("a name");
    params.serial_number = Some(SerialNumber::from(2));
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(year, 1, 1);
    let key = key(SERVICE_KEY);
    let certificate: CertificateDer = params.signed_by(&key, issuer).expect("it can be signed").der().clone();
    let private = PrivateKeyDer::try_from(key.serialize_der()).expect("PKCS #8");
    let signer = ring::sign::any_supported_type(&private).expect("Ed25519");
    CertifiedKey::new(vec![certificate], signer)
}

/// Cryptography whose randomness comes from the seed. What it leaks is some bytes for each run: rustls keeps them forever.
pub fn cryptography(seed: u64) -> Arc<CryptoProvider> {
    let source: &'static Source = Box::leak(Box::new(Source(Mutex::new(Dice::of(seed, &[3])))));
    let group: &'static ToyGroup = Box::leak(Box::new(ToyGroup(source)));
    let usual = ring::default_provider();
    // ring computes SHA-384 slowly, and the hash makes no difference here.
    let cipher_suites = usual.cipher_suites.iter().copied().filter(|suite| is_sha256(*suite)).collect();
    Arc::new(CryptoProvider { cipher_suites, kx_groups: vec![group], secure_random: source, ..usual })
}

fn is_sha256(suite: SupportedCipherSuite) -> bool {
    format!("{:?}", suite.suite()).ends_with("SHA256")
}

struct Source(Mutex<Dice>);

impl Source {
    fn number(&self) -> u64 {
        self.0.lock().unwrap().number()
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source")
    }
}

impl SecureRandom for Source {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.number().to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

/// Diffie and Hellman over a small prime, in the clothes of X25519.
#[derive(Debug)]
struct ToyGroup(&'static Source);

const PRIME: u128 = (1 << 61) - 1;
const KEY_BYTES: usize = 32;

impl SupportedKxGroup for ToyGroup {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, rustls::Error> {
        let secret = self.0.number() | 1;
        Ok(Box::new(ToyExchange { secret, public: as_key(power(3, secret)) }))
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519
    }
}

struct ToyExchange {
    secret: u64,
    public: [u8; KEY_BYTES],
}

impl ActiveKeyExchange for ToyExchange {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, rustls::Error> {
        let base = peer.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        Ok(SharedSecret::from(&as_key(power(base, self.secret))[..]))
    }

    fn pub_key(&self) -> &[u8] {
        &self.public
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::X25519
    }
}

fn as_key(number: u64) -> [u8; KEY_BYTES] {
    let mut key = [0; KEY_BYTES];
    key[..8].copy_from_slice(&number.to_le_bytes());
    key
}

fn power(base: u64, mut exponent: u64) -> u64 {
    let (mut square, mut result) = (u128::from(base) % PRIME, 1);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * square % PRIME;
        }
        square = square * square % PRIME;
        exponent >>= 1;
    }
    result as u64
}
