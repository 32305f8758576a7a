//! Holds what is stored against its names, after the start: reading it all before the first answer would take too long.

use std::rc::Rc;

use sha2::{Digest, Sha256};

use super::{Background, failure};
use crate::engine::state::HeldState;
use crate::protocol::Failure;
use crate::source::{Clock, Fetch, Store, StoreError};

/// Bytes read at a time.
const PART: usize = 1 << 20;
/// Bytes digested between two pauses.
const SLICE: usize = 128 << 10;

/// How long after the start it begins, in milliseconds: when those who woke the background have their answers, and long
/// before an idle background is stopped.
const AFTER: u32 = 5000;

impl<F: Fetch, S: Store, C: Clock> Background<F, S, C> {
    /// As [`Self::verify_stored`], for the start: once those who woke the background have their answers. Nobody waits for it,
    /// since what is stored was verified before it was stored; if it is killed, the next start does it again.
    pub async fn verify_stored_later(&self) -> usize {
        self.clock.sleep(AFTER).await;
        self.verify_stored().await
    }

    /// Checks every stored segment in use. A source whose file is not what it was is shown as damaged, answers from the
    /// package if it came with the extension, and downloads the file again with its next update. How many files are damaged.
    pub async fn verify_stored(&self) -> usize {
        let held: Vec<(String, HeldState)> = {
            let state = self.state.borrow();
            let held = state.sources.iter().filter_map(|(id, source)| Some((id.clone(), source.held.clone()?)));
            held.collect()
        };
        let mut found = 0;
        for (id, held) in held {
            let mut damaged = None;
            for name in held.segments.iter().chain(&held.keypoints) {
                // The store may fail for a moment; only what was read and is something else is damaged.
                match self.is_whole(name).await {
                    Ok(true) | Err(StoreError::Failed(_) | StoreError::Full) => {}
                    Ok(false) | Err(StoreError::Missing(_)) => {
                        self.damaged.borrow_mut().insert(name.clone());
                        damaged = Some(failure("corruptStore", "a stored index is damaged: it is downloaded again"));
                        found += 1;
                    }
                }
            }
            if let Some(error) = damaged {
                self.set_aside(&id, &held, error).await;
            }
        }
        if found > 0 {
            self.index_changed();
        }
        found
    }

    async fn is_whole(&self, name: &str) -> Result<bool, StoreError> {
        let mut digest = Sha256::new();
        let length = self.store.length(name).await?;
        for start in (0..length).step_by(PART) {
            let part = self.store.part(name, start..(start + PART).min(length)).await?;
            for slice in part.chunks(SLICE) {
                digest.update(slice);
                self.clock.pause().await;
            }
        }
        Ok(name.strip_prefix("segment-") == Some(hex::encode(digest.finalize()).as_str()))
    }

    /// Takes a damaged publication out of use.
    async fn set_aside(&self, id: &str, held: &HeldState, error: Failure) {
        let (embedded, in_use) = {
            let loaded = self.loaded.borrow();
            let Some(source) = loaded.iter().find(|source| source.id == id) else { return };
            let stored = |publication: &Rc<super::Publication>| publication.files.addresses() == held.segments;
            (source.embedded, source.publication.as_ref().is_ok_and(stored))
        };
        if !in_use {
            return;
        }
        let publication = match embedded {
            true => self.packaged_publication(id).await.unwrap_or_else(|| Err(error.clone())),
            false => Err(error.clone()),
        };
        if let Some(source) = self.loaded.borrow_mut().iter_mut().find(|source| source.id == id) {
            source.publication = publication;
            source.last_result = Some(error);
        }
    }
}
