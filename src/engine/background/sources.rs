//! What is said of a source; storing a publication; removing and switching.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::keypoints::{Place, Tier};
use super::managed::set_by_organisation;
use super::open::head_name;
use super::parts::part_of;
use super::shelf::SourceShelf;
use super::{Background, Loaded, Publication, failure};
use crate::engine::finding::age_days;
use crate::engine::state::{HeldState, RetractionsState, SourceState, State};
use crate::index::Index;
use crate::index::segment::{KeypointSegment, Segment};
use crate::protocol::{Failure, Reply, SourceStatus};
use crate::source::{
    Clock, Fetch, Head, HeadError, News, Retractions, SegmentName, Shelf, SourceName, Store, Trust, Update,
    mass_change, owners, retracted,
};

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
            key_fingerprint: source.trust.anchor().fingerprint(),
            url: source.url.clone(),
            origin: origin(source).to_owned(),
            managed: source.managed,
            locked: self.is_locked(source),
            development: source.trust.anchor().is_development(),
            enabled: source.enabled,
            entries: counts.entries as u32,
            fingerprints: counts.hashes as u32,
            sequence: head.map_or(0, |head| head.sequence),
            head_digest: held.map(|held| hex::encode(held.head_digest)),
            issued,
            age_days: age_days(issued, now),
            expired: head.is_some_and(|head| (head.expires as i64) * 1000 < now),
            state: if source.publication.is_ok() { "ready" } else { "failed" }.to_owned(),
            keypoints: held.map_or("none", |held| held.keypoints_word()).to_owned(),
            last_check: source.last_check,
            last_result: held.and_then(|held| held.keypoints.borrow().failure()).or_else(|| source.last_result.clone()),
        }
    }

    /// Checks a publication as a whole, stores it, and gives it for use. At any failure nothing has changed but what is on
    /// the shelf. `new` is what to store of a source that nothing is stored of; `braked` whether a change of very many
    /// entries at once is refused; `put` are files to store in the same step.
    pub(super) async fn commit_update(
        &self,
        shelf: &SourceShelf<'_, F, S, C>,
        new: Option<SourceState>,
        update: Update,
        braked: bool,
        mut put: Vec<(String, Vec<u8>)>,
    ) -> Result<Rc<Publication>, Failure> {
        let Update { head_file, head, root_signed, .. } = update;
        let id = shelf.source();
        let before = self.publication(id);
        let index = self.build_index(shelf, &head, new.as_ref(), before.as_deref(), &put).await?;
        if braked && !root_signed {
            self.brake(before.as_deref(), &index).await?;
        }
        let files: Vec<String> = head.required_segments().map(|name| segment_file(&name.sha256)).collect();
        let keypoints = keypoints_at_hand(&head, shelf).map(|name| segment_file(&name.sha256)).collect::<Vec<_>>();
        let following = head.keypoint_segments().filter(|name| !shelf.has(&name.sha256));
        let following: BTreeSet<String> = following.map(|name| name.wire().0.sha256).collect();
        let held = HeldState { head: head_name(&head_file), segments: files.clone(), keypoints: keypoints.clone() };
        put.push((held.head.clone(), head_file.clone()));
        let fresh = self.fresh_entries(id, &head, &index).await;
        put.extend(fresh.iter().map(|(fresh, ids)| (fresh.file.clone(), ids.clone())));
        let now = self.clock.now();
        let settle = |state: &mut State| {
            shelf.check_current()?;
            if let Some(new) = new {
                state.sources.entry(id.to_owned()).or_insert(new);
            }
            let gone = || failure("unknownSource", "the source was removed");
            let source = state.sources.get_mut(id).ok_or_else(gone)?;
            // Asked again: the state may have become readable only now.
            if (head.epoch, head.sequence) < (source.epoch, source.floor) {
                return Err(HeadError::Rollback { held: source.floor, offered: head.sequence }.into());
            }
            source.floor = if source.epoch == head.epoch { source.floor.max(head.sequence) } else { head.sequence };
            source.epoch = head.epoch;
            source.issued = source.issued.max(head.issued);
            source.retractions.take_if(|apart| apart.epoch < head.epoch);
            (source.held, source.last_check, source.last_result) = (Some(held), Some(now), None);
            // Keypoints that follow are a part of the answer.
            source.unanswered = if following.is_empty() { 0 } else { source.unanswered.max(1) };
            if following.is_empty() {
                (source.keypoints_failures, source.keypoints_failed) = (0, None);
            }
            if let Some(logs) = state.logs.as_mut().filter(|logs| logs.settings.seen) {
                logs.fresh.extend(fresh.map(|(fresh, _)| fresh));
            }
            // Of keypoints that follow some parts may be here.
            let follows = |file: &String| part_of(file).is_some_and(|sha256| following.contains(sha256));
            state.restage(id, |staged| staged.retain(follows));
            Ok(())
        };
        self.change(settle, put).await.map_err(|error: Failure| error)?;
        Ok(Publication::new(&head_file, head, index, Place::Stored(files), Tier::stored(&keypoints)))
    }

    /// The index of a head whose segments are on the shelf. Segments that are in use already are taken over; the others are
    /// checked as a whole, and then held without their texts. `coming`: files that will be stored with it.
    async fn build_index(
        &self,
        shelf: &SourceShelf<'_, F, S, C>,
        head: &Head,
        new: Option<&SourceState>,
        before: Option<&Publication>,
        coming: &[(String, Vec<u8>)],
    ) -> Result<Index, Failure> {
        let mut pause = self.pauses();
        let mut segments: Vec<Arc<Segment>> = Vec::new();
        for name in head.required_segments() {
            if let Some(segment) = before.and_then(|before| before.stored_segment(&name.sha256)) {
                segments.push(segment);
                continue;
            }
            let file = shelf.take(&name.sha256).await?;
            Segment::verify(file, &mut pause).await.map_err(|error| HeadError::refused(name, error))?;
            let opened = self.open_segment(&segment_file(&name.sha256)).await?;
            segments.push(Arc::new(opened));
        }
        let stored = self.state.borrow().sources.get(shelf.source()).or(new).cloned();
        let apart = match stored {
            Some(stored) => self.stored_retractions(&stored, coming).await?,
            None => None,
        };
        let index = Index::build(segments, &retracted(head, apart.as_ref()), self.pauses()).await;
        let owners = owners(head);
        for name in keypoints_at_hand(head, shelf) {
            let known = before.is_some_and(|before| before.stored_keypoints(&name.sha256));
            if known {
                continue;
            }
            let file = shelf.take(&name.sha256).await?;
            let keypoints =
                KeypointSegment::verify(file, &mut pause).await.map_err(|error| HeadError::refused(name, error))?;
            let owner = owners.iter().position(|owner| *owner == keypoints.owner());
            if let Some(segment) = owner.and_then(|owner| index.segments().get(owner)) {
                keypoints.check_owner(segment).map_err(|error| HeadError::refused(name, error))?;
            }
        }
        Ok(index)
    }

    /// Refuses a change of very many entries at once.
    async fn brake(&self, before: Option<&Publication>, after: &Index) -> Result<(), Failure> {
        let Some(before) = before else { return Ok(()) };
        let changes = after.changes_since(&before.index, self.pauses()).await;
        mass_change(changes).map_or(Ok(()), |change| Err(change.into()))
    }

    /// Takes a newer root: stored first, then believed.
    pub(super) async fn take_root(
        &self,
        shelf: &SourceShelf<'_, F, S, C>,
        trust: Trust,
        file: Vec<u8>,
    ) -> Result<(), Failure> {
        let name = root_name(&file);
        let stored = self.stored_or_new(shelf.source());
        let note = |state: &mut State| {
            shelf.check_current()?;
            let source = state.sources.get_mut(shelf.source());
            match (source, stored) {
                (Some(source), _) => source.root = Some(name.clone()),
                (None, Some(stored)) if stored.is_given() => {
                    state.sources.insert(shelf.source().to_owned(), SourceState { root: Some(name.clone()), ..stored });
                }
                _ => return Err(failure("unknownSource", "the source was removed")),
            }
            Ok(())
        };
        self.change(note, vec![(name.clone(), file)]).await?;
        if let Some(source) = self.loaded.borrow_mut().iter_mut().find(|source| source.id == shelf.source()) {
            source.trust = trust;
        }
        Ok(())
    }

    /// Takes retractions that came apart from the head: stored first, then in force.
    pub(super) async fn take_retractions(&self, shelf: &SourceShelf<'_, F, S, C>, news: News) -> Result<(), Failure> {
        let id = shelf.source();
        let stored = self.stored_or_new(id);
        let taken = retractions_state(&news);
        let note = |state: &mut State| {
            shelf.check_current()?;
            match (state.sources.get_mut(id), stored) {
                (Some(source), _) => source.retractions = Some(taken),
                (None, Some(stored)) if stored.is_given() => {
                    state.sources.insert(id.to_owned(), SourceState { retractions: Some(taken), ..stored });
                }
                _ => return Err(failure("unknownSource", "the source was removed")),
            }
            Ok(())
        };
        let name = retractions_name(&news.file);
        self.change(note, vec![(name.clone(), news.file)]).await?;
        self.damaged.borrow_mut().remove(&name);
        if let Some(held) = self.publication(id) {
            let publication = held.retracting(&news.retractions, self.pauses()).await;
            self.use_publication(id, Ok(publication));
        }
        Ok(())
    }

    /// Forgets retractions that are damaged and that the source does not offer any more: its head says them by now.
    pub(super) async fn drop_damaged_retractions(&self, id: &str) -> Result<(), Failure> {
        let stored = self.state.borrow().sources.get(id).and_then(|stored| stored.retractions.clone());
        let Some(stored) = stored.filter(|stored| self.damaged.borrow().contains(&stored.file)) else { return Ok(()) };
        let forget = |state: &mut State| {
            if let Some(source) = state.sources.get_mut(id) {
                source.retractions.take_if(|kept| kept.file == stored.file);
            }
            Ok::<(), Failure>(())
        };
        self.change(forget, Vec::new()).await
    }

    pub(super) async fn remove_source(&self, id: &str) -> Reply {
        let found =
            self.loaded.borrow().iter().find(|source| source.id == id).map(|source| (source.embedded, source.managed));
        if let Some((_, true)) = found {
            return Reply::Error(set_by_organisation());
        }
        if found != Some((false, false)) {
            return Reply::Error(failure("unknownSource", "no such source was added"));
        }
        let remove = |state: &mut State| {
            state.sources.remove(id);
            state.staged.remove(id);
            Ok::<(), Failure>(())
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
        if self.loaded.borrow().iter().any(|source| source.id == id && self.is_locked(source)) {
            return Reply::Error(set_by_organisation());
        }
        let settle = |state: &mut State| {
            state.sources.entry(id.to_owned()).or_insert(stored).enabled = enabled;
            Ok::<(), Failure>(())
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
        let (epoch, floor) = source.publication.as_ref().map_or((0, 0), |held| held.age());
        Some(SourceState {
            managed: source.managed && !source.embedded,
            // What the person chose: an organisation may overrule it for a while.
            enabled: source.enabled || self.is_locked(source),
            epoch,
            floor,
            last_check: source.last_check,
            last_result: source.last_result.clone(),
            ..SourceState::new(source.trust.anchor().to_string(), source.url.clone(), source.embedded)
        })
    }
}

impl Publication {
    /// A segment of entries that is in use from the store.
    fn stored_segment(&self, sha256: &str) -> Option<Arc<Segment>> {
        let file = segment_file(sha256);
        let Place::Stored(files) = &self.files else { return None };
        let at = files.iter().position(|other| *other == file)?;
        self.index.segments().get(at).cloned()
    }

    /// Whether a segment of keypoints is in use from the store.
    fn stored_keypoints(&self, sha256: &str) -> bool {
        let file = segment_file(sha256);
        matches!(self.keypoints.borrow().place(), Some(Place::Stored(files)) if files.contains(&file))
    }

    /// The same publication without what was retracted apart from its head.
    pub(super) async fn retracting(&self, apart: &Retractions, pause: impl AsyncFnMut()) -> Rc<Self> {
        let index = self.index.retracting(&retracted(&self.head, Some(apart)), pause).await;
        let keypoints = match &*self.keypoints.borrow() {
            Tier::Failed(failure) => Tier::Failed(failure.clone()),
            tier => tier.place().map_or(Tier::None, |place| Tier::Waiting(place.clone())),
        };
        let Self { head_digest, head, files, .. } = self;
        let (head_digest, head, files) = (*head_digest, head.clone(), files.clone());
        Rc::new(Self { head_digest, head, index, files, keypoints: keypoints.into() })
    }
}

/// Where a source comes from, in one word.
fn origin(source: &Loaded) -> &'static str {
    match source {
        Loaded { embedded: true, .. } => "embedded",
        Loaded { managed: true, .. } => "managed",
        _ => "added",
    }
}

/// The stored name of a root file.
pub(super) fn root_name(file: &[u8]) -> String {
    format!("root-{}", hex::encode(Sha256::digest(file)))
}

/// The stored name of retractions.
pub(super) fn retractions_name(file: &[u8]) -> String {
    format!("retractions-{}", hex::encode(Sha256::digest(file)))
}

pub(super) fn retractions_state(news: &News) -> RetractionsState {
    let News { file, retractions } = news;
    RetractionsState { file: retractions_name(file), epoch: retractions.epoch, sequence: retractions.sequence }
}

/// The stored name of a segment.
pub(super) fn segment_file(sha256: &str) -> String {
    format!("segment-{sha256}")
}

/// The segments of keypoints that a head names and that are there: others may follow.
fn keypoints_at_hand<'a>(head: &'a Head, shelf: &impl Shelf) -> impl Iterator<Item = &'a SegmentName> {
    head.keypoint_segments().filter(|name| shelf.has(&name.sha256))
}
