//! The eight ways to turn and mirror a picture.

/// A turn of a picture. `Turn::Mirror` of a picture is what a mirror shows.
///
/// The rules are PDQ's dihedral ones: transposition and signs on the DCT coefficients, then a new median.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Turn {
    /// As it is.
    None,
    /// 90 degrees counter-clockwise (PDQ `rot90`).
    Left,
    /// 180 degrees (PDQ `rot180`).
    Half,
    /// 90 degrees clockwise (PDQ `rot270`).
    Right,
    /// Top to bottom (PDQ `flipx`).
    Flip,
    /// Left to right (PDQ `flipy`).
    Mirror,
    /// Along the main diagonal (PDQ `flipplus1`).
    Transpose,
    /// Along the other diagonal (PDQ `flipminus1`).
    AntiTranspose,
}

impl Turn {
    /// All eight, in the order of PDQ's reference.
    pub const ALL: [Self; 8] = [
        Self::None,
        Self::Left,
        Self::Half,
        Self::Right,
        Self::Flip,
        Self::Mirror,
        Self::Transpose,
        Self::AntiTranspose,
    ];

    /// Whether left and right are swapped.
    pub const fn mirrored(self) -> bool {
        matches!(self, Self::Flip | Self::Mirror | Self::Transpose | Self::AntiTranspose)
    }

    /// If this turn of a copy gives the known picture: by how many degrees clockwise the (mirrored) known picture was
    /// turned to make the copy.
    pub const fn degrees(self) -> u16 {
        match self {
            Self::None | Self::Mirror => 0,
            Self::Left | Self::AntiTranspose => 90,
            Self::Half | Self::Flip => 180,
            Self::Right | Self::Transpose => 270,
        }
    }

    /// Where coefficient (i, j) goes, and whether it changes its sign. Frequencies start at 1, so an even index is an
    /// odd frequency, the kind that changes sign under a reflection.
    pub(super) const fn place(self, i: usize, j: usize) -> ((usize, usize), bool) {
        let (odd_i, odd_j) = (i.is_multiple_of(2), j.is_multiple_of(2));
        match self {
            Self::None => ((i, j), false),
            Self::Left => ((j, i), odd_j),
            Self::Half => ((i, j), odd_i != odd_j),
            Self::Right => ((j, i), odd_i),
            Self::Flip => ((i, j), odd_i),
            Self::Mirror => ((i, j), odd_j),
            Self::Transpose => ((j, i), false),
            Self::AntiTranspose => ((j, i), odd_i != odd_j),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::dct::BLOCK;
    use crate::fingerprint::{Coefficients, Hash};

    /// A block with structure of every size and no symmetry; another `seed` is another one.
    fn block(seed: u32) -> Vec<f32> {
        let mut state = seed;
        let waves: Vec<[f32; 3]> = (0..24)
            .map(|_| {
                std::array::from_fn(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 8) as f32 / (1 << 24) as f32
                })
            })
            .collect();
        let light = |x: f32, y: f32| -> f32 {
            waves.iter().map(|[a, b, c]| (a * x * 0.6 + b * y * 0.6 + c * 6.3).sin() * 20.0).sum()
        };
        (0..BLOCK * BLOCK).map(|at| light((at % BLOCK) as f32, (at / BLOCK) as f32)).collect()
    }

    #[test]
    fn a_hash_alone_can_be_turned_to_within_a_few_bits() {
        for turn in Turn::ALL {
            let mut distances: Vec<u32> = (0..50)
                .map(|seed| {
                    let coefficients = Coefficients::of(&block(seed));
                    coefficients.hash().turned(turn).distance(&coefficients.turned(turn).hash())
                })
                .collect();
            distances.sort_unstable();
            // A wrong rule leaves half of all bits different.
            assert!(distances[25] <= 12 && distances[49] <= 40, "{turn:?}: {distances:?}");
            if matches!(turn, Turn::None | Turn::Transpose) {
                assert_eq!(distances[49], 0, "no coefficient changes its sign");
            }
        }
    }

    #[test]
    fn a_turn_and_its_undoing_give_the_same_hash() {
        let hash = Hash(std::array::from_fn(|i| (i * 37 + 11) as u8));
        for turn in Turn::ALL {
            let undo = match turn {
                Turn::Left => Turn::Right,
                Turn::Right => Turn::Left,
                other => other,
            };
            assert_eq!(hash.turned(turn).turned(undo), hash, "{turn:?}");
        }
    }
}
