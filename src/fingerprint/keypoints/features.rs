//! Keypoints with their descriptors.

use super::describe::{BITS, Descriptor, Frame, HALF_KEY, Patch, signs};
use super::detect::{Keypoint, detect};
use super::known::Place;
use super::orient::directions;
use super::scale_space::ScaleSpace;

/// A keypoint and what it looks like.
#[derive(Debug, Clone, Copy)]
pub struct Feature {
    /// Where it is.
    pub at: Keypoint,
    /// What it looks like.
    pub descriptor: Descriptor,
    /// The comparisons that an index files descriptors by ([`Descriptor::key`]), the least certain first: 0..10 of the first
    /// word, 10..20 of the second.
    pub doubts: [u8; 2 * HALF_KEY],
}

impl Feature {
    /// Its size and direction; `mirrored` in the picture's mirror image.
    pub fn pose(&self, mirrored: bool) -> Pose {
        let Place([.., size, direction]) = Place::of(&self.at, 1.0, 1.0);
        Pose { size, direction: if mirrored { 128_u8.wrapping_sub(direction) } else { direction } }
    }
}

/// Size and direction of a keypoint, in the units of [`Place`].
#[derive(Debug, Clone, Copy)]
pub struct Pose {
    size: u8,
    direction: u8,
}

impl Pose {
    /// Length of [`Self::bits`].
    pub const BITS: u32 = u16::BITS;

    /// It as a number.
    pub fn bits(self) -> u16 {
        u16::from_le_bytes([self.size, self.direction])
    }

    /// What [`Self::bits`] gives of it.
    pub fn from_bits(bits: u16) -> Self {
        let [size, direction] = bits.to_le_bytes();
        Self { size, direction }
    }

    /// By how much a stored keypoint grew and turned, in eighths of a turn and octaves: 0..64.
    pub fn bin_from(self, stored: Place) -> u8 {
        let Place([.., size, direction]) = stored;
        let turn = self.direction.wrapping_sub(direction).wrapping_add(16) / 32;
        let octaves = (i16::from(self.size) - i16::from(size) + 12).div_euclid(24).clamp(-4, 3) + 4;
        turn * 8 + octaves as u8
    }
}

/// Cells along the longer side by which keypoints are spread.
const CELLS: usize = 10;

/// The strongest keypoints, spread over the picture: at most `count`, taken in turns from the cells of a grid.
pub fn spread(space: &ScaleSpace, found: &[Keypoint], count: usize) -> Vec<Keypoint> {
    let side = space.width.max(space.height) as f32 / CELLS as f32;
    let mut taken = vec![0_usize; CELLS * CELLS];
    let mut ranked: Vec<(usize, usize)> = found
        .iter()
        .enumerate()
        .map(|(i, keypoint)| {
            let cell = |at: f32| ((at / side) as usize).min(CELLS - 1);
            let taken = &mut taken[cell(keypoint.y) * CELLS + cell(keypoint.x)];
            *taken += 1;
            (*taken, i)
        })
        .collect();
    // The first of every cell, then the second of every cell: a strong texture does not crowd out the rest.
    ranked.sort_unstable();
    let mut kept: Vec<usize> = ranked.into_iter().take(count).map(|(_, i)| i).collect();
    kept.sort_unstable();
    kept.into_iter().map(|i| found[i]).collect()
}

/// The features of a picture: at most `count` keypoints, some with two directions.
pub fn features(space: &ScaleSpace, count: usize) -> Vec<Feature> {
    let mut out = Vec::new();
    for keypoint in spread(space, &detect(space), count) {
        let (first, second) = directions(space, &keypoint);
        for direction in [Some(first), second].into_iter().flatten() {
            let frame = Frame::new(keypoint.x, keypoint.y, keypoint.scale, direction);
            let differences = Patch::of(space, frame).differences();
            let at = Keypoint { direction, ..keypoint };
            out.push(Feature { at, descriptor: signs(&differences), doubts: doubts(&differences) });
        }
    }
    out
}

fn doubts(differences: &[f32; BITS]) -> [u8; 2 * HALF_KEY] {
    let size = |bit: u8| differences[usize::from(bit) % HALF_KEY + usize::from(bit) / HALF_KEY * (BITS / 2)].abs();
    let mut order: [u8; 2 * HALF_KEY] = std::array::from_fn(|i| i as u8);
    order.sort_by(|&a, &b| size(a).total_cmp(&size(b)));
    order
}
