//! What different known pictures have in common: a game's display, a channel's news bar, a logo. A picture that shows
//! nothing else of them is none of them.

use super::KeypointHit;
use crate::fingerprint::Affine;
use crate::fingerprint::keypoints::KnownKeypoints;
use crate::fingerprint::keypoints::places::with_neighbours;
use crate::fingerprint::keypoints::sight::Sighting;

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
/// shares none. Places are cells of an 8x8 grid over the part of the picture that shows the known one: of a small picture
/// in a screenshot the page around it hides nothing.
pub(super) fn beside(one: &Seen, others: &[Seen]) -> Option<u32> {
    let part = part(&one.0.sighting, &one.1)?;
    let here = one.0.sighting.evidence.places.within(part);
    let templates = others.iter().filter_map(|other| {
        let there = other.0.sighting.evidence.places.within(part);
        is_template(one, here, other, there).then_some((here & !there).count_ones())
    });
    templates.min()
}

/// Whether one, with inliers `here`, shares an overlay with another, with inliers `there`.
fn is_template((one, known): &Seen, here: u64, (other, rival): &Seen, there: u64) -> bool {
    // Of two pictures an index seldom keeps the same keypoints of what they share.
    let common = (here & with_neighbours(there)).count_ones();
    (one.segment, one.entry) != (other.segment, other.entry)
        && other.sighting.pairs >= LEAST_PAIRS
        && other.sighting.evidence.inliers >= LEAST_INLIERS
        && common > 0
        && 2 * common >= here.count_ones()
        && !is_same(known, &one.sighting.evidence.map, rival, &other.sighting.evidence.map)
}

/// The part of the picture that shows what the known one's keypoints are of, by two corners, in fractions.
fn part(sighting: &Sighting, known: &KnownKeypoints) -> Option<[[f32; 2]; 2]> {
    let seen = known.frame_to_picture().then(&sighting.map.inverse()?).around([[0.0; 2], known.frame.map(f32::from)]);
    Some(seen.map(|corner| corner.map(|at| at.clamp(0.0, 1.0))))
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
    use crate::chance::Chance;
    use crate::fingerprint::WHOLE;
    use crate::fingerprint::keypoints::Evidence;
    use crate::fingerprint::keypoints::places::Places;
    use crate::fingerprint::keypoints::thumbnail::{LENGTH, Thumbnail};
    use crate::index::Role;

    const FRAME: [u16; 2] = [512; 2];

    /// A known picture that looks like no other, seen between two corners of a picture by inliers at some points.
    fn seen(entry: usize, [from, to]: [[f32; 2]; 2], points: &[[f32; 2]]) -> Seen {
        let mut chance = Chance(entry as u64);
        let thumbnail = Thumbnail([0; LENGTH].map(|_| (chance.step() >> 40) as u8));
        let frame = FRAME.map(f32::from);
        let [x, y] = [0, 1].map(|side| (to[side] - from[side]) / frame[side]);
        let map = Affine { rows: [[x, 0.0, from[0]], [0.0, y, from[1]]] };
        let evidence = Evidence { map, places: Places::of(points.iter().copied()), ..Evidence::of_all() };
        let back = map.inverse().expect("it has an area");
        let map = back.then(&Affine::stretch(1.0 / frame[0], 1.0 / frame[1]));
        let sighting = Sighting { pairs: 8, evidence, map, hollow: false };
        let hit = KeypointHit { segment: 0, entry, media: entry, role: Role::Known, sighting, beside: None };
        (hit, KnownKeypoints { frame: FRAME, region: WHOLE, thumbnail, keypoints: Vec::new() })
    }

    /// The middles of some cells of an 8x8 grid over a part.
    fn cells([from, to]: [[f32; 2]; 2], some: &[[u8; 2]]) -> Vec<[f32; 2]> {
        let middle = |at: u8, side: usize| from[side] + (f32::from(at) + 0.5) / 8.0 * (to[side] - from[side]);
        some.iter().map(|[x, y]| [middle(*x, 0), middle(*y, 1)]).collect()
    }

    const ALL: [[f32; 2]; 2] = Places::ALL;
    const BAR: [[u8; 2]; 6] = [[0, 7], [1, 7], [2, 7], [4, 7], [5, 7], [7, 7]];

    #[test]
    fn what_two_pictures_show_in_the_same_places_is_an_overlay() {
        let one = seen(1, ALL, &cells(ALL, &BAR));
        let other = seen(2, ALL, &cells(ALL, &BAR));
        assert_eq!(beside(&one, std::slice::from_ref(&other)), Some(0));
        let with_more = seen(1, ALL, &cells(ALL, &[&BAR[..], &[[1, 1], [6, 2], [3, 3]]].concat()));
        assert_eq!(beside(&with_more, &[other]), Some(3));
        let elsewhere = seen(2, ALL, &cells(ALL, &[[0, 0], [3, 2], [6, 1]]));
        assert_eq!(beside(&one, &[elsewhere]), None);
        assert_eq!(beside(&one, &[seen(1, ALL, &cells(ALL, &BAR))]), None, "another picture of its entry");
    }

    /// The picture in a post covers a few cells of a screenshot, and what is around it would be beside all of them.
    #[test]
    fn what_is_around_a_small_picture_in_a_screenshot_is_no_overlay_of_it() {
        let post = [[0.25, 0.3], [0.75, 0.6]];
        let picture = cells(post, &[[0, 1], [2, 2], [5, 2], [7, 4], [1, 5], [4, 4], [6, 6], [3, 6]]);
        let one = seen(1, post, &picture);
        let page = seen(2, ALL, &cells(ALL, &[[0, 2], [3, 1], [7, 2], [1, 4], [6, 3], [2, 5], [4, 5], [5, 5]]));
        assert_eq!(beside(&one, &[page]), None);
        let over_it = seen(2, ALL, &picture);
        assert_eq!(beside(&one, &[over_it]), Some(0));
    }
}
