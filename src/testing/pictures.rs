//! Pictures that are made, not kept.

use crate::image::{Channels, Pixels};

/// A picture of 480x360 with many corners, which keypoints find; of each seed another one.
pub fn textured(seed: u32) -> Pixels {
    let mut state = seed;
    let mut next = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (((state >> 16) * below) >> 16) as usize
    };
    let (width, height) = (480, 360);
    let mut data = vec![128_u8; width * height * 3];
    for _ in 0..260 {
        let (x, y, w, h) = (next(460), next(340), 8 + next(60), 8 + next(60));
        let colour = [next(256) as u8, next(256) as u8, next(256) as u8];
        for row in y..(y + h).min(height) {
            for column in x..(x + w).min(width) {
                data[(row * width + column) * 3..][..3].copy_from_slice(&colour);
            }
        }
    }
    Pixels::new(width as u32, height as u32, Channels::Rgb, data).expect("three bytes a pixel")
}
