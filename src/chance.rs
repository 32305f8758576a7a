//! Numbers that look random and are the same in every run: noise for simulated edits, indexes to measure in.

/// Knuth's linear congruential generator (MMIX), from the seed that it holds.
pub struct Chance(pub u64);

impl Chance {
    /// The next state: its high bits are the better ones.
    pub fn step(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0
    }

    /// 31 bits.
    pub fn number(&mut self) -> u32 {
        (self.step() >> 33) as u32
    }

    /// A number below `count`; 0 where that is 0.
    pub fn below(&mut self, count: usize) -> usize {
        self.number() as usize % count.max(1)
    }

    /// Bytes of 8 bits each, one a step.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| (self.step() >> 56) as u8)
    }
}
