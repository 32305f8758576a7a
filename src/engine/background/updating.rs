//! Updating sources, on request and by alarm.

use sha2::{Digest, Sha256};

use super::network::Logged;
use super::shelf::SourceShelf;
use super::{Background, Loaded, failure};
use crate::engine::state::{SourceState, State};
use crate::protocol::{Event, Failure, Reply, UpdateOutcome, UpdateResult};
use crate::source::{
    Answer, Clock, Fetch, FetchError, Held, Progress, SourceAddress, Stage, Store, Trust, Update, UpdateError,
    fetch_keypoints, fetch_update,
};

/// Least and most time between two automatic questions, whatever the head says, in milliseconds.
const MIN_WAIT: i64 = 10 * 60 * 1000;
const MAX_WAIT: i64 = 24 * 60 * 60 * 1000;
/// So often in a row an update that ends with the background is gone on with at once.
const MAX_UNANSWERED: u32 = 5;
/// Least time that a server which asks for it is left alone, in seconds; at most it is a day.
const LEAST_RETRY: u32 = 5 * 60;
/// One part in so many of a wait is added or not, differently for each client and time, so that they do not come together.
const JITTER: i64 = 4;

/// Why sources are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// A person wants it now.
    ByPerson,
    /// A person wants it, and knows that it changes very much at once.
    Knowingly,
    /// The alarm rang: only those that were not asked lately.
    ByAlarm,
    /// The background was ended when they were asked before.
    Again,
}

/// What a question that was answered came to.
#[derive(Debug)]
struct Answered {
    /// Whether something new is in use.
    changed: bool,
    /// Why the keypoints of the publication in use, which were to follow, are not there.
    keypoints: Option<Failure>,
}

impl<F: Fetch, S: Store, C: Clock> Background<F, S, C> {
    /// Updates one source or all that are used.
    pub(super) async fn update_sources(&self, only: Option<&str>, asked: Asked) -> Reply {
        if self.updating.get() {
            return Reply::Error(failure("updating", "an update is under way"));
        }
        let due = asked == Asked::ByAlarm;
        let ids: Vec<String> = self
            .loaded
            .borrow()
            .iter()
            .filter(|source| only.map_or(source.enabled, |id| id == source.id))
            .filter(|source| !due || source.url.is_some() && self.is_due(source))
            .map(|source| source.id.clone())
            .collect();
        let results = self.update_each(ids, asked).await;
        match only {
            Some(_) if results.is_empty() => Reply::Error(failure("unknownSource", "there is no such source")),
            _ => Reply::Updated { results },
        }
    }

    /// Goes on with updates in which the background was ended. Whether one is under way, or is still to be gone on with.
    pub async fn go_on(&self) -> bool {
        self.open_late().await;
        if self.updating.get() {
            return true;
        }
        let ids = self.interrupted();
        if !ids.is_empty() {
            self.update_each(ids, Asked::Again).await;
            // The alarm may have rung meanwhile.
            self.update_sources(None, Asked::ByAlarm).await;
        }
        !self.interrupted().is_empty()
    }

    /// The sources that are gone on with, once in the life of a background; what ends it time and again is left to the alarm.
    fn interrupted(&self) -> Vec<String> {
        let (state, loaded, asked) = (self.state.borrow(), self.loaded.borrow(), self.asked.borrow());
        let unanswered = |source: &&Loaded| state.sources.get(&source.id).map_or(0, |stored| stored.unanswered);
        let interrupted =
            loaded.iter().filter(|source| source.enabled && source.url.is_some() && !asked.contains(&source.id));
        interrupted
            .filter(|source| !self.is_left_alone(source))
            .filter(|source| (1..=MAX_UNANSWERED).contains(&unanswered(source)))
            .map(|source| source.id.clone())
            .collect()
    }

    /// Whether a source is there.
    pub(super) fn is_there(&self, id: &str) -> bool {
        self.loaded.borrow().iter().any(|source| source.id == id)
    }

    /// Whether no other source is asked anything.
    pub(super) fn is_alone(&self, id: &str) -> bool {
        !self.loaded.borrow().iter().any(|other| other.id != id && other.enabled && other.url.is_some())
    }

    /// Updates sources, one after the other, while no other update is under way.
    async fn update_each(&self, ids: Vec<String>, asked: Asked) -> Vec<UpdateResult> {
        self.updating.set(true);
        self.cancelled.set(false);
        self.tell(Event::StatusChanged);
        self.forget_strays().await;
        let mut results = Vec::new();
        let mut changed = false;
        for id in self.in_turn(ids) {
            if matches!(asked, Asked::ByAlarm | Asked::Again)
                && self.loaded.borrow().iter().any(|source| source.id == id && self.is_left_alone(source))
            {
                continue;
            }
            let generation = self.publication(&id);
            results.push(self.update_source(&id, asked).await);
            let after = self.publication(&id);
            changed |=
                generation.map(|held| std::rc::Rc::as_ptr(&held)) != after.map(|held| std::rc::Rc::as_ptr(&held));
        }
        self.updating.set(false);
        if changed {
            self.index_changed();
        } else {
            self.tell(Event::StatusChanged);
        }
        results
    }

    /// Lets go of what was staged for sources that were never added to the end.
    async fn forget_strays(&self) {
        let is_stray = |id: &String| !self.is_there(id);
        if !self.state.borrow().staged.keys().any(is_stray) {
            return;
        }
        let forget = |state: &mut State| {
            state.staged.retain(|id, _| !is_stray(id));
            Ok::<(), Failure>(())
        };
        if let Err(error) = self.change(forget, Vec::new()).await {
            *self.store_failure.borrow_mut() = Some(error);
        }
    }

    /// Stops the update that is under way.
    pub(super) fn cancel_update(&self) -> Reply {
        self.cancelled.set(true);
        self.fetch.cancel();
        Reply::Done
    }

    fn is_due(&self, source: &Loaded) -> bool {
        let now = self.clock.now();
        if self.is_left_alone(source) {
            return false;
        }
        let state = self.state.borrow();
        let stored = state.sources.get(&source.id);
        let wait = source.publication.as_ref().map_or(0, |held| held.head.min_wait as i64 * 1000);
        let wait = wait.max(back_off(stored.map_or(0, |stored| stored.failures))).clamp(MIN_WAIT, MAX_WAIT);
        // A last question in the future means the same.
        source.last_check.is_none_or(|last| !(0..wait + jitter(&source.id, last, wait)).contains(&(now - last)))
    }

    /// Whether the source's host has asked to be left alone, for this source or for another one.
    fn is_left_alone(&self, source: &Loaded) -> bool {
        let (now, state, loaded) = (self.clock.now(), self.state.borrow(), self.loaded.borrow());
        let there = loaded.iter().filter(|other| other.id == source.id || other.enabled && is_neighbour(other, source));
        // A time further away than any wait means that the clock was set back.
        there
            .filter_map(|other| state.sources.get(&other.id)?.not_before)
            .any(|then| now < then && then - now <= MAX_WAIT)
    }

    /// Asks a source, and notes what came of it.
    async fn update_source(&self, id: &str, asked: Asked) -> UpdateResult {
        self.asked.borrow_mut().insert(id.to_owned());
        let before = self.entry_count(id);
        let result = match self.check_cancelled() {
            Ok(()) => self.try_update(id, asked).await,
            Err(error) => Err(error.into()),
        };
        let after = self.entry_count(id);
        let answered = result.is_ok();
        let (outcome, error) = match result {
            Ok(Answered { keypoints: Some(error), .. }) | Err(error) => (outcome_of(&error), Some(error)),
            Ok(Answered { changed: true, .. }) => (UpdateOutcome::Updated, None),
            Ok(Answered { changed: false, .. }) => (UpdateOutcome::Current, None),
        };
        let word = if outcome == UpdateOutcome::Updated { "updated" } else { "current" };
        let said = error.clone().unwrap_or_else(|| failure(word, "the server was asked and all is well"));
        self.remember_result(id, said, outcome, answered).await;
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

    async fn try_update(&self, id: &str, asked: Asked) -> Result<Answered, Failure> {
        let now = self.clock.seconds();
        let (address, trust, held) = self.update_target(id)?;
        self.note_question(id).await;
        let shelf = SourceShelf::of(self, id);
        let Answer { trust, retractions, update } = self.ask(&shelf, &address, &trust, &held, now).await;
        let mut changed = false;
        if let Some((trust, file)) = trust {
            self.take_root(&shelf, trust, file).await?;
        }
        match retractions {
            Some(news) => {
                self.take_retractions(&shelf, news).await?;
                changed = true;
            }
            None if update.is_ok() => self.drop_damaged_retractions(id).await?,
            None => {}
        }
        if let Err(UpdateError::Fetch(FetchError::Busy(after))) = update {
            self.leave_alone(id, after).await;
        }
        let Some(update) = update? else { return Ok(Answered { changed, keypoints: None }) };
        self.check_cancelled()?;
        let follows = update.keypoints_follow.then(|| update.clone());
        let in_use = self.publication(id).map(|held| held.head_digest);
        // Of the publication in use nothing is missing but keypoints.
        if follows.is_none() || update.downloaded > 0 || in_use != Some(Sha256::digest(&update.head_file).into()) {
            // Of a source that was added something is stored; if not any more, it was removed meanwhile.
            let new = self.stored_or_new(id).filter(SourceState::is_given);
            self.take_update(&shelf, new, update, asked != Asked::Knowingly).await?;
            changed = true;
        }
        let mut keypoints = None;
        if let Some(update) = follows.filter(|_| asked != Asked::ByAlarm || self.are_keypoints_due(id)) {
            if changed {
                // Hashes answer from the entries while their keypoints are on the way.
                self.index_changed();
            }
            match self.bring_keypoints(id, &address, update).await {
                Ok(()) => changed = true,
                Err(error) => keypoints = Some(error),
            }
        }
        self.progress(id, Progress { stage: Stage::Done, received: 0, total: None });
        Ok(Answered { changed, keypoints })
    }

    pub(super) fn check_cancelled(&self) -> Result<(), FetchError> {
        if self.cancelled.get() { Err(FetchError::Cancelled) } else { Ok(()) }
    }

    /// Stores a publication whose files are on the shelf, and uses it.
    async fn take_update(
        &self,
        shelf: &SourceShelf<'_, F, S, C>,
        new: Option<SourceState>,
        update: Update,
        braked: bool,
    ) -> Result<(), Failure> {
        let id = shelf.source();
        self.progress(id, Progress { stage: Stage::Store, received: 0, total: None });
        let publication = match self.commit_update(shelf, new, update, braked, Vec::new()).await {
            Ok(publication) => publication,
            Err(error) => {
                self.drop_refused(id, &error).await;
                return Err(error);
            }
        };
        self.use_publication(id, Ok(publication));
        Ok(())
    }

    /// Downloads the keypoints of an update that is in use without them.
    pub(super) async fn bring_keypoints(
        &self,
        id: &str,
        address: &SourceAddress,
        update: Update,
    ) -> Result<(), Failure> {
        self.check_cancelled()?;
        // What the update took away is not at hand any more.
        let shelf = SourceShelf::of(self, id);
        let mut progress = |progress| self.progress(id, progress);
        let fetched = fetch_keypoints(&Logged(self), &shelf, address, &update.head, &mut progress).await;
        if let Err(UpdateError::Fetch(FetchError::Busy(after))) = fetched {
            self.leave_alone(id, after).await;
        }
        fetched?;
        self.check_cancelled()?;
        // The entries are those in use.
        self.take_update(&shelf, None, update, false).await
    }

    /// Whether the alarm may try again to bring keypoints: they are long, and there is no use in trying much oftener than they
    /// come.
    fn are_keypoints_due(&self, id: &str) -> bool {
        let now = self.clock.now();
        let state = self.state.borrow();
        let failed =
            state.sources.get(id).and_then(|stored| Some((stored.keypoints_failed?, stored.keypoints_failures)));
        failed.is_none_or(|(last, failures)| !(0..back_off(failures)).contains(&(now - last)))
    }

    /// Lets go of what was staged for a publication that is refused for good; what only failed to be stored, or waits for a
    /// person's word, need not be downloaded again.
    pub(super) async fn drop_refused(&self, id: &str, error: &Failure) {
        if !matches!(error.code.as_str(), "badSegment" | "hashMismatch" | "badHead") {
            return;
        }
        let drop = |state: &mut State| {
            state.staged.remove(id);
            Ok::<(), Failure>(())
        };
        if let Err(error) = self.change(drop, Vec::new()).await {
            *self.store_failure.borrow_mut() = Some(error);
        }
    }

    fn update_target(&self, id: &str) -> Result<(SourceAddress, Trust, Held), Failure> {
        let loaded = self.loaded.borrow();
        let source = loaded.iter().find(|source| source.id == id);
        let source = source.ok_or_else(|| failure("unknownSource", "there is no such source"))?;
        let url = source.url.as_deref().ok_or_else(|| failure("noAddress", "the source has no update address"))?;
        let state = self.state.borrow();
        let stored = state.sources.get(id);
        let current = source.publication.as_ref().ok();
        let (epoch, sequence) = current.map_or((0, 0), |held| held.age());
        // What was held before its epoch ended sets no floor for the next one.
        let floors = [(epoch, sequence), stored.map_or((0, 0), |stored| (stored.epoch, stored.floor))];
        let (epoch, floor) = floors.into_iter().max().unwrap_or_default();
        let retractions = stored.and_then(|stored| stored.retractions.as_ref());
        let held = Held {
            epoch,
            floor,
            current: current.map(|held| (held.head.epoch, held.head.sequence, held.head_digest)),
            keypoints: current.map(|held| held.used_keypoints()).unwrap_or_default(),
            retractions: retractions
                .filter(|held| !self.damaged.borrow().contains(&held.file))
                .map_or((0, 0), |held| (held.epoch, held.sequence)),
            issued: stored.map_or(0, |stored| stored.issued).max(current.map_or(0, |held| held.head.issued)),
            quota: Some(self.quota(id)),
            shown: None,
        };
        Ok((SourceAddress::parse(url)?, source.trust.clone(), held))
    }

    /// Asks the server, with the download written into the network log and progress told.
    /// `now` is when it all began: a clock that jumps meanwhile changes nothing.
    pub(super) async fn ask(
        &self,
        shelf: &SourceShelf<'_, F, S, C>,
        address: &SourceAddress,
        trust: &Trust,
        held: &Held,
        now: u64,
    ) -> Answer {
        let mut progress = |progress| self.progress(shelf.source(), progress);
        fetch_update(&Logged(self), shelf, address, trust, held, now, &mut progress).await
    }

    /// A server that has too much to do is left alone as long as it asks for.
    async fn leave_alone(&self, id: &str, after: Option<u32>) {
        let seconds = i64::from(after.unwrap_or_default().max(LEAST_RETRY));
        let then = self.clock.now().saturating_add((seconds * 1000).min(MAX_WAIT));
        self.write_down(id, |source| source.not_before = Some(then)).await;
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

    /// Notes what came of an update; `answered` where it failed, if it did, only by keypoints that were to follow.
    pub(super) async fn remember_result(&self, id: &str, result: Failure, outcome: UpdateOutcome, answered: bool) {
        let now = self.clock.now();
        let is_busy = result.code == "serverBusy";
        // Nothing went wrong: what is left of a long download follows when the source is asked next.
        let goes_on = result.code == "unfinished";
        if let Some(source) = self.loaded.borrow_mut().iter_mut().find(|source| source.id == id) {
            (source.last_check, source.last_result) = (Some(now), Some(result.clone()));
        }
        self.write_down(id, |source| {
            (source.last_check, source.last_result) = (Some(now), Some(result));
            source.unanswered = 0;
            match outcome {
                UpdateOutcome::Failed if goes_on => {
                    (source.failures, source.not_before) = (0, None);
                    (source.keypoints_failures, source.keypoints_failed) = (0, None);
                }
                UpdateOutcome::Failed if answered => {
                    source.failures = 0;
                    source.not_before.take_if(|_| !is_busy);
                    source.keypoints_failures = source.keypoints_failures.saturating_add(1);
                    source.keypoints_failed = Some(now);
                }
                UpdateOutcome::Failed => source.failures = source.failures.saturating_add(1),
                UpdateOutcome::Updated | UpdateOutcome::Current => (source.failures, source.not_before) = (0, None),
                UpdateOutcome::Cancelled | UpdateOutcome::NoAddress => {}
            }
        })
        .await;
        if answered && !is_busy {
            self.end_wait(id).await;
        }
    }

    /// A host that answers for one source has time for the others too.
    async fn end_wait(&self, id: &str) {
        let waiting: Vec<String> = {
            let (state, loaded) = (self.state.borrow(), self.loaded.borrow());
            let source = loaded.iter().find(|source| source.id == id);
            let there = source.into_iter().flat_map(|source| loaded.iter().filter(|other| is_neighbour(other, source)));
            there
                .filter(|other| state.sources.get(&other.id).is_some_and(|stored| stored.not_before.is_some()))
                .map(|other| other.id.clone())
                .collect()
        };
        for id in waiting {
            self.write_down(&id, |source| source.not_before = None).await;
        }
    }

    /// Writes something down of a source. Only a note: where it cannot be stored, that is said, and nothing else fails.
    pub(super) async fn write_down(&self, id: &str, note: impl FnOnce(&mut SourceState)) {
        let Some(stored) = self.stored_or_new(id) else { return };
        // Nobody was asked, so there is nothing to remember.
        if stored.url.is_none() {
            return;
        }
        let forgotten = self.forgotten.get();
        let write = |state: &mut State| {
            if self.forgotten.get() == forgotten && (stored.is_given() || state.sources.contains_key(id)) {
                note(state.sources.entry(id.to_owned()).or_insert(stored));
            }
            Ok::<(), Failure>(())
        };
        if let Err(error) = self.change(write, Vec::new()).await {
            *self.store_failure.borrow_mut() = Some(error);
        }
    }
}

/// What an update came to that ended with a failure.
pub(super) fn outcome_of(error: &Failure) -> UpdateOutcome {
    match error.code.as_str() {
        "noAddress" => UpdateOutcome::NoAddress,
        "cancelled" => UpdateOutcome::Cancelled,
        _ => UpdateOutcome::Failed,
    }
}

/// Whether two sources lie on one host.
fn is_neighbour(one: &Loaded, other: &Loaded) -> bool {
    let host = |source: &Loaded| Some(SourceAddress::parse(source.url.as_deref()?).ok()?.host());
    host(one).is_some_and(|one| host(other) == Some(one))
}

/// How long to wait after failures in a row, in milliseconds.
fn back_off(failures: u32) -> i64 {
    let failures = failures.min(8);
    if failures == 0 { 0 } else { (MIN_WAIT << (failures - 1)).min(MAX_WAIT) }
}

/// Up to a part of a wait, in milliseconds; other for each source and time.
fn jitter(id: &str, last: i64, wait: i64) -> i64 {
    let digest = Sha256::new().chain_update(id).chain_update(last.to_le_bytes()).finalize();
    wait / JITTER * i64::from(digest[0]) / 256
}
