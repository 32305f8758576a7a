//! A known picture in 20x20 cells of 16 greys: enough to see whether what lies between the keypoints agrees.

use super::scale_space::ScaleSpace;
use crate::fingerprint::Affine;
use crate::fingerprint::grey::Grey;

/// Cells along a side.
pub const CELLS: usize = 20;
/// Bytes: two cells in each.
pub const LENGTH: usize = CELLS * CELLS / 2;
/// Cells along a side of a block, which is compared as a whole.
const BLOCK: usize = 4;

/// Greys 0..16, row-major; the first of two in the lower half of the byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thumbnail(pub [u8; LENGTH]);

/// How much of a thumbnail is found again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Agreement {
    /// Blocks that the picture shows and that are not flat.
    pub seen: u32,
    /// Those that look alike.
    pub agree: u32,
}

impl Thumbnail {
    /// The thumbnail of a picture: mean brightness of its cells, stretched to 16 greys.
    pub fn of(picture: &Grey) -> Self {
        let edge = |i: usize, length: usize| i * length / CELLS;
        let mut means = [0.0_f32; CELLS * CELLS];
        for (i, mean) in means.iter_mut().enumerate() {
            let (x, y) = (i % CELLS, i / CELLS);
            let columns = edge(x, picture.width)..edge(x + 1, picture.width).max(edge(x, picture.width) + 1);
            let rows = edge(y, picture.height)..edge(y + 1, picture.height).max(edge(y, picture.height) + 1);
            let count = (columns.len() * rows.len()) as f32;
            let sum: u32 = rows
                .map(|row| picture.row(row)[columns.clone()].iter().map(|&byte| u32::from(byte)).sum::<u32>())
                .sum();
            *mean = sum as f32 / count;
        }
        let low = means.iter().copied().fold(f32::MAX, f32::min);
        let high = means.iter().copied().fold(f32::MIN, f32::max);
        let step = ((high - low) / 15.0).max(0.25);
        let grey = |mean: f32| ((mean - low) / step + 0.5).min(15.0) as u8;
        Self(std::array::from_fn(|i| grey(means[2 * i]) | grey(means[2 * i + 1]) << 4))
    }

    fn cell(&self, x: usize, y: usize) -> f32 {
        let i = y * CELLS + x;
        f32::from((self.0[i / 2] >> (4 * (i % 2))) & 15)
    }

    /// How much of it a picture shows, when `map` leads from its frame of `width` x `height` to the picture.
    pub fn agreement(&self, width: f32, height: f32, map: &Affine, space: &ScaleSpace) -> Agreement {
        let (cell_width, cell_height) = (width / CELLS as f32, height / CELLS as f32);
        let size = (cell_width * cell_height * map.determinant().abs()).sqrt();
        // Four samples a cell, from a level whose pixels are half as wide as what lies between them.
        let level = space.level_near(size / 4.0);
        let mut seen = [None; CELLS * CELLS];
        for (i, value) in seen.iter_mut().enumerate() {
            let (x, y) = ((i % CELLS) as f32, (i / CELLS) as f32);
            let mut sum = 0.0;
            let mut inside = true;
            for (dx, dy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
                let [px, py] = map.of([(x + dx) * cell_width, (y + dy) * cell_height]);
                if px < 0.0 || py < 0.0 || px >= space.width as f32 || py >= space.height as f32 {
                    inside = false;
                    break;
                }
                let column = ((px / level.scale) as usize).min(level.width - 1);
                let row = ((py / level.scale) as usize).min(level.height - 1);
                sum += f32::from(level.coarse[row * level.width + column]);
            }
            *value = inside.then_some(sum / 4.0);
        }
        let mut agreement = Agreement::default();
        for block in 0..(CELLS / BLOCK) * (CELLS / BLOCK) {
            let (left, top) = (block % (CELLS / BLOCK) * BLOCK, block / (CELLS / BLOCK) * BLOCK);
            if let Some(alike) = self.block(left, top, &seen) {
                agreement.seen += 1;
                agreement.agree += u32::from(alike);
            }
        }
        agreement
    }

    /// Whether a block looks alike (correlation over 0.6); nothing where it is flat or outside.
    fn block(&self, left: usize, top: usize, seen: &[Option<f32>]) -> Option<bool> {
        let (mut count, mut a, mut b, mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        for y in top..top + BLOCK {
            for x in left..left + BLOCK {
                let Some(value) = seen[y * CELLS + x] else { continue };
                let stored = self.cell(x, y);
                count += 1.0;
                a += stored;
                b += value;
                aa += stored * stored;
                bb += value * value;
                ab += stored * value;
            }
        }
        let (spread_a, spread_b) = (aa - a * a / count, bb - b * b / count);
        if count < 9.0 || spread_a < count * 0.4 {
            return None;
        }
        Some(ab - a * b / count > 0.6 * (spread_a * spread_b).max(0.0).sqrt())
    }
}
