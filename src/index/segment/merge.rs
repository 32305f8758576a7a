//! Merges segments. Deterministic to the byte, so that whoever holds the parts makes the merged file itself and holds it
//! against the head's digest: `docs/index-format.md`, section 6.
//!
//! Of each id the newest revision is taken, of one revision held twice that of the earlier part; all other rows are left
//! out. Compressed text blocks are taken over as they are, so nothing depends on a compressor; a block in which no entry is
//! left goes too.

use super::assembly::Assembly;
use super::ids::{Ids, IdsInOrder};
use super::layout::Kind;
use super::reader::{HashGroup, Segment};
use super::{KeypointSegment, SegmentError};
use crate::fingerprint::difference::encoding::SPOT;
use crate::fingerprint::keypoints::thumbnail::LENGTH;

/// Rows merged between two pauses.
const STEP: usize = 1024;

/// For each of several segments, which of its rows are superseded: by a newer revision in another one, or by the same
/// revision in an earlier one.
pub async fn superseded(segments: &[&Segment], mut pause: impl AsyncFnMut()) -> Vec<Vec<bool>> {
    let mut superseded: Vec<Vec<bool>> = segments.iter().map(|segment| vec![false; segment.entries()]).collect();
    for later in 1..segments.len() {
        for earlier in 0..later {
            // Each id of the smaller one is looked for in the larger one, from where the one before it would be.
            let later_is_smaller = segments[later].entries() <= segments[earlier].entries();
            let (small, large) = if later_is_smaller { (later, earlier) } else { (earlier, later) };
            let asked = segments[small].ids();
            let mut held = IdsInOrder::of(segments[large].ids());
            for row in 0..asked.len() {
                if row % STEP == 0 {
                    pause().await;
                }
                let Some(other) = held.row_of(asked.get(row)) else { continue };
                let (in_earlier, in_later) = if later_is_smaller { (other, row) } else { (row, other) };
                if segments[later].revision(in_later) > segments[earlier].revision(in_earlier) {
                    superseded[earlier][in_earlier] = true;
                } else {
                    superseded[later][in_later] = true;
                }
            }
        }
    }
    superseded
}

/// What remains of the parts of a merge: for each row of the merged segment its part and its row there, by id.
struct Kept(Vec<(usize, usize)>);

impl Kept {
    async fn of(parts: &[&Segment], pause: &mut impl AsyncFnMut()) -> Self {
        let superseded = superseded(parts, &mut *pause).await;
        let ids: Vec<Ids<'_>> = parts.iter().map(|part| part.ids()).collect();
        let mut next = vec![0; parts.len()];
        // Growing, it would be copied again and again, each time in one go.
        let mut kept = Vec::with_capacity(parts.iter().map(|part| part.entries()).sum());
        // Ids ascend in each part: the least of the first ones is next.
        loop {
            if kept.len() % STEP == 0 {
                pause().await;
            }
            for (part, next) in next.iter_mut().enumerate() {
                while superseded[part].get(*next) == Some(&true) {
                    *next += 1;
                }
            }
            let first = (0..parts.len()).filter(|&part| next[part] < ids[part].len());
            let Some(part) = first.min_by_key(|&part| ids[part].get(next[part])) else { break };
            kept.push((part, next[part]));
            next[part] += 1;
        }
        Self(kept)
    }
}

/// The segment that `parts`, the oldest first, make together.
pub async fn merge(parts: &[&Segment], mut pause: impl AsyncFnMut()) -> Vec<u8> {
    let kept = Kept::of(parts, &mut pause).await;
    let mut merged =
        Merged { out: Assembly::new(&[&Kind::ENTRIES[..], &Kind::DIFFERENCES].concat()), media: 0, spots: 0 };
    merged.make_room(parts);
    let blocks = merged.blocks(parts, &kept, &mut pause).await;
    for (row, &(part, from)) in kept.0.iter().enumerate() {
        if row % STEP == 0 {
            pause().await;
        }
        merged.entry(row as u32, parts[part], from, &blocks[part]);
    }
    merged.out.drop_empty(&Kind::DIFFERENCES);
    merged.out.file(pause).await
}

struct Merged {
    out: Assembly,
    media: u32,
    spots: u32,
}

impl Merged {
    /// Makes room for all that the parts hold: columns that grow would be copied again and again.
    fn make_room(&mut self, parts: &[&Segment]) {
        for kind in Kind::ENTRIES {
            self.out.reserve(kind, parts.iter().map(|part| part.columns.place(kind).len()).sum());
        }
    }

    /// Takes over the text blocks in which an entry is left; for each part, the new number of each of its blocks.
    async fn blocks(
        &mut self,
        parts: &[&Segment],
        kept: &Kept,
        pause: &mut impl AsyncFnMut(),
    ) -> Vec<Vec<Option<u32>>> {
        let mut used: Vec<Vec<bool>> = parts.iter().map(|part| vec![false; part.blocks()]).collect();
        for (at, &(part, row)) in kept.0.iter().enumerate() {
            if at % STEP == 0 {
                pause().await;
            }
            if let Some(used) = parts[part].text_place(row).and_then(|[block, _]| used[part].get_mut(block)) {
                *used = true;
            }
        }
        let mut count = 0;
        let mut numbers = Vec::new();
        for (part, used) in parts.iter().zip(used) {
            let mut of_part = vec![None; used.len()];
            for (block, number) in of_part.iter_mut().enumerate().filter(|(block, _)| used[*block]) {
                let Some((bytes, opened)) = part.block(block) else { continue };
                pause().await;
                self.out.put(Kind::BlockBytes, bytes);
                let end = self.out.length(Kind::BlockBytes);
                self.out.put(Kind::Blocks, &end.to_le_bytes());
                self.out.put(Kind::Blocks, &(opened as u32).to_le_bytes());
                *number = Some(count);
                count += 1;
            }
            numbers.push(of_part);
        }
        numbers
    }

    fn entry(&mut self, row: u32, part: &Segment, from: usize, blocks: &[Option<u32>]) {
        self.out.put(Kind::Ids, part.id(from).as_bytes());
        let end = self.out.length(Kind::Ids);
        self.out.put(Kind::IdEnds, &end.to_le_bytes());
        self.copy::<4>(Kind::Revisions, part, from);
        self.copy::<1>(Kind::Status, part, from);
        let [block, offset] = part.text_place(from).unwrap_or_default();
        let block = blocks.get(block).copied().flatten().unwrap_or_default();
        self.out.put(Kind::Texts, &block.to_le_bytes());
        self.out.put(Kind::Texts, &(offset as u32).to_le_bytes());
        for media in part.media_of(from) {
            self.out.put(Kind::MediaEntry, &row.to_le_bytes());
            self.copy::<1>(Kind::MediaRole, part, media);
            self.media(part, media);
            self.media += 1;
        }
    }

    fn media(&mut self, part: &Segment, media: usize) {
        for hash in part.hashes_of(HashGroup::Canonical, media) {
            self.copy::<16>(Kind::CanonicalFirst, part, hash);
            self.copy::<16>(Kind::CanonicalSecond, part, hash);
            self.copy::<8>(Kind::CanonicalRegion, part, hash);
            self.copy::<1>(Kind::CanonicalQuality, part, hash);
            self.out.put(Kind::CanonicalMedia, &self.media.to_le_bytes());
        }
        for hash in part.hashes_of(HashGroup::Pdq, media) {
            self.copy::<16>(Kind::PdqFirst, part, hash);
            self.copy::<16>(Kind::PdqSecond, part, hash);
            self.copy::<1>(Kind::PdqQuality, part, hash);
            self.out.put(Kind::PdqMedia, &self.media.to_le_bytes());
        }
        for hash in part.columns.rows_of(Kind::KeptPdqMedia, media) {
            self.copy::<32>(Kind::KeptPdq, part, hash);
            self.copy::<1>(Kind::KeptPdqQuality, part, hash);
            self.out.put(Kind::KeptPdqMedia, &self.media.to_le_bytes());
        }
        for difference in part.columns.rows_of(Kind::DifferenceMedia, media) {
            self.copy::<1>(Kind::DifferenceOriginals, part, difference);
            for spot in part.columns.span(Kind::DifferenceEnds, difference) {
                self.copy::<SPOT>(Kind::Spot, part, spot);
                self.spots += 1;
            }
            self.out.put(Kind::DifferenceEnds, &self.spots.to_le_bytes());
            self.out.put(Kind::DifferenceMedia, &self.media.to_le_bytes());
        }
    }

    fn copy<const N: usize>(&mut self, kind: Kind, part: &Segment, row: usize) {
        // The part was checked, so the row is there.
        let element = part.columns.elements::<N>(kind).get(row).copied().unwrap_or([0; N]);
        self.out.put(kind, &element);
    }
}

/// The keypoints of the segment that `parts` make: `keypoints` are those of the parts, where they have any; `owner` is the
/// SHA-256 of the merged segment. `None` when none are left.
///
/// # Errors
/// When keypoints are of media that their part does not have.
pub async fn merge_keypoints(
    parts: &[&Segment],
    keypoints: &[Option<&KeypointSegment>],
    owner: &[u8; 32],
    mut pause: impl AsyncFnMut(),
) -> Result<Option<Vec<u8>>, SegmentError> {
    for (part, keypoints) in parts.iter().zip(keypoints) {
        keypoints.map_or(Ok(()), |keypoints| keypoints.check_owner(part))?;
    }
    let kept = Kept::of(parts, &mut pause).await;
    let mut out = Assembly::new(&Kind::KEYPOINTS);
    out.put(Kind::KeypointOwner, owner);
    let (mut media, mut end) = (0_u32, 0_u32);
    for (row, &(part, from)) in kept.0.iter().enumerate() {
        if row % STEP == 0 {
            pause().await;
        }
        for item in parts[part].media_of(from) {
            let found = keypoints[part].and_then(|keypoints| Some((keypoints, keypoints.picture_of_media(item)?)));
            if let Some((keypoints, picture)) = found {
                out.put(Kind::KeypointMedia, &media.to_le_bytes());
                end += copy_picture(&mut out, keypoints, picture);
                out.put(Kind::KeypointEnds, &end.to_le_bytes());
            }
            media += 1;
        }
    }
    Ok(if end > 0 { Some(out.file(pause).await) } else { None })
}

/// How many keypoints it has.
fn copy_picture(out: &mut Assembly, keypoints: &KeypointSegment, picture: usize) -> u32 {
    let columns = &keypoints.columns;
    out.put(Kind::Frame, &columns.elements::<12>(Kind::Frame).get(picture).copied().unwrap_or([0; 12]));
    out.put(Kind::Thumbnail, &columns.elements(Kind::Thumbnail).get(picture).copied().unwrap_or([0; LENGTH]));
    let rows = columns.span(Kind::KeypointEnds, picture);
    let count = rows.len() as u32;
    out.put(
        Kind::Descriptor,
        columns.elements::<16>(Kind::Descriptor).get(rows.clone()).unwrap_or_default().as_flattened(),
    );
    out.put(Kind::Place, columns.elements::<4>(Kind::Place).get(rows).unwrap_or_default().as_flattened());
    count
}
