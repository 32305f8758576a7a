//! What a keypoint looks like: 128 comparisons of the mean brightness of two boxes around it.

use super::angle::Direction;
use super::comparisons::{COMPARISONS, Comparison};
use super::scale_space::ScaleSpace;

/// Samples along a side of the neighbourhood.
pub const GRID: usize = 16;
/// Half the side of the neighbourhood, in pixels of the keypoint's level.
pub const RADIUS: f32 = 14.0;
/// Comparisons.
pub const BITS: usize = 128;
/// Most comparisons of either half that an index files descriptors by.
pub const HALF_KEY: usize = 10;

/// The comparisons' signs, one bit each. The second half are the mirror images of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Descriptor(pub [u64; 2]);

impl Descriptor {
    /// The descriptor of the mirrored neighbourhood.
    pub fn mirrored(self) -> Self {
        Self([self.0[1], self.0[0]])
    }

    /// What an index files it by: `half` low bits of either word, at most [`HALF_KEY`]. The key of the mirror image has the
    /// halves swapped.
    pub fn key(self, half: u32) -> u32 {
        let mask = (1 << half) - 1;
        (self.0[0] & mask) as u32 | ((self.0[1] & mask) as u32) << half
    }

    /// The 16 bytes, little-endian.
    pub fn bytes(self) -> [u8; 16] {
        let [first, second] = self.0.map(u64::to_le_bytes);
        std::array::from_fn(|i| if i < 8 { first[i] } else { second[i - 8] })
    }

    /// The descriptor of these bytes.
    pub fn from_bytes(bytes: &[u8; 16]) -> Self {
        let (words, _) = bytes.as_chunks::<8>();
        Self([u64::from_le_bytes(words[0]), u64::from_le_bytes(words[1])])
    }

    /// Bits that differ, 0..=128.
    pub fn distance(self, other: Self) -> u32 {
        (self.0[0] ^ other.0[0]).count_ones() + (self.0[1] ^ other.0[1]).count_ones()
    }
}

/// A keypoint's neighbourhood seen through a linear map.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// Centre, in pixels of the base picture.
    pub x: f32,
    /// Centre.
    pub y: f32,
    /// Where the neighbourhood's x axis points, in pixels of the base picture for a pixel of the level.
    pub along: [f32; 2],
    /// Where its y axis points.
    pub across: [f32; 2],
}

impl Frame {
    /// An upright neighbourhood of this size and direction.
    pub fn new(x: f32, y: f32, scale: f32, direction: Direction) -> Self {
        let [cosine, sine] = direction;
        Self { x, y, along: [cosine * scale, sine * scale], across: [-sine * scale, cosine * scale] }
    }
}

/// Samples of a neighbourhood, summed: `sums[(y) * (GRID + 1) + x]` is the sum of what lies left of and above.
pub struct Patch {
    sums: [i32; (GRID + 1) * (GRID + 1)],
}

impl Patch {
    /// Samples a neighbourhood.
    pub fn of(space: &ScaleSpace, frame: Frame) -> Self {
        let area = (frame.along[0] * frame.across[1] - frame.along[1] * frame.across[0]).abs();
        let level = space.level_near(area.sqrt());
        let step = 2.0 * RADIUS / GRID as f32 / level.scale;
        let (ax, ay) = (frame.along[0] * step, frame.along[1] * step);
        let (bx, by) = (frame.across[0] * step, frame.across[1] * step);
        let half = (GRID as f32 - 1.0) / 2.0;
        let (cx, cy) = (frame.x / level.scale, frame.y / level.scale);
        let (last_x, last_y) = (level.width as f32 - 1.0, level.height as f32 - 1.0);
        let mut sums = [0_i32; (GRID + 1) * (GRID + 1)];
        for j in 0..GRID {
            let v = j as f32 - half;
            let mut line = 0;
            for i in 0..GRID {
                let u = i as f32 - half;
                let x = (cx + u * ax + v * bx).clamp(0.0, last_x) as usize;
                let y = (cy + u * ay + v * by).clamp(0.0, last_y) as usize;
                line += i32::from(level.fine[y * level.width + x]);
                sums[(j + 1) * (GRID + 1) + i + 1] = sums[j * (GRID + 1) + i + 1] + line;
            }
        }
        Self { sums }
    }

    fn sum(&self, x: usize, y: usize, size: usize) -> i32 {
        let at = |x: usize, y: usize| self.sums[y * (GRID + 1) + x];
        at(x + size, y + size) - at(x, y + size) - at(x + size, y) + at(x, y)
    }

    /// The difference of the means of a comparison's boxes, luma times 16.
    fn difference(&self, comparison: &Comparison, mirrored: bool) -> f32 {
        let [ax, ay, a, bx, by, b] = comparison.map(usize::from);
        let (ay, by) = if mirrored { (GRID - ay - a, GRID - by - b) } else { (ay, by) };
        self.sum(ax, ay, a) as f32 / (a * a) as f32 - self.sum(bx, by, b) as f32 / (b * b) as f32
    }

    /// All comparisons.
    pub fn differences(&self) -> [f32; BITS] {
        std::array::from_fn(|i| self.difference(&COMPARISONS[i % (BITS / 2)], i >= BITS / 2))
    }
}

/// The signs of the differences.
pub fn signs(differences: &[f32; BITS]) -> Descriptor {
    let mut words = [0_u64; 2];
    for (i, difference) in differences.iter().enumerate() {
        words[i / 64] |= u64::from(*difference > 0.0) << (i % 64);
    }
    Descriptor(words)
}
