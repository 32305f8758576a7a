//! From what was downloaded of a segment to its file, in slices: both are long.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use super::head::{FileName, HeadError, SegmentName};
use crate::index::segment::digest;

/// Bytes unpacked between two pauses.
const STEP: usize = 256 << 10;

/// A segment's file from what was downloaded of it; `pause` is called between slices of work.
///
/// # Errors
/// When it is not the segment that is named.
pub async fn unpack(name: &SegmentName, wire: Vec<u8>, pause: &mut impl AsyncFnMut()) -> Result<Vec<u8>, HeadError> {
    let wrong = || HeadError::WrongSegment { name: name.sha256.clone() };
    let (file, packed) = name.wire();
    if !is(&file, &wire, pause).await {
        return Err(wrong());
    }
    if !packed {
        return Ok(wire);
    }
    // What it is called was held against the wire already; what comes out must be exactly what is named.
    let length = usize::try_from(name.bytes).map_err(|_| wrong())?;
    let unpacked = inflate(&wire, length, pause).await.ok_or_else(wrong)?;
    drop(wire);
    let whole = FileName { sha256: name.sha256.clone(), bytes: name.bytes };
    if is(&whole, &unpacked, pause).await { Ok(unpacked) } else { Err(wrong()) }
}

/// As [`FileName::is`].
async fn is(name: &FileName, file: &[u8], pause: &mut impl AsyncFnMut()) -> bool {
    file.len() as u64 == name.bytes && hex::encode(digest(file, pause).await) == name.sha256
}

/// Raw DEFLATE, never to more than `length` bytes.
async fn inflate(mut packed: &[u8], length: usize, pause: &mut impl AsyncFnMut()) -> Option<Vec<u8>> {
    let mut state = Box::<DecompressorOxide>::default();
    let mut out = Vec::with_capacity(length);
    let mut end = 0;
    loop {
        pause().await;
        out.resize((end + STEP).min(length), 0);
        let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, read, written) = decompress(&mut state, packed, &mut out, end, flags);
        packed = packed.get(read..)?;
        end += written;
        match status {
            TINFLStatus::Done => {
                out.truncate(end);
                return Some(out);
            }
            TINFLStatus::HasMoreOutput if end < length => {}
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::index::segment::unbroken;

    fn unpacked(packed: &[u8], length: usize) -> (Option<Vec<u8>>, usize) {
        let pauses = Cell::new(0);
        let out = unbroken(inflate(packed, length, &mut async || pauses.set(pauses.get() + 1)));
        (out, pauses.get())
    }

    #[test]
    fn what_is_long_is_unpacked_in_slices() {
        let file: Vec<u8> = (0..3 * STEP + 17).map(|at| (at / 7 % 251) as u8).collect();
        let packed = miniz_oxide::deflate::compress_to_vec(&file, 1);
        let (out, pauses) = unpacked(&packed, file.len());
        assert_eq!(out.as_deref(), Some(&file[..]));
        assert!(pauses >= 4, "{pauses}");
    }

    #[test]
    fn what_is_longer_than_it_says_or_cut_short_is_refused() {
        let file = vec![7; STEP];
        let packed = miniz_oxide::deflate::compress_to_vec(&file, 9);
        assert_eq!(unpacked(&packed, file.len() - 1).0, None);
        assert_eq!(unpacked(&packed[..packed.len() - 1], file.len()).0, None);
        // Shorter: the digest tells.
        assert_eq!(unpacked(&packed, file.len() + 1).0, Some(file));
        assert_eq!(unpacked(&[], 0).0, None);
    }
}
