//! What different known pictures have in common: a game's display, a channel's news bar, a logo. A picture that shows
//! nothing else of them is none of them.

use super::KeypointHit;
use crate::fingerprint::Affine;
use crate::fingerprint::keypoints::KnownKeypoints;

/// What another known picture must show to say anything: pairs that agree, and keypoints found in their places.
const LEAST_PAIRS: u32 = 6;
const LEAST_INLIERS: u32 = 6;
/// Known pictures that look alike in this share of their thumbnails are one picture.
const SAME: f32 = 0.7;

/// A sighting, and the known picture's keypoints.
pub(super) type Seen = (KeypointHit, KnownKeypoints);

/// Marks the sightings that rest, for the greater part, on what a known picture of another entry shows there as well.
pub(super) fn mark(seen: &mut [Seen]) {
    let beside: Vec<Option<u32>> = seen.iter().map(|one| beside(one, seen)).collect();
    for ((hit, _), beside) in seen.iter_mut().zip(beside) {
        hit.beside = beside;
    }
}

/// Places in which a sighting has inliers, and in which those that it shares an overlay with have none; nothing where it
/// shares none.
pub(super) fn beside(one: &Seen, others: &[Seen]) -> Option<u32> {
    let places = one.0.sighting.evidence.places;
    let templates = others.iter().filter(|other| is_template(one, other));
    templates.map(|(other, _)| (places & !other.sighting.evidence.places).count_ones()).min()
}

fn is_template((one, known): &Seen, (other, rival): &Seen) -> bool {
    let (here, there) = (&one.sighting.evidence, &other.sighting.evidence);
    let common = (here.places & with_neighbours(there.places)).count_ones();
    (one.segment, one.entry) != (other.segment, other.entry)
        && other.sighting.pairs >= LEAST_PAIRS
        && there.inliers >= LEAST_INLIERS
        && common > 0
        && 2 * common >= here.places.count_ones()
        && !is_same(known, &here.map, rival, &there.map)
}

/// Places of an 8x8 grid and those around them: of two pictures an index seldom keeps the same keypoints of what they
/// share.
fn with_neighbours(places: u64) -> u64 {
    const BUT_LEFTMOST: u64 = 0xfefe_fefe_fefe_fefe;
    let across = places | (places << 1) & BUT_LEFTMOST | (places & BUT_LEFTMOST) >> 1;
    across | across << 8 | across >> 8
}

/// Whether two known pictures look alike where both are seen. Each map leads from a picture's frame to the image.
fn is_same(one: &KnownKeypoints, one_map: &Affine, other: &KnownKeypoints, other_map: &Affine) -> bool {
    let Some(back) = other_map.inverse() else { return false };
    let [width, height] = one.frame.map(f32::from);
    let [other_width, other_height] = other.frame.map(f32::from);
    let map = Affine::stretch(width, height)
        .then(one_map)
        .then(&back)
        .then(&Affine::stretch(1.0 / other_width.max(1.0), 1.0 / other_height.max(1.0)));
    let likeness = one.thumbnail.resemblance(&other.thumbnail, &map);
    likeness.varied.share() >= SAME && likeness.plain_share().is_none_or(|share| share >= SAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_stop_at_the_edges() {
        let place = |x: u32, y: u32| 1_u64 << (8 * y + x);
        let around = |x: u32, y: u32| with_neighbours(place(x, y));
        assert_eq!(around(0, 0), place(0, 0) | place(1, 0) | place(0, 1) | place(1, 1));
        assert_eq!(around(7, 7), place(7, 7) | place(6, 7) | place(7, 6) | place(6, 6));
        assert_eq!((around(7, 3).count_ones(), around(0, 3).count_ones(), around(3, 3).count_ones()), (6, 6, 9));
    }
}
