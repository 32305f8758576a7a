//! The keypoints of a source's known pictures: what finds crops, screenshots and collages of them.

mod budget;
#[cfg(feature = "builder")]
mod exhaustive;
mod telling;
#[cfg(all(test, feature = "builder"))]
mod tests;

use std::cmp::Reverse;

use self::budget::{Budget, Division};
use super::keypoint_table::KeypointTable;
use super::segment::{KeypointSegment, SegmentError, at_once, unbroken};
use super::template::{self, Seen};
use super::{Hit, Index, Role};
use crate::fingerprint::Affine;
use crate::fingerprint::keypoints::describe::Descriptor;
use crate::fingerprint::keypoints::sight::Sighting;
use crate::fingerprint::keypoints::{Feature, KnownKeypoints, Place, Pose, Sight};

/// Bits up to which a descriptor votes for its picture.
const VOTE_RADIUS: u32 = 25;
/// Known pictures whose keypoints are held against a picture's, those whose votes tell most.
const CANDIDATES: usize = 128;
/// Of those with a single vote, which in a large index are many and mean little, so many at most.
const SINGLE_VOTES: usize = 32;
/// Pairs of keypoints that must agree before the picture is looked at again.
const LEAST_PAIRS: u32 = 4;
/// Known pictures for which it is looked at again, at most, those whose pairs tell most.
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
    /// Where what was seen is mostly seen of another entry's picture too, which looks otherwise: an overlay that both have.
    /// Then in how many places, of an 8x8 grid over the picture, something is seen beside it.
    pub beside: Option<u32>,
}

impl KeypointTier {
    /// The keypoints of an index, whose segments have these SHA-256 digests. Keypoints of other segments are left out.
    ///
    /// # Errors
    /// When keypoints are of media that their segment does not have.
    pub fn new(index: &Index, digests: &[[u8; 32]], parts: Vec<KeypointSegment>) -> Result<Self, SegmentError> {
        unbroken(Self::build(index, digests, parts, at_once))
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

    /// The known pictures that a picture shows: where hashes say that it does, and those that keypoints find, with most
    /// agreeing pairs first.
    pub fn search(&self, index: &Index, sight: &Sight, hashes: &[Hit]) -> Vec<KeypointHit> {
        let mut seen = Vec::new();
        for mirrored in [false, true] {
            self.look(index, sight, mirrored, &mut seen);
        }
        // Of each known picture the best sighting: another one, of its mirror image or of what repeats in it, says nothing,
        // and what is held against that one must not be held against the picture.
        seen.sort_by(|(one, _), (other, _)| {
            let agreement = other.sighting.agreement().total_cmp(&one.sighting.agreement());
            (one.segment, one.media).cmp(&(other.segment, other.media)).then(agreement)
        });
        seen.dedup_by_key(|(hit, _)| (hit.segment, hit.media));
        template::mark(&mut seen);
        // What a hash leads to has no pairs, so it is held against the others, and they are not held against it.
        let led = hashes.iter().filter_map(|hit| self.look_along(index, hit, sight));
        let mut hits: Vec<KeypointHit> =
            led.map(|one| KeypointHit { beside: template::beside(&one, &seen), ..one.0 }).collect();
        seen.sort_by_key(|(hit, _)| (Reverse(hit.sighting.pairs), hit.segment, hit.media));
        hits.extend(seen.into_iter().map(|(hit, _)| hit));
        hits
    }

    /// Looks at a picture again where a hash says that it shows a known one.
    fn look_along(&self, index: &Index, hit: &Hit, sight: &Sight) -> Option<Seen> {
        let Hit { segment, entry, media, role, .. } = *hit;
        let known = self.of_media(segment, media)?;
        let map = Affine::between(hit.region, hit.turn, hit.known_region);
        let sighting = sight.look_along(&known, &index.regions(segment, media), &map)?;
        Some((KeypointHit { segment, entry, media, role, sighting, beside: None }, known))
    }
}

/// What every part is asked.
#[derive(Debug, Clone, Copy)]
struct Asked<'a> {
    /// The picture's keypoints.
    features: &'a [Feature],
    /// Whether its mirror image is looked for.
    mirrored: bool,
    /// Whether every descriptor is asked, whatever it costs, not those alone that the table names.
    exhaustive: bool,
}

/// A known picture that keypoints voted for, of an entry that stands.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    /// Which part of the tier.
    part: usize,
    /// Which picture of the part.
    picture: usize,
    media: usize,
    entry: usize,
    role: Role,
}

impl KeypointTier {
    /// The known pictures that stand and have the votes that tell most, and how much each of the picture's keypoints tells.
    /// How many go on does not depend on how many segments a publisher has cut them into.
    fn candidates(&self, index: &Index, asked: Asked) -> (Vec<Candidate>, Vec<u32>) {
        let mut near = Vec::new();
        // What a real index holds needs no division. A hostile segment must not keep the others from being looked at,
        // nor what a picture repeats its other keypoints.
        for division in [Division::AsNeeded, Division::Even] {
            near.clear();
            if self.near(asked, division, |rows| near.push(rows)) {
                break;
            }
        }
        let weights = self.weights(asked.features.len(), &near);
        let mut voted = Vec::new();
        for (part, (segment, rows)) in self.segments.iter().zip(near).enumerate() {
            let votes = segment.votes(rows, &weights).into_iter();
            voted.extend(votes.map(|one| (one.votes == 1, Reverse(one.weight), part, one.picture)));
        }
        voted.sort_unstable();
        let standing =
            |&(_, _, part, picture): &(bool, Reverse<u32>, usize, usize)| self.standing(index, part, picture);
        let (several, single) = voted.split_at(voted.partition_point(|&(is_single, ..)| !is_single));
        let mut chosen: Vec<Candidate> = several.iter().filter_map(standing).take(CANDIDATES).collect();
        let room = SINGLE_VOTES.saturating_sub(chosen.len());
        chosen.extend(single.iter().filter_map(standing).take(room));
        (chosen, weights)
    }

    /// How much each of so many keypoints of a picture tells, by what is near them.
    fn weights(&self, features: usize, near: &[Vec<Near>]) -> Vec<u32> {
        let mut counts = vec![0; features];
        for one in near.iter().flatten() {
            counts[one.feature()] += 1;
        }
        let stored = self.segments.iter().map(|part| part.keypoints.descriptors().len()).sum();
        counts.into_iter().map(|near| telling::weight(near, stored)).collect()
    }

    /// Hands over what is near in each part. `false` where the budget, divided as needed, does not suffice: then it
    /// stops.
    fn near(&self, asked: Asked, division: Division, mut found: impl FnMut(Vec<Near>)) -> bool {
        let mut budget = if asked.exhaustive { Budget::UNLIMITED } else { Budget::WHOLE };
        for (part, segment) in self.segments.iter().enumerate() {
            let mut share = budget.take(division, self.segments.len() - part);
            let near = segment.near(asked, division, &mut share);
            budget.give_back(share);
            if division == Division::AsNeeded && budget.is_spent() {
                return false;
            }
            found(near);
        }
        true
    }

    /// A picture whose entry is neither retracted nor replaced.
    fn standing(&self, index: &Index, part: usize, picture: usize) -> Option<Candidate> {
        let segment = self.segments.get(part)?;
        let media = segment.keypoints.media(picture)?;
        let (entry, role) = index.standing(segment.owner, media)?;
        Some(Candidate { part, picture, media, entry, role })
    }

    fn look(&self, index: &Index, sight: &Sight, mirrored: bool, hits: &mut Vec<Seen>) {
        let mut agreeing = Vec::new();
        let asked = Asked { features: sight.features(), mirrored, exhaustive: false };
        let (candidates, weights) = self.candidates(index, asked);
        for one in candidates {
            let Some(known) = self.segments[one.part].keypoints.picture(one.picture) else { continue };
            if let Some(consensus) = sight.consensus(&known, mirrored).filter(|found| found.pairs() >= LEAST_PAIRS) {
                let weight: u32 = consensus.seen.iter().map(|&seen| weights[seen]).sum();
                agreeing.push((weight, consensus, known, one));
            }
        }
        agreeing.sort_by_key(|(weight, consensus, _, one)| {
            (Reverse(*weight), Reverse(consensus.pairs()), one.part, one.picture)
        });
        for (_, consensus, known, one) in agreeing.into_iter().take(LOOKS) {
            let Candidate { media, entry, role, .. } = one;
            let segment = self.segments[one.part].owner;
            if let Some(sighting) = sight.look(&known, &index.regions(segment, media), &consensus) {
                hits.push((KeypointHit { segment, entry, media, role, sighting, beside: None }, known));
            }
        }
    }
}

/// A stored descriptor that is near one of the picture's, as one number: above all else its row, so that numbers are in the
/// order of the rows; below it the picture's [`Pose`] and which of its keypoints it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Near(u64);

impl Near {
    const FEATURE_BITS: u32 = u16::BITS;
    const ROW: u32 = Pose::BITS + Self::FEATURE_BITS;

    fn new(row: usize, pose: Pose, feature: usize) -> Self {
        Self((row as u64) << Self::ROW | u64::from(pose.bits()) << Self::FEATURE_BITS | u64::from(feature as u16))
    }

    fn row(self) -> u64 {
        self.0 >> Self::ROW
    }

    fn pose(self) -> Pose {
        Pose::from_bits((self.0 >> Self::FEATURE_BITS) as u16)
    }

    fn feature(self) -> usize {
        usize::from(self.0 as u16)
    }
}

/// A picture that was voted for.
#[derive(Debug, Clone, Copy)]
struct Voted {
    picture: usize,
    /// In its heaviest bin: how many votes, and how much they tell.
    votes: usize,
    weight: u32,
}

impl Part {
    /// The pictures of which descriptors are near one of the picture's, by about the same turn and growth (weak geometric
    /// consistency, Jegou and others 2008), in the order of the pictures. `near` is what [`Self::near`] found, `weights` how
    /// much each of the picture's keypoints tells.
    fn votes(&self, mut near: Vec<Near>, weights: &[u32]) -> Vec<Voted> {
        // In the order of the rows, places and pictures lie one after the other in memory.
        near.sort_unstable();
        let places = self.keypoints.places();
        let mut voted = Vec::new();
        let mut votes: Vec<(u8, u64, Reverse<u32>)> = Vec::new();
        let mut rest = near.as_slice();
        for (picture, end) in self.keypoints.ends().enumerate() {
            let is_of_it = |near: &Near| near.row() < u64::from(end);
            if rest.is_empty() {
                break;
            }
            let (of_picture, others) = rest.split_at(rest.iter().take_while(|near| is_of_it(near)).count());
            rest = others;
            let vote = |near: &Near| {
                let place = places.get(near.row() as usize).copied().unwrap_or_default();
                (near.pose().bin_from(Place(place)), near.row(), Reverse(weights[near.feature()]))
            };
            votes.clear();
            votes.extend(of_picture.iter().map(vote));
            // Each stored keypoint has one vote for a bin.
            votes.sort_unstable();
            votes.dedup_by_key(|(bin, row, _)| (*bin, *row));
            let bins = votes.chunk_by(|(bin, ..), (next, ..)| bin == next);
            let most = bins.map(|bin| (bin.iter().map(|(.., Reverse(weight))| weight).sum::<u32>(), bin.len())).max();
            voted.extend(most.map(|(weight, votes)| Voted { picture, votes, weight }));
        }
        voted
    }

    /// The stored descriptors that are near one of the picture's, as far as the budget goes.
    fn near(&self, asked: Asked, division: Division, budget: &mut Budget) -> Vec<Near> {
        let Asked { features, mirrored, exhaustive } = asked;
        let descriptors = self.keypoints.descriptors();
        let mut near = Vec::new();
        let (mut rows, mut distances) = (Vec::new(), Vec::new());
        for (done, feature) in features.iter().enumerate() {
            if budget.is_spent() {
                break;
            }
            let mut share = budget.take(division, features.len() - done);
            let descriptor = if mirrored { feature.descriptor.mirrored() } else { feature.descriptor };
            rows.clear();
            if exhaustive {
                rows.extend(0..descriptors.len());
            } else {
                share.read -= self.table.candidates(feature, mirrored, VOTE_RADIUS, share.read, |row| rows.push(row));
            }
            // Descriptors lie anywhere in memory: looked at one after the other, with nothing decided in between, many are on
            // their way at once.
            let distance = |&row: &usize| {
                descriptors.get(row).map_or(u32::MAX, |bytes| Descriptor::from_bytes(bytes).distance(descriptor))
            };
            distances.clear();
            distances.extend(rows.iter().map(distance));
            let pose = feature.pose(mirrored);
            let named = rows.iter().zip(&distances).filter(|(_, distance)| **distance <= VOTE_RADIUS);
            let before = near.len();
            near.extend(named.take(share.near).map(|(&row, _)| Near::new(row, pose, done)));
            share.near -= near.len() - before;
            budget.give_back(share);
        }
        near
    }
}
