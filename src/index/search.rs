//! Exact search: every hash within a radius, by a scan over two columns of 16 bytes.
//!
//! A partial distance never exceeds the whole, so a row whose first half is already too far needs no look at its second
//! half: one row in some hundred thousand goes on. Within a wide radius it takes three quarters to say so. No tables,
//! 32 bytes a hash.

use crate::fingerprint::Hash;

/// Up to here half a hash rules out nearly all rows: the halves of two pictures' hashes differ in 64 of 128 bits on
/// average, give or take 6.
const NARROW: u32 = 40;

/// Half a hash.
pub type Half = [u8; 16];

/// The hashes of a segment: first halves and second halves, row by row.
#[derive(Debug, Clone, Copy)]
pub struct HashColumns<'a> {
    /// Bytes 0..16 of each hash.
    pub first: &'a [Half],
    /// Bytes 16..32 of each hash.
    pub second: &'a [Half],
}

/// A row of a segment's hash columns.
pub type Row = u32;

/// A hash within the radius.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Which row.
    pub row: Row,
    /// Which of the query's hashes.
    pub query: usize,
    /// Bits that differ.
    pub distance: u32,
}

/// Most results of a scan; of more, the nearest are kept. A hostile index may repeat one hash a million times.
pub const MAX_FOUND: usize = 512;

fn words(half: &Half) -> [u64; 2] {
    let (words, _) = half.as_chunks::<8>();
    [u64::from_le_bytes(words[0]), u64::from_le_bytes(words[1])]
}

fn distance(a: [u64; 2], b: [u64; 2]) -> u32 {
    (a[0] ^ b[0]).count_ones() + (a[1] ^ b[1]).count_ones()
}

impl HashColumns<'_> {
    /// All rows within `radius` bits of one of `queries`, at most [`MAX_FOUND`], the nearest first.
    pub fn within(&self, queries: &[Hash], radius: u32) -> Vec<Found> {
        let halves: Vec<[[u64; 2]; 2]> = queries.iter().map(|hash| hash.halves().map(|half| words(&half))).collect();
        let mut found = Vec::new();
        match halves.as_slice() {
            // One query is the common benchmark and deserves a loop that stays in registers.
            [only] if radius <= NARROW => {
                for (row, first) in self.first.iter().enumerate() {
                    if distance(words(first), only[0]) <= radius {
                        self.finish(row, 0, only, radius, &mut found);
                    }
                }
            }
            many if radius <= NARROW => {
                for (row, first) in self.first.iter().enumerate() {
                    let first = words(first);
                    for (query, halves) in many.iter().enumerate() {
                        if distance(first, halves[0]) <= radius {
                            self.finish(row, query, halves, radius, &mut found);
                        }
                    }
                }
            }
            many => {
                for (row, (first, second)) in self.first.iter().zip(self.second).enumerate() {
                    let (first, [third, _]) = (words(first), words(second));
                    for (query, halves) in many.iter().enumerate() {
                        if distance(first, halves[0]) + (third ^ halves[1][0]).count_ones() <= radius {
                            self.finish(row, query, halves, radius, &mut found);
                        }
                    }
                }
            }
        }
        nearest(&mut found, MAX_FOUND);
        found
    }

    #[cold]
    fn finish(&self, row: usize, query: usize, halves: &[[u64; 2]; 2], radius: u32, found: &mut Vec<Found>) {
        let (Some(first), Some(second)) = (self.first.get(row), self.second.get(row)) else { return };
        let distance = distance(words(first), halves[0]) + distance(words(second), halves[1]);
        if distance <= radius {
            found.push(Found { row: row as Row, query, distance });
            if found.len() >= 4 * MAX_FOUND {
                nearest(found, MAX_FOUND);
            }
        }
    }
}

fn nearest(found: &mut Vec<Found>, count: usize) {
    found.sort_unstable_by_key(|found| (found.distance, found.row, found.query));
    found.truncate(count);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn columns(hashes: &[Hash]) -> (Vec<Half>, Vec<Half>) {
        hashes.iter().map(|hash| hash.halves()).map(|[first, second]| (first, second)).unzip()
    }

    proptest! {
        /// The scan with its early out finds just what comparing everything finds.
        #[test]
        fn finds_what_brute_force_finds(
            seeds in prop::collection::vec(any::<[u8; 32]>(), 1..40),
            flips in prop::collection::vec((0_usize..40, prop::collection::vec(0_usize..256, 0..60)), 1..40),
            radius in 0_u32..64,
        ) {
            let queries: Vec<Hash> = seeds.iter().take(5).map(|bytes| Hash(*bytes)).collect();
            let rows: Vec<Hash> = flips.iter().map(|(seed, bits)| {
                let mut bytes = seeds[seed % seeds.len()];
                bits.iter().for_each(|bit| bytes[bit / 8] ^= 1 << (bit % 8));
                Hash(bytes)
            }).collect();
            let (first, second) = columns(&rows);
            let mut found = HashColumns { first: &first, second: &second }.within(&queries, radius);
            let mut expected = Vec::new();
            for (row, hash) in rows.iter().enumerate() {
                for (query, other) in queries.iter().enumerate() {
                    let distance = hash.distance(other);
                    if distance <= radius {
                        expected.push(Found { row: row as Row, query, distance });
                    }
                }
            }
            found.sort_unstable_by_key(|found| (found.row, found.query));
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_flood_of_equal_hashes_is_bounded_and_keeps_the_nearest() {
        let mut rows = vec![Hash([7; 32]); 10_000];
        rows[9_999].0[0] ^= 1;
        rows.iter_mut().take(9_999).for_each(|hash| hash.0[31] ^= 0x0F);
        let (first, second) = columns(&rows);
        let found = HashColumns { first: &first, second: &second }.within(&[Hash([7; 32])], 31);
        assert_eq!(found.len(), MAX_FOUND);
        assert_eq!((found[0].row, found[0].distance), (9_999, 1));
    }
}
