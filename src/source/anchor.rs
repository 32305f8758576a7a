//! What a person trusts of a source: one key, or the first of its root files.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use thiserror::Error;

use super::{KeyError, PublicKey, SourceId};

/// How a root is written as an anchor.
const ROOT_PREFIX: &str = "root:";

/// What everything else about a source follows from. It never changes; with it the source would be another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// A key that signs heads, and root files if there ever are any.
    Key(PublicKey),
    /// The digest of the source's first root file, which names the keys.
    Root(SourceId),
}

/// A text that is no anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AnchorError {
    /// No key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// `root:` and something else than 64 hexadecimal digits.
    #[error("behind root: there must be 64 hexadecimal digits")]
    Root,
}

impl Anchor {
    /// The source that it stands for.
    pub fn source(&self) -> SourceId {
        match self {
            Self::Key(key) => key.source(),
            Self::Root(id) => *id,
        }
    }

    /// The anchor of a source whose first root file has this payload.
    pub fn of_root(payload: &[u8]) -> Self {
        Self::Root(SourceId(
            Sha256::new().chain_update(b"caveat/v1/root-source\0").chain_update(payload).finalize().into(),
        ))
    }

    /// What people compare: 16 hexadecimal digits of the source's id, in groups of four.
    pub fn fingerprint(&self) -> String {
        self.source().fingerprint()
    }

    /// Whether it is a key that lies in the repository.
    pub fn is_development(&self) -> bool {
        matches!(self, Self::Key(key) if key.is_development())
    }
}

impl From<PublicKey> for Anchor {
    fn from(key: PublicKey) -> Self {
        Self::Key(key)
    }
}

impl FromStr for Anchor {
    type Err = AnchorError;

    fn from_str(text: &str) -> Result<Self, AnchorError> {
        let Some(digits) = text.trim().strip_prefix(ROOT_PREFIX) else { return Ok(Self::Key(text.parse()?)) };
        let mut id = [0; 32];
        hex::decode_to_slice(digits, &mut id).map_err(|_| AnchorError::Root)?;
        Ok(Self::Root(SourceId(id)))
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => key.fmt(f),
            Self::Root(id) => write!(f, "{ROOT_PREFIX}{id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_is_a_key_or_a_root_and_reads_as_it_is_written() {
        let key = "91bc1b081961bc7e33272cc5395f0a1e24d6a397a57215b536cbf85728e31f60";
        let anchor: Anchor = key.parse().unwrap();
        assert_eq!(anchor.to_string(), key);
        let root = Anchor::of_root(b"{}");
        assert_eq!(root.to_string().parse::<Anchor>().unwrap(), root);
        assert_eq!(root.fingerprint().len(), 19);
        assert_eq!("root:12".parse::<Anchor>(), Err(AnchorError::Root));
        assert!(matches!("12".parse::<Anchor>(), Err(AnchorError::Key(KeyError::Malformed))));
    }
}
