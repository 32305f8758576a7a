//! What a look-up may cost, whatever an index holds and whatever a picture shows.

/// Near rows of a source, upright and mirrored each: 8 MB. Among 100,000 pictures of 44 keypoints a picture has 40,000
/// (median), 360,000 at most (66 pictures, extrapolated from the stored keypoints of 551). Where descriptors are alike,
/// each of hundreds of keypoints that are alike too has up to 16,384 in every segment.
pub const MAX_NEAR: usize = 1 << 20;
/// Filed descriptors of a source that are read to find them, likewise: there 350,000, 1.1 million at most. A hostile
/// index may file many that are near nothing.
const MAX_READ: usize = 1 << 23;

/// What may still be spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Filed descriptors to read.
    pub read: usize,
    /// Rows to find near.
    pub near: usize,
}

/// How a budget is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Division {
    /// Each takes what it needs.
    AsNeeded,
    /// Each may take an even part of what those before it have left.
    Even,
}

impl Budget {
    /// For a source.
    pub const WHOLE: Self = Self { read: MAX_READ, near: MAX_NEAR };
    /// For measurements.
    pub const UNLIMITED: Self = Self { read: usize::MAX, near: usize::MAX };

    /// Takes out what the first of so many that are left may spend.
    pub fn take(&mut self, division: Division, left: usize) -> Self {
        let share = match division {
            Division::AsNeeded => *self,
            Division::Even => Self { read: self.read.div_ceil(left.max(1)), near: self.near.div_ceil(left.max(1)) },
        };
        self.read -= share.read;
        self.near -= share.near;
        share
    }

    /// Takes back what was not spent of a share.
    pub fn give_back(&mut self, rest: Self) {
        self.read += rest.read;
        self.near += rest.near;
    }

    /// Whether nothing more can be found.
    pub fn is_spent(&self) -> bool {
        self.read == 0 || self.near == 0
    }
}
