//! What is said of a source; storing a publication; removing and switching.

use sha2::{Digest, Sha256};

use super::keypoints::{Tier, stored_files};
use super::{Background, Loaded, Publication, failure};
use crate::engine::finding::age_days;
use crate::engine::state::{HeldState, SourceState, State};
use crate::protocol::{Failure, Reply, SourceStatus};
use crate::source::{Clock, Fetch, FetchError, PublicKey, SourceName, Store, Update};

impl<F: Fetch, S: Store, C: Clock> Background<F, S, C> {
    pub(super) fn source_status(&self, source: &Loaded) -> SourceStatus {
        let now = self.clock.now();
        let held = source.publication.as_ref().ok();
        let head = held.map(|held| &held.head);
        let counts = held.map(|held| held.index.counts()).unwrap_or_default();
        let issued = head.map_or(0, |head| head.issued as i64 * 1000);
        let name = SourceName::of(source.catalogue_name.as_deref(), head.map_or("", |head| &head.name));
        SourceStatus {
            id: source.id.clone(),
            name: name.text,
            self_declared: name.self_declared,
            mixed_scripts: name.mixed_scripts,
            key_fingerprint: source.key.fingerprint(),
            url: source.url.clone(),
            origin: if source.embedded { "embedded" } else { "added" }.to_owned(),
            development: source.key.is_development(),
            enabled: source.enabled,
            entries: counts.entries as u32,
            fingerprints: counts.hashes as u32,
            sequence: head.map_or(0, |head| head.sequence),
            issued,
            age_days: age_days(issued, now),
            expired: head.is_some_and(|head| (head.expires as i64) * 1000 < now),
            state: if source.publication.is_ok() { "ready" } else { "failed" }.to_owned(),
            keypoints: held.map_or("none", |held| held.keypoints.borrow().word()).to_owned(),
            last_check: source.last_check,
            last_result: held.and_then(|held| held.keypoints.borrow().failure()).or_else(|| source.last_result.clone()),
        }
    }

    /// Checks a publication as a whole, stores it, and gives it for use. At any failure nothing has changed.
    ///
    /// `new` is what to store of a source that nothing is stored of; `forgotten` the count when the update began.
    pub(super) async fn commit_update(
        &self,
        id: &str,
        new: Option<SourceState>,
        key: &PublicKey,
        update: Update,
        forgotten: u32,
    ) -> Result<std::rc::Rc<Publication>, Failure> {
        let Update { head_file, head, segments: fresh } = update;
        let mut segments = Vec::new();
        for name in head.required_segments() {
            match fresh.iter().find(|(fresh, _)| *fresh == name.sha256) {
                Some((_, bytes)) => segments.push(bytes.clone()),
                None => segments.push(self.store.file(&segment_file(&name.sha256)).await?),
            }
        }
        let keypoints = stored_files(&head);
        let publication = Publication::new(&head_file, key, segments, Tier::stored(&keypoints))?;
        let head_name = format!("head-{}", hex::encode(Sha256::digest(&head_file)));
        let held = HeldState {
            head: head_name.clone(),
            segments: head.required_segments().map(|name| segment_file(&name.sha256)).collect(),
            keypoints,
        };
        let mut put: Vec<(String, Vec<u8>)> =
            fresh.into_iter().map(|(name, bytes)| (segment_file(&name), bytes)).collect();
        put.push((head_name, head_file));
        let fresh = self.fresh_entries(id, &publication);
        put.extend(fresh.iter().map(|(fresh, ids)| (fresh.file.clone(), ids.clone())));
        let now = self.clock.now();
        let settle = |state: &mut State| {
            if self.forgotten.get() != forgotten {
                return Err(FetchError::Cancelled.into());
            }
            if let Some(new) = new {
                state.sources.entry(id.to_owned()).or_insert(new);
            }
            let gone = || failure("unknownSource", "the source was removed");
            let source = state.sources.get_mut(id).ok_or_else(gone)?;
            source.floor = source.floor.max(head.sequence);
            (source.held, source.last_check, source.last_result) = (Some(held), Some(now), None);
            if let Some(logs) = state.logs.as_mut().filter(|logs| logs.settings.seen) {
                logs.fresh.extend(fresh.map(|(fresh, _)| fresh));
            }
            Ok(())
        };
        self.change(settle, put).await?;
        Ok(publication)
    }

    pub(super) async fn remove_source(&self, id: &str) -> Reply {
        let added = self.loaded.borrow().iter().any(|source| source.id == id && !source.embedded);
        if !added {
            return Reply::Error(failure("unknownSource", "no such source was added"));
        }
        let remove = |state: &mut State| {
            state.sources.remove(id);
            Ok(())
        };
        let removed = self.change(remove, Vec::new()).await;
        if let Err(failure) = removed {
            return Reply::Error(failure);
        }
        self.loaded.borrow_mut().retain(|source| source.id != id);
        self.index_changed();
        Reply::Done
    }

    pub(super) async fn enable_source(&self, id: &str, enabled: bool) -> Reply {
        let Some(stored) = self.stored_or_new(id) else {
            return Reply::Error(failure("unknownSource", "there is no such source"));
        };
        let settle = |state: &mut State| {
            state.sources.entry(id.to_owned()).or_insert(stored).enabled = enabled;
            Ok(())
        };
        if let Err(failure) = self.change(settle, Vec::new()).await {
            return Reply::Error(failure);
        }
        if let Some(source) = self.loaded.borrow_mut().iter_mut().find(|source| source.id == id) {
            source.enabled = enabled;
        }
        self.index_changed();
        Reply::Done
    }

    /// What to store of a source that nothing was stored of yet.
    pub(super) fn stored_or_new(&self, id: &str) -> Option<SourceState> {
        let loaded = self.loaded.borrow();
        let source = loaded.iter().find(|source| source.id == id)?;
        Some(SourceState {
            key: source.key.to_string(),
            url: source.url.clone(),
            embedded: source.embedded,
            enabled: source.enabled,
            held: None,
            floor: source.publication.as_ref().map_or(0, |held| held.head.sequence),
            last_check: source.last_check,
            last_result: source.last_result.clone(),
        })
    }
}

/// The stored name of a segment.
pub(super) fn segment_file(sha256: &str) -> String {
    format!("segment-{sha256}")
}
