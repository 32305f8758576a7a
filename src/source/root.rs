//! Root files: which keys may sign a source's heads and its retractions, and which keys may change that.
//!
//! A source that is trusted by a key alone has no root file until it publishes one, signed by that key. Every further
//! root file is signed by the threshold of the one before and by its own (The Update Framework, specification 1.0.34,
//! section 5.3), so that keys can be replaced, and a stolen one cannot replace the others.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Anchor, EnvelopeError, PublicKey, Role, SourceId, envelope};

/// Longest root file, in bytes.
pub const MAX_ROOT: usize = 16 << 10;
/// Most root files that are taken in one update; what is left is taken the next time.
pub const MAX_ROOTS: u64 = 32;
/// Most keys of a kind.
pub const MAX_KEYS: usize = 16;
/// Retractions count this long after a root has expired, in seconds.
pub const RETRACTIONS_AFTER_EXPIRY: u64 = 90 * 86_400;
/// Version of the root files that we read.
const FORMAT: u32 = 1;

/// A root's payload: UTF-8 JSON. Unknown fields are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Root {
    /// Format; a higher one needs a newer program.
    pub format: u32,
    /// The source's id, 64 hexadecimal digits: for tools. The first root file of a source that is trusted by it has none,
    /// since the id follows from the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Grows by exactly 1; the first is 1.
    pub version: u64,
    /// Grows when a key was stolen: heads of an earlier epoch count no more, and sequences begin anew.
    pub epoch: u64,
    /// When the keys should have been looked at again: seconds since 1970.
    pub expires: u64,
    /// How many of the root keys must sign.
    pub threshold: usize,
    /// The keys that sign root files, and changes of very many entries at once. Offline.
    pub root_keys: Vec<PublicKey>,
    /// The keys of which one signs each head.
    pub head_keys: Vec<PublicKey>,
    /// The keys of which one may retract entries, and do nothing else.
    #[serde(default)]
    pub retraction_keys: Vec<PublicKey>,
}

/// Why a root file is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RootError {
    /// The envelope does not hold, or too few have signed.
    #[error("the root file: {0}")]
    Envelope(#[from] EnvelopeError),
    /// Signed, but no root.
    #[error("the root file is malformed: {0}")]
    Malformed(String),
    /// A later format than ours.
    #[error("the root file has format {0}, this program reads 1: update it")]
    UnsupportedFormat(u32),
    /// Not the version that comes next.
    #[error("root file {offered} came where {expected} comes next")]
    WrongVersion {
        /// The one that comes next.
        expected: u64,
        /// What came.
        offered: u64,
    },
    /// An epoch that is lower than the one before.
    #[error("the root file goes back to epoch {0}")]
    EpochFalls(u64),
    /// The first root file is not the one that was trusted.
    #[error("the first root file is not the one that this source is trusted by")]
    WrongAnchor,
    /// There is none, and the source is trusted by one.
    #[error("the source's first root file is missing")]
    Missing,
}

impl Root {
    fn parse(payload: &[u8]) -> Result<Self, RootError> {
        let root: Self = serde_json::from_slice(payload).map_err(|error| RootError::Malformed(error.to_string()))?;
        if root.format != FORMAT {
            return Err(RootError::UnsupportedFormat(root.format));
        }
        root.check().map_err(|what| RootError::Malformed(what.to_owned()))?;
        Ok(root)
    }

    /// Holds a root against the rules: enough keys, none twice, numbers in their ranges.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn check(&self) -> Result<(), &'static str> {
        let lists = [&self.root_keys, &self.head_keys, &self.retraction_keys];
        if lists.iter().any(|keys| keys.len() > MAX_KEYS) {
            return Err("too many keys");
        }
        let twice = |keys: &Vec<PublicKey>| (1..keys.len()).any(|at| keys[..at].contains(&keys[at]));
        if lists.into_iter().any(twice) {
            return Err("a key is listed twice");
        }
        if self.threshold == 0 || self.threshold > self.root_keys.len() || self.threshold > envelope::MAX_SIGNATURES {
            return Err("the threshold is 0, over the number of root keys or over 8");
        }
        if self.head_keys.is_empty() {
            return Err("no key signs heads");
        }
        if self.version == 0 || self.version.max(self.epoch) >= 1 << 53 || self.expires >= 1 << 40 {
            return Err("version, epoch or expiry is out of range");
        }
        Ok(())
    }
}

/// Whom a client believes about a source now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    anchor: Anchor,
    root: Option<Root>,
}

impl Trust {
    /// What follows from the anchor alone.
    pub fn new(anchor: Anchor) -> Self {
        Self { anchor, root: None }
    }

    /// What follows from the newest root file that was accepted, as it was stored.
    ///
    /// # Errors
    /// When it is not whole any more.
    pub fn restore(anchor: Anchor, root_file: &[u8]) -> Result<Self, RootError> {
        let root = signed_by_itself(root_file, anchor.source())?;
        Ok(Self { anchor, root: Some(root) })
    }

    /// Takes the next root file.
    ///
    /// # Errors
    /// Each [`RootError`] but [`RootError::Missing`]; then nothing is believed of it.
    pub fn next(&self, file: &[u8]) -> Result<Self, RootError> {
        let source = self.source();
        match (&self.root, self.anchor) {
            (Some(root), _) => envelope::open(file, Role::Root, source, &root.root_keys, root.threshold).map(|_| ())?,
            (None, Anchor::Key(key)) => envelope::open(file, Role::Root, source, &[key], 1).map(|_| ())?,
            (None, Anchor::Root(_)) => {
                if Anchor::of_root(envelope::unverified_payload(file)?) != self.anchor {
                    return Err(RootError::WrongAnchor);
                }
            }
        }
        let root = signed_by_itself(file, source)?;
        if root.version != self.version() + 1 {
            return Err(RootError::WrongVersion { expected: self.version() + 1, offered: root.version });
        }
        if root.epoch < self.epoch() {
            return Err(RootError::EpochFalls(root.epoch));
        }
        Ok(Self { anchor: self.anchor, root: Some(root) })
    }

    /// What it all follows from.
    pub fn anchor(&self) -> Anchor {
        self.anchor
    }

    /// The source.
    pub fn source(&self) -> SourceId {
        self.anchor.source()
    }

    /// The root file in force, if there is one.
    pub fn root(&self) -> Option<&Root> {
        self.root.as_ref()
    }

    /// Version of the root in force; 0 for none.
    pub fn version(&self) -> u64 {
        self.root.as_ref().map_or(0, |root| root.version)
    }

    /// The epoch in force; 0 without a root.
    pub fn epoch(&self) -> u64 {
        self.root.as_ref().map_or(0, |root| root.epoch)
    }

    /// The keys of which one signs each head; none where the first root file is still missing.
    pub fn head_keys(&self) -> &[PublicKey] {
        match (&self.root, &self.anchor) {
            (Some(root), _) => &root.head_keys,
            (None, Anchor::Key(key)) => std::slice::from_ref(key),
            (None, Anchor::Root(_)) => &[],
        }
    }

    /// Whether the keys should have been looked at again by now, in seconds since 1970.
    pub fn is_expired(&self, now: u64) -> bool {
        self.root.as_ref().is_some_and(|root| root.expires < now)
    }

    /// The payload of a file that the threshold of root keys has signed too: for what a head key alone may not do. A source
    /// without a root has no other keys.
    pub fn is_root_signed(&self, file: &[u8], role: Role) -> bool {
        self.root
            .as_ref()
            .is_some_and(|root| envelope::open(file, role, self.source(), &root.root_keys, root.threshold).is_ok())
    }
}

fn signed_by_itself(file: &[u8], source: SourceId) -> Result<Root, RootError> {
    let root = Root::parse(envelope::unverified_payload(file)?)?;
    envelope::open(file, Role::Root, source, &root.root_keys, root.threshold)?;
    Ok(root)
}
