//! How much room each source has, so that none takes it from another.

/// Most bytes of all sources together, as their heads name them: the largest source there may be, and the shares of others.
const MAX_ALL: u64 = 2048 << 20;
/// What every source may always grow to, however much the others have.
const SHARE: u64 = 64 << 20;

/// How many bytes a source may have that is there already; `others` is what the other ones have.
pub fn allowance(others: impl Iterator<Item = u64>) -> u64 {
    room(others).max(SHARE)
}

/// How many bytes a source may have that is to be added.
pub fn room(others: impl Iterator<Item = u64>) -> u64 {
    // Those that have less than their share keep the right to it.
    MAX_ALL.saturating_sub(others.map(|bytes| bytes.max(SHARE)).fold(0, u64::saturating_add))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greedy_source_leaves_the_others_their_share() {
        assert_eq!(allowance(std::iter::empty()), MAX_ALL);
        let small = [1_u64; 10];
        assert_eq!(allowance(small.into_iter()), MAX_ALL - 10 * SHARE, "the share of the small ones is kept free");
        let greedy = [MAX_ALL - SHARE];
        assert_eq!(allowance(greedy.into_iter()), SHARE);
        assert_eq!(allowance([u64::MAX, u64::MAX].into_iter()), SHARE, "what is there may always have its share");
        assert_eq!(room([u64::MAX, u64::MAX].into_iter()), 0, "but nothing more is added");
    }

    /// Whatever the order in which sources grow as far as they are let: none is refused its share, and together they stay
    /// within the limit.
    #[test]
    fn together_they_stay_within_the_limit() {
        let count = 18;
        assert!(count as u64 * SHARE <= MAX_ALL);
        for greedy in 0..count {
            let mut held = vec![0_u64; count];
            for step in 0..count {
                let at = (greedy + step) % count;
                let others: Vec<u64> =
                    held.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, &b)| b).collect();
                held[at] = allowance(others.into_iter());
                assert!(held[at] >= SHARE);
            }
            assert!(held.iter().sum::<u64>() <= MAX_ALL, "{held:?}");
        }
    }
}
