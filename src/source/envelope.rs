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
    /// A root file: which keys may sign what.
    Root,
    /// A source's head.
    Head,
    /// Retractions apart from the head.
    Retractions,
}

impl Role {
    const fn byte(self) -> u8 {
        match self {
            Self::Root => 1,
            Self::Head => 2,
            Self::Retractions => 3,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Head => "head",
            Self::Retractions => "retractions",
        }
    }

    /// The role that a file says it has.
    ///
    /// # Errors
    /// When it is no envelope, or of no role that we know.
    pub fn of(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let role = split(bytes)?.role;
        let known = [Self::Root, Self::Head, Self::Retractions].into_iter().find(|known| known.byte() == role);
        known.ok_or(EnvelopeError::WrongRole("file of a source"))
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
    /// Signed, but not by enough keys.
    #[error("{signed} of the {needed} keys that must sign have signed")]
    TooFewSignatures {
        /// How many have.
        signed: usize,
        /// How many must.
        needed: usize,
    },
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

/// The payload, if `threshold` of `keys` have signed it for this role and source. Each key counts once, whatever the number
/// of its signatures; signatures of other keys are passed over.
///
/// # Errors
/// Each [`EnvelopeError`].
pub fn open<'a>(
    bytes: &'a [u8],
    role: Role,
    source: SourceId,
    keys: &[PublicKey],
    threshold: usize,
) -> Result<&'a [u8], EnvelopeError> {
    let parts = split(bytes)?;
    if parts.role != role.byte() {
        return Err(EnvelopeError::WrongRole(role.name()));
    }
    let message = message(role, source, parts.payload);
    let (mut signed, mut wrong) = (0, false);
    for (at, key) in keys.iter().enumerate().filter(|(at, key)| !keys[..*at].contains(key)) {
        let id = keys[at].id();
        let of_key = parts.signatures.iter().filter(|signature| signature[..8] == id);
        let mut of_key = of_key.filter_map(|signature| signature.last_chunk()).peekable();
        if of_key.peek().is_some() {
            if of_key.any(|signature| key.verifies(&message, signature)) {
                signed += 1;
            } else {
                wrong = true;
            }
        }
    }
    match signed {
        _ if signed >= threshold && threshold > 0 => Ok(parts.payload),
        _ if wrong => Err(EnvelopeError::BadSignature),
        0 => Err(EnvelopeError::UnknownKey),
        _ => Err(EnvelopeError::TooFewSignatures { signed, needed: threshold }),
    }
}

/// The payload, not verified: only good for reading which key it claims to be signed with.
///
/// # Errors
/// When the envelope is malformed.
pub fn unverified_payload(bytes: &[u8]) -> Result<&[u8], EnvelopeError> {
    Ok(split(bytes)?.payload)
}

/// An envelope around `payload` that nobody has signed yet.
#[cfg(feature = "builder")]
pub fn unsigned(payload: &[u8], role: Role) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.extend([role.byte(), 0]);
    out.extend((payload.len() as u32).to_le_bytes());
    out.extend(payload);
    out
}

/// The envelope with a signature of `key` for this source; one that it had of that key is replaced.
///
/// # Errors
/// When it is no envelope of ours, or has no room for another signature.
#[cfg(feature = "builder")]
pub fn sign(bytes: &[u8], source: SourceId, key: &super::SecretKey) -> Result<Vec<u8>, EnvelopeError> {
    let role = Role::of(bytes)?;
    let mut signature = [0; SIGNATURE];
    signature[..8].copy_from_slice(&key.public().id());
    signature[8..].copy_from_slice(&key.sign(&message(role, source, split(bytes)?.payload)));
    with_signatures(bytes, &[signature])
}

/// The envelope with the signatures of a copy of it as well.
///
/// # Errors
/// When one of them is no envelope of ours, they are of different roles, or there is no room. Whether what is signed is the
/// same is for the caller to know.
#[cfg(feature = "builder")]
pub fn add_signatures(bytes: &[u8], copy: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
    let role = Role::of(bytes)?;
    if Role::of(copy)? != role {
        return Err(EnvelopeError::WrongRole(role.name()));
    }
    with_signatures(bytes, split(copy)?.signatures)
}

/// The envelope with more signatures, each in place of one that it had of the same key.
#[cfg(feature = "builder")]
fn with_signatures(bytes: &[u8], more: &[[u8; SIGNATURE]]) -> Result<Vec<u8>, EnvelopeError> {
    let parts = split(bytes)?;
    let is_replaced = |one: &[u8; SIGNATURE]| more.iter().any(|other| other[..8] == one[..8]);
    let mut signatures: Vec<[u8; SIGNATURE]> =
        parts.signatures.iter().filter(|one| !is_replaced(one)).copied().collect();
    signatures.extend(more);
    if signatures.len() > MAX_SIGNATURES {
        return Err(EnvelopeError::TooLong);
    }
    let mut out = bytes[..FIXED].to_vec();
    out[9] = signatures.len() as u8;
    out.extend(signatures.as_flattened());
    out.extend(parts.payload);
    Ok(out)
}

/// An envelope around `payload`, signed by a key for the source that it stands for.
#[cfg(feature = "builder")]
pub fn seal(payload: &[u8], role: Role, key: &super::SecretKey) -> Vec<u8> {
    sign(&unsigned(payload, role), key.public().source(), key).unwrap_or_default()
}
