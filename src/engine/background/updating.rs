//! Updating sources, on request and by alarm.

use super::sources::segment_file;
use super::{Background, failure};
use crate::engine::state::State;
use crate::protocol::{Event, Failure, Reply, UpdateOutcome, UpdateResult};
use crate::source::{
    Clock, Fetch, FetchError, Held, Progress, PublicKey, Request, SourceAddress, Stage, Store, Update, fetch_update,
};

/// Least and most time between two automatic questions, whatever the head says, in milliseconds.
const MIN_WAIT: i64 = 10 * 60 * 1000;
const MAX_WAIT: i64 = 24 * 60 * 60 * 1000;

impl<F: Fetch, S: Store, C: Clock> Background<F, S, C> {
    /// Updates one source or all that are used; `due` leaves out what was asked lately.
    pub(super) async fn update_sources(&self, only: Option<&str>, due: bool) -> Reply {
        if self.updating.replace(true) {
            return Reply::Error(failure("updating", "an update is under way"));
        }
        self.cancelled.set(false);
        self.tell(Event::StatusChanged);
        let ids: Vec<String> = self
            .loaded
            .borrow()
            .iter()
            .filter(|source| only.map_or(source.enabled, |id| id == source.id))
            .filter(|source| !due || source.url.is_some() && self.is_due(source))
            .map(|source| source.id.clone())
            .collect();
        let mut results = Vec::new();
        for id in ids {
            results.push(self.update_source(&id).await);
        }
        self.updating.set(false);
        if results.iter().any(|result| result.outcome == UpdateOutcome::Updated) {
            self.index_changed();
        } else {
            self.tell(Event::StatusChanged);
        }
        match only {
            Some(_) if results.is_empty() => Reply::Error(failure("unknownSource", "there is no such source")),
            _ => Reply::Updated { results },
        }
    }

    /// Stops the update that is under way.
    pub(super) fn cancel_update(&self) -> Reply {
        self.cancelled.set(true);
        self.fetch.cancel();
        Reply::Done
    }

    fn is_due(&self, source: &super::Loaded) -> bool {
        let wait = source.publication.as_ref().map_or(0, |held| held.head.min_wait as i64 * 1000);
        let wait = wait.clamp(MIN_WAIT, MAX_WAIT);
        // A last question in the future means that the clock was set back.
        source.last_check.is_none_or(|last| !(0..wait).contains(&(self.clock.now() - last)))
    }

    async fn update_source(&self, id: &str) -> UpdateResult {
        let before = self.entry_count(id);
        let result = match self.cancelled.get() {
            true => Err(FetchError::Cancelled.into()),
            false => self.try_update(id).await,
        };
        let after = self.entry_count(id);
        let (outcome, error) = match result {
            Ok(true) => (UpdateOutcome::Updated, None),
            Ok(false) => (UpdateOutcome::Current, None),
            Err(error) if error.code == "noAddress" => (UpdateOutcome::NoAddress, Some(error)),
            Err(error) if error.code == "cancelled" => (UpdateOutcome::Cancelled, Some(error)),
            Err(error) => (UpdateOutcome::Failed, Some(error)),
        };
        let word = if outcome == UpdateOutcome::Updated { "updated" } else { "current" };
        let said = error.clone().unwrap_or_else(|| failure(word, "the server was asked and all is well"));
        self.remember_result(id, said).await;
        UpdateResult {
            source: id.to_owned(),
            outcome,
            code: error.as_ref().map(|error| error.code.clone()),
            message: error.map(|error| error.message),
            added: after.saturating_sub(before),
            removed: before.saturating_sub(after),
        }
    }

    fn entry_count(&self, id: &str) -> u32 {
        let loaded = self.loaded.borrow();
        let source = loaded.iter().find(|source| source.id == id);
        let held = source.and_then(|source| source.publication.as_ref().ok());
        held.map_or(0, |held| held.index.counts().entries as u32)
    }

    /// Whether something new is in use.
    async fn try_update(&self, id: &str) -> Result<bool, Failure> {
        let (address, key, held) = self.update_target(id)?;
        let forgotten = self.forgotten.get();
        let Some(update) = self.begin_update(id, &address, &key, &held).await? else {
            return Ok(false);
        };
        if self.cancelled.get() {
            return Err(FetchError::Cancelled.into());
        }
        self.progress(id, Progress { stage: Stage::Store, received: 0, total: None });
        // Of a source that was added something is stored; if not any more, it was removed meanwhile.
        let new = self.stored_or_new(id).filter(|stored| stored.embedded);
        let publication = self.commit_update(id, new, &key, update, forgotten).await?;
        if let Some(source) = self.loaded.borrow_mut().iter_mut().find(|source| source.id == id) {
            source.publication = Ok(publication);
        }
        self.progress(id, Progress { stage: Stage::Done, received: 0, total: None });
        Ok(true)
    }

    fn update_target(&self, id: &str) -> Result<(SourceAddress, PublicKey, Held), Failure> {
        let loaded = self.loaded.borrow();
        let source = loaded.iter().find(|source| source.id == id);
        let source = source.ok_or_else(|| failure("unknownSource", "there is no such source"))?;
        let url = source.url.as_deref().ok_or_else(|| failure("noAddress", "the source has no update address"))?;
        let state = self.state.borrow();
        let stored = state.sources.get(id);
        let files =
            stored.and_then(|stored| stored.held.as_ref()).map(|held| [&held.segments[..], &held.keypoints].concat());
        let files = files.unwrap_or_default();
        let floor = stored.map_or(0, |stored| stored.floor);
        let current = source.publication.as_ref().ok();
        let sequence = current.map_or(0, |held| held.head.sequence);
        // Only what is stored need not be downloaded; what came with the extension may be gone after its update.
        let segments = current.map_or_else(Vec::new, |held| {
            let names = held.head.known_segments().map(|name| name.sha256.clone());
            names.filter(|name| files.contains(&segment_file(name))).collect()
        });
        let held =
            Held { floor: floor.max(sequence), current: current.map(|held| (sequence, held.head_digest)), segments };
        Ok((SourceAddress::parse(url)?, source.key, held))
    }

    /// Asks the server, with the download written into the network log and progress told.
    pub(super) async fn begin_update(
        &self,
        id: &str,
        address: &SourceAddress,
        key: &PublicKey,
        held: &Held,
    ) -> Result<Option<Update>, Failure> {
        let logged = Logged(self);
        Ok(fetch_update(&logged, address, key, held, &mut |progress| self.progress(id, progress)).await?)
    }

    fn progress(&self, id: &str, progress: Progress) {
        let stage = match progress.stage {
            Stage::Head => "head",
            Stage::Segments => "segments",
            Stage::Verify => "verify",
            Stage::Store => "store",
            Stage::Done => "done",
        };
        self.tell(Event::Progress {
            source: id.to_owned(),
            stage: stage.to_owned(),
            received: progress.received,
            total: progress.total,
        });
    }

    /// Notes what came of an update. Only a note: where it cannot be stored, it is at least in memory.
    async fn remember_result(&self, id: &str, result: Failure) {
        let now = self.clock.now();
        if let Some(source) = self.loaded.borrow_mut().iter_mut().find(|source| source.id == id) {
            (source.last_check, source.last_result) = (Some(now), Some(result.clone()));
        }
        let Some(stored) = self.stored_or_new(id) else { return };
        // Nobody was asked, so there is nothing to remember.
        if stored.url.is_none() {
            return;
        }
        let forgotten = self.forgotten.get();
        let note = |state: &mut State| {
            if self.forgotten.get() != forgotten || !stored.embedded && !state.sources.contains_key(id) {
                return Ok(());
            }
            let source = state.sources.entry(id.to_owned()).or_insert(stored);
            (source.last_check, source.last_result) = (Some(now), Some(result));
            Ok(())
        };
        if let Err(error) = self.change(note, Vec::new()).await {
            *self.store_failure.borrow_mut() = Some(error);
        }
    }
}

/// The background's downloads as a port.
struct Logged<'a, F, S, C>(&'a Background<F, S, C>);

impl<F: Fetch, S: Store, C: Clock> Fetch for Logged<'_, F, S, C> {
    async fn get(&self, request: Request<'_>, on_bytes: &mut dyn FnMut(u64)) -> Result<Vec<u8>, FetchError> {
        self.0.download(request, on_bytes).await
    }

    fn cancel(&self) {
        self.0.fetch.cancel();
    }
}
