//! Which stored descriptors may be near one that is looked up: an inverted index by a few of their bits, probed also with
//! the bits flipped that the look-up is least sure of (Lv and others 2007, query-directed).

#[cfg(test)]
use super::segment::{at_once, unbroken};
use crate::fingerprint::keypoints::Feature;
use crate::fingerprint::keypoints::describe::{BITS, Descriptor, HALF_KEY};

/// Stored descriptors a bucket holds on average, about.
const BUCKET: usize = 4;
/// Bits of the key that are flipped in all combinations.
const FLIPS: usize = 4;
const PROBES: usize = 1 << FLIPS;
/// A bucket is read up to this many descriptors: a hostile index may file all under one key.
const MAX_BUCKET: usize = 1024;
/// Descriptors filed between two pauses.
const STEP: usize = 16_384;
/// Bits of either word that a posting holds beside the row: they spare a look at most descriptors, which lie anywhere.
const HALF_CHECK: u32 = 20;
/// Rows of a table: a posting's other bits.
pub const MAX_ROWS: usize = 1 << (64 - 2 * HALF_CHECK);
/// Of the bits of a posting so many may differ where up to `radius` of all do: half as many again as their share.
const fn check_radius(radius: u32) -> u32 {
    radius * 2 * HALF_CHECK * 3 / (BITS as u32 * 2)
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
    #[cfg(test)]
    fn of(descriptors: &[[u8; 16]]) -> Self {
        unbroken(Self::build(descriptors, at_once))
    }

    /// The table of these descriptors, a counting sort; `pause` is called between slices of work.
    pub async fn build(descriptors: &[[u8; 16]], mut pause: impl AsyncFnMut()) -> Self {
        let descriptors = &descriptors[..descriptors.len().min(MAX_ROWS)];
        let half = ((descriptors.len() / BUCKET).max(1).ilog2() / 2).clamp(3, HALF_KEY as u32);
        let mut starts = vec![0_u32; (1 << (2 * half)) + 1];
        for some in descriptors.chunks(STEP) {
            pause().await;
            for bytes in some {
                starts[Descriptor::from_bytes(bytes).key(half) as usize + 1] += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut postings = vec![0; descriptors.len()];
        for (some, first) in descriptors.chunks(STEP).zip((0..).step_by(STEP)) {
            pause().await;
            for (bytes, row) in some.iter().zip(first..) {
                let descriptor = Descriptor::from_bytes(bytes);
                let place = &mut next[descriptor.key(half) as usize];
                postings[*place as usize] = row << (2 * HALF_CHECK) | check_bits(descriptor);
                *place += 1;
            }
        }
        Self { half, starts, postings }
    }

    /// Bytes it takes.
    pub fn length(&self) -> usize {
        self.starts.len() * size_of::<u32>() + self.postings.len() * size_of::<u64>()
    }

    /// The rows that may be within `radius` bits of a feature, or of its mirror image. At most `most` descriptors are
    /// read, those under its own key first. Returns how many were.
    pub fn candidates(
        &self,
        feature: &Feature,
        mirrored: bool,
        radius: u32,
        most: usize,
        mut found: impl FnMut(usize),
    ) -> usize {
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
        let mut keys = [key; PROBES];
        for probe in 1..PROBES {
            // The probe without its lowest flip, and that one.
            keys[probe] = keys[probe & (probe - 1)] ^ flips[probe.trailing_zeros() as usize];
        }
        // Buckets lie anywhere in memory: all are on their way before the first is looked at.
        let spans = keys.map(|key| [self.starts[key] as usize, self.starts[key + 1] as usize]);
        let firsts = spans.map(|[start, _]| self.postings.get(start).copied().unwrap_or_default());
        let mut look = |posting: u64| {
            let differ = (posting ^ check) & ((1 << (2 * HALF_CHECK)) - 1);
            if differ.count_ones() <= check_radius {
                found((posting >> (2 * HALF_CHECK)) as usize);
            }
        };
        let mut left = most;
        for ([start, end], first) in spans.into_iter().zip(firsts) {
            let end = end.min(start + left.min(MAX_BUCKET));
            if start < end {
                look(first);
                self.postings[start + 1..end].iter().for_each(|&posting| look(posting));
                left -= end - start;
            }
        }
        most - left
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Chance;
    use crate::fingerprint::keypoints::detect::Keypoint;

    /// Always the same numbers, the low bits as good as the high ones.
    struct Numbers(Chance);

    impl Numbers {
        fn next(&mut self) -> u64 {
            let state = self.0.step();
            (state ^ state >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ state >> 32
        }

        fn below(&mut self, most: u64) -> u64 {
            (self.next() >> 11) % most
        }
    }

    /// What a look-up finds of a stored keypoint, when `flips` bits have turned over. It doubts the key's bits in any order,
    /// but those that did turn over first, as they mostly are.
    fn seen(descriptor: Descriptor, flips: usize, numbers: &mut Numbers) -> Feature {
        let mut words = descriptor.0;
        let mut turned = Vec::new();
        while turned.len() < flips {
            let bit = numbers.below(BITS as u64) as usize;
            if !turned.contains(&bit) {
                turned.push(bit);
                words[bit / 64] ^= 1 << (bit % 64);
            }
        }
        let mut doubts: [u8; 2 * HALF_KEY] = std::array::from_fn(|i| i as u8);
        let did = |doubt: u8| {
            let doubt = usize::from(doubt);
            turned.contains(&(doubt / HALF_KEY * 64 + doubt % HALF_KEY))
        };
        doubts.sort_by_key(|&doubt| (!did(doubt), numbers.below(1000)));
        let at = Keypoint { x: 0.0, y: 0.0, scale: 1.0, direction: [1.0, 0.0], response: 0.0 };
        Feature { at, descriptor: Descriptor(words), doubts }
    }

    fn rows(table: &KeypointTable, feature: &Feature, mirrored: bool) -> Vec<usize> {
        let mut rows = Vec::new();
        table.candidates(feature, mirrored, 25, usize::MAX, |row| rows.push(row));
        rows
    }

    #[test]
    fn near_copies_are_found_among_20_000_others_and_few_of_the_others() {
        let mut numbers = Numbers(Chance(1));
        let stored: Vec<Descriptor> = (0..20_000).map(|_| Descriptor([numbers.next(), numbers.next()])).collect();
        let bytes: Vec<[u8; 16]> = stored.iter().map(|descriptor| descriptor.bytes()).collect();
        let table = KeypointTable::of(&bytes);
        for (flips, least) in [(0, 1000), (12, 990), (25, 850)] {
            let (mut found, mut mirrored, mut named) = (0, 0, 0);
            for row in (0..20_000).step_by(20) {
                let feature = seen(stored[row], flips, &mut numbers);
                let upright = rows(&table, &feature, false);
                found += usize::from(upright.contains(&row));
                named += upright.len();
                // The mirror image of what was seen: halves swapped, and the doubts with them.
                let swap = |doubt: u8| (doubt + HALF_KEY as u8) % (2 * HALF_KEY as u8);
                let other =
                    Feature { descriptor: feature.descriptor.mirrored(), doubts: feature.doubts.map(swap), ..feature };
                mirrored += usize::from(rows(&table, &other, true).contains(&row));
            }
            assert!(found >= least, "{flips} bits: {found} of 1000");
            assert_eq!(mirrored, found, "{flips} bits");
            // 16 buckets of about 5, without the check bits 80 for each.
            assert!(named < found + 2000, "{flips} bits: {named} named");
        }
    }

    #[test]
    fn an_index_that_files_all_where_a_look_up_asks_costs_no_more_than_16_buckets() {
        let mut numbers = Numbers(Chance(2));
        let descriptor = Descriptor([numbers.next(), numbers.next()]);
        let feature = seen(descriptor, 0, &mut numbers);
        let equal = KeypointTable::of(&vec![descriptor.bytes(); 50_000]);
        assert_eq!(rows(&equal, &feature, false).len(), MAX_BUCKET);
        // Worse: the bits of the key that the look-up doubts most, in all combinations.
        let half = equal.half as usize;
        let doubts: Vec<usize> = feature.doubts.iter().map(|&doubt| usize::from(doubt)).collect();
        let asked: Vec<usize> = doubts.into_iter().filter(|doubt| doubt % HALF_KEY < half).take(FLIPS).collect();
        let hostile = |row: usize| {
            let mut words = descriptor.0;
            for (i, doubt) in asked.iter().enumerate() {
                words[doubt / HALF_KEY] ^= ((row >> i & 1) as u64) << (doubt % HALF_KEY);
            }
            Descriptor(words).bytes()
        };
        let table = KeypointTable::of(&(0..50_000).map(hostile).collect::<Vec<_>>());
        assert_eq!(table.half as usize, half);
        assert_eq!(rows(&table, &feature, false).len(), 16 * MAX_BUCKET);
        // And no more than it is allowed to, over all buckets.
        for most in [0, 1, MAX_BUCKET, MAX_BUCKET + 1, 20 * MAX_BUCKET] {
            let mut named = 0;
            let read = table.candidates(&feature, false, 25, most, |_| named += 1);
            assert_eq!([read, named], [most.min(16 * MAX_BUCKET); 2]);
        }
    }

    #[test]
    fn a_table_of_nothing_names_nothing() {
        let table = KeypointTable::of(&[]);
        assert!(rows(&table, &seen(Descriptor::default(), 0, &mut Numbers(Chance(3))), false).is_empty());
    }
}
