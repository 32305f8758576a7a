//! Chance that is the same in every run: an edit of a picture draws from numbers that its name, the picture's name and
//! the seed give.

use sha2::{Digest, Sha256};

use super::canvas::Colour;

/// SplitMix64 (Steele, Lea and Flood, 2014): small, and good enough to place a logo.
pub struct Chance(u64);

impl Chance {
    /// The numbers that belong to a seed and some names.
    pub fn of(seed: u64, names: &[&str]) -> Self {
        let digest = digest(seed, names);
        Self(digest.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// From 0 up to, not including, 1.
    pub fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u32 << 24) as f32
    }

    /// Between two numbers.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// A whole number under `count`; 0 when `count` is 0.
    pub fn below(&mut self, count: usize) -> usize {
        self.next().checked_rem(count as u64).unwrap_or(0) as usize
    }

    pub fn coin(&mut self) -> bool {
        self.next() & 1 == 1
    }

    /// 1 or -1.
    pub fn sign(&mut self) -> f32 {
        if self.coin() { 1.0 } else { -1.0 }
    }

    /// One of several.
    pub fn pick<T: Copy, const N: usize>(&mut self, from: [T; N]) -> T {
        from[self.below(N)]
    }

    /// About normal, of mean 0 and deviation 1: the sum of four even numbers, which is enough for film grain.
    pub fn grain(&mut self) -> f32 {
        let bits = self.next();
        let sum: u64 = (0..4).map(|i| (bits >> (16 * i)) & 0xffff).sum();
        (sum as f32 / 65_535.0 - 2.0) * 3.0_f32.sqrt()
    }

    /// A colour that is neither near black nor near white.
    pub fn colour(&mut self) -> Colour {
        std::array::from_fn(|_| 40 + self.below(176) as u8)
    }
}

/// What the order of pictures, and all chance, hangs on.
pub fn digest(seed: u64, names: &[&str]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(seed.to_le_bytes());
    for name in names {
        hasher.update(name.as_bytes());
        hasher.update([0]);
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_names_give_the_same_numbers_and_others_give_others() {
        let draw = |seed, names: &[&str]| {
            let mut chance = Chance::of(seed, names);
            [chance.below(1000), chance.below(1000), chance.below(1000)]
        };
        assert_eq!(draw(1, &["crop-80", "a.jpg"]), draw(1, &["crop-80", "a.jpg"]));
        assert_ne!(draw(1, &["crop-80", "a.jpg"]), draw(2, &["crop-80", "a.jpg"]));
        assert_ne!(draw(1, &["crop-80", "a.jpg"]), draw(1, &["crop-8", "0a.jpg"]), "names do not run into one another");
    }

    #[test]
    fn numbers_keep_to_their_range() {
        let mut chance = Chance::of(0, &[]);
        let units: Vec<f32> = (0..4000).map(|_| chance.unit()).collect();
        assert!(units.iter().all(|unit| (0.0..1.0).contains(unit)));
        let grains: Vec<f32> = (0..4000).map(|_| chance.grain()).collect();
        let mean = grains.iter().sum::<f32>() / 4000.0;
        let variance = grains.iter().map(|grain| grain * grain).sum::<f32>() / 4000.0;
        assert!(mean.abs() < 0.1 && (variance - 1.0).abs() < 0.1, "{mean} {variance}");
        assert_eq!(chance.below(0), 0);
    }
}
