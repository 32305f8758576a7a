//! A source as a folder.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use caveat::index::segment::unbroken;
use caveat::index::{Index, KeypointTier};
use caveat::source::{
    Anchor, Head, RETRACTIONS_FILE, Retractions, SegmentName, Trust, accept, accept_self_declared, load_index,
    load_keypoints, reopen, retracted, unverified_payload,
};

use crate::build::now;
use crate::fault::Fault;

/// A source that was read from a folder and verified.
pub struct Folder {
    pub head: Head,
    pub trust: Trust,
    pub index: Index,
    pub keypoints: KeypointTier,
}

impl Folder {
    pub fn anchor(&self) -> Anchor {
        self.trust.anchor()
    }
}

/// The head's file.
pub fn head_path(folder: &Path) -> PathBuf {
    folder.join("head")
}

/// The file of a version of the root.
pub fn root_path(folder: &Path, version: u64) -> PathBuf {
    folder.join("root").join(version.to_string())
}

/// Reads and verifies a source; without an anchor, its own word for it is taken.
/// Retractions apart from the head count.
pub fn read(folder: &Path, anchor: Option<Anchor>) -> Result<Folder, Fault> {
    let (head, trust) = read_head(folder, anchor)?;
    with_retractions(folder, load(folder, head, trust)?)
}

/// A source without what was retracted apart from its head.
pub fn with_retractions(folder: &Path, mut read: Folder) -> Result<Folder, Fault> {
    let now = now()?;
    let accepted = |file: Vec<u8>| read.trust.accept_retractions(&file, now).ok();
    if let Some(apart) = fs::read(folder.join(RETRACTIONS_FILE)).ok().and_then(accepted) {
        let retracted = retracted(&read.head, Some(&apart));
        read.index = unbroken(read.index.retracting(&retracted, async || {}));
    }
    Ok(read)
}

/// Reads a source in the publisher's own folder. Its head may still be of an older root than those that lie there: it is
/// about to be replaced.
pub fn read_own(folder: &Path, trust: &Trust) -> Result<Folder, Fault> {
    let path = head_path(folder);
    let bytes = fs::read(&path).map_err(Fault::file(&path))?;
    let accepted = match accept(&bytes, trust) {
        Ok(head) => Ok(head),
        Err(error) => {
            reopen(&bytes, trust.source()).ok().filter(|head| head.root_version < trust.version()).ok_or(error)
        }
    };
    let head = accepted.map_err(|error| Fault::Head { path, error })?;
    load(folder, head, trust.clone())
}

fn load(folder: &Path, head: Head, trust: Trust) -> Result<Folder, Fault> {
    let path = head_path(folder);
    let fault = |error| Fault::Head { path: path.clone(), error };
    let index = load_index(&head, files(folder, head.required_segments())?).map_err(fault)?;
    let keypoints = load_keypoints(&head, &index, files(folder, head.keypoint_segments())?).map_err(fault)?;
    Ok(Folder { head, trust, index, keypoints })
}

/// Reads and verifies a source's head.
pub fn read_head(folder: &Path, anchor: Option<Anchor>) -> Result<(Head, Trust), Fault> {
    let path = head_path(folder);
    let bytes = fs::read(&path).map_err(Fault::file(&path))?;
    let fault = |error| Fault::Head { path: path.clone(), error };
    match anchor {
        Some(anchor) => {
            let trust = trust(folder, anchor)?;
            Ok((accept(&bytes, &trust).map_err(fault)?, trust))
        }
        None => accept_self_declared(&bytes, |version| fs::read(root_path(folder, version)).ok()).map_err(fault),
    }
}

/// Whom a client believes that has taken all root files of a folder.
pub fn trust(folder: &Path, anchor: Anchor) -> Result<Trust, Fault> {
    let mut trust = Trust::new(anchor);
    loop {
        let path = root_path(folder, trust.version() + 1);
        match fs::read(&path) {
            Ok(file) => trust = trust.next(&file).map_err(|error| Fault::Root { path, error })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(trust),
            Err(error) => return Err(Fault::file(&path)(error)),
        }
    }
}

/// The anchor of a folder that has a head or root files.
pub fn anchor(folder: &Path) -> Result<Option<Anchor>, Fault> {
    if exists(&head_path(folder))? {
        return Ok(Some(read_head(folder, None)?.1.anchor()));
    }
    let path = root_path(folder, 1);
    if !exists(&path)? {
        return Ok(None);
    }
    let file = fs::read(&path).map_err(Fault::file(&path))?;
    let fault = |error: caveat::source::EnvelopeError| Fault::Head { path: path.clone(), error: error.into() };
    let anchor = Anchor::of_root(unverified_payload(&file).map_err(fault)?);
    // The first root of a source that is trusted by a key says so, but not by which.
    match trust(folder, anchor) {
        Err(_) if Trust::restore(anchor, &file).is_err() => Err(Fault::Usage(format!(
            "{}: there are root files of a source that is trusted by a key, and no head: fetch it from the server",
            folder.display()
        ))),
        _ => Ok(Some(anchor)),
    }
}

pub fn exists(path: &Path) -> Result<bool, Fault> {
    fs::exists(path).map_err(Fault::file(path))
}

/// What was retracted apart from the head, as it is published.
pub fn retractions(folder: &Path) -> Option<Retractions> {
    let file = fs::read(folder.join(RETRACTIONS_FILE)).ok()?;
    serde_json::from_slice(unverified_payload(&file).ok()?).ok()
}

/// Writes a file in one step: a reader sees the old one or the new one.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Fault::file(folder))?;
    }
    let partial = path.with_extension("partial");
    let mut file = fs::File::create(&partial).map_err(Fault::file(&partial))?;
    // On the disk before it has its name: else a power cut could leave the name on an empty file.
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Fault::file(&partial))?;
    fs::rename(&partial, path).map_err(Fault::file(path))
}

/// Deletes a file, if it is there.
pub fn remove(path: &Path) -> Result<(), Fault> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Fault::file(path)(error)),
        _ => Ok(()),
    }
}

/// The files of segments.
pub fn files<'a>(folder: &Path, names: impl Iterator<Item = &'a SegmentName>) -> Result<Vec<Vec<u8>>, Fault> {
    names
        .map(|name| {
            let path = folder.join(name.path());
            fs::read(&path).map_err(Fault::file(&path))
        })
        .collect()
}
