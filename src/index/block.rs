//! Compressed blocks of text.
//!
//! Raw DEFLATE (RFC 1951) by `miniz_oxide`, which PNG brings along anyway. A block's length is stated beside it and is
//! the most that is ever allocated, so a decompression bomb ends as an error.

use miniz_oxide::inflate::decompress_to_vec_with_limit;
use thiserror::Error;

/// Most text in a block before compression, unless a single entry is longer, in bytes.
#[cfg(feature = "builder")]
pub const TARGET_LENGTH: usize = 128 << 10;
/// Longest block, in bytes.
pub const MAX_LENGTH: usize = 2 << 20;

/// Why a block could not be opened.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BlockError {
    /// It claims to hold more than [`MAX_LENGTH`].
    #[error("a text block claims {0} bytes")]
    TooLong(usize),
    /// It does not decompress, or not to the length it states.
    #[error("a text block is damaged")]
    Corrupt,
}

/// Compresses a block.
#[cfg(feature = "builder")]
pub fn compress(text: &[u8]) -> Vec<u8> {
    // Level 9: the publisher pays once, every reader gains.
    miniz_oxide::deflate::compress_to_vec(text, 9)
}

/// The text of a block that states `length` bytes.
///
/// # Errors
/// When it is longer than allowed, damaged, or of another length.
pub fn open(compressed: &[u8], length: usize) -> Result<Vec<u8>, BlockError> {
    if length > MAX_LENGTH {
        return Err(BlockError::TooLong(length));
    }
    let text = decompress_to_vec_with_limit(compressed, length).map_err(|_| BlockError::Corrupt)?;
    if text.len() == length { Ok(text) } else { Err(BlockError::Corrupt) }
}
