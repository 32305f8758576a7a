//! Whether a picture's keypoints lie as a known picture's do: one similarity transform that explains the most pairs.

use super::describe::Descriptor;
use super::detect::Keypoint;
use super::features::Feature;
use super::known::KnownKeypoints;
use super::verify::{Pair, fit};
use crate::fingerprint::Affine;

/// Bits up to which two keypoints may be the same.
pub const PAIR_RADIUS: u32 = 34;
/// Pairs a stored keypoint takes part in.
const PAIRS_EACH: usize = 2;
/// A pair may lie this far from where the transform puts it: pixels, and share of the distance to the pair that gave it.
const TOLERANCE: f32 = 8.0;
const STRAY: f32 = 0.12;
/// Sizes of a pair may differ from the transform's by this factor.
const SIZE_RATIO: f32 = 1.6;
/// Least cosine between a pair's turn and the transform's.
const MIN_COSINE: f32 = 0.9;
/// Keypoints of the picture nearer than this count once, in pixels.
const DISTINCT: f32 = 6.0;
/// Pairs from which on an affine map is fitted to them.
const FIT_FROM: usize = 6;

/// The transform that most pairs agree on.
#[derive(Debug, Clone, PartialEq)]
pub struct Consensus {
    /// From the known picture's frame to the picture.
    pub map: Affine,
    /// Which of the picture's keypoints are in a pair that agrees, each known keypoint and each place of the picture counted
    /// once.
    pub seen: Vec<usize>,
}

impl Consensus {
    /// Pairs that agree.
    pub fn pairs(&self) -> u32 {
        self.seen.len() as u32
    }
}

/// Finds the similarity transform that the most pairs of a known picture's and a picture's keypoints agree on; `mirrored`
/// looks for the known picture's mirror image. `descriptors` are those of the features, `width` is the picture's, in pixels.
pub fn consensus(
    known: &KnownKeypoints,
    features: &[Feature],
    descriptors: &[Descriptor],
    mirrored: bool,
    width: f32,
) -> Option<Consensus> {
    let (pairs, seen) = pairs(known, features, descriptors, mirrored, width);
    let mut best: Vec<usize> = Vec::new();
    let mut map = Affine::IDENTITY;
    let mut agreeing = Vec::new();
    for (stored, seen) in &pairs {
        let transform = similarity(stored, seen);
        agree(&pairs, (stored, seen), &transform, &mut agreeing);
        if agreeing.len() > best.len() {
            best.clone_from(&agreeing);
            map = transform;
        }
    }
    if best.len() < 2 {
        return None;
    }
    if best.len() >= FIT_FROM {
        let fitted: Vec<Pair> = best.iter().map(|&i| Pair::between(&pairs[i].0, &pairs[i].1)).collect();
        map = fit(&fitted).unwrap_or(map);
    }
    if mirrored {
        map = map.then(&mirror(width));
    }
    Some(Consensus { map, seen: best.into_iter().map(|i| seen[i]).collect() })
}

/// Left to right, in a picture of this width.
fn mirror(width: f32) -> Affine {
    Affine { rows: [[-1.0, 0.0, width], [0.0, 1.0, 0.0]] }
}

/// The keypoints that may be the same: for each stored one the nearest of the picture, in the frame of the picture or its
/// mirror image, and which of the picture's it is.
fn pairs(
    known: &KnownKeypoints,
    features: &[Feature],
    descriptors: &[Descriptor],
    mirrored: bool,
    width: f32,
) -> (Vec<(Keypoint, Keypoint)>, Vec<usize>) {
    let [frame_width, frame_height] = known.frame.map(f32::from);
    let (mut pairs, mut which) = (Vec::new(), Vec::new());
    for (descriptor, place) in &known.keypoints {
        let descriptor = if mirrored { descriptor.mirrored() } else { *descriptor };
        let mut nearest = [(PAIR_RADIUS + 1, 0_usize); PAIRS_EACH];
        for (i, seen) in descriptors.iter().enumerate() {
            let distance = seen.distance(descriptor);
            if distance < nearest[1].0 {
                nearest[1] = (distance, i);
                nearest.sort_unstable();
            }
        }
        let stored = place.keypoint(frame_width, frame_height);
        for (_, i) in nearest.into_iter().filter(|&(distance, _)| distance <= PAIR_RADIUS) {
            let seen = features[i].at;
            let [x, y] = seen.direction;
            let seen = if mirrored { Keypoint { x: width - seen.x, direction: [-x, y], ..seen } } else { seen };
            pairs.push((stored, seen));
            which.push(i);
        }
    }
    (pairs, which)
}

/// The similarity transform that takes one keypoint to another.
fn similarity(from: &Keypoint, to: &Keypoint) -> Affine {
    let growth = to.scale / from.scale;
    let ([ax, ay], [bx, by]) = (from.direction, to.direction);
    let (cosine, sine) = ((ax * bx + ay * by) * growth, (ax * by - ay * bx) * growth);
    let x0 = to.x - cosine * from.x + sine * from.y;
    let y0 = to.y - sine * from.x - cosine * from.y;
    Affine { rows: [[cosine, -sine, x0], [sine, cosine, y0]] }
}

/// Which pairs a transform explains, each known keypoint and each place once.
fn agree(pairs: &[(Keypoint, Keypoint)], seed: (&Keypoint, &Keypoint), map: &Affine, out: &mut Vec<usize>) {
    out.clear();
    let growth = seed.1.scale / seed.0.scale;
    for (i, (stored, seen)) in pairs.iter().enumerate() {
        // Pairs of one stored keypoint follow one another.
        if out.last().is_some_and(|&last| pairs[last].0 == *stored) {
            continue;
        }
        let [x, y] = map.of([stored.x, stored.y]);
        let (dx, dy) = (x - seed.1.x, y - seed.1.y);
        let tolerance = TOLERANCE + STRAY * (dx * dx + dy * dy).sqrt();
        if (x - seen.x).abs() > tolerance || (y - seen.y).abs() > tolerance {
            continue;
        }
        let size = seen.scale / (stored.scale * growth);
        if !(1.0 / SIZE_RATIO..=SIZE_RATIO).contains(&size) {
            continue;
        }
        let [u, v] = map.turned(stored.direction);
        if (u * seen.direction[0] + v * seen.direction[1]) < MIN_COSINE * growth {
            continue;
        }
        let near = |other: &Keypoint| (other.x - seen.x).abs() < DISTINCT && (other.y - seen.y).abs() < DISTINCT;
        if out.iter().any(|&other| near(&pairs[other].1)) {
            continue;
        }
        out.push(i);
    }
}
