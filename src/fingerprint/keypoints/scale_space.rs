//! A picture in shrinking sizes, each blurred: where keypoints are looked for and described.

use crate::fingerprint::grey::Grey;

/// Levels until the sides are halved.
pub const LEVELS_PER_OCTAVE: usize = 2;
/// A level's shorter side has at least so many pixels.
const MIN_SIDE: usize = 28;
/// Most levels.
const MAX_LEVELS: usize = 12;

/// One size of the picture. Values are luma times 16.
#[derive(Debug, Clone)]
pub struct Level {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Pixels of the base picture in a pixel of this one.
    pub scale: f32,
    /// Blurred once (1 4 6 4 1): for descriptors.
    pub fine: Vec<u16>,
    /// Blurred twice: for detection.
    pub coarse: Vec<u16>,
}

/// A picture in shrinking sizes.
#[derive(Debug, Clone)]
pub struct ScaleSpace {
    /// From the base picture down.
    pub levels: Vec<Level>,
    /// Columns of the base picture.
    pub width: usize,
    /// Rows of the base picture.
    pub height: usize,
}

impl ScaleSpace {
    /// The scale space of a picture.
    pub fn of(base: &Grey) -> Self {
        let mut pictures: Vec<Grey> = vec![base.clone()];
        while pictures.len() < MAX_LEVELS {
            let next = match pictures.len().checked_sub(LEVELS_PER_OCTAVE) {
                Some(octave_above) => pictures[octave_above].half(),
                None => {
                    // 2^(-i / LEVELS_PER_OCTAVE), in 1/65536.
                    let shrink = [65536, if LEVELS_PER_OCTAVE == 2 { 46341 } else { 52016 }, 41285][pictures.len()];
                    let side = |length: usize| ((length * shrink + 32768) / 65536).max(1);
                    base.bilinear(side(base.width), side(base.height))
                }
            };
            if next.width.min(next.height) < MIN_SIDE {
                break;
            }
            pictures.push(next);
        }
        let levels = pictures.iter().map(|picture| {
            let fine = blur(&widened(picture), picture.width, picture.height);
            let coarse = blur(&fine, picture.width, picture.height);
            let scale = base.width as f32 / picture.width as f32;
            Level { width: picture.width, height: picture.height, scale, fine, coarse }
        });
        Self { levels: levels.collect(), width: base.width, height: base.height }
    }

    /// The level whose pixels are nearest in size to `scale` pixels of the base picture.
    pub fn level_near(&self, scale: f32) -> &Level {
        let mut best = &self.levels[0];
        for level in &self.levels[1..] {
            // Nearer in the logarithm: past the geometric mean of the two.
            if scale * scale > level.scale * best.scale {
                best = level;
            }
        }
        best
    }
}

fn widened(picture: &Grey) -> Vec<u16> {
    picture.data.iter().map(|&byte| u16::from(byte) * 16).collect()
}

/// 1 4 6 4 1 in both directions, edges repeated; values up to 4080 stay so.
fn blur(from: &[u16], width: usize, height: usize) -> Vec<u16> {
    let kernel = |a: u16, b: u16, c: u16, d: u16, e: u16| (a + e + 4 * (b + d) + 6 * c + 8) >> 4;
    let mut wide = vec![0_u16; width * height];
    let mut padded = vec![0_u16; width + 4];
    for (row, out) in from.chunks_exact(width).zip(wide.chunks_exact_mut(width)) {
        padded[2..width + 2].copy_from_slice(row);
        (padded[0], padded[1]) = (row[0], row[0]);
        (padded[width + 2], padded[width + 3]) = (row[width - 1], row[width - 1]);
        let shifted = |by: usize| &padded[by..by + width];
        for (((((value, &a), &b), &c), &d), &e) in
            out.iter_mut().zip(shifted(0)).zip(shifted(1)).zip(shifted(2)).zip(shifted(3)).zip(shifted(4))
        {
            *value = kernel(a, b, c, d, e);
        }
    }
    let mut out = vec![0_u16; width * height];
    for (y, values) in out.chunks_exact_mut(width).enumerate() {
        let row = |by: usize| {
            let y = (y + by).saturating_sub(2).min(height - 1);
            &wide[y * width..(y + 1) * width]
        };
        for (((((value, &a), &b), &c), &d), &e) in
            values.iter_mut().zip(row(0)).zip(row(1)).zip(row(2)).zip(row(3)).zip(row(4))
        {
            *value = kernel(a, b, c, d, e);
        }
    }
    out
}
