//! Which stored descriptors may be near one that is looked up: an inverted index by a few of their bits, probed also with
//! the bits flipped that the look-up is least sure of (Lv and others 2007, query-directed).

use crate::fingerprint::keypoints::Feature;
use crate::fingerprint::keypoints::describe::{BITS, Descriptor, HALF_KEY};

/// Stored descriptors a bucket holds on average, about.
const BUCKET: usize = 4;
/// Bits of the key that are flipped in all combinations.
const FLIPS: usize = 4;
/// A bucket is read up to this many descriptors: a hostile index may file all under one key.
const MAX_BUCKET: usize = 1024;
/// Bits of either word that a posting holds beside the row: they spare a look at most descriptors, which lie anywhere.
const HALF_CHECK: u32 = 20;
/// Rows of a table: a posting's other bits.
pub const MAX_ROWS: usize = 1 << (64 - 2 * HALF_CHECK);
/// Of the bits of a posting so many may differ where up to `radius` of all do: a quarter more than their share.
const fn check_radius(radius: u32) -> u32 {
    radius * 2 * HALF_CHECK * 5 / (BITS as u32 * 4)
}

/// An inverted index over the descriptors of a segment.
#[derive(Debug)]
pub struct KeypointTable {
    /// Bits of the key from either word.
    half: u32,
    /// Where each key's postings start.
    starts: Vec<u32>,
    /// Row and check bits.
    postings: Vec<u64>,
}

/// The bits of either word that follow those of the longest key.
fn check_bits(descriptor: Descriptor) -> u64 {
    let some = |word: u64| (word >> HALF_KEY) & ((1 << HALF_CHECK) - 1);
    some(descriptor.0[0]) | some(descriptor.0[1]) << HALF_CHECK
}

impl KeypointTable {
    /// The table of these descriptors: a counting sort.
    pub fn of(descriptors: &[[u8; 16]]) -> Self {
        let rows = descriptors.len().min(MAX_ROWS);
        let half = ((rows / BUCKET).max(1).ilog2() / 2).clamp(3, HALF_KEY as u32);
        let mut starts = vec![0_u32; (1 << (2 * half)) + 1];
        for bytes in &descriptors[..rows] {
            starts[Descriptor::from_bytes(bytes).key(half) as usize + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut postings = vec![0; rows];
        for (row, bytes) in descriptors[..rows].iter().enumerate() {
            let descriptor = Descriptor::from_bytes(bytes);
            let place = &mut next[descriptor.key(half) as usize];
            postings[*place as usize] = (row as u64) << (2 * HALF_CHECK) | check_bits(descriptor);
            *place += 1;
        }
        Self { half, starts, postings }
    }

    /// Bytes it takes.
    pub fn length(&self) -> usize {
        self.starts.len() * size_of::<u32>() + self.postings.len() * size_of::<u64>()
    }

    /// The rows that may be within `radius` bits of a feature, or of its mirror image.
    pub fn candidates(&self, feature: &Feature, mirrored: bool, radius: u32, mut found: impl FnMut(usize)) {
        let descriptor = if mirrored { feature.descriptor.mirrored() } else { feature.descriptor };
        let key = descriptor.key(self.half) as usize;
        let (check, check_radius) = (check_bits(descriptor), check_radius(radius));
        let mut flips = [0_usize; FLIPS];
        let half = self.half as usize;
        let doubts = feature.doubts.iter().map(|&doubt| usize::from(doubt)).filter(|doubt| doubt % HALF_KEY < half);
        for (flip, doubt) in flips.iter_mut().zip(doubts) {
            let first_word = (doubt < HALF_KEY) != mirrored;
            *flip = 1 << (doubt % HALF_KEY + if first_word { 0 } else { half });
        }
        for probe in 0..1_usize << FLIPS {
            let flipped = (0..FLIPS).filter(|i| probe >> i & 1 == 1).fold(key, |key, i| key ^ flips[i]);
            let (start, end) = (self.starts[flipped] as usize, self.starts[flipped + 1] as usize);
            for &posting in &self.postings[start..end.min(start + MAX_BUCKET)] {
                let differ = (posting ^ check) & ((1 << (2 * HALF_CHECK)) - 1);
                if differ.count_ones() <= check_radius {
                    found((posting >> (2 * HALF_CHECK)) as usize);
                }
            }
        }
    }
}
