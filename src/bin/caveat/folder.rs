//! A source as a folder.

use std::fs;
use std::path::{Path, PathBuf};

use caveat::index::{Index, KeypointTier};
use caveat::source::{Head, PublicKey, SegmentName, accept, accept_self_declared, load_index, load_keypoints};

use crate::fault::Fault;

/// A source that was read from a folder and verified.
pub struct Folder {
    pub head: Head,
    pub key: PublicKey,
    pub index: Index,
    pub keypoints: KeypointTier,
}

/// The head's file.
pub fn head_path(folder: &Path) -> PathBuf {
    folder.join("head")
}

/// Reads and verifies a source; without a key, its own word for its key is taken.
pub fn read(folder: &Path, key: Option<&PublicKey>) -> Result<Folder, Fault> {
    let path = head_path(folder);
    let bytes = fs::read(&path).map_err(Fault::file(&path))?;
    let fault = |error| Fault::Head { path: path.clone(), error };
    let (head, key) = match key {
        Some(key) => (accept(&bytes, key).map_err(fault)?, *key),
        None => accept_self_declared(&bytes).map_err(fault)?,
    };
    let index = load_index(&head, files(folder, head.required_segments())?).map_err(fault)?;
    let keypoints = load_keypoints(&head, &index, files(folder, head.keypoint_segments())?).map_err(fault)?;
    Ok(Folder { head, key, index, keypoints })
}

fn files<'a>(folder: &Path, names: impl Iterator<Item = &'a SegmentName>) -> Result<Vec<Vec<u8>>, Fault> {
    names
        .map(|name| {
            let path = folder.join(name.path());
            fs::read(&path).map_err(Fault::file(&path))
        })
        .collect()
}
