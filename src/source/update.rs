//! Fetches what a source has published since. Pure but for its port: it stores nothing, so a failure at any point
//! leaves everything as it was.

use sha2::{Digest, Sha256};
use thiserror::Error;

use super::head::is_web_page;
use super::{Fetch, FetchError, Head, HeadError, MAX_HEAD, PublicKey, Request, SourceAddress, What, accept};

/// What is held of a source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Held {
    /// The highest sequence that was ever accepted: an older one is a replay.
    pub floor: u64,
    /// The publication in use: its sequence and the SHA-256 of its head's file.
    pub current: Option<(u64, [u8; 32])>,
    /// The SHA-256 names of the segments that are at hand.
    pub segments: Vec<String>,
}

/// How far an update is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Bytes so far in this stage.
    pub received: u64,
    /// Bytes of this stage, when known.
    pub total: Option<u64>,
}

/// The steps of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Asking for the head.
    Head,
    /// Downloading segments.
    Segments,
    /// Checking them.
    Verify,
    /// Storing them.
    Store,
    /// Finished.
    Done,
}

/// A newer publication, verified; what is left is to store it.
#[derive(Debug)]
pub struct Update {
    /// The head's file.
    pub head_file: Vec<u8>,
    /// What it says.
    pub head: Head,
    /// Segments that were not at hand: name and file.
    pub segments: Vec<(String, Vec<u8>)>,
}

/// Why there is no update.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UpdateError {
    /// A download failed.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// What came is refused.
    #[error(transparent)]
    Head(#[from] HeadError),
}

/// Asks a source for its head and, if that is newer than what is held, for the segments that are missing. `None` when
/// what is held is current.
///
/// # Errors
/// Each [`UpdateError`].
pub async fn fetch_update<F: Fetch>(
    fetch: &F,
    address: &SourceAddress,
    key: &PublicKey,
    held: &Held,
    progress: &mut dyn FnMut(Progress),
) -> Result<Option<Update>, UpdateError> {
    let report = |stage, total| move |received| Progress { stage, received, total };
    let at_head = report(Stage::Head, None);
    progress(at_head(0));
    let request = Request { url: &address.file("head"), what: What::Head, limit: MAX_HEAD };
    let head_file = fetch.get(request, &mut |bytes| progress(at_head(bytes))).await?;
    let head = accept(&head_file, key)?;
    if head.sequence < held.floor {
        return Err(HeadError::Rollback { held: held.floor, offered: head.sequence }.into());
    }
    if let Some((sequence, digest)) = held.current
        && sequence == head.sequence
    {
        let same = Sha256::digest(&head_file)[..] == digest;
        return if same { Ok(None) } else { Err(HeadError::Equivocation(sequence).into()) };
    }
    let missing: Vec<_> =
        head.known_segments().filter(|segment| !held.segments.contains(&segment.sha256)).cloned().collect();
    let total = missing.iter().map(|segment| segment.bytes).sum();
    let at_segments = report(Stage::Segments, Some(total));
    progress(at_segments(0));
    let mut segments = Vec::with_capacity(missing.len());
    let mut before = 0;
    for name in missing {
        let request = Request { url: &address.file(&name.path()), what: What::Segment, limit: name.bytes as usize };
        let bytes = fetch.get(request, &mut |bytes| progress(at_segments(before + bytes))).await?;
        if is_web_page(&bytes) {
            return Err(FetchError::WebPage.into());
        }
        if bytes.len() as u64 != name.bytes {
            return Err(FetchError::CutShort.into());
        }
        if hex::encode(Sha256::digest(&bytes)) != name.sha256 {
            return Err(HeadError::WrongSegment { name: name.sha256 }.into());
        }
        before += name.bytes;
        segments.push((name.sha256, bytes));
    }
    progress(report(Stage::Verify, Some(total))(total));
    Ok(Some(Update { head_file, head, segments }))
}
