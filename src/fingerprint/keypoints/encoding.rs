//! The bytes of a known picture's keypoints: record kind 2 of a fingerprint, documented in `docs/fingerprint-format.md`.

use super::describe::Descriptor;
use super::known::{KnownKeypoints, PLACE, Place};
use super::thumbnail::{LENGTH, Thumbnail};

/// Bytes of a keypoint: descriptor and place.
const KEYPOINT: usize = 16 + PLACE;
/// Bytes before the first keypoint.
const HEAD: usize = 4 + 8 + LENGTH;
/// Most keypoints of a picture.
pub const MAX_KEYPOINTS: usize = 255;

/// The bytes of a known picture's keypoints.
pub fn encode(known: &KnownKeypoints) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEAD + known.keypoints.len() * KEYPOINT);
    for side in known.frame.iter().chain(&known.region) {
        out.extend(side.to_le_bytes());
    }
    out.extend(known.thumbnail.0);
    for (descriptor, place) in &known.keypoints {
        out.extend(descriptor.bytes());
        out.extend(place.0);
    }
    out
}

/// The keypoints in these bytes, or `None` where they are none.
pub fn decode(bytes: &[u8]) -> Option<KnownKeypoints> {
    let (head, rest) = bytes.split_first_chunk::<HEAD>()?;
    let (keypoints, left) = rest.as_chunks::<KEYPOINT>();
    if !left.is_empty() || keypoints.len() > MAX_KEYPOINTS {
        return None;
    }
    let number = |i: usize| u16::from_le_bytes([head[2 * i], head[2 * i + 1]]);
    let known = KnownKeypoints {
        frame: std::array::from_fn(number),
        region: std::array::from_fn(|i| number(2 + i)),
        thumbnail: Thumbnail(*head.last_chunk::<LENGTH>()?),
        keypoints: keypoints
            .iter()
            .map(|bytes| {
                let (descriptor, place) = bytes.split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
                (Descriptor::from_bytes(descriptor), Place(std::array::from_fn(|i| place.get(i).copied().unwrap_or(0))))
            })
            .collect(),
    };
    known.is_sound().then_some(known)
}
