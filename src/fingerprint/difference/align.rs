//! Lays an original over the known picture that was made of it.

use super::Plane;
use super::sample::Grid;
use crate::fingerprint::keypoints::Sight;
use crate::fingerprint::keypoints::detect::Keypoint;
use crate::fingerprint::keypoints::verify::{Pair, fit};
use crate::fingerprint::{Affine, Fingerprint, Query, Turn};
use crate::image::Pixels;

/// Longer side of what the known picture is compared in, in pixels.
pub const FRAME: usize = 512;
/// Bits up to which hashes may say how the two lie.
const HASH_RADIUS: u32 = 64;
/// Keypoints that must be found in their places for them to say so.
const LEAST_INLIERS: u32 = 6;
/// Blocks that are found again in the original, in pixels, and how far off they are looked for, round by round.
const BLOCK: usize = 32;
const REACHES: [i32; 4] = [8, 5, 3, 2];
/// A block with less structure (mean square of the levels about their mean) is passed over.
const LEAST_STRUCTURE: f32 = 30.0;
/// A block is found again where at most this part of its structure remains, after the last round.
const REST: f32 = 0.35;
/// Blocks that must be found again, and their part of those with structure that the original shows.
const LEAST_BLOCKS: usize = 6;
const LEAST_SHARE: f32 = 0.4;

/// A known picture and its original, laid over one another.
#[derive(Debug, Clone)]
pub struct Aligned {
    /// Columns and rows of the known picture's frame.
    pub frame: [usize; 2],
    /// From fractions of the known picture to fractions of the original.
    pub map: Affine,
    /// Part of the blocks that is found again: 0.0..=1.0.
    pub share: f32,
}

/// The sides of a picture's frame.
fn frame_of(pixels: &Pixels) -> [usize; 2] {
    let longest = pixels.width().max(pixels.height()).max(1);
    [pixels.width(), pixels.height()].map(|side| ((side * FRAME + longest / 2) / longest).max(1))
}

/// From a frame's pixels to fractions of its picture.
pub fn fractions([width, height]: [usize; 2]) -> Affine {
    Affine::stretch(1.0 / width as f32, 1.0 / height as f32)
}

/// How the original lies under the known picture, whose fingerprint says where to look; nothing where it does not.
pub fn align(fingerprint: &Fingerprint, known: &Pixels, original: &Pixels) -> Option<Aligned> {
    let frame = frame_of(known);
    let shown = Grid::of(known, Plane::Luma, &fractions(frame), frame[0], frame[1]);
    let refined = guesses(fingerprint, original).into_iter().filter_map(|map| refine(frame, &shown, original, map));
    refined.reduce(|best, other| if other.share > best.share { other } else { best })
}

/// Maps from fractions of the known picture to fractions of the original that hashes and keypoints propose.
fn guesses(fingerprint: &Fingerprint, original: &Pixels) -> Vec<Affine> {
    let mut guesses = Vec::new();
    if let Some(known) = &fingerprint.keypoints {
        let sight = Sight::of(original);
        let sightings = [false, true].map(|mirrored| sight.look(known, &[], &sight.consensus(known, mirrored)?));
        let best = sightings.into_iter().flatten().max_by_key(|sighting| sighting.evidence.inliers);
        guesses.extend(best.filter(|best| best.evidence.inliers >= LEAST_INLIERS).and_then(|best| best.map.inverse()));
    }
    let query = Query::of(original);
    let mut near: Vec<(u32, Affine)> = Vec::new();
    for asked in &query.regions {
        for region in &fingerprint.regions {
            for (turn, hash) in Turn::ALL.into_iter().zip(&asked.hashes) {
                let distance = hash.distance(&region.hash);
                if distance <= HASH_RADIUS {
                    near.extend(
                        Affine::between(asked.region, turn, region.region).inverse().map(|map| (distance, map)),
                    );
                }
            }
        }
    }
    near.sort_by_key(|(distance, _)| *distance);
    guesses.extend(near.into_iter().take(2).map(|(_, map)| map));
    guesses
}

fn refine(frame: [usize; 2], shown: &Grid, original: &Pixels, mut map: Affine) -> Option<Aligned> {
    let mut share = 0.0;
    for (round, reach) in REACHES.into_iter().enumerate() {
        let under = Grid::of(original, Plane::Luma, &fractions(frame).then(&map), frame[0], frame[1]);
        let (blocks, found) = find_blocks(frame, shown, &under, reach);
        share = found.len() as f32 / blocks.max(1) as f32;
        if found.len() < LEAST_BLOCKS {
            return None;
        }
        // After the last look nothing is moved any more.
        if round + 1 == REACHES.len() {
            break;
        }
        let moved = robust(&found)?;
        let to_frame = fractions(frame).inverse()?;
        map = to_frame.then(&moved).then(&fractions(frame)).then(&map);
    }
    (share >= LEAST_SHARE).then_some(Aligned { frame, map, share })
}

/// Where a block lies in the known picture, and where the original shows it.
type Found = [[f32; 2]; 2];

/// How many blocks with structure the original shows, and those that are found again in it.
fn find_blocks([width, height]: [usize; 2], shown: &Grid, under: &Grid, reach: i32) -> (usize, Vec<Found>) {
    let (mut blocks, mut found) = (0, Vec::new());
    let side = BLOCK.min(width).min(height);
    let mut top = 0;
    while top + side <= height {
        let mut left = 0;
        while left + side <= width {
            let block = Block { left, top, side };
            if let Some(moved) = block.find(shown, under, reach) {
                blocks += 1;
                found.extend(moved.map(|[x, y]| {
                    let middle = [left, top].map(|at| at as f32 + side as f32 / 2.0);
                    [middle, [middle[0] + x, middle[1] + y]]
                }));
            }
            left += side;
        }
        top += side;
    }
    (blocks, found)
}

struct Block {
    left: usize,
    top: usize,
    side: usize,
}

impl Block {
    /// By how much it has moved; the inner nothing where it is not found again, the outer where it has no structure or
    /// the original does not show it.
    fn find(&self, shown: &Grid, under: &Grid, reach: i32) -> Option<Option<[f32; 2]>> {
        let (structure, _) = self.rest(shown, shown, 0, 0)?;
        self.rest(shown, under, 0, 0)?;
        if structure < LEAST_STRUCTURE {
            return None;
        }
        let at = |dx, dy| self.rest(shown, under, dx, dy).map_or(f32::INFINITY, |(_, rest)| rest);
        let mut best = (f32::INFINITY, 0, 0);
        for dy in -reach..=reach {
            for dx in -reach..=reach {
                let rest = at(dx, dy);
                if rest < best.0 {
                    best = (rest, dx, dy);
                }
            }
        }
        let (least, dx, dy) = best;
        if least > REST * structure || dx.abs() == reach || dy.abs() == reach {
            return Some(None);
        }
        // At the picture's edge one side is not seen.
        let vertex = |before: f32, after: f32| {
            let bend = before + after - 2.0 * least;
            if bend > 1e-3 && bend.is_finite() { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 }
        };
        let x = dx as f32 + vertex(at(dx - 1, dy), at(dx + 1, dy));
        let y = dy as f32 + vertex(at(dx, dy - 1), at(dx, dy + 1));
        Some(Some([x, y]))
    }

    /// Mean squares: of the block about its mean, and of what the best gain and offset leave.
    fn rest(&self, shown: &Grid, under: &Grid, dx: i32, dy: i32) -> Option<(f32, f32)> {
        let (mut a, mut b, mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for y in self.top..self.top + self.side {
            let other = usize::try_from(y as i32 + dy).ok()?;
            for x in self.left..self.left + self.side {
                let column = usize::try_from(x as i32 + dx).ok().filter(|&column| column < under.width)?;
                let known = shown.values.get(y * shown.width + x).copied().flatten()?;
                let seen = under.values.get(other * under.width + column).copied().flatten()?;
                a += known;
                b += seen;
                aa += known * known;
                bb += seen * seen;
                ab += known * seen;
            }
        }
        let count = (self.side * self.side) as f32;
        let (aa, bb, ab) = (
            aa / count - a * a / count / count,
            bb / count - b * b / count / count,
            ab / count - a * b / count / count,
        );
        let explained = if bb > 1.0 && ab > 0.0 { ab * ab / bb } else { 0.0 };
        Some((aa, (aa - explained).max(0.0)))
    }
}

/// The affine map that most blocks agree on.
fn robust(found: &[Found]) -> Option<Affine> {
    let point = |[x, y]: [f32; 2]| Keypoint { x, y, scale: 1.0, direction: [1.0, 0.0], response: 0.0 };
    let fitted = |found: &[Found]| -> Option<Affine> {
        fit(&found.iter().map(|[known, seen]| Pair::between(&point(*known), &point(*seen))).collect::<Vec<_>>())
    };
    let mut kept = found.to_vec();
    let mut map = fitted(&kept)?;
    for _ in 0..3 {
        let off = |[known, seen]: &Found| {
            let [x, y] = map.of(*known);
            let (dx, dy) = (x - seen[0], y - seen[1]);
            dx * dx + dy * dy
        };
        let mut all: Vec<f32> = found.iter().map(off).collect();
        all.sort_by(f32::total_cmp);
        let limit = (4.0 * all.get(all.len() / 2).copied().unwrap_or(0.0)).max(0.25);
        kept.clear();
        kept.extend(found.iter().filter(|found| off(found) <= limit));
        map = fitted(&kept).unwrap_or(map);
    }
    Some(map)
}
