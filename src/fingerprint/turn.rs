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
