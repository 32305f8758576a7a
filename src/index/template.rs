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
    let shared: Vec<bool> = seen.iter().map(|one| seen.iter().any(|other| is_template(one, other))).collect();
    for ((hit, _), shared) in seen.iter_mut().zip(shared) {
        hit.shared = shared;
    }
}

fn is_template((one, known): &Seen, (other, rival): &Seen) -> bool {
    let (here, there) = (&one.sighting.evidence, &other.sighting.evidence);
    let common = (here.places & there.places).count_ones();
    (one.segment, one.entry) != (other.segment, other.entry)
        && other.sighting.pairs >= LEAST_PAIRS
        && there.inliers >= LEAST_INLIERS
        && common > 0
        && 2 * common >= here.places.count_ones()
        && !is_same(known, &here.map, rival, &there.map)
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
    one.thumbnail.resemblance(&other.thumbnail, &map).share() >= SAME
}
