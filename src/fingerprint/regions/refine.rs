//! From the grid to the pixel: a hash tolerates a rectangle that is wrong by some two hundredths of its side.

use crate::fingerprint::{Rect, luma};
use crate::image::Pixels;

use super::cut::TOLERANCE;
use super::grid::{Area, Grid};

/// Pixels of a line that are looked at.
const SAMPLES: usize = 160;
/// Beyond the last line of one colour, JPEG blocks of the picture ring into the border; such lines still belong to it.
const RINGING: usize = 7;
/// Levels by which they may differ.
const RING_TOLERANCE: u8 = 28;
/// Thickest frame around an inset that is taken off, in pixels.
const MAX_FRAME: usize = 12;

/// The rectangle of pixels that an area of the grid stands for.
pub fn refine(pixels: &Pixels, grid: &Grid, area: &Area) -> Rect {
    let mut rect = grid.rect(area, pixels);
    let coarse = rect;
    let size = [pixels.width(), pixels.height()];
    for axis in [1, 0] {
        let [from, to] = area.0[axis];
        let length = size[axis];
        let lines = Lines::of(pixels, coarse, axis);
        let first = if from == 0 { 0 } else { lines.edge(&|i| i, from * grid.stride, grid.stride, length) };
        let last = if to * grid.stride >= length {
            0
        } else {
            lines.edge(&|i| length - 1 - i, length - to * grid.stride, grid.stride, length)
        };
        if first + last + super::MIN_SIDE / 2 < length {
            match axis {
                0 => (rect.x, rect.width) = (first, length - first - last),
                _ => (rect.y, rect.height) = (first, length - first - last),
            }
        }
    }
    rect
}

/// Lines of pixels along one axis, from within a rectangle.
struct Lines<'a> {
    pixels: &'a Pixels,
    axis: usize,
    places: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// The ends of the lines are left out: screenshots round the corners of pictures.
    fn of(pixels: &'a Pixels, rect: Rect, axis: usize) -> Self {
        let (start, length) = if axis == 0 { (rect.y, rect.height) } else { (rect.x, rect.width) };
        let margin = length / 32;
        let (start, length) = (start + margin, (length - 2 * margin).max(1));
        let count = length.min(SAMPLES);
        Self { pixels, axis, places: (0..count).map(|i| start + i * length / count).collect() }
    }

    fn read(&self, line: usize) -> Vec<u8> {
        let at = |&place: &usize| match self.axis {
            0 => luma::at(self.pixels, line, place) as u8,
            _ => luma::at(self.pixels, place, line) as u8,
        };
        self.places.iter().map(at).collect()
    }

    /// How many lines from its side the picture begins; `line` counts from that side, `near` is where it begins on the
    /// grid, of samples `stride` apart.
    fn edge(&self, line: &dyn Fn(usize) -> usize, near: usize, stride: usize, length: usize) -> usize {
        let read = |i: usize| self.read(line(i.min(length - 1)));
        let outside = near.saturating_sub(stride);
        let mut edge = match colour(&read(outside)) {
            Some(colour) => return border(&read, colour, outside, near + stride + RINGING),
            None => steepest(&read, near.saturating_sub(2 * stride + 1), (near + 2 * stride + 1).min(length - 1)),
        };
        // An inset may have a frame, thinner than the grid sees.
        if let Some(colour) = colour(&read(edge + 1)).or_else(|| colour(&read(edge + 2))) {
            let inside = border(&read, colour, edge + 1, edge + MAX_FRAME);
            if inside < edge + MAX_FRAME {
                edge = inside;
            }
        }
        edge
    }
}

/// The colour of a line that is nearly all of one.
fn colour(line: &[u8]) -> Option<u8> {
    let mut sorted = line.to_vec();
    let middle = sorted.len() / 2;
    let median = *sorted.select_nth_unstable(middle).1;
    (share(line, median, TOLERANCE) >= 97).then_some(median)
}

fn share(line: &[u8], colour: u8, tolerance: u8) -> usize {
    line.iter().filter(|sample| sample.abs_diff(colour) <= tolerance).count() * 100 / line.len().max(1)
}

/// The first line after those of a colour.
fn border(read: &dyn Fn(usize) -> Vec<u8>, colour: u8, from: usize, to: usize) -> usize {
    let mut at = from;
    let mut ringing = 0;
    while at < to {
        let line = read(at);
        if share(&line, colour, TOLERANCE) < 97 {
            if ringing >= RINGING || share(&line, colour, RING_TOLERANCE) < 92 {
                break;
            }
            ringing += 1;
        }
        at += 1;
    }
    at
}

/// The line after the steepest step.
fn steepest(read: &dyn Fn(usize) -> Vec<u8>, from: usize, to: usize) -> usize {
    let mut before = read(from);
    let mut best = (0, from);
    for at in from + 1..=to {
        let line = read(at);
        let step: u32 = line.iter().zip(&before).map(|(a, b)| u32::from(a.abs_diff(*b)).min(64)).sum();
        if step > best.0 {
            best = (step, at);
        }
        before = line;
    }
    best.1
}
