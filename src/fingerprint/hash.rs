//! A 256-bit hash.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::Turn;
use super::dct::FREQUENCIES;

/// 256 bits in the order of PDQ's hex form: byte 0 holds bits 255..248, byte 31 bits 7..0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hash(pub [u8; 32]);

/// Bits up to which two hashes are of one picture, certainly enough to warn: the distance that PDQ's authors recommend,
/// also for the canonical hash, whose false matches begin no earlier (`docs/matching.md`).
pub const MATCH_RADIUS: u32 = 31;

/// A text that is no hash.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a hash is 64 hexadecimal digits, this is {0:?}")]
pub struct HashError(String);

impl Hash {
    /// Hamming distance, 0..=256 bits.
    pub fn distance(&self, other: &Self) -> u32 {
        self.words().iter().zip(other.words()).map(|(a, b)| (a ^ b).count_ones()).sum()
    }

    /// The hash as four words, for counting bits fast; only good for comparison with other [`Hash::words`].
    pub fn words(&self) -> [u64; 4] {
        let (chunks, _) = self.0.as_chunks::<8>();
        std::array::from_fn(|i| u64::from_le_bytes(chunks[i]))
    }

    /// The first and the second 16 bytes: the two columns of an index.
    pub fn halves(&self) -> [[u8; 16]; 2] {
        let (chunks, _) = self.0.as_chunks::<16>();
        [chunks[0], chunks[1]]
    }

    /// The hash of the picture after a turn, from the hash alone. It differs from the true one in the bits of coefficients
    /// that lie between the two medians: in a median of 6 to 8 bits, and in at most 14 for nine of ten pictures, where rows
    /// or columns change their sign; in none where they do not.
    pub fn turned(&self, turn: Turn) -> Self {
        let mut turned = Self::default();
        for bit in 0..FREQUENCIES * FREQUENCIES {
            let ((row, column), negative) = turn.place(bit / FREQUENCIES, bit % FREQUENCIES);
            if self.bit(bit) != negative {
                turned.set_bit(row * FREQUENCIES + column);
            }
        }
        turned
    }

    fn bit(&self, bit: usize) -> bool {
        self.0[31 - bit / 8] >> (bit % 8) & 1 == 1
    }

    /// Whether so few or so many bits are set that it is no picture's: half of the coefficients of a picture with anything
    /// in it lie over their median. Such a hash would be near every other flat one.
    pub fn is_degenerate(&self) -> bool {
        let ones: u32 = self.words().iter().map(|word| word.count_ones()).sum();
        !(32..=224).contains(&ones)
    }

    pub(crate) fn set_bit(&mut self, bit: usize) {
        self.0[31 - bit / 8] |= 1 << (bit % 8);
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| HashError(text.chars().take(80).collect()))?;
        Ok(Self(bytes))
    }
}
