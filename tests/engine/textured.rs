//! Pictures that keypoints find where no hash is near.

use caveat::fingerprint::{Fingerprint, encoding};
use caveat::image::{Channels, Pixels};
use caveat::index::{Entry, parse_entries};
pub use caveat::testing::textured;

use crate::common::png;

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
