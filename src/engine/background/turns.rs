//! Whose turn it is: a source that is slow, or whose server never ends an answer, must not keep the others waiting for
//! ever. Browsers may end the background in the middle of an update, and the next one would begin with the same source.

use super::Background;
use crate::engine::quota;
use crate::engine::state::SourceState;
use crate::source::{Clock, Fetch, Store};

impl<F: Fetch, S: Store, C: Clock> Background<F, S, C> {
    /// Sources in the order in which they were last asked, the one that waits longest first.
    pub(super) fn in_turn(&self, mut ids: Vec<String>) -> Vec<String> {
        let loaded = self.loaded.borrow();
        let last = |id: &String| loaded.iter().find(|source| source.id == *id).and_then(|source| source.last_check);
        ids.sort_by_key(last);
        ids
    }

    /// Notes that a source is asked now, before it is: whatever comes of it, the others have their turn before it has
    /// another one.
    pub(super) async fn note_question(&self, id: &str) {
        let now = self.clock.now();
        let begin = |source: &mut SourceState| {
            source.last_check = Some(now);
            source.unanswered = source.unanswered.saturating_add(1);
        };
        self.write_down(id, begin).await;
    }

    /// What long work calls between its slices. One closure for all of it, so that what takes it is compiled once.
    pub(super) fn pauses(&self) -> impl AsyncFnMut() {
        async || self.clock.pause().await
    }

    /// How many bytes a source may have, beside what the other ones have; one that is not there yet gets what is left.
    pub(super) fn quota(&self, id: &str) -> u64 {
        let loaded = self.loaded.borrow();
        let others = loaded
            .iter()
            .filter(|source| source.id != id)
            .map(|source| source.publication.as_ref().map_or(0, |held| held.head.length()));
        if loaded.iter().any(|source| source.id == id) { quota::allowance(others) } else { quota::room(others) }
    }
}
