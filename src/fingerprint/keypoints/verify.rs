//! Whether a picture shows a known one where a map says so.

use super::describe::{Frame, Patch, signs};
use super::detect::Keypoint;
use super::known::KnownKeypoints;
use super::places::Places;
use super::scale_space::ScaleSpace;
use super::thumbnail::Likeness;
use crate::fingerprint::Affine;

/// What was found where a map led.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// From the known picture's frame to the picture, refined.
    pub map: Affine,
    /// Keypoints of the known picture that the picture ought to show.
    pub visible: u32,
    /// Those that look alike in their places.
    pub inliers: u32,
    /// Cells of a 4x4 grid over the known picture that have such keypoints; no more than 2 where they are in one line: a
    /// news bar says where it is across the picture, and not how large.
    pub spread: u32,
    /// Cells that have visible keypoints.
    pub cells: u32,
    /// How much of the thumbnail is found again.
    pub thumbnail: Likeness,
    /// How much of both is common to them.
    pub overlap: Overlap,
    /// Where in the picture such keypoints are.
    pub places: Places,
    /// Cells of an 8x8 grid over the known picture's frame that have such keypoints, as bits.
    pub known_places: u64,
}

#[cfg(test)]
impl Evidence {
    /// All of a known picture of 12 keypoints, where it is all that a picture shows, but for its thumbnail and for places.
    pub(crate) fn of_all() -> Self {
        Self {
            map: Affine::IDENTITY,
            visible: 12,
            inliers: 12,
            spread: 8,
            cells: 16,
            thumbnail: Likeness::default(),
            overlap: Overlap { of_known: 1.0, of_picture: 1.0 },
            places: Places::default(),
            known_places: 0,
        }
    }
}

/// How much of a known picture and of a picture shows the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlap {
    /// The part of the known picture's frame that lies inside the picture: 0.0..=1.0.
    pub of_known: f32,
    /// The part of the picture that this fills: 0.0..=1.0, but for a rounding.
    pub of_picture: f32,
}

impl Overlap {
    /// Points along a side of the frame that are looked for.
    const SIDE: u16 = 16;

    /// Where `map` leads from a frame of this size to a picture of this size.
    fn of(frame: [f32; 2], map: &Affine, picture: [f32; 2]) -> Self {
        let at = |i: u16, side: f32| (f32::from(i) + 0.5) / f32::from(Self::SIDE) * side;
        let grid = (0..Self::SIDE).flat_map(|y| (0..Self::SIDE).map(move |x| [x, y]));
        let inside = grid.filter(|&[x, y]| {
            let [u, v] = map.of([at(x, frame[0]), at(y, frame[1])]);
            (0.0..picture[0]).contains(&u) && (0.0..picture[1]).contains(&v)
        });
        let of_known = inside.count() as f32 / f32::from(Self::SIDE * Self::SIDE);
        let growth = map.determinant().abs() * frame[0] * frame[1] / (picture[0] * picture[1]);
        Self { of_known, of_picture: of_known * growth }
    }
}

/// Bits up to which a neighbourhood looks like the stored one.
pub const ALIKE: u32 = 28;
const ROUGHLY_ALIKE: u32 = 36;
/// From here on it is not worth looking around a place.
const HOPELESS: u32 = 50;
/// The places around a place, in steps.
const AROUND: [(f32, f32); 8] =
    [(-1.0, -1.0), (0.0, -1.0), (1.0, -1.0), (-1.0, 0.0), (1.0, 0.0), (-1.0, 1.0), (0.0, 1.0), (1.0, 1.0)];

/// A keypoint of a known picture and where a picture shows it.
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    /// In the known picture's frame.
    known: [f32; 2],
    /// In the picture.
    seen: [f32; 2],
    /// The cell of the known picture, as a bit.
    cell: u16,
}

impl Pair {
    /// A pair of keypoints.
    pub fn between(known: &Keypoint, seen: &Keypoint) -> Self {
        Self { known: [known.x, known.y], seen: [seen.x, seen.y], cell: 0 }
    }
}

/// One look at every keypoint where `map` expects it and at places around, `step` pixels of its level apart.
fn look(known: &KnownKeypoints, map: &Affine, space: &ScaleSpace, step: f32, limit: u32) -> (u32, u16, Vec<Pair>) {
    let [width, height] = known.frame.map(f32::from);
    let growth = map.determinant().abs().sqrt();
    let coarsest = space.levels.last().map_or(1.0, |level| level.scale);
    let (mut visible, mut cells) = (0, 0_u16);
    let mut pairs = Vec::new();
    for (descriptor, place) in &known.keypoints {
        let keypoint = place.keypoint(width, height);
        let [x, y] = map.of([keypoint.x, keypoint.y]);
        let size = keypoint.scale * growth;
        let margin = 3.0 * size;
        if x < margin || y < margin || x > space.width as f32 - margin || y > space.height as f32 - margin {
            continue;
        }
        if !(0.55..=coarsest * 1.5).contains(&size) {
            continue;
        }
        visible += 1;
        let [u, v] = [place.0[0] >> 6, place.0[1] >> 6];
        let cell = 1 << (v * 4 + u);
        cells |= cell;
        let frame = Frame::new(0.0, 0.0, keypoint.scale, keypoint.direction);
        let (along, across) = (map.turned(frame.along), map.turned(frame.across));
        let wrong_at = |[x, y]: [f32; 2]| {
            signs(&Patch::of(space, Frame { x, y, along, across }).differences()).distance(*descriptor)
        };
        let mut best = (wrong_at([x, y]), [x, y]);
        // What looks like something else altogether does so a few pixels on, too.
        if best.0 > HOPELESS {
            continue;
        }
        for (i, j) in AROUND {
            let at = [x + i * step * size, y + j * step * size];
            let wrong = wrong_at(at);
            if wrong < best.0 {
                best = (wrong, at);
            }
        }
        if best.0 <= limit {
            pairs.push(Pair { known: [keypoint.x, keypoint.y], seen: best.1, cell });
        }
    }
    (visible, cells, pairs)
}

/// The affine map nearest to all pairs, or `None` when they do not determine one.
pub fn fit(pairs: &[Pair]) -> Option<Affine> {
    let count = pairs.len() as f32;
    if pairs.len() < 4 {
        return None;
    }
    let mean = |of: fn(&Pair) -> f32| pairs.iter().map(of).sum::<f32>() / count;
    let (mx, my) = (mean(|pair| pair.known[0]), mean(|pair| pair.known[1]));
    let (sx, sy) = (mean(|pair| pair.seen[0]), mean(|pair| pair.seen[1]));
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    let mut cross = [[0.0_f32; 2]; 2];
    for pair in pairs {
        let (x, y) = (pair.known[0] - mx, pair.known[1] - my);
        xx += x * x;
        xy += x * y;
        yy += y * y;
        for (row, seen) in cross.iter_mut().zip([pair.seen[0] - sx, pair.seen[1] - sy]) {
            row[0] += seen * x;
            row[1] += seen * y;
        }
    }
    let determinant = xx * yy - xy * xy;
    // All on a line, or in a heap: more freedom than they can hold.
    if determinant < 0.01 * (xx + yy) * (xx + yy) || xx + yy < 200.0 * count {
        return None;
    }
    let row = |[a, b]: [f32; 2], mean: f32| {
        let (p, q) = ((a * yy - b * xy) / determinant, (b * xx - a * xy) / determinant);
        [p, q, mean - p * mx - q * my]
    };
    let map = Affine { rows: [row(cross[0], sx), row(cross[1], sy)] };
    Some(map)
}

/// Without the pairs that lie far from where the others put them.
fn consistent(mut pairs: Vec<Pair>, map: &Affine) -> Vec<Pair> {
    let growth = map.determinant().abs().sqrt();
    pairs.retain(|pair| {
        let [x, y] = map.of(pair.known);
        let (dx, dy) = (x - pair.seen[0], y - pair.seen[1]);
        dx * dx + dy * dy <= 100.0 * growth * growth
    });
    pairs
}

/// Whether a map is one that a copy may have gone through: not squeezed to a line.
fn plausible(map: &Affine) -> bool {
    let [[a, b, _], [c, d, _]] = map.rows;
    let sum = a * a + b * b + c * c + d * d;
    let area = map.determinant().abs();
    // For singular values p and q: sum = p² + q², area = p q. At most a stretch of 1 : 2.
    area > 0.0 && sum <= 2.5 * area && sum.is_finite()
}

/// How many cells of a 4x4 grid there are, as far as they count.
fn spread(cells: u16) -> u32 {
    let in_line = (0..4).any(|line| cells & !(0xf << (4 * line)) == 0 || cells & !(0x1111 << line) == 0);
    if in_line { cells.count_ones().min(2) } else { cells.count_ones() }
}

/// What is found where `map`, from the known picture's frame to the picture, leads.
pub fn verify(known: &KnownKeypoints, map: &Affine, space: &ScaleSpace) -> Option<Evidence> {
    if !plausible(map) {
        return None;
    }
    let mut map = *map;
    let mut best = look(known, &map, space, 1.5, ALIKE);
    for step in [2.5, 1.5] {
        let (_, _, pairs) = look(known, &map, space, step, ROUGHLY_ALIKE);
        let Some(better) = fit(&pairs).filter(plausible) else { break };
        let better = fit(&consistent(pairs, &better)).filter(plausible).unwrap_or(better);
        let seen = look(known, &better, space, 1.5, ALIKE);
        if seen.2.len() <= best.2.len() {
            break;
        }
        (map, best) = (better, seen);
    }
    let (visible, visible_cells, pairs) = best;
    let cells = pairs.iter().fold(0_u16, |cells, pair| cells | pair.cell);
    let [width, height] = known.frame.map(f32::from);
    let picture = [space.width as f32, space.height as f32];
    let fraction = |[x, y]: [f32; 2], [width, height]: [f32; 2]| [x / width, y / height];
    Some(Evidence {
        places: Places::of(pairs.iter().map(|pair| fraction(pair.seen, picture))),
        known_places: Places::of(pairs.iter().map(|pair| fraction(pair.known, [width, height]))).within(Places::ALL),
        map,
        visible,
        inliers: pairs.len() as u32,
        spread: spread(cells),
        cells: visible_cells.count_ones(),
        thumbnail: known.thumbnail.agreement(width, height, &map, space),
        overlap: Overlap::of([width, height], &map, picture),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overlap_is_what_lies_in_the_picture() {
        let of = |map: Affine| {
            let Overlap { of_known, of_picture } = Overlap::of([512.0, 256.0], &map, [400.0, 400.0]);
            [of_known, of_picture]
        };
        let half = Affine::stretch(0.5, 0.5);
        let to = |x: f32, y: f32| half.then(&Affine { rows: [[1.0, 0.0, x], [0.0, 1.0, y]] });
        assert_eq!(of(to(10.0, 10.0)), [1.0, 256.0 * 128.0 / 160_000.0], "all of it, in a part of the picture");
        assert_eq!(of(to(-128.0, 336.0)), [0.25, 64.0 * 128.0 / 160_000.0], "a quarter of it, in a corner");
        assert_eq!(of(to(500.0, 0.0)), [0.0, 0.0]);
        assert_eq!(of(Affine::stretch(3.125, 3.125)), [0.125, 1.0], "a crop");
    }

    #[test]
    fn cells_in_one_line_are_no_spread() {
        let cells = |places: &[(u32, u32)]| places.iter().fold(0, |cells, (x, y)| cells | 1 << (4 * y + x));
        for line in 0..4 {
            assert_eq!(spread(cells(&[(0, line), (1, line), (2, line), (3, line)])), 2);
            assert_eq!(spread(cells(&[(line, 0), (line, 1), (line, 2), (line, 3)])), 2);
            assert_eq!(spread(cells(&[(line, 1)])), 1);
        }
        assert_eq!(spread(cells(&[(0, 3), (1, 3), (2, 3), (3, 2)])), 4);
        assert_eq!(spread(cells(&[(0, 0), (1, 1), (2, 2)])), 3);
        assert_eq!((spread(0), spread(u16::MAX)), (0, 16));
    }
}
