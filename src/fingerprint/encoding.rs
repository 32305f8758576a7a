//! The bytes of a fingerprint: version 1, documented in `docs/fingerprint-format.md`.
//!
//! One byte of version, then records: kind (1 byte), length (2 bytes, little-endian), payload. Unknown kinds are kept.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use super::{Fingerprint, Hash, HashedRegion};
use super::{difference, keypoints};

/// The only version so far.
pub const VERSION: u8 = 1;
/// Kind of the record that holds a region's canonical hash.
pub const KIND_CANONICAL: u8 = 1;
/// Kind of the record that holds the keypoints.
pub const KIND_KEYPOINTS: u8 = 2;
/// Kind of the record that tells the picture from its original.
pub const KIND_DIFFERENCE: u8 = 3;
const CANONICAL_LENGTH: usize = 4 * 2 + 1 + 32;
/// Most regions of one picture.
pub const MAX_REGIONS: usize = 8;
/// Longest encoded fingerprint, in bytes.
pub const MAX_LENGTH: usize = 16 << 10;

/// Why bytes are no fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EncodingError {
    /// Not base64.
    #[error("the fingerprint is no base64: make it anew with `caveat fingerprint`")]
    Base64,
    /// Another version than ours.
    #[error("the fingerprint has version {0}, this program reads 1: update it")]
    Version(u8),
    /// Ends in the middle of a record, or is empty.
    #[error("the fingerprint is cut short")]
    CutShort,
    /// Longer than [`MAX_LENGTH`], or more than [`MAX_REGIONS`].
    #[error("the fingerprint is too long")]
    TooLong,
    /// A record of a known kind with a wrong length.
    #[error("record {kind} of the fingerprint has {length} bytes")]
    BadRecord {
        /// The record's kind.
        kind: u8,
        /// Its length.
        length: usize,
    },
    /// A difference whose spots lie outside the picture, tell nothing, or are too many; or more than one.
    #[error("record 3 of the fingerprint is no difference that a picture can have: make it anew with `caveat build`")]
    BadDifference,
    /// No canonical hash of the whole picture in first place.
    #[error("the fingerprint has no hash of the whole picture")]
    NoWhole,
}

/// The bytes of a fingerprint.
pub fn encode(fingerprint: &Fingerprint) -> Vec<u8> {
    let mut out = vec![VERSION];
    for region in &fingerprint.regions {
        let mut payload = Vec::with_capacity(CANONICAL_LENGTH);
        for side in region.region {
            payload.extend(side.to_le_bytes());
        }
        payload.push(region.quality);
        payload.extend(region.hash.0);
        record(&mut out, KIND_CANONICAL, &payload);
    }
    if let Some(known) = &fingerprint.keypoints {
        record(&mut out, KIND_KEYPOINTS, &keypoints::encoding::encode(known));
    }
    if let Some(difference) = &fingerprint.difference {
        record(&mut out, KIND_DIFFERENCE, &difference::encoding::encode(difference));
    }
    for (kind, payload) in &fingerprint.unknown {
        record(&mut out, *kind, payload);
    }
    out
}

fn record(out: &mut Vec<u8>, kind: u8, payload: &[u8]) {
    out.push(kind);
    out.extend((payload.len() as u16).to_le_bytes());
    out.extend(payload);
}

/// The fingerprint in `bytes`.
///
/// # Errors
/// Each [`EncodingError`].
pub fn decode(bytes: &[u8]) -> Result<Fingerprint, EncodingError> {
    if bytes.len() > MAX_LENGTH {
        return Err(EncodingError::TooLong);
    }
    let (&version, mut rest) = bytes.split_first().ok_or(EncodingError::CutShort)?;
    if version != VERSION {
        return Err(EncodingError::Version(version));
    }
    let mut fingerprint = Fingerprint::default();
    while !rest.is_empty() {
        let (&[kind, low, high], after) = rest.split_first_chunk().ok_or(EncodingError::CutShort)?;
        let length = usize::from(u16::from_le_bytes([low, high]));
        let (payload, after) = after.split_at_checked(length).ok_or(EncodingError::CutShort)?;
        rest = after;
        let bad = EncodingError::BadRecord { kind, length };
        match kind {
            KIND_CANONICAL => fingerprint.regions.push(canonical(payload).ok_or(bad)?),
            KIND_KEYPOINTS if fingerprint.keypoints.is_some() => return Err(bad),
            KIND_KEYPOINTS => fingerprint.keypoints = Some(keypoints::encoding::decode(payload).ok_or(bad)?),
            KIND_DIFFERENCE => {
                let decoded = difference::encoding::decode(payload).filter(|_| fingerprint.difference.is_none());
                fingerprint.difference = Some(decoded.ok_or(EncodingError::BadDifference)?);
            }
            _ => fingerprint.unknown.push((kind, payload.to_vec())),
        }
    }
    match fingerprint.regions.first() {
        Some(first) if first.region == super::WHOLE => {}
        _ => return Err(EncodingError::NoWhole),
    }
    if fingerprint.regions.len() > MAX_REGIONS {
        return Err(EncodingError::TooLong);
    }
    Ok(fingerprint)
}

fn canonical(payload: &[u8]) -> Option<HashedRegion> {
    let bytes: &[u8; CANONICAL_LENGTH] = payload.try_into().ok()?;
    let side = |i: usize| u16::from_le_bytes([bytes[2 * i], bytes[2 * i + 1]]);
    let hash = Hash(*bytes.last_chunk()?);
    Some(HashedRegion { region: [side(0), side(1), side(2), side(3)], quality: bytes[8], hash })
}

/// The fingerprint's bytes in base64, as entries carry them.
pub fn to_base64(fingerprint: &Fingerprint) -> String {
    STANDARD.encode(encode(fingerprint))
}

/// The fingerprint in a base64 text.
///
/// # Errors
/// Each [`EncodingError`].
pub fn from_base64(text: &str) -> Result<Fingerprint, EncodingError> {
    decode(&STANDARD.decode(text).map_err(|_| EncodingError::Base64)?)
}
