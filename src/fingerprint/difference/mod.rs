//! Where an edited picture differs from its original: the evidence by which a copy of one is told from a copy of the other.
//!
//! An edit of a small region leaves hashes and keypoints nearly equal. So an index keeps, for a known picture whose
//! original is known too, a few small areas in which the two differ, each as both show it ([`Spot`]). A picture that is
//! looked up is seen in those areas and held against both ([`compare`]). Where they differ is found when the index is
//! built ([`find`]), after the two pictures were laid over one another ([`align`]).

#[cfg(feature = "builder")]
pub mod align;
pub mod compare;
pub mod encoding;
#[cfg(feature = "builder")]
pub mod find;
#[cfg(feature = "builder")]
pub mod make;
mod sample;

use super::Affine;

/// Samples along each side of a spot.
pub const SIDE: usize = 8;
/// Samples of a spot.
pub const SAMPLES: usize = SIDE * SIDE;
/// Bytes of a patch: 4 bits a sample.
pub const PATCH: usize = SAMPLES / 2;
/// Most spots of a difference.
pub const MAX_SPOTS: usize = 4;

/// Which value of a pixel is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Plane {
    /// Luma.
    Luma,
    /// Half of blue less luma, and half of 255.
    Blue,
    /// Half of red less luma, and half of 255.
    Red,
}

impl Plane {
    /// All of them, by number.
    pub const ALL: [Self; 3] = [Self::Luma, Self::Blue, Self::Red];
}

/// What one picture shows of a spot: 64 samples of 4 bits, row by row, the first of two in the low half of the byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patch(pub [u8; PATCH]);

/// A place where the known picture differs from its original, as both show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// What its samples are.
    pub plane: Plane,
    /// x, y, width, height, in 1/256 of the known picture's sides.
    pub area: [u8; 4],
    /// What a sample of 0 stands for.
    pub low: u8,
    /// What a sample of 15 stands for.
    pub high: u8,
    /// As the known picture shows it.
    pub known: Patch,
    /// As the original shows it.
    pub original: Patch,
}

/// Where a known picture differs from its original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// How many originals of the entry are told apart from the known picture by it.
    pub originals: u8,
    /// Where it differs most, first.
    pub spots: Vec<Spot>,
}

/// From a grid of so many samples both ways, laid over an area in 1/256 of a picture's sides, to fractions of the picture.
fn over(area: [u8; 4], samples: usize) -> Affine {
    let [x, y, width, height] = area.map(|side| f32::from(side) / 256.0);
    let samples = samples as f32;
    Affine { rows: [[width / samples, 0.0, x], [0.0, height / samples, y]] }
}

impl Spot {
    /// From samples of the spot, 0.0..=8.0 both ways, to fractions of the known picture.
    pub fn map(&self) -> Affine {
        over(self.area, SIDE)
    }

    /// A patch's samples, as they were before they were stored.
    pub fn values(&self, patch: &Patch) -> [f32; SAMPLES] {
        let (low, high) = (f32::from(self.low), f32::from(self.high));
        let step = (high - low) / 15.0;
        std::array::from_fn(|i| low + step * f32::from((patch.0[i / 2] >> (4 * (i % 2))) & 15))
    }

    /// Whether it lies inside a picture and can tell anything.
    pub fn is_sound(&self) -> bool {
        let [x, y, width, height] = self.area.map(u16::from);
        let inside = width > 0 && height > 0 && x + width <= 256 && y + height <= 256;
        inside && self.low < self.high && self.known != self.original
    }
}

impl Difference {
    /// Whether it is one that a picture can have.
    pub fn is_sound(&self) -> bool {
        (1..=MAX_SPOTS).contains(&self.spots.len()) && self.originals > 0 && self.spots.iter().all(Spot::is_sound)
    }
}
