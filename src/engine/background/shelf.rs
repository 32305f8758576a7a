//! The segments of a source that are at hand, while it is updated.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::keypoints::Place;
use super::sources::segment_file;
use super::{Background, NotChanged};
use crate::engine::state::State;
use crate::source::{Clock, Fetch, FetchError, Shelf, Store, StoreError, UpdateError};

/// What is stored of a source, what came with the extension, and what an update brings.
pub(super) struct SourceShelf<'a, F, S, C> {
    background: &'a Background<F, S, C>,
    id: String,
    /// Where a segment lies, by its SHA-256.
    at_hand: RefCell<BTreeMap<String, Lies>>,
    /// How often everything had been forgotten when the update began.
    forgotten: u32,
}

#[derive(Debug, Clone)]
enum Lies {
    Stored,
    Packaged(String),
}

impl<'a, F: Fetch, S: Store, C: Clock> SourceShelf<'a, F, S, C> {
    /// The shelf of a source, which may be about to be added.
    pub(super) fn of(background: &'a Background<F, S, C>, id: &str) -> Self {
        let mut at_hand = BTreeMap::new();
        let loaded = background.loaded.borrow();
        let held = loaded.iter().find(|source| source.id == id).and_then(|source| source.publication.as_ref().ok());
        if let Some(held) = held {
            let keypoints = held.keypoints.borrow();
            let entries = held.head.required_segments().zip(held.files.packaged());
            let keypoints = held.head.keypoint_segments().zip(keypoints.place().map_or(&[][..], Place::packaged));
            for (name, address) in entries.chain(keypoints) {
                at_hand.insert(name.sha256.clone(), Lies::Packaged(address.clone()));
            }
        }
        drop(loaded);
        let state = background.state.borrow();
        let damaged = background.damaged.borrow();
        for name in state.segments(id) {
            if let Some(sha256) = name.strip_prefix("segment-").filter(|_| !damaged.contains(name)) {
                at_hand.insert(sha256.to_owned(), Lies::Stored);
            }
        }
        let forgotten = background.forgotten.get();
        Self { background, id: id.to_owned(), at_hand: RefCell::new(at_hand), forgotten }
    }

    /// The source's id.
    pub(super) fn source(&self) -> &str {
        &self.id
    }

    /// Refuses when everything was forgotten since the update began.
    pub(super) fn check_current(&self) -> Result<(), FetchError> {
        if self.background.forgotten.get() == self.forgotten { Ok(()) } else { Err(FetchError::Cancelled) }
    }

    /// A segment's file, which is stored by then: what only came with the extension may be gone after its update.
    pub(super) async fn take(&self, sha256: &str) -> Result<Vec<u8>, UpdateError> {
        let file = self.get(sha256).await?;
        if !self.is_stored(sha256) {
            self.keep(sha256, file.clone()).await?;
        }
        Ok(file)
    }

    /// Whether a segment is stored, not only somewhere in the package.
    fn is_stored(&self, sha256: &str) -> bool {
        matches!(self.at_hand.borrow().get(sha256), Some(Lies::Stored))
    }
}

impl<F: Fetch, S: Store, C: Clock> Shelf for SourceShelf<'_, F, S, C> {
    fn has(&self, sha256: &str) -> bool {
        self.at_hand.borrow().contains_key(sha256)
    }

    async fn get(&self, sha256: &str) -> Result<Vec<u8>, StoreError> {
        let lies = self.at_hand.borrow().get(sha256).cloned();
        match lies {
            Some(Lies::Stored) => self.background.store.file(&segment_file(sha256)).await,
            Some(Lies::Packaged(address)) => {
                let file = self.background.packaged_file(&address).await;
                file.map_err(|_| StoreError::Missing(address))
            }
            None => Err(StoreError::Missing(segment_file(sha256))),
        }
    }

    async fn keep(&self, sha256: &str, file: Vec<u8>) -> Result<(), UpdateError> {
        let name = segment_file(sha256);
        let stage = |state: &mut State| {
            self.check_current()?;
            state.staged.entry(self.id.clone()).or_default().insert(name.clone());
            Ok(())
        };
        let kept = self.background.make_change(Box::new(stage), vec![(name.clone(), file)]).await;
        // It was forgotten meanwhile, whatever the store says of it.
        self.check_current()?;
        kept.map_err(|error| match error {
            NotChanged::Store(error) => error.into(),
            NotChanged::Refused(_) => UpdateError::from(FetchError::Cancelled),
        })?;
        self.background.damaged.borrow_mut().remove(&name);
        self.at_hand.borrow_mut().insert(sha256.to_owned(), Lies::Stored);
        Ok(())
    }

    async fn pause(&self) {
        self.background.clock.pause().await;
    }
}
