//! Holds what is stored against its names, after the start: reading it all before the first answer would take too long.

use std::rc::Rc;

use sha2::{Digest, Sha256};

use super::keypoints::Tier;
use super::{Background, Publication, failure};
use crate::engine::state::HeldState;
use crate::source::{Clock, Fetch, Store, StoreError, StoredFile};

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
    /// package if it came with the extension (of damaged keypoints: by hashes alone), and downloads the file again with its
    /// next update. How many files are damaged.
    pub async fn verify_stored(&self) -> usize {
        self.ready().await;
        let held: Vec<(String, HeldState)> = {
            let state = self.state.borrow();
            let held = state.sources.iter().filter_map(|(id, source)| Some((id.clone(), source.held.clone()?)));
            held.collect()
        };
        let mut found = 0;
        for (id, held) in held {
            let keypoints = self.count_damaged(&held.keypoints).await;
            let entries = self.count_damaged(&held.segments).await;
            if entries > 0 {
                self.set_aside(&id, &held).await;
            } else if keypoints > 0 {
                self.set_keypoints_aside(&id, &held);
            }
            found += entries + keypoints;
        }
        if found > 0 {
            self.index_changed();
        }
        found
    }

    async fn count_damaged(&self, names: &[String]) -> usize {
        let mut found = 0;
        for name in names {
            // The store may fail for a moment; only what was read and is something else is damaged.
            match self.is_whole(name).await {
                Ok(true) | Err(StoreError::Failed(_) | StoreError::Full | StoreError::Changed) => {}
                Ok(false) | Err(StoreError::Missing(_)) => {
                    self.damaged.borrow_mut().insert(name.clone());
                    found += 1;
                }
            }
        }
        found
    }

    async fn is_whole(&self, name: &str) -> Result<bool, StoreError> {
        let mut digest = Sha256::new();
        let file = self.store.find(name).await?;
        let length = file.length();
        for start in (0..length).step_by(PART) {
            let part = file.part(start..(start + PART).min(length)).await?;
            for slice in part.chunks(SLICE) {
                digest.update(slice);
                self.clock.pause().await;
            }
        }
        Ok(name.strip_prefix("segment-") == Some(hex::encode(digest.finalize()).as_str()))
    }

    /// Takes a damaged publication out of use.
    async fn set_aside(&self, id: &str, held: &HeldState) {
        if self.in_use(id, held).is_none() {
            return;
        }
        let error = failure("corruptStore", "a stored index is damaged: it is downloaded again");
        let embedded = self.loaded.borrow().iter().any(|source| source.id == id && source.embedded);
        let publication = match embedded {
            true => self.packaged_publication(id).await.unwrap_or_else(|| Err(error.clone())),
            false => Err(error.clone()),
        };
        self.use_publication(id, publication);
        if let Some(source) = self.loaded.borrow_mut().iter_mut().find(|source| source.id == id) {
            source.last_result = Some(error);
        }
    }

    /// Takes damaged keypoints out of use: hashes answer alone.
    fn set_keypoints_aside(&self, id: &str, held: &HeldState) {
        let error = failure("corruptStore", "the stored keypoints are damaged: they are downloaded again");
        let Some(publication) = self.in_use(id, held) else { return };
        let mut tier = publication.keypoints.borrow_mut();
        let damaged = self.damaged.borrow();
        if tier.place().is_some_and(|place| place.addresses().iter().any(|name| damaged.contains(name))) {
            *tier = Tier::Failed(error);
        }
    }

    /// A publication from the store, if it is the one in use.
    fn in_use(&self, id: &str, held: &HeldState) -> Option<Rc<Publication>> {
        let publication = self.publication(id)?;
        (publication.files.addresses() == held.segments).then_some(publication)
    }
}
