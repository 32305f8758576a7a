//! What an index keeps of a known picture's keypoints.

use super::angle::{direction_of, turns_of};
use super::describe::Descriptor;
use super::detect::Keypoint;
use super::thumbnail::Thumbnail;
use crate::fingerprint::{Affine, Region, Turn, WHOLE};

/// Longer side of the frame that keypoints of known pictures are found in, in pixels.
pub const FRAME: usize = 512;
/// Bytes of a stored keypoint without its descriptor.
pub const PLACE: usize = 4;

/// Where a stored keypoint is: x and y in 1/256 of the frame's sides, size in 1/24 octave, direction in 1/256 turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(pub [u8; PLACE]);

/// Keypoint sizes are at most 2^(255/24) pixels.
const SIZES: f32 = 24.0;

impl Place {
    /// The nearest place that can be stored.
    pub fn of(keypoint: &Keypoint, width: f32, height: f32) -> Self {
        let part = |at: f32, of: f32| (at / of * 256.0).clamp(0.0, 255.0) as u8;
        let size = (log2(keypoint.scale.max(1.0)) * SIZES + 0.5).min(255.0) as u8;
        let turns = turns_of(keypoint.direction[0], keypoint.direction[1]);
        let direction = ((turns * 256.0 + 0.5) as u32 % 256) as u8;
        Self([part(keypoint.x, width), part(keypoint.y, height), size, direction])
    }

    /// The keypoint, in pixels of the frame.
    pub fn keypoint(self, width: f32, height: f32) -> Keypoint {
        let [x, y, size, direction] = self.0.map(f32::from);
        Keypoint {
            x: (x + 0.5) / 256.0 * width,
            y: (y + 0.5) / 256.0 * height,
            scale: exp2(size / SIZES),
            direction: direction_of(direction / 256.0),
            response: 0.0,
        }
    }
}

/// Base-2 logarithm of 1.0 or more, to about 1e-3.
fn log2(value: f32) -> f32 {
    let (mut whole, mut rest) = (0.0, value);
    while rest >= 2.0 {
        rest *= 0.5;
        whole += 1.0;
    }
    // Pade of ln at 1..2.
    let t = (rest - 1.0) / (rest + 1.0);
    let u = t * t;
    whole + 2.0 * t * (1.0 + u * (1.0 / 3.0 + u * (0.2 + u / 7.0))) * std::f32::consts::LOG2_E
}

/// 2 to the power of 0.0..11.0, to about 1e-4.
fn exp2(value: f32) -> f32 {
    let whole = value as u32;
    let z = (value - whole as f32) * std::f32::consts::LN_2;
    let part = 1.0 + z * (1.0 + z * (0.5 + z * (1.0 / 6.0 + z * (1.0 / 24.0 + z / 120.0))));
    part * (1_u32 << whole.min(20)) as f32
}

/// The keypoints of a known picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownKeypoints {
    /// Sides of the frame in pixels, the longer one [`FRAME`].
    pub frame: [u16; 2],
    /// What the frame shows of the known picture.
    pub region: Region,
    /// What lies between the keypoints.
    pub thumbnail: Thumbnail,
    /// The keypoints, the most repeatable first.
    pub keypoints: Vec<(Descriptor, Place)>,
}

impl KnownKeypoints {
    /// From pixels of the frame to fractions of the known picture.
    pub fn frame_to_picture(&self) -> Affine {
        let [width, height] = self.frame.map(f32::from);
        let whole = Affine::stretch(1.0 / width, 1.0 / height);
        whole.then(&Affine::between(WHOLE, Turn::None, self.region))
    }

    /// Whether frame and region are such as a picture can have.
    pub fn is_sound(&self) -> bool {
        let [width, height] = self.frame.map(usize::from);
        width.min(height) >= 1 && width.max(height) == FRAME && self.region[2] > 0 && self.region[3] > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithm_and_power_are_near_the_real_ones() {
        for i in 0..200_u16 {
            let value = 1.0 + f32::from(i) * 0.37;
            assert!((log2(value) - value.log2()).abs() < 2e-3, "{value}");
            assert!((exp2(log2(value)) / value - 1.0).abs() < 3e-3, "{value}");
        }
    }
}
