//! The envelope around everything that is signed: verified before what is inside is parsed.
//!
//! `"CAVEAT1\0"`, role (1 byte), number of signatures (1 byte), length of the payload (4 bytes, little-endian), the
//! signatures (8 bytes of key id and 64 bytes of Ed25519 each), the payload. Signed is `"caveat/v1/"`, the role's name,
//! a zero byte, the 32 bytes of the source's id, and the payload, so that nothing signed for one role or source passes
//! for another.

use thiserror::Error;

use super::{PublicKey, SourceId};

/// The first eight bytes of an envelope.
pub const MAGIC: [u8; 8] = *b"CAVEAT1\0";
/// Most signatures.
pub const MAX_SIGNATURES: usize = 8;
/// Longest payload, in bytes.
pub const MAX_PAYLOAD: usize = 64 << 10;
const FIXED: usize = 14;
const SIGNATURE: usize = 72;

/// What a signed payload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A source's head.
    Head,
}

impl Role {
    const fn byte(self) -> u8 {
        match self {
            Self::Head => 2,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
        }
    }
}

/// Why an envelope is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EnvelopeError {
    /// Does not start with [`MAGIC`].
    #[error("this is no signed file of a Caveat source")]
    BadMagic,
    /// Ends early.
    #[error("the signed file is cut short")]
    CutShort,
    /// Goes on behind its end.
    #[error("the signed file has {0} bytes too many")]
    TrailingBytes(usize),
    /// Longer than [`MAX_PAYLOAD`], or more than [`MAX_SIGNATURES`].
    #[error("the signed file is over its limits")]
    TooLong,
    /// Signed as something else.
    #[error("the signed file is not a {0}")]
    WrongRole(&'static str),
    /// No signature of the key that is asked for.
    #[error("the file is not signed with this source's key")]
    UnknownKey,
    /// A signature of that key that does not verify.
    #[error("the signature is wrong: the file was changed, or signed for another source")]
    BadSignature,
}

struct Parts<'a> {
    role: u8,
    signatures: &'a [[u8; SIGNATURE]],
    payload: &'a [u8],
}

fn split(bytes: &[u8]) -> Result<Parts<'_>, EnvelopeError> {
    let (fixed, rest) = match bytes.split_first_chunk::<FIXED>() {
        Some(parts) => parts,
        None if bytes.starts_with(&MAGIC) || MAGIC.starts_with(bytes) => return Err(EnvelopeError::CutShort),
        None => return Err(EnvelopeError::BadMagic),
    };
    if fixed[..8] != MAGIC {
        return Err(EnvelopeError::BadMagic);
    }
    let (role, count) = (fixed[8], usize::from(fixed[9]));
    let length = u32::from_le_bytes([fixed[10], fixed[11], fixed[12], fixed[13]]) as usize;
    if length > MAX_PAYLOAD || count > MAX_SIGNATURES {
        return Err(EnvelopeError::TooLong);
    }
    let (signatures, rest) = rest.split_at_checked(count * SIGNATURE).ok_or(EnvelopeError::CutShort)?;
    let (payload, rest) = rest.split_at_checked(length).ok_or(EnvelopeError::CutShort)?;
    if !rest.is_empty() {
        return Err(EnvelopeError::TrailingBytes(rest.len()));
    }
    Ok(Parts { role, signatures: signatures.as_chunks().0, payload })
}

fn message(role: Role, source: SourceId, payload: &[u8]) -> Vec<u8> {
    [b"caveat/v1/", role.name().as_bytes(), b"\0", &source.0, payload].concat()
}

/// The payload, if it is signed by `key` for this role and the key's source.
///
/// # Errors
/// Each [`EnvelopeError`].
pub fn open<'a>(bytes: &'a [u8], role: Role, key: &PublicKey) -> Result<&'a [u8], EnvelopeError> {
    let parts = split(bytes)?;
    if parts.role != role.byte() {
        return Err(EnvelopeError::WrongRole(role.name()));
    }
    let id = key.id();
    let signature = parts.signatures.iter().find(|signature| signature[..8] == id);
    let signature = signature.and_then(|signature| signature.last_chunk()).ok_or(EnvelopeError::UnknownKey)?;
    if key.verifies(&message(role, key.source(), parts.payload), signature) {
        Ok(parts.payload)
    } else {
        Err(EnvelopeError::BadSignature)
    }
}

/// The payload, not verified: only good for reading which key it claims to be signed with.
///
/// # Errors
/// When the envelope is malformed.
pub fn unverified_payload(bytes: &[u8]) -> Result<&[u8], EnvelopeError> {
    Ok(split(bytes)?.payload)
}

/// An envelope around `payload`, signed.
#[cfg(feature = "builder")]
pub fn seal(payload: &[u8], role: Role, key: &super::SecretKey) -> Vec<u8> {
    let public = key.public();
    let mut out = MAGIC.to_vec();
    out.extend([role.byte(), 1]);
    out.extend((payload.len() as u32).to_le_bytes());
    out.extend(public.id());
    out.extend(key.sign(&message(role, public.source(), payload)));
    out.extend(payload);
    out
}
