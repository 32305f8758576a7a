//! A brake on mass changes: a valid key that deletes or adds very much at once may be a stolen one.

use std::fmt;

/// Entries that one update may take away without more: so many, or so large a part of those that stood.
pub const FEW_REMOVED: usize = 100;
/// One in so many may go.
pub const REMOVED_SHARE: usize = 10;
/// Entries that one update may add without more: so many, or as many as there were.
pub const FEW_ADDED: usize = 10_000;

/// A change that a head key alone may not make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MassChange {
    /// Entries that stood.
    pub before: usize,
    /// Of those, entries that would stand no more.
    pub removed: usize,
    /// Entries that would stand anew.
    pub added: usize,
}

impl fmt::Display for MassChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { before, removed, added } = self;
        write!(
            f,
            "the update would take away {removed} and add {added} of {before} entries at once: ask the publisher whether that is meant"
        )
    }
}

impl std::error::Error for MassChange {}

/// Whether a change is too much at once. A source that is downloaded for the first time changes nothing.
pub fn mass_change(before: usize, removed: usize, added: usize) -> Option<MassChange> {
    let too_many_removed = removed > FEW_REMOVED.max(before / REMOVED_SHARE);
    let too_many_added = before > 0 && added > FEW_ADDED.max(before);
    (too_many_removed || too_many_added).then_some(MassChange { before, removed, added })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_brake_holds_what_is_much_for_the_source() {
        assert!(mass_change(0, 0, 1_000_000).is_none(), "a first download");
        assert!(mass_change(50, 50, 0).is_none(), "a small source may change as it likes");
        assert!(mass_change(1000, 101, 0).is_some());
        assert!(mass_change(100_000, 10_000, 0).is_none());
        assert!(mass_change(100_000, 10_001, 0).is_some());
        assert!(mass_change(100_000, 0, 100_001).is_some());
        assert!(mass_change(500, 0, 10_000).is_none());
    }
}
