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
/// Squared levels by which the same may differ in the two patches.
const SAME: f32 = 64.0;
/// How far a picture must lie to one side: 1 is at one of the two, 0 in the middle.
const CLEAR: f32 = 0.5;
/// Most of the squared distance to the farther picture that may remain to the nearer one.
const NEARER: f32 = 0.4;
/// Most of that between the two that may remain: what covers the place looks like neither.
const REST: f32 = 0.35;

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
    let rest = sum.known.min(sum.original) / sum.apart;
    let told = if rest > REST {
        Told::Unclear
    } else if side >= CLEAR && sum.known <= NEARER * sum.original {
        Told::Known
    } else if side <= -CLEAR && sum.original <= NEARER * sum.known {
        Told::Original
    } else {
        Told::Unclear
    };
    Comparison { told, rest, side }
}

/// The distances in one spot; nothing where the picture does not show it.
fn look(spot: &Spot, pixels: &Pixels, back: &Affine) -> Option<Distances> {
    let reach = REACH as f32;
    let fine = 1.0 / FINE as f32;
    let grid = Affine { rows: [[fine, 0.0, -reach * fine], [0.0, fine, -reach * fine]] };
    let sums = Sums::of(&Grid::of(pixels, spot.plane, &grid.then(&spot.map()).then(back), GRID, GRID));
    let both = Both::of(spot);
    let at = |dx: usize, dy: usize| -> Option<Placed> {
        let seen = sums.samples(dx, dy);
        let fits = both.values.map(|values| Fit::of(&seen, &values, &both.weights));
        (both.apart(&seen) >= VISIBLE * both.all).then_some(Placed { fits, dx, dy })
    };
    let nearer = |one: Placed, other: Placed| if other.rest() < one.rest() { other } else { one };
    // Every other shift, then those around the best.
    let coarse = (0..=REACH).flat_map(|y| (0..=REACH).map(move |x| [2 * x, 2 * y]));
    let first = coarse.filter_map(|[x, y]| at(x, y)).reduce(nearer)?;
    let around = |at: usize| at.saturating_sub(1)..=(at + 1).min(2 * REACH);
    let fine = around(first.dy).flat_map(|y| around(first.dx).map(move |x| [x, y]));
    let best = fine.filter_map(|[x, y]| at(x, y)).fold(first, nearer);
    // Where the picture shows either best, both are held against it: what a shift of its own would forgive the other
    // one is just what tells them apart.
    let [known, original] = best.fits;
    let gain = if known.rest < original.rest { known.gain } else { original.gain };
    let apart = both.between(&sums.samples(best.dx, best.dy)) * gain * gain;
    Some(Distances { known: known.rest, original: original.rest, apart })
}

/// How both fit at a shift.
#[derive(Debug, Clone, Copy)]
struct Placed {
    fits: [Fit; 2],
    dx: usize,
    dy: usize,
}

impl Placed {
    fn rest(&self) -> f32 {
        self.fits[0].rest.min(self.fits[1].rest)
    }
}

/// What the known picture and its original show of a spot.
struct Both {
    values: [[f32; SAMPLES]; 2],
    /// How much a sample says of brightness and contrast: most where the two are the same.
    weights: [f32; SAMPLES],
    /// Squared differences of all samples.
    all: f32,
}

impl Both {
    fn of(spot: &Spot) -> Self {
        let values = [spot.values(&spot.known), spot.values(&spot.original)];
        let square = |i: usize| (values[0][i] - values[1][i]) * (values[0][i] - values[1][i]);
        let weights = std::array::from_fn(|i| SAME / (SAME + square(i)));
        Self { values, weights, all: (0..SAMPLES).map(square).sum() }
    }

    /// Squared differences of the samples that are seen.
    fn apart(&self, seen: &Seen) -> f32 {
        let [known, original] = &self.values;
        let both = known.iter().zip(original).zip(seen).filter(|(_, seen)| seen.is_some());
        both.map(|((known, original), _)| (known - original) * (known - original)).sum()
    }

    /// How far the two are from one another in the samples that are seen, when either may be brighter.
    fn between(&self, seen: &Seen) -> f32 {
        let [known, original] = &self.values;
        let part = |of: &[f32; SAMPLES]| -> Seen { std::array::from_fn(|i| seen[i].map(|_| of[i])) };
        let one = Fit::of(&part(known), original, &self.weights);
        one.rest.min(Fit::of(&part(original), known, &self.weights).rest)
    }
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
    fn of(seen: &Seen, values: &[f32; SAMPLES], weights: &[f32; SAMPLES]) -> Self {
        let (mut weight, mut s, mut v, mut sv, mut vv) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for ((seen, value), part) in seen.iter().zip(values).zip(weights) {
            if let Some(seen) = seen {
                weight += part;
                s += part * seen;
                v += part * value;
                sv += part * seen * value;
                vv += part * value * value;
            }
        }
        let weight = f32::max(weight, 1e-3);
        let (s, v) = (s / weight, v / weight);
        let (sv, vv) = (sv / weight - s * v, (vv / weight - v * v).max(0.0));
        let gain = ((sv + LEAN) / (vv + LEAN)).clamp(GAIN[0], GAIN[1]);
        let mut rest = 0.0;
        for (seen, value) in seen.iter().zip(values) {
            if let Some(seen) = seen {
                let off = (seen - s) - gain * (value - v);
                rest += off * off;
            }
        }
        Self { gain, rest }
    }
}
