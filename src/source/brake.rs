//! A brake on mass changes: a valid key that deletes, rewrites or adds very much at once may be a stolen one.

use std::fmt;

use crate::index::Changes;

/// Entries that one update may take away or rewrite without more: so many, or so large a part of those that stood.
pub const FEW_CHANGED: usize = 100;
/// One in so many may be taken away or rewritten.
pub const CHANGED_SHARE: usize = 10;
/// Entries that one update may add without more: so many, or as many as there were.
pub const FEW_ADDED: usize = 10_000;

/// A change that a head key alone may not make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MassChange(pub Changes);

impl fmt::Display for MassChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Changes { stood, removed, edited, added } = self.0;
        write!(
            f,
            "the update would take away {removed}, rewrite {edited} and add {added} of {stood} entries at once: ask the publisher whether that is meant"
        )
    }
}

impl std::error::Error for MassChange {}

/// Whether a change is too much at once. A source that is downloaded for the first time changes nothing.
pub fn mass_change(changes: Changes) -> Option<MassChange> {
    let Changes { stood, removed, edited, added } = changes;
    let too_many_changed = removed + edited > FEW_CHANGED.max(stood / CHANGED_SHARE);
    let too_many_added = stood > 0 && added > FEW_ADDED.max(stood);
    (too_many_changed || too_many_added).then_some(MassChange(changes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_brake_holds_what_is_much_for_the_source() {
        let holds = |[stood, removed, edited, added]: [usize; 4]| {
            mass_change(Changes { stood, removed, edited, added }).is_some()
        };
        assert!(!holds([0, 0, 0, 1_000_000]), "a first download");
        assert!(!holds([50, 50, 0, 0]), "a small source may change as it likes");
        assert!(holds([1000, 101, 0, 0]) && holds([1000, 0, 101, 0]) && holds([1000, 51, 50, 0]));
        assert!(!holds([100_000, 10_000, 0, 0]) && !holds([100_000, 0, 10_000, 0]));
        assert!(holds([100_000, 10_001, 0, 0]) && holds([100_000, 1, 10_000, 0]));
        assert!(holds([100_000, 0, 0, 100_001]));
        assert!(!holds([500, 0, 0, 10_000]));
    }
}
