//! Makes merged segments of parts on the shelf.

use super::UpdateError;
use crate::index::segment::{KeypointSegment, Segment, SegmentError, digest, merge, merge_keypoints};
use crate::source::plan::Unit;
use crate::source::{HeadError, SegmentName, Shelf};

/// What a merge came to.
pub(super) enum Made {
    /// What the head names; it is on the shelf.
    Whole,
    /// Something else.
    Otherwise,
}

/// Merges the parts of a unit, and keeps what comes out if it is what the head names.
pub(super) async fn merge_unit<S: Shelf>(shelf: &S, unit: &Unit, parts: &[Unit]) -> Result<Made, UpdateError> {
    let mut pause = async || shelf.pause().await;
    let mut segments = Vec::with_capacity(parts.len());
    for part in parts {
        // Digests were checked when it came to the shelf; if it rotted there, the result is not what the head names.
        let file = shelf.get(&part.entries.sha256).await?;
        let opened = Segment::open(file.len(), vec![(0, file)]);
        segments.push(opened.map_err(|error| damaged(&part.entries, error))?);
    }
    let segments: Vec<&Segment> = segments.iter().collect();
    let file = merge(&segments, &mut pause).await;
    let owner = digest(&file, &mut pause).await;
    if hex::encode(owner) != unit.entries.sha256 {
        return Ok(Made::Otherwise);
    }
    if !shelf.has(&unit.entries.sha256) {
        shelf.keep(&unit.entries.sha256, file, &unit.entries.wire().0.sha256).await?;
    }
    let Some(name) = unit.keypoints.as_ref().filter(|name| !shelf.has(&name.sha256)) else { return Ok(Made::Whole) };
    let mut keypoints = Vec::with_capacity(parts.len());
    for part in parts {
        keypoints.push(match &part.keypoints {
            Some(name) => {
                let file = shelf.get(&name.sha256).await?;
                let checked = KeypointSegment::verify(file, &mut pause).await;
                Some(checked.map_err(|error| damaged(name, error))?)
            }
            None => None,
        });
    }
    let keypoints: Vec<Option<&KeypointSegment>> = keypoints.iter().map(Option::as_ref).collect();
    let merged = merge_keypoints(&segments, &keypoints, &owner, &mut pause).await;
    let Some(file) = merged.map_err(|error| damaged(name, error))? else { return Ok(Made::Otherwise) };
    if hex::encode(digest(&file, &mut pause).await) != name.sha256 {
        return Ok(Made::Otherwise);
    }
    shelf.keep(&name.sha256, file, &name.wire().0.sha256).await?;
    Ok(Made::Whole)
}

fn damaged(name: &SegmentName, error: SegmentError) -> UpdateError {
    HeadError::Segment { name: name.sha256.clone(), error }.into()
}
