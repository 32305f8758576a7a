//! The keypoints of a source's known pictures: what finds crops, screenshots and collages of them.

#[cfg(feature = "builder")]
mod exhaustive;

use super::keypoint_table::KeypointTable;
use super::segment::{KeypointSegment, SegmentError, unbroken};
use super::template::{self, Seen};
use super::{Hit, Index, Role};
use crate::fingerprint::Affine;
use crate::fingerprint::keypoints::describe::Descriptor;
use crate::fingerprint::keypoints::sight::Sighting;
use crate::fingerprint::keypoints::{KnownKeypoints, Sight};

/// Bits up to which a descriptor votes for its picture.
const VOTE_RADIUS: u32 = 25;
/// Known pictures whose keypoints are held against a picture's, those with most votes.
const CANDIDATES: usize = 128;
/// Of those with a single vote, which in a large index are many and mean little, so many at most.
const SINGLE_VOTES: usize = 32;
/// Pairs of keypoints that must agree before the picture is looked at again.
const LEAST_PAIRS: u32 = 4;
/// Known pictures for which it is looked at again, at most, those with most pairs.
const LOOKS: usize = 12;

/// The keypoints of a source. Belongs to one [`Index`].
#[derive(Debug, Default)]
pub struct KeypointTier {
    segments: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    /// Which segment of the index it belongs to.
    owner: usize,
    keypoints: KeypointSegment,
    table: KeypointTable,
}

/// A known picture seen in a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KeypointHit {
    /// Which segment of the index.
    pub segment: usize,
    /// Which entry of the segment.
    pub entry: usize,
    /// Which media item of the segment.
    pub media: usize,
    /// What the known picture is.
    pub role: Role,
    /// How it was seen.
    pub sighting: Sighting,
    /// Whether what was seen is mostly seen of another entry's picture too, which looks otherwise: an overlay that both
    /// have.
    pub shared: bool,
}

impl KeypointTier {
    /// The keypoints of an index, whose segments have these SHA-256 digests. Keypoints of other segments are left out.
    ///
    /// # Errors
    /// When keypoints are of media that their segment does not have.
    pub fn new(index: &Index, digests: &[[u8; 32]], parts: Vec<KeypointSegment>) -> Result<Self, SegmentError> {
        unbroken(Self::build(index, digests, parts, async || {}))
    }

    /// As [`Self::new`]; `pause` is called between slices of work.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub async fn build(
        index: &Index,
        digests: &[[u8; 32]],
        parts: Vec<KeypointSegment>,
        mut pause: impl AsyncFnMut(),
    ) -> Result<Self, SegmentError> {
        let mut segments = Vec::new();
        for keypoints in parts {
            let Some(owner) = digests.iter().position(|digest| *digest == keypoints.owner()) else { continue };
            let Some(segment) = index.segments().get(owner) else { continue };
            keypoints.check_owner(segment)?;
            let table = KeypointTable::build(keypoints.descriptors(), &mut pause).await;
            segments.push(Part { owner, keypoints, table });
        }
        Ok(Self { segments })
    }

    /// Pictures that have keypoints.
    pub fn pictures(&self) -> usize {
        self.segments.iter().map(|part| part.keypoints.pictures()).sum()
    }

    /// Bytes in memory: files and tables.
    pub fn length(&self) -> usize {
        self.segments.iter().map(|part| part.keypoints.length() + part.table.length()).sum()
    }

    /// The keypoints of a media item.
    pub fn of_media(&self, segment: usize, media: usize) -> Option<KnownKeypoints> {
        let part = self.segments.iter().find(|part| part.owner == segment)?;
        part.keypoints.picture(part.keypoints.picture_of_media(media)?)
    }

    /// Looks at a picture again where a hash says that it shows a known one.
    pub fn confirm(&self, hit: &Hit, sight: &Sight) -> Option<Sighting> {
        let known = self.of_media(hit.segment, hit.media)?;
        sight.look_along(&known, &Affine::between(hit.region, hit.turn, hit.known_region))
    }

    /// The known pictures that a picture shows, those with most agreeing pairs first.
    pub fn search(&self, index: &Index, sight: &Sight) -> Vec<KeypointHit> {
        let mut seen = Vec::new();
        for part in &self.segments {
            for mirrored in [false, true] {
                part.search(index, sight, mirrored, &mut seen);
            }
        }
        // Of each known picture the best sighting: another one, of its mirror image or of what repeats in it, says nothing,
        // and what is held against that one must not be held against the picture.
        seen.sort_by(|(one, _), (other, _)| {
            let agreement = other.sighting.agreement().total_cmp(&one.sighting.agreement());
            (one.segment, one.media).cmp(&(other.segment, other.media)).then(agreement)
        });
        seen.dedup_by_key(|(hit, _)| (hit.segment, hit.media));
        template::mark(&mut seen);
        let mut hits: Vec<KeypointHit> = seen.into_iter().map(|(hit, _)| hit).collect();
        hits.sort_by_key(|hit| (std::cmp::Reverse(hit.sighting.pairs), hit.segment, hit.media));
        hits
    }
}

impl Part {
    fn search(&self, index: &Index, sight: &Sight, mirrored: bool, hits: &mut Vec<Seen>) {
        let mut seen = Vec::new();
        for picture in self.voted(sight, mirrored, false) {
            let Some(media) = self.keypoints.media(picture) else { continue };
            let Some((entry, role)) = index.standing(self.owner, media) else { continue };
            let Some(known) = self.keypoints.picture(picture) else { continue };
            if let Some(consensus) = sight.consensus(&known, mirrored).filter(|found| found.pairs >= LEAST_PAIRS) {
                seen.push((consensus, known, media, entry, role));
            }
        }
        seen.sort_by_key(|(consensus, _, media, ..)| (std::cmp::Reverse(consensus.pairs), *media));
        for (consensus, known, media, entry, role) in seen.into_iter().take(LOOKS) {
            if let Some(sighting) = sight.look(&known, &consensus) {
                let hit = KeypointHit { segment: self.owner, entry, media, role, sighting, shared: false };
                hits.push((hit, known));
            }
        }
    }

    /// The pictures of which most descriptors are near one of the picture's, by about the same turn and growth (weak
    /// geometric consistency, Jegou and others 2008): those with most votes first. `exhaustive` asks every descriptor, not
    /// those alone that the table names.
    fn voted(&self, sight: &Sight, mirrored: bool, exhaustive: bool) -> Vec<usize> {
        let descriptors = self.keypoints.descriptors();
        let mut votes: Vec<u64> = Vec::new();
        let mut rows: Vec<usize> = Vec::new();
        for feature in sight.features() {
            let descriptor = if mirrored { feature.descriptor.mirrored() } else { feature.descriptor };
            let pose = feature.pose(mirrored);
            rows.clear();
            if exhaustive {
                rows.extend(0..descriptors.len());
            } else {
                self.table.candidates(feature, mirrored, VOTE_RADIUS, |row| rows.push(row));
            }
            // Descriptors lie anywhere in memory: looked at one after the other, many are on their way at once.
            for &row in &rows {
                let Some(bytes) = descriptors.get(row) else { continue };
                if Descriptor::from_bytes(bytes).distance(descriptor) <= VOTE_RADIUS {
                    let bin = pose.bin_from(self.keypoints.place(row));
                    votes.push((self.keypoints.picture_of(row) as u64) << 40 | u64::from(bin) << 32 | row as u64);
                }
            }
        }
        // Each stored keypoint has one vote for a bin.
        votes.sort_unstable();
        votes.dedup();
        let mut best: Vec<(usize, usize)> = Vec::new();
        for bin in votes.chunk_by(|a, b| a >> 32 == b >> 32) {
            let picture = (bin[0] >> 40) as usize;
            match best.last_mut() {
                Some(last) if last.1 == picture => last.0 = last.0.max(bin.len()),
                _ => best.push((bin.len(), picture)),
            }
        }
        best.sort_unstable_by_key(|&(votes, picture)| (std::cmp::Reverse(votes), picture));
        let several = best.partition_point(|&(votes, _)| votes > 1);
        best.truncate(several.clamp(SINGLE_VOTES, CANDIDATES));
        best.into_iter().map(|(_, picture)| picture).collect()
    }
}
