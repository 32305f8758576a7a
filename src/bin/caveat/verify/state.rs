//! The client that `caveat verify` plays: what it holds, and what it downloads.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use caveat::index::Index;
use caveat::index::segment::unbroken;
use caveat::source::{Anchor, Head, Held, Shelf, StoreError, Trust, UpdateError, retracted};
use sha2::{Digest, Sha256};

use crate::fault::Fault;
use crate::folder;

/// An older state of the source.
pub struct State {
    folder: PathBuf,
    pub head: Head,
    head_digest: [u8; 32],
    pub trust: Trust,
    pub index: Index,
}

impl State {
    pub fn read(folder: &Path, anchor: Anchor) -> Result<Self, Fault> {
        // It may have taken a root whose first head it has not seen yet.
        let trust = folder::trust(folder, anchor)?;
        let folder::Folder { head, trust, index, .. } = folder::read_own(folder, &trust)?;
        let retracted = retracted(&head, folder::retractions(folder).as_ref());
        let index = unbroken(index.retracting(&retracted, async || {}));
        let path = folder::head_path(folder);
        let file = fs::read(&path).map_err(Fault::file(&path))?;
        Ok(Self { folder: folder.to_owned(), head, head_digest: Sha256::digest(&file).into(), trust, index })
    }

    pub fn held(&self) -> Held {
        let Head { epoch, sequence, issued, .. } = self.head;
        let retractions = folder::retractions(&self.folder);
        let retractions = retractions.map_or((0, 0), |retractions| (retractions.epoch, retractions.sequence));
        Held {
            epoch,
            floor: sequence,
            current: Some((epoch, sequence, self.head_digest)),
            keypoints: self.head.keypoint_segments().map(|name| name.sha256.clone()).collect(),
            retractions,
            issued,
            ..Held::default()
        }
    }
}

/// Segments in memory, and those of an older state.
pub struct Memory<'a> {
    state: Option<&'a State>,
    kept: RefCell<BTreeMap<String, Vec<u8>>>,
}

impl<'a> Memory<'a> {
    pub fn of(state: Option<&'a State>) -> Self {
        Self { state, kept: RefCell::default() }
    }

    /// Whether a segment is of the older state.
    pub fn was_held(&self, sha256: &str) -> bool {
        self.state.is_some_and(|state| state.head.segments.iter().any(|name| name.sha256 == sha256))
    }

    pub fn read(&self, sha256: &str) -> Result<Vec<u8>, StoreError> {
        if let Some(file) = self.kept.borrow().get(sha256) {
            return Ok(file.clone());
        }
        let state = self.state.ok_or_else(|| StoreError::Missing(sha256.to_owned()))?;
        fs::read(state.folder.join("segments").join(sha256)).map_err(|error| StoreError::Failed(error.to_string()))
    }
}

impl Shelf for Memory<'_> {
    fn has(&self, sha256: &str) -> bool {
        self.kept.borrow().contains_key(sha256) || self.was_held(sha256)
    }

    async fn get(&self, sha256: &str) -> Result<Vec<u8>, StoreError> {
        self.read(sha256)
    }

    async fn keep(&self, sha256: &str, file: Vec<u8>, _: &str) -> Result<(), UpdateError> {
        self.kept.borrow_mut().insert(sha256.to_owned(), file);
        Ok(())
    }
}
