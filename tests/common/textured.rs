//! Pictures that keypoints find where no hash is near.

#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses a part, and a failed expectation ends it")]

use caveat::fingerprint::{Fingerprint, encoding};
use caveat::image::{Channels, Pixels};
use caveat::index::{Entry, parse_entries};

use crate::common::png;

/// A picture with many corners, which keypoints find.
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
    Pixels::new(width as u32, height as u32, Channels::Rgb, data).unwrap()
}

/// A part of it, too small for its hashes to be near.
pub fn crop_of(seed: u32) -> Vec<u8> {
    let whole = textured(seed);
    let (left, top, width, height) = (40, 30, 260, 200);
    let rows = (top..top + height).flat_map(|y| {
        let start = (y * whole.width() + left) * 3;
        whole.data()[start..start + width * 3].to_vec()
    });
    png(&Pixels::new(width as u32, height as u32, Channels::Rgb, rows.collect()).unwrap())
}

/// An entry that keypoints find.
pub fn textured_entry(id: &str, seed: u32) -> Entry {
    let print = encoding::to_base64(&Fingerprint::with_keypoints(&textured(seed), 44));
    let line = format!(
        r#"{{"id":"{id}","rev":1,"truth":{{"en":"A wall."}},"media":[{{"role":"known","fingerprint":"{print}"}}]}}"#
    );
    parse_entries(&line).unwrap().remove(0)
}
