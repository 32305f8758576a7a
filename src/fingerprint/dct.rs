//! Steps 6 to 9 of PDQ: quality, DCT, median and bits, on a 64x64 block of luma.

use std::sync::LazyLock;

use super::{Hash, Turn};

/// Rows and columns of the block that is transformed.
pub const BLOCK: usize = 64;
/// Frequencies kept each way: 1..=16, the constant row and column left out.
pub const FREQUENCIES: usize = 16;

static TABLE: LazyLock<[[f32; BLOCK]; FREQUENCIES]> = LazyLock::new(|| {
    let scale = f64::from((2.0_f32 / BLOCK as f32).sqrt());
    std::array::from_fn(|i| {
        std::array::from_fn(|j| {
            let angle = std::f64::consts::PI / 2.0 / BLOCK as f64 * (i as f64 + 1.0) * (2.0 * j as f64 + 1.0);
            (scale * angle.cos()) as f32
        })
    })
});

/// The DCT matrix, 16 rows (frequencies 1 to 16) of 64.
pub fn table() -> &'static [[f32; BLOCK]; FREQUENCIES] {
    &TABLE
}

/// PDQ's image quality, 0..=100: how much the block's neighbours differ. Below 50 a hash says little.
pub fn quality(block: &[f32]) -> u8 {
    let step = |u: f32, v: f32| (((u - v) * 100.0) / 255.0) as i32;
    let mut sum = 0_i32;
    for y in 0..BLOCK {
        for x in 0..BLOCK {
            let here = block[y * BLOCK + x];
            if y + 1 < BLOCK {
                sum += step(here, block[(y + 1) * BLOCK + x]).abs();
            }
            if x + 1 < BLOCK {
                sum += step(here, block[y * BLOCK + x + 1]).abs();
            }
        }
    }
    (sum / 90).min(100) as u8
}

/// The 16x16 lowest DCT coefficients of a block; row = vertical frequency.
#[derive(Debug, Clone)]
pub struct Coefficients([f32; FREQUENCIES * FREQUENCIES]);

impl Coefficients {
    /// Transforms a 64x64 block, row-major.
    pub fn of(block: &[f32]) -> Self {
        let table = table();
        // Sums run over k in ascending order from 0.0, for every output: the order is part of PDQ's definition.
        let mut half = [[0.0_f32; BLOCK]; FREQUENCIES];
        for (row, weights) in half.iter_mut().zip(table) {
            for (weight, line) in weights.iter().zip(block.as_chunks::<BLOCK>().0) {
                for (sum, value) in row.iter_mut().zip(line) {
                    *sum += weight * value;
                }
            }
        }
        let mut out = [0.0_f32; FREQUENCIES * FREQUENCIES];
        for (i, row) in half.iter().enumerate() {
            for (j, weights) in table.iter().enumerate() {
                let mut sum = 0.0_f32;
                for (a, b) in row.iter().zip(weights) {
                    sum += a * b;
                }
                out[i * FREQUENCIES + j] = sum;
            }
        }
        Self(out)
    }

    /// The coefficients of the picture after `turn`, by the sign and transpose rules.
    pub fn turned(&self, turn: Turn) -> Self {
        let mut out = [0.0; FREQUENCIES * FREQUENCIES];
        for i in 0..FREQUENCIES {
            for j in 0..FREQUENCIES {
                let (to, negative) = turn.place(i, j);
                let value = self.0[i * FREQUENCIES + j];
                out[to.0 * FREQUENCIES + to.1] = if negative { -value } else { value };
            }
        }
        Self(out)
    }

    /// One bit a coefficient: above the lower median or not.
    pub fn hash(&self) -> Hash {
        let mut sorted = self.0;
        let (_, &mut median, _) = sorted.select_nth_unstable_by(127, f32::total_cmp);
        let mut hash = Hash::default();
        for (bit, &value) in self.0.iter().enumerate() {
            if value > median {
                hash.set_bit(bit);
            }
        }
        hash
    }
}
