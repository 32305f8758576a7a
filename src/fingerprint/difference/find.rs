//! Where a known picture differs from its original, once they lie over one another.

use super::align::{Aligned, fractions};
use super::sample::Grid;
use super::{MAX_SPOTS, Plane};
use crate::image::Pixels;

/// Pixels of the frame along each side of a cell.
const CELL: usize = 4;
/// Sides of a spot, in cells, before it is widened; and its shapes.
const SIDES: [usize; 9] = [4, 6, 8, 11, 16, 22, 32, 45, 64];
const SHAPES: [[usize; 2]; 3] = [[2, 2], [3, 1], [1, 3]];
/// A spot shows so much more than what differs: what is the same in both tells how bright and where a copy is.
const WIDER: f32 = 1.7;
/// Least side of a spot, in cells: its samples must not be finer than what a map can be wrong by.
const LEAST_SIDE: f32 = 10.0;
/// Squared levels that do not count, beyond what most of the picture differs by.
const NOISE: f32 = 16.0;
const TIMES_NOISE: f32 = 3.0;
/// Colour counts less than luma: sites keep it at half the size.
const WORTH: [f32; 3] = [1.0, 0.7, 0.7];
/// A further spot must differ by this part of the first one.
const FURTHER: f32 = 0.3;
/// Bins of levels in which brightness may change between the two.
const BINS: usize = 16;

/// An area of the known picture, in 1/256 of its sides, in which a plane differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// Which plane.
    pub plane: Plane,
    /// x, y, width, height.
    pub sides: [u8; 4],
}

/// The areas in which the two differ most, the most different first.
pub fn find(known: &Pixels, original: &Pixels, aligned: &Aligned) -> Vec<Area> {
    let frame = aligned.frame;
    let mut maps = Plane::ALL.map(|plane| {
        let own = fractions(frame);
        let shown = Grid::of(known, plane, &own, frame[0], frame[1]);
        let under = Grid::of(original, plane, &own.then(&aligned.map), frame[0], frame[1]);
        Energy::of(frame, &shown, &toned(&shown, under), WORTH[plane as usize])
    });
    let mut areas = Vec::new();
    let mut first = 0.0;
    while areas.len() < MAX_SPOTS {
        let planes = maps.iter().zip(Plane::ALL);
        let best = planes.filter_map(|(map, plane)| map.strongest().map(|(worth, at)| (worth, at, plane)));
        let Some((worth, at, plane)) = best.reduce(|a, b| if b.0 > a.0 { b } else { a }) else { break };
        if worth < FURTHER * first {
            break;
        }
        first = f32::max(first, worth);
        let (sides, covered) = widened(at, frame);
        areas.push(Area { plane, sides });
        maps.iter_mut().for_each(|map| map.clear(covered));
    }
    areas
}

/// The original in the known picture's tones: the median of what the known picture has where the original has a level.
/// Any curve may lie between them, and what differs in a small region has no say.
fn toned(shown: &Grid, mut under: Grid) -> Grid {
    let bin = |value: f32| ((value / 256.0 * BINS as f32).max(0.0) as usize).min(BINS - 1);
    let mut bins: [Vec<f32>; BINS] = std::array::from_fn(|_| Vec::new());
    for (known, seen) in shown.values.iter().zip(&under.values) {
        if let (Some(known), Some(seen)) = (known, seen) {
            bins[bin(*seen)].push(known - seen);
        }
    }
    let least = (under.values.len() / 500).max(8);
    let median = |values: &mut Vec<f32>| {
        values.sort_by(f32::total_cmp);
        values.get(values.len() / 2).copied()
    };
    let mut all: Vec<f32> = bins.iter().flatten().copied().collect();
    let overall = median(&mut all).unwrap_or(0.0);
    let shifts = bins.map(|mut bin| if bin.len() < least { overall } else { median(&mut bin).unwrap_or(overall) });
    for value in under.values.iter_mut().flatten() {
        // Between the middles of two bins.
        let at = (*value / 256.0 * BINS as f32 - 0.5).clamp(0.0, (BINS - 1) as f32);
        let (low, part) = (at as usize, at - (at as usize) as f32);
        *value += shifts[low] * (1.0 - part) + shifts[(low + 1).min(BINS - 1)] * part;
    }
    under
}

/// How much two pictures differ, cell by cell.
struct Energy {
    columns: usize,
    rows: usize,
    cells: Vec<f32>,
}

impl Energy {
    fn of([width, height]: [usize; 2], shown: &Grid, under: &Grid, worth: f32) -> Self {
        let (columns, rows) = (width / CELL, height / CELL);
        let mut cells = vec![0.0; columns * rows];
        let mut seen = Vec::new();
        for (i, cell) in cells.iter_mut().enumerate() {
            let (left, top) = (i % columns * CELL, i / columns * CELL);
            let pixels = (0..CELL * CELL).map(|k| (left + k % CELL, top + k / CELL));
            let mut sum = 0.0;
            let all = pixels.map(|(x, y)| Some(apart(shown, under, x, y)?.max(apart(under, shown, x, y)?)));
            let whole = all.fold(true, |whole, one| {
                sum += one.map_or(0.0, |one| one * one);
                whole && one.is_some()
            });
            if whole {
                *cell = sum / (CELL * CELL) as f32;
                seen.push(*cell);
            }
        }
        seen.sort_by(f32::total_cmp);
        let noise = TIMES_NOISE * seen.get(seen.len() / 2).copied().unwrap_or(0.0) + NOISE;
        for cell in &mut cells {
            *cell = (*cell - noise).max(0.0) * worth;
        }
        Self { columns, rows, cells }
    }

    /// The rectangle with most that differs for its size: x, y, width, height in cells.
    fn strongest(&self) -> Option<(f32, [usize; 4])> {
        let sums = self.sums();
        let at = |x: usize, y: usize| sums[y * (self.columns + 1) + x];
        let mut best: Option<(f32, [usize; 4])> = None;
        for side in SIDES {
            for [wide, high] in SHAPES {
                let (width, height) = ((side * wide / 2).min(self.columns), (side * high / 2).min(self.rows));
                let step = (width.min(height) / 4).max(1);
                for y in (0..=self.rows - height).step_by(step) {
                    for x in (0..=self.columns - width).step_by(step) {
                        let sum = at(x + width, y + height) - at(x, y + height) - at(x + width, y) + at(x, y);
                        let worth = (sum / ((width * height) as f64).sqrt()) as f32;
                        if worth > best.map_or(0.0, |(best, _)| best) {
                            best = Some((worth, [x, y, width, height]));
                        }
                    }
                }
            }
        }
        best.filter(|(worth, _)| *worth > NOISE)
    }

    fn sums(&self) -> Vec<f64> {
        let wide = self.columns + 1;
        let mut sums = vec![0.0; wide * (self.rows + 1)];
        for y in 0..self.rows {
            let mut row = 0.0;
            for x in 0..self.columns {
                row += f64::from(self.cells[y * self.columns + x]);
                sums[(y + 1) * wide + x + 1] = sums[y * wide + x + 1] + row;
            }
        }
        sums
    }

    fn clear(&mut self, [x, y, width, height]: [usize; 4]) {
        for row in y..(y + height).min(self.rows) {
            for column in x..(x + width).min(self.columns) {
                self.cells[row * self.columns + column] = 0.0;
            }
        }
    }
}

/// How far a value of one picture is from what the other has in the pixels around: edges that lie a pixel off are no
/// difference.
fn apart(of: &Grid, from: &Grid, x: usize, y: usize) -> Option<f32> {
    let value = of.values.get(y * of.width + x).copied().flatten()?;
    let (mut low, mut high) = (f32::MAX, f32::MIN);
    for row in y.saturating_sub(1)..=(y + 1).min(from.values.len() / from.width - 1) {
        for column in x.saturating_sub(1)..=(x + 1).min(from.width - 1) {
            let other = from.values[row * from.width + column]?;
            (low, high) = (low.min(other), high.max(other));
        }
    }
    Some((low - value).max(value - high).max(0.0))
}

/// An area around a rectangle of cells, as it is stored, and the cells that it covers.
fn widened([x, y, width, height]: [usize; 4], frame: [usize; 2]) -> ([u8; 4], [usize; 4]) {
    let axis = |at: usize, length: usize, side: usize| -> (u8, u8, usize, usize) {
        let cells = side as f32 / CELL as f32;
        let wide = (length as f32 * WIDER).max(LEAST_SIDE).min(cells);
        let start = (at as f32 + length as f32 / 2.0 - wide / 2.0).clamp(0.0, cells - wide);
        let unit = 256.0 / cells;
        let from = ((start * unit + 0.5) as usize).min(255);
        let span = ((wide * unit + 0.5) as usize).clamp(1, 255.min(256 - from));
        (from as u8, span as u8, start as usize, wide as usize + 1)
    };
    let ((left, across, column, columns), (top, down, row, rows)) =
        (axis(x, width, frame[0]), axis(y, height, frame[1]));
    ([left, top, across, down], [column, row, columns, rows])
}
