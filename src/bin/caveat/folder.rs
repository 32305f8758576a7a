//! A source as a folder.

use std::fs;
use std::path::{Path, PathBuf};

use caveat::index::Index;
use caveat::source::{Head, PublicKey, accept, accept_self_declared, load_index};

use crate::fault::Fault;

/// A source that was read from a folder and verified.
pub struct Folder {
    pub head: Head,
    pub key: PublicKey,
    pub index: Index,
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
    let mut segments = Vec::new();
    for name in head.required_segments() {
        let path = folder.join(name.path());
        segments.push(fs::read(&path).map_err(Fault::file(&path))?);
    }
    let index = load_index(&head, segments).map_err(fault)?;
    Ok(Folder { head, key, index })
}
