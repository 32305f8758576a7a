//! Whether a picture shows the known picture or its original, where the two differ.

use super::sample::Grid;
use super::{Difference, SAMPLES, SIDE, Spot};
use crate::fingerprint::Affine;
use crate::image::Pixels;

/// Samples are looked at in quarters, so that small shifts can be tried.
const FINE: usize = 4;
/// A map may be wrong by so many quarters of a sample.
const REACH: usize = 6;
const GRID: usize = SIDE * FINE + 2 * REACH;
/// Part of what tells the two pictures apart that must be seen.
const VISIBLE: f32 = 0.7;
/// How much brightness and contrast may change; the fit leans towards no change by so many squared levels.
const GAIN: [f32; 2] = [0.6, 1.7];
const LEAN: f32 = 20.0;
/// How far a picture must lie to one side: 1 is at one of the two, 0 in the middle.
const CLEAR: f32 = 0.5;
/// Most of the squared distance to the farther picture that may remain to the nearer one.
const NEARER: f32 = 0.4;

/// Which picture it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// The known one.
    Known,
    /// Its original.
    Original,
    /// Neither clearly, or not to be seen.
    Unclear,
}

/// How a picture compares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Which one it is.
    pub told: Told,
    /// Squared distance to the nearer one, as part of that between the two: 0 is the best fit.
    pub rest: f32,
    /// On which side it lies: 1 at the known picture, -1 at the original.
    pub side: f32,
}

const UNSEEN: Comparison = Comparison { told: Told::Unclear, rest: f32::MAX, side: 0.0 };

/// Squared distances, summed over samples.
#[derive(Debug, Clone, Copy, Default)]
struct Distances {
    known: f32,
    original: f32,
    /// Between the two.
    apart: f32,
}

/// Holds a picture against both, when `map` leads from fractions of the picture to fractions of the known one.
pub fn compare(difference: &Difference, pixels: &Pixels, map: &Affine) -> Comparison {
    let Some(back) = map.inverse() else { return UNSEEN };
    let mut sum = Distances::default();
    for seen in difference.spots.iter().filter_map(|spot| look(spot, pixels, &back)) {
        sum.known += seen.known;
        sum.original += seen.original;
        sum.apart += seen.apart;
    }
    if sum.apart <= 0.0 || !(sum.known + sum.original).is_finite() {
        return UNSEEN;
    }
    let side = (sum.original - sum.known) / sum.apart;
    let told = if side >= CLEAR && sum.known <= NEARER * sum.original {
        Told::Known
    } else if side <= -CLEAR && sum.original <= NEARER * sum.known {
        Told::Original
    } else {
        Told::Unclear
    };
    Comparison { told, rest: sum.known.min(sum.original) / sum.apart, side }
}

/// The distances in one spot; nothing where the picture does not show it.
fn look(spot: &Spot, pixels: &Pixels, back: &Affine) -> Option<Distances> {
    let reach = REACH as f32;
    let fine = 1.0 / FINE as f32;
    let grid = Affine { rows: [[fine, 0.0, -reach * fine], [0.0, fine, -reach * fine]] };
    let sums = Sums::of(&Grid::of(pixels, spot.plane, &grid.then(&spot.map()).then(back), GRID, GRID));
    let (known, original) = (spot.values(&spot.known), spot.values(&spot.original));
    let apart = |seen: &Seen| -> f32 {
        (0..SAMPLES).filter(|&i| seen[i].is_some()).map(|i| (known[i] - original[i]) * (known[i] - original[i])).sum()
    };
    let all = apart(&[Some(0.0); SAMPLES]);
    let mut best: [Option<Fit>; 2] = [None; 2];
    let mut shown = [None; SAMPLES];
    for dy in 0..=2 * REACH {
        for dx in 0..=2 * REACH {
            let seen = sums.samples(dx, dy);
            if apart(&seen) < VISIBLE * all {
                continue;
            }
            for (best, values) in best.iter_mut().zip([&known, &original]) {
                let fit = Fit::of(&seen, values);
                if best.is_none_or(|best| fit.rest < best.rest) {
                    *best = Some(fit);
                    shown = seen;
                }
            }
        }
    }
    let [of_known, of_original] = [best[0]?, best[1]?];
    // How far the two are from one another when either may be brighter, and in the contrast that the picture has.
    let as_seen = |from: &[f32; SAMPLES]| std::array::from_fn(|i| shown[i].map(|_| from[i]));
    let apart = Fit::of(&as_seen(&known), &original).rest.min(Fit::of(&as_seen(&original), &known).rest);
    let gain = if of_known.rest < of_original.rest { of_known.gain } else { of_original.gain };
    Some(Distances { known: of_known.rest, original: of_original.rest, apart: apart * gain * gain })
}

/// What a picture shows of the samples of a spot.
type Seen = [Option<f32>; SAMPLES];

/// Sums over rectangles of a grid.
struct Sums {
    /// Of the values from the upper left corner on, and how many there are.
    sums: Vec<(f32, u32)>,
}

impl Sums {
    fn of(grid: &Grid) -> Self {
        let mut sums = vec![(0.0, 0); (GRID + 1) * (GRID + 1)];
        for (y, row) in grid.values.chunks(grid.width).enumerate() {
            let (mut sum, mut count) = (0.0, 0);
            for (x, value) in row.iter().enumerate() {
                if let Some(value) = value {
                    sum += value;
                    count += 1;
                }
                let above = sums[y * (GRID + 1) + x + 1];
                sums[(y + 1) * (GRID + 1) + x + 1] = (above.0 + sum, above.1 + count);
            }
        }
        Self { sums }
    }

    /// The samples when the spot is shifted by so many quarters, from the upper left.
    fn samples(&self, dx: usize, dy: usize) -> Seen {
        std::array::from_fn(|i| {
            let (x, y) = (dx + i % SIDE * FINE, dy + i / SIDE * FINE);
            let at = |x: usize, y: usize| self.sums[y * (GRID + 1) + x];
            let [a, b, c, d] = [at(x, y), at(x + FINE, y), at(x, y + FINE), at(x + FINE, y + FINE)];
            // A grid's sums stay below 2^24: the differences are good to a hundredth of a level.
            (d.1 + a.1 - b.1 - c.1 == (FINE * FINE) as u32).then(|| ((d.0 - b.0) - (c.0 - a.0)) / (FINE * FINE) as f32)
        })
    }
}

/// How values become what is seen: brighter or darker, with more or less contrast.
#[derive(Debug, Clone, Copy)]
struct Fit {
    gain: f32,
    /// Squared distance that remains, over all samples.
    rest: f32,
}

impl Fit {
    fn of(seen: &Seen, values: &[f32; SAMPLES]) -> Self {
        let (mut count, mut s, mut v) = (0.0, 0.0, 0.0);
        for (seen, value) in seen.iter().zip(values) {
            if let Some(seen) = seen {
                count += 1.0;
                s += seen;
                v += value;
            }
        }
        let count = f32::max(count, 1.0);
        let (s, v) = (s / count, v / count);
        let (mut ss, mut vv, mut sv) = (0.0, 0.0, 0.0);
        for (seen, value) in seen.iter().zip(values) {
            if let Some(seen) = seen {
                let (seen, value) = (seen - s, value - v);
                ss += seen * seen;
                vv += value * value;
                sv += seen * value;
            }
        }
        let lean = LEAN * count;
        let gain = ((sv + lean) / (vv + lean)).clamp(GAIN[0], GAIN[1]);
        Self { gain, rest: (ss - 2.0 * gain * sv + gain * gain * vv).max(0.0) }
    }
}
