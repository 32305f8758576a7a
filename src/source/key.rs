//! Ed25519 keys (RFC 8032), and the identity of a source that follows from its key.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// The public halves of the keys that lie in the repository: the starter index's and the demo feed's. Whatever they sign
/// is for demonstration only and is marked so.
pub const DEVELOPMENT_KEYS: [&str; 2] =
    [include_str!("../../www/index/development.pub"), include_str!("../../www/feed/development.pub")];

/// A publisher's public key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// What a source is known by, whatever host serves it: SHA-256 over `caveat/v1/source`, a zero byte and the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub [u8; 32]);

/// A text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Neither 64 hexadecimal digits nor base64 of 32 bytes.
    #[error("a key is 64 hexadecimal digits or 32 bytes in base64")]
    Malformed,
    /// 32 bytes that are no point of the curve, or one that anybody can sign for.
    #[error("these 32 bytes are no Ed25519 key")]
    NotAKey,
}

impl PublicKey {
    /// The key of these bytes.
    ///
    /// # Errors
    /// When they are no key.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NotAKey)?;
        if key.is_weak() { Err(KeyError::NotAKey) } else { Ok(Self(key)) }
    }

    /// The source that this key stands for.
    pub fn source(&self) -> SourceId {
        SourceId(Sha256::new().chain_update(b"caveat/v1/source\0").chain_update(self.0.as_bytes()).finalize().into())
    }

    /// Eight bytes that tell keys apart inside an envelope.
    pub fn id(&self) -> [u8; 8] {
        let digest = Sha256::new().chain_update(b"caveat/v1/key\0").chain_update(self.0.as_bytes()).finalize();
        std::array::from_fn(|i| digest[i])
    }

    /// What people compare: 16 hexadecimal digits of the source's id, in groups of four.
    pub fn fingerprint(&self) -> String {
        self.source().fingerprint()
    }

    /// Whether it is one of [`DEVELOPMENT_KEYS`].
    pub fn is_development(&self) -> bool {
        let text = self.to_string();
        DEVELOPMENT_KEYS.iter().any(|key| key.trim() == text)
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        // Strict: no small-order points, no second form of a signature.
        self.0.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

impl SourceId {
    /// What people compare: its first 16 hexadecimal digits, in groups of four.
    pub fn fingerprint(&self) -> String {
        let digits = self.to_string();
        [&digits[..4], &digits[4..8], &digits[8..12], &digits[12..16]].join(" ")
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let bytes = hex::decode(text).or_else(|_| STANDARD.decode(text)).map_err(|_| KeyError::Malformed)?;
        Self::from_bytes(bytes.as_slice().try_into().map_err(|_| KeyError::Malformed)?)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// A publisher's secret key.
#[cfg(feature = "builder")]
pub struct SecretKey(ed25519_dalek::SigningKey);

#[cfg(feature = "builder")]
impl SecretKey {
    /// The key of a 32-byte seed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The seed, for writing it to a file.
    pub fn seed(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        use ed25519_dalek::Signer;
        self.0.sign(message).to_bytes()
    }
}
