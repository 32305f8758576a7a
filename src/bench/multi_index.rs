//! Multi-index hashing (Norouzi, Punjani and Fleet 2012, "Fast search in Hamming space with multi-index hashing"): what the
//! scan of [`HashColumns`] is held against. Measured only; the product has no such tables (docs/decisions/0012).

use crate::fingerprint::Hash;
use crate::index::HashColumns;

/// A hash is cut into so many bands of 16 bits.
const BANDS: usize = 16;
/// Values of a band.
const VALUES: usize = 1 << 16;

/// Half a hash.
type Half = [u8; 16];

/// For each band of the hashes a table: which rows have a value there.
pub struct MultiIndex {
    first: Vec<Half>,
    second: Vec<Half>,
    tables: Vec<Table>,
}

/// The rows of a value end at `ends`; they begin where those of the value before end.
struct Table {
    ends: Vec<u32>,
    rows: Vec<u32>,
}

impl MultiIndex {
    /// The tables of these hashes, given by their halves.
    pub fn new(first: Vec<Half>, second: Vec<Half>) -> Self {
        let tables = (0..BANDS).map(|band| Table::of(if band < 8 { &first } else { &second }, band % 8)).collect();
        Self { first, second, tables }
    }

    /// The hashes, to be scanned.
    pub fn columns(&self) -> HashColumns<'_> {
        HashColumns { first: &self.first, second: &self.second }
    }

    /// Bytes of the tables, the hashes themselves left out.
    pub fn length(&self) -> usize {
        self.tables.iter().map(|table| 4 * (table.ends.len() + table.rows.len())).sum()
    }

    /// The rows within `radius` bits of a hash, with their distance. Exact: of so many bands one differs in at most
    /// `radius / BANDS` bits.
    pub fn within(&self, query: &Hash, radius: u32) -> Vec<(u32, u32)> {
        let halves = query.halves();
        let mut found = Vec::new();
        for flips in flips(radius / BANDS as u32) {
            for (band, table) in self.tables.iter().enumerate() {
                let value = usize::from(value(&halves[band / 8], band % 8) ^ flips);
                let start = value.checked_sub(1).map_or(0, |before| table.ends[before]) as usize;
                for &row in &table.rows[start..table.ends[value] as usize] {
                    let row_bits = |half: &[Half], at: usize| bits(&half[row as usize], &halves[at]);
                    let distance = row_bits(&self.first, 0) + row_bits(&self.second, 1);
                    if distance <= radius {
                        found.push((row, distance));
                    }
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl Table {
    fn of(column: &[Half], band: usize) -> Self {
        let value = |row: &Half| usize::from(value(row, band));
        let mut ends = vec![0_u32; VALUES];
        column.iter().for_each(|row| ends[value(row)] += 1);
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum;
        }
        let mut rows = vec![0; column.len()];
        let mut next = ends.clone();
        for (at, row) in column.iter().enumerate().rev() {
            let next = &mut next[value(row)];
            *next -= 1;
            rows[*next as usize] = at as u32;
        }
        Self { ends, rows }
    }
}

fn value(half: &Half, band: usize) -> u16 {
    u16::from_le_bytes([half[2 * band], half[2 * band + 1]])
}

fn bits(a: &Half, b: &Half) -> u32 {
    (u128::from_le_bytes(*a) ^ u128::from_le_bytes(*b)).count_ones()
}

/// The changes of at most `most` bits of a band.
fn flips(most: u32) -> impl Iterator<Item = u16> {
    (0..=u16::MAX).filter(move |flips| flips.count_ones() <= most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Chance;

    #[test]
    fn finds_what_the_scan_finds() {
        let mut chance = Chance(1);
        let query = Hash(chance.bytes());
        let near = (0..500).map(|_| {
            let mut hash = query;
            for _ in 0..chance.below(64) {
                hash.0[chance.below(32)] ^= 1 << chance.below(8);
            }
            hash
        });
        let (first, second): (Vec<_>, Vec<_>) = near.map(|hash| hash.halves()).map(|[a, b]| (a, b)).unzip();
        let tables = MultiIndex::new(first, second);
        for radius in [0, 15, 16, 31, 32, 64] {
            let mut scanned: Vec<_> = tables
                .columns()
                .within(&[query], radius)
                .into_iter()
                .map(|found| (found.row, found.distance))
                .collect();
            scanned.sort_unstable();
            assert!(!scanned.is_empty());
            assert_eq!(tables.within(&query, radius), scanned);
        }
    }
}
