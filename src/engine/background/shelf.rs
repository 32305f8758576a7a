//! The segments of a source that are at hand, while it is updated.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::keypoints::Place;
use super::parts::part_of;
use super::sources::segment_file;
use super::{Background, NotChanged};
use crate::engine::state::State;
use crate::source::{Clock, Fetch, FetchError, Shelf, Store, StoreError, UpdateError};

/// Longest that an update goes on with long downloads, in milliseconds: other sources wait for their turn.
const LONG: i64 = 15 * 60 * 1000;

/// What is stored of a source, what came with the extension, and what an update brings.
pub(super) struct SourceShelf<'a, F, S, C> {
    background: &'a Background<F, S, C>,
    id: String,
    /// Where a segment lies, by its SHA-256.
    at_hand: RefCell<BTreeMap<String, Lies>>,
    /// How often everything had been forgotten when the update began.
    forgotten: u32,
    /// When it began: milliseconds since 1970.
    began: i64,
    /// Whether the source is there; else it is about to be added.
    is_there: bool,
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
        let (began, is_there) = (background.clock.now(), background.is_there(id));
        Self { background, id: id.to_owned(), at_hand: RefCell::new(at_hand), forgotten, began, is_there }
    }

    /// Whose shelf it is.
    pub(super) fn background(&self) -> &Background<F, S, C> {
        self.background
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
            self.keep(sha256, file.clone(), sha256).await?;
        }
        Ok(file)
    }

    /// The files that are staged for the source.
    pub(super) fn staged(&self) -> BTreeSet<String> {
        self.background.state.borrow().staged.get(&self.id).cloned().unwrap_or_default()
    }

    /// Changes which files are staged for the source; `put` are those that come.
    pub(super) async fn stage(
        &self,
        change: impl FnOnce(&mut BTreeSet<String>),
        put: Vec<(String, Vec<u8>)>,
    ) -> Result<(), UpdateError> {
        let stage = |state: &mut State| {
            self.check_current()?;
            // It was removed meanwhile: nobody would ever let go of what is staged for it.
            if self.is_there && !self.background.is_there(&self.id) {
                return Err(FetchError::Cancelled.into());
            }
            state.restage(&self.id, change);
            // It comes further, however often the background is ended.
            if let Some(source) = state.sources.get_mut(&self.id) {
                source.unanswered = source.unanswered.min(1);
            }
            Ok(())
        };
        let staged = self.background.make_change(Box::new(stage), put).await;
        // It was forgotten meanwhile, whatever the store says of it.
        self.check_current()?;
        staged.map_err(|error| match error {
            NotChanged::Store(error) => error.into(),
            NotChanged::Refused(_) => UpdateError::from(FetchError::Cancelled),
        })
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

    async fn keep(&self, sha256: &str, file: Vec<u8>, wire: &str) -> Result<(), UpdateError> {
        let name = segment_file(sha256);
        let stage = |staged: &mut BTreeSet<String>| {
            staged.retain(|file| part_of(file) != Some(wire));
            staged.insert(name.clone());
        };
        self.stage(stage, vec![(name.clone(), file)]).await?;
        self.background.damaged.borrow_mut().remove(&name);
        self.at_hand.borrow_mut().insert(sha256.to_owned(), Lies::Stored);
        Ok(())
    }

    async fn part(&self, sha256: &str, number: usize) -> Option<Vec<u8>> {
        self.stored_part(sha256, number).await
    }

    async fn keep_part(&self, sha256: &str, number: usize, part: Vec<u8>) -> Result<(), UpdateError> {
        self.store_part(sha256, number, part).await
    }

    async fn keep_parts_of(&self, is_wanted: &dyn Fn(&str) -> bool) -> Result<(), UpdateError> {
        self.store_no_parts_but(is_wanted).await
    }

    fn has_time(&self) -> bool {
        // What is not there yet is not asked again by itself. A clock that was set cannot tell.
        !self.is_there
            || self.background.is_alone(&self.id)
            || (0..LONG).contains(&(self.background.clock.now() - self.began))
    }

    async fn pause(&self) {
        self.background.clock.pause().await;
    }
}
