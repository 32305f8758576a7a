//! Luma, as PDQ defines it.

use crate::image::{Channels, Pixels};

/// Luma of row `y`, 0..=255: `(0.299 R + 0.587 G) + 0.114 B` in single precision, left to right; a grey byte as it is.
pub fn row(pixels: &Pixels, y: usize, out: &mut [f32]) {
    stretch(pixels, 0, y, out);
}

/// Luma of the pixels of row `y` from column `x` on, as [`row`] gives it.
pub fn stretch(pixels: &Pixels, x: usize, y: usize, out: &mut [f32]) {
    match pixels.channels() {
        Channels::Grey => {
            for (luma, &byte) in out.iter_mut().zip(&pixels.row(y)[x..]) {
                *luma = f32::from(byte);
            }
        }
        Channels::Rgb => {
            for (luma, [r, g, b]) in out.iter_mut().zip(&pixels.row(y).as_chunks::<3>().0[x..]) {
                *luma = (0.299 * f32::from(*r) + 0.587 * f32::from(*g)) + 0.114 * f32::from(*b);
            }
        }
    }
}

/// Luma of one pixel, as [`row`] gives it.
pub fn at(pixels: &Pixels, x: usize, y: usize) -> f32 {
    match pixels.channels() {
        Channels::Grey => f32::from(pixels.row(y)[x]),
        Channels::Rgb => {
            let [r, g, b] = pixels.row(y).as_chunks::<3>().0[x];
            (0.299 * f32::from(r) + 0.587 * f32::from(g)) + 0.114 * f32::from(b)
        }
    }
}
