//! The canonical hash: what Caveat matches with.
//!
//! PDQ moves with the size of a picture, because its filter and its samples lie off-centre: a median of 22 bits
//! between a picture and its own 256-pixel thumbnail. Here a centred, antialiased shrink (a triangle filter as wide as
//! the scale, as Pillow's `BILINEAR` resize) takes the luma straight to 64x64, and PDQ's steps 6 to 10 follow
//! unchanged: a median of 0 bits. The proportions of the picture do not matter.

use crate::image::Pixels;

use super::dct::{self, BLOCK, Coefficients};
use super::grey::taps;
use super::{Hash, Rect, luma};

/// Pictures with a shorter side have no hash: all zero, quality 0, as in PDQ.
pub const MIN_SIDE: usize = 5;

/// The canonical hash of a picture or of a rectangle of it, before its bits are taken.
#[derive(Debug, Clone)]
pub struct Canonical {
    /// DCT coefficients; [`Coefficients::hash`] gives the hash, also after a turn.
    pub coefficients: Coefficients,
    /// PDQ's quality of the 64x64 block, 0..=100.
    pub quality: u8,
}

impl Canonical {
    /// 256 bits.
    pub fn hash(&self) -> Hash {
        self.coefficients.hash()
    }
}

/// The canonical hash of what `rect` shows of a picture.
pub fn canonical(pixels: &Pixels, rect: Rect) -> Canonical {
    if rect.width < MIN_SIDE || rect.height < MIN_SIDE {
        return Canonical { coefficients: Coefficients::of(&[0.0; BLOCK * BLOCK]), quality: 0 };
    }
    let block = shrink(pixels, rect);
    Canonical { coefficients: Coefficients::of(&block), quality: dct::quality(&block) }
}

/// Rows first: each row of luma is spread over the two or three output rows that it touches, so the picture is read
/// once, in order, and nothing of its size is allocated.
fn shrink(pixels: &Pixels, rect: Rect) -> Vec<f32> {
    let vertical = taps(rect.height, BLOCK);
    let mut line = vec![0.0_f32; rect.width];
    let mut tall = vec![0.0_f32; BLOCK * rect.width];
    let mut from = 0;
    for y in 0..rect.height {
        luma::stretch(pixels, rect.x, rect.y + y, &mut line);
        while from < BLOCK && vertical[from].first + vertical[from].weights.len() <= y {
            from += 1;
        }
        for (i, taps) in vertical.iter().enumerate().skip(from) {
            if taps.first > y {
                break;
            }
            let Some(&weight) = taps.weights.get(y - taps.first) else { continue };
            for (sum, value) in tall[i * rect.width..(i + 1) * rect.width].iter_mut().zip(&line) {
                *sum += weight * value;
            }
        }
    }
    let horizontal = taps(rect.width, BLOCK);
    let mut block = vec![0.0_f32; BLOCK * BLOCK];
    for (line, out) in tall.chunks_exact(rect.width).zip(block.chunks_exact_mut(BLOCK)) {
        for (value, taps) in out.iter_mut().zip(&horizontal) {
            for (weight, sample) in taps.weights.iter().zip(&line[taps.first..]) {
                *value += weight * sample;
            }
        }
    }
    block
}
