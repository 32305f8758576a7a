//! Small grey copies of a picture, which regions and keypoints are found in.

use crate::image::Pixels;

use super::{Rect, luma};

/// Luma, 8 bits a pixel, row-major.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grey {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width * height` bytes.
    pub data: Vec<u8>,
}

impl Grey {
    /// Row `y`.
    pub fn row(&self, y: usize) -> &[u8] {
        &self.data[y * self.width..(y + 1) * self.width]
    }

    /// What `rect` shows of a picture, scaled so that its longer side has `longest` pixels.
    pub fn of(pixels: &Pixels, rect: Rect, longest: usize) -> Self {
        let side = rect.width.max(rect.height).max(1);
        let scaled = |length: usize| ((length * longest + side / 2) / side).max(1);
        Self::resampled(pixels, rect, scaled(rect.width), scaled(rect.height))
    }

    /// What `rect` shows of a picture in `width` x `height` pixels: a centred triangle filter as wide as the scale, as
    /// Pillow's `BILINEAR` resize. Rows first: each row is spread over the two or three output rows that it touches.
    pub fn resampled(pixels: &Pixels, rect: Rect, width: usize, height: usize) -> Self {
        let horizontal = taps(rect.width, width);
        let vertical = taps(rect.height, height);
        let mut line = vec![0.0_f32; pixels.width()];
        let mut data = Vec::with_capacity(width * height);
        let mut open: Vec<Vec<f32>> = Vec::new();
        let mut first_open = 0;
        let mut finish = |sums: &[f32]| {
            data.extend(horizontal.iter().map(|taps| {
                let samples = &sums[taps.first..taps.first + taps.weights.len()];
                let sum: f32 = taps.weights.iter().zip(samples).map(|(weight, sample)| weight * sample).sum();
                (sum + 0.5) as u8
            }));
        };
        let mut spare: Vec<Vec<f32>> = Vec::new();
        for y in 0..rect.height {
            luma::row(pixels, rect.y + y, &mut line);
            let line = &line[rect.x..rect.x + rect.width];
            while first_open + open.len() < height && vertical[first_open + open.len()].first <= y {
                let mut row = spare.pop().unwrap_or_default();
                row.clear();
                row.resize(rect.width, 0.0);
                open.push(row);
            }
            for (taps, sums) in vertical[first_open..].iter().zip(&mut open) {
                let Some(&weight) = taps.weights.get(y - taps.first) else { continue };
                for (sum, value) in sums.iter_mut().zip(line) {
                    *sum += weight * value;
                }
            }
            while let Some(taps) = vertical.get(first_open).filter(|taps| taps.first + taps.weights.len() == y + 1) {
                debug_assert!(!taps.weights.is_empty());
                let row = open.remove(0);
                finish(&row);
                spare.push(row);
                first_open += 1;
            }
        }
        Self { width, height, data }
    }

    /// The triangle-filtered half of the picture: weights 1 3 3 1 in both directions.
    pub fn half(&self) -> Self {
        let (width, height) = ((self.width / 2).max(1), (self.height / 2).max(1));
        let at = |length: usize, i: usize, k: usize| (2 * i + k).saturating_sub(1).min(length - 1);
        let mut tall = vec![0_u16; self.width];
        let mut data = Vec::with_capacity(width * height);
        for y in 0..height {
            let [a, b, c, d] = [0, 1, 2, 3].map(|k| self.row(at(self.height, y, k)));
            for (((((sum, &a), &b), &c), &d), _) in tall.iter_mut().zip(a).zip(b).zip(c).zip(d).zip(0..self.width) {
                *sum = u16::from(a) + u16::from(d) + 3 * (u16::from(b) + u16::from(c));
            }
            for x in 0..width {
                let [a, b, c, d] = [0, 1, 2, 3].map(|k| u32::from(tall[at(self.width, x, k)]));
                data.push(((a + d + 3 * (b + c) + 32) / 64) as u8);
            }
        }
        Self { width, height, data }
    }

    /// The picture in another size, bilinear: for scales near 1.
    pub fn bilinear(&self, width: usize, height: usize) -> Self {
        let places = |from: usize, to: usize| -> Vec<(usize, usize, i32)> {
            (0..to)
                .map(|i| {
                    let at = ((2 * i + 1) * from * 128 / to).saturating_sub(128).min((from - 1) * 256);
                    let first = at / 256;
                    (first, (first + 1).min(from - 1), (at % 256) as i32)
                })
                .collect()
        };
        let (columns, rows) = (places(self.width, width), places(self.height, height));
        let mut data = Vec::with_capacity(width * height);
        let mut line = vec![0_i32; self.width];
        for (above, below, weight) in rows {
            for ((value, &a), &b) in line.iter_mut().zip(self.row(above)).zip(self.row(below)) {
                *value = i32::from(a) * (256 - weight) + i32::from(b) * weight;
            }
            data.extend(columns.iter().map(|&(left, right, weight)| {
                ((line[left] * (256 - weight) + line[right] * weight + (1 << 15)) >> 16) as u8
            }));
        }
        Self { width, height, data }
    }
}

/// One output sample's share of the input: `weights` for the samples from `first` on.
pub(super) struct Taps {
    pub first: usize,
    pub weights: Vec<f32>,
}

/// The triangle filter from `from` samples to `to`.
pub(super) fn taps(from: usize, to: usize) -> Vec<Taps> {
    let scale = from as f64 / to as f64;
    let width = scale.max(1.0);
    (0..to)
        .map(|i| {
            let centre = (i as f64 + 0.5) * scale;
            let first = (centre - width + 0.5).max(0.0) as usize;
            let last = ((centre + width + 0.5) as usize).min(from);
            let weight = |x: usize| (1.0 - ((x as f64 + 0.5 - centre) / width).abs()).max(0.0);
            let total: f64 = (first..last).map(weight).sum();
            Taps { first, weights: (first..last).map(|x| (weight(x) / total) as f32).collect() }
        })
        .collect()
}
