//! The ids of a segment's entries, and how one is found among them.

use std::cmp::Ordering;
use std::ops::Range;

/// Ids, ascending, a row each.
#[derive(Debug, Clone, Copy)]
pub struct Ids<'a> {
    /// One after the other.
    pub names: &'a [u8],
    /// Where each ends in them: u32, little-endian.
    pub ends: &'a [[u8; 4]],
}

impl<'a> Ids<'a> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The id of a row. Empty when there is no such row.
    pub fn get(&self, row: usize) -> &'a [u8] {
        let end = |row: usize| self.ends.get(row).map_or(0, |end| u32::from_le_bytes(*end) as usize);
        let start = row.checked_sub(1).map_or(0, end);
        self.names.get(start..end(row)).unwrap_or_default()
    }

    /// The row of an id.
    pub fn row_of(&self, id: &[u8]) -> Option<usize> {
        self.row_within(0..self.len(), id).ok()
    }

    /// The row of an id that is not in a row before `from`, looked for near that first (exponential search, Bentley and Yao
    /// 1976): ids that are looked for in their order take few steps each.
    ///
    /// # Errors
    /// With the row before which it would be, if there is none.
    fn row_from(&self, from: usize, id: &[u8]) -> Result<usize, usize> {
        let (mut start, mut step) = (from, 1);
        while start + step <= self.len() && self.get(start + step - 1) < id {
            start += step;
            step *= 2;
        }
        self.row_within(start..(start + step).min(self.len()), id)
    }

    fn row_within(&self, mut rows: Range<usize>, id: &[u8]) -> Result<usize, usize> {
        while !rows.is_empty() {
            let middle = rows.start + rows.len() / 2;
            match self.get(middle).cmp(id) {
                Ordering::Equal => return Ok(middle),
                Ordering::Less => rows.start = middle + 1,
                Ordering::Greater => rows.end = middle,
            }
        }
        Err(rows.start)
    }
}

/// Finds ids that are asked for in ascending order, each from where the one before it was or would be.
#[derive(Debug, Clone)]
pub struct IdsInOrder<'a> {
    ids: Ids<'a>,
    from: usize,
}

impl<'a> IdsInOrder<'a> {
    /// From the first row on.
    pub fn of(ids: Ids<'a>) -> Self {
        Self { ids, from: 0 }
    }

    /// The row of an id that is not below the one before it.
    pub fn row_of(&mut self, id: &[u8]) -> Option<usize> {
        let found = self.ids.row_from(self.from, id);
        self.from = found.unwrap_or_else(|before| before);
        found.ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Ids as the columns hold them.
    fn columns(ids: &[String]) -> (Vec<u8>, Vec<[u8; 4]>) {
        let names = ids.concat().into_bytes();
        let ends = ids.iter().scan(0, |end, id| {
            *end += id.len() as u32;
            Some(end.to_le_bytes())
        });
        (names, ends.collect())
    }

    proptest! {
        #[test]
        fn an_id_is_found_from_any_row_up_to_its_own(
            held in prop::collection::btree_set("[a-c]{1,5}", 0..80),
            asked in prop::collection::vec("[a-c]{1,5}", 1..20),
        ) {
            let held: Vec<String> = held.into_iter().collect();
            let (names, ends) = columns(&held);
            let ids = Ids { names: &names, ends: &ends };
            prop_assert_eq!(ids.len(), held.len());
            for id in held.iter().chain(&asked) {
                let place = held.binary_search(id);
                prop_assert_eq!(ids.row_of(id.as_bytes()), place.ok());
                for from in 0..=place.unwrap_or_else(|before| before) {
                    prop_assert_eq!(ids.row_from(from, id.as_bytes()), place);
                }
            }
            let mut in_order = IdsInOrder::of(ids);
            for id in asked.iter().collect::<std::collections::BTreeSet<_>>() {
                prop_assert_eq!(in_order.row_of(id.as_bytes()), held.binary_search(id).ok());
            }
        }
    }

    /// What was checked and stored may rot.
    #[test]
    fn ends_that_lie_end_no_search() {
        let ends = [9, 2, u32::MAX, 0].map(u32::to_le_bytes);
        let ids = Ids { names: b"abcde", ends: &ends };
        assert_eq!([0, 1, 2, 3, 4].map(|row| ids.get(row)), [&b""[..]; 5]);
        for from in 0..6 {
            let _whatever_is_found = ids.row_from(from, b"c");
        }
        assert_eq!(ids.row_of(b"c"), None);
    }
}
