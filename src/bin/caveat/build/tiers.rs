//! The publisher's merges: segments of about one size become one of the next size, so that there are never many, and each
//! entry is merged seldom (O'Neil and others 1996, "The log-structured merge-tree", tiered).

use caveat::index::Entry;
use caveat::index::segment::{KeypointSegment, Segment, merge, merge_keypoints, unbroken, write, write_keypoints};
use sha2::{Digest, Sha256};

use crate::fault::Fault;

/// So many segments of a size become one of the next.
const FAN: usize = 8;
/// Entries of a segment of the smallest size, at most, times [`FAN`].
const SMALLEST: usize = 64;
/// A merged segment whose text is to so great a part of entries that were replaced is written anew: one in so many.
const STALE: usize = 4;

/// A segment of entries and that of its keypoints, with their files.
pub struct Unit {
    pub file: Vec<u8>,
    pub segment: Segment,
    pub keypoints: Option<(Vec<u8>, KeypointSegment)>,
    pub sha256: String,
    /// What it was merged of.
    pub parts: Vec<String>,
}

impl Unit {
    /// The unit of these files.
    pub fn of(file: Vec<u8>, keypoints: Option<Vec<u8>>, parts: Vec<String>) -> Result<Self, Fault> {
        let fault = |error| Fault::Usage(format!("a segment of the source cannot be read: {error}"));
        let segment = Segment::parse(file.clone()).map_err(fault)?;
        let keypoints = match keypoints {
            Some(file) => Some((file.clone(), KeypointSegment::parse(file).map_err(fault)?)),
            None => None,
        };
        let sha256 = hex::encode(Sha256::digest(&file));
        Ok(Self { file, segment, keypoints, sha256, parts })
    }

    /// A unit with these entries.
    pub fn written(entries: &[Entry]) -> Result<Self, Fault> {
        let file = write(entries);
        let keypoints = write_keypoints(entries, &file);
        Self::of(file, keypoints, Vec::new())
    }

    fn size(&self) -> u32 {
        (self.segment.entries() / SMALLEST).max(1).ilog2() / FAN.ilog2()
    }

    fn merged(units: &[Self]) -> Result<Self, Fault> {
        let segments: Vec<&Segment> = units.iter().map(|unit| &unit.segment).collect();
        let keypoints: Vec<_> = units.iter().map(|unit| unit.keypoints.as_ref().map(|(_, parsed)| parsed)).collect();
        let file = unbroken(merge(&segments, async || {}));
        let owner = Sha256::digest(&file).into();
        let merged = unbroken(merge_keypoints(&segments, &keypoints, &owner, async || {}));
        let keypoints =
            merged.map_err(|error| Fault::Usage(format!("a segment of the source cannot be merged: {error}")))?;
        Self::of(file, keypoints, units.iter().map(|unit| unit.sha256.clone()).collect())
    }
}

/// Merges what has come to be too many, the newest last. `all` are the entries that are published now: where everything is
/// merged and much of it was replaced since, it is written anew.
pub fn settle(mut units: Vec<Unit>, all: &[Entry]) -> Result<(Vec<Unit>, Vec<Unit>), Fault> {
    let mut replaced = Vec::new();
    while let Some(size) = units.last().map(Unit::size) {
        let run = units.iter().rev().take_while(|unit| unit.size() <= size).count();
        if run < FAN {
            break;
        }
        let parts = units.split_off(units.len() - run);
        let mut merged = Unit::merged(&parts)?;
        if units.is_empty() {
            let anew = Unit::written(all)?;
            if anew.file.len() + anew.file.len() / STALE < merged.file.len() {
                merged = anew;
            }
        }
        replaced.extend(parts);
        units.push(merged);
    }
    Ok((units, replaced))
}
