//! What the person lets us remember: noted in memory while pages are answered, written when it is quiet, erased when it is
//! switched off. Nothing here may keep a verdict waiting.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use async_lock::Mutex;

use super::managed::set_by_organisation;
use super::{Background, bad_message};
use crate::engine::cache::Looked;
use crate::engine::log::{
    DamagedLog, LogState, NOTICES_FILE, NoticeLog, PART_PICTURES, SHOWN_FILE, SeenPart, SeenPicture, ShownEntry,
    ShownLog, decode_part, digest, encode_part,
};
use crate::engine::state::State;
use crate::fingerprint::Hash;
use crate::index::Role;
use crate::protocol::{Event, Failure, Level, LogSettings, LogStatus, NoticeKind, Reply, Verdict, VerdictKind};
use crate::source::{Clock, Fetch, Store, StoreError};

/// Most pictures that wait to be written: more come in a few seconds only where nobody writes.
const MAX_UNWRITTEN: usize = PART_PICTURES;

/// The logs in memory: what is not written yet, and of what is stored what was needed.
#[derive(Default)]
pub(super) struct Logs {
    /// One at a time writes or erases. Taken before `changing`, never while that is held.
    pub(super) keeping: Mutex<()>,
    /// Whether [`Event::LogsWaiting`] was told and not answered.
    waiting: Cell<bool>,
    unwritten: RefCell<Unwritten>,
    /// The file of pictures that the next ones go into.
    part: RefCell<Option<(String, Vec<SeenPicture>)>>,
    pub(super) shown: RefCell<Option<ShownLog>>,
    pub(super) notices: RefCell<Option<NoticeLog>>,
    /// The state of the index in which corrections were last looked for.
    pub(super) looked: Cell<Option<u32>>,
    failure: RefCell<Option<Failure>>,
}

#[derive(Default)]
struct Unwritten {
    shown: ShownLog,
    seen: Vec<SeenPicture>,
    /// The pictures that were noted on `day`, by their names.
    noted: HashSet<Hash>,
    day: u32,
}

impl Logs {
    /// Forgets what is in memory.
    pub(super) fn clear(&self) {
        *self.unwritten.borrow_mut() = Unwritten::default();
        *self.part.borrow_mut() = None;
        *self.shown.borrow_mut() = None;
        *self.notices.borrow_mut() = None;
        self.looked.set(None);
        *self.failure.borrow_mut() = None;
    }
}

impl<F: Fetch, S: Store, C: Clock> Background<F, S, C> {
    /// What the person said is to be remembered, as far as their organisation lets them.
    pub(super) fn log_settings(&self) -> Option<LogSettings> {
        let chosen = self.state.borrow().logs.as_ref().map(|logs| logs.settings);
        self.policy.borrow().logs(chosen)
    }

    /// Asks to be called when it is quiet, if there may be something to do then.
    pub(super) fn call_for_logs(&self) {
        if self.log_settings().is_some() && !self.logs.waiting.replace(true) {
            self.tell(Event::LogsWaiting);
        }
    }

    /// Notes what a page was told, in memory.
    pub(super) fn note(&self, key: &str, verdict: &Verdict) {
        let Some(settings) = self.log_settings() else { return };
        let today = self.clock.today();
        let mut noted = false;
        if settings.shown {
            for found in verdict.matches.iter().filter(|found| found.role == Role::Known) {
                noted |= self.logs.unwritten.borrow_mut().shown.note(ShownEntry {
                    source: found.source.clone(),
                    entry: found.entry.clone(),
                    rev: found.rev,
                    first: today,
                    last: today,
                    certain: found.level == Level::Match,
                    correction: None,
                });
            }
        }
        // What is known already is no news later.
        if settings.seen
            && matches!(verdict.verdict, VerdictKind::None | VerdictKind::Possible)
            && let Some(Looked::Related { query, .. }) = self.cache.borrow().get(key)
            && let Some(picture) = SeenPicture::of(query)
        {
            noted |= self.logs.unwritten.borrow_mut().see(picture, today);
        }
        if noted {
            self.call_for_logs();
        }
    }

    /// Writes what was noted, and looks for news. To be called within seconds of [`Event::LogsWaiting`].
    pub async fn keep_logs(&self) {
        self.ready().await;
        let _one_at_a_time = self.logs.keeping.lock().await;
        self.logs.waiting.set(false);
        let kept = match self.write_logs().await {
            Ok(()) => self.tell_news().await,
            failed => failed,
        };
        match kept {
            // That something was dropped stays said until the person has changed a setting.
            Ok(()) => drop(self.logs.failure.borrow_mut().take_if(|failure| failure.code != "damagedLog")),
            Err(failure) => *self.logs.failure.borrow_mut() = Some(failure),
        }
    }

    /// Writes what was noted, and drops what was kept for long enough. What cannot be written waits for the next time.
    async fn write_logs(&self) -> Result<(), Failure> {
        let (noted, count) = {
            let mut unwritten = self.logs.unwritten.borrow_mut();
            (std::mem::take(&mut unwritten.shown), unwritten.seen.len())
        };
        let written = self.write_noted(&noted).await;
        let mut unwritten = self.logs.unwritten.borrow_mut();
        match written {
            Ok(()) => drop(unwritten.seen.drain(..count)),
            Err(_) => noted.0.into_iter().for_each(|entry| {
                unwritten.shown.note(entry);
            }),
        }
        written
    }

    async fn write_noted(&self, noted: &ShownLog) -> Result<(), Failure> {
        let Some(before) = self.state.borrow().logs.clone() else { return Ok(()) };
        let mut after = before.clone();
        let mut put = Vec::new();
        let shown = self.with_noted(noted).await?;
        if let Some(shown) = &shown {
            after.shown = true;
            put.push((SHOWN_FILE.to_owned(), shown.encode()));
        }
        let part = self.add_seen(&mut after, &mut put).await?;
        after.trim(self.clock.today());
        if after == before && put.is_empty() {
            return Ok(());
        }
        let settle = |logs: &mut LogState| (logs.shown, logs.seen) = (after.shown, after.seen);
        self.change_logs(settle, put).await?;
        if shown.is_some() {
            *self.logs.shown.borrow_mut() = shown;
        }
        if part.is_some() {
            *self.logs.part.borrow_mut() = part;
        }
        Ok(())
    }

    /// The shown entries with those that were noted; nothing where those are nothing new.
    async fn with_noted(&self, noted: &ShownLog) -> Result<Option<ShownLog>, Failure> {
        if noted.0.is_empty() {
            return Ok(None);
        }
        let mut shown = self.shown_log().await?;
        let mut changed = false;
        for entry in &noted.0 {
            let correction = self.known_correction(entry).await;
            changed |= shown.note(ShownEntry { correction, ..entry.clone() });
        }
        Ok(changed.then_some(shown))
    }

    /// The correction that a person has read who was shown this revision.
    async fn known_correction(&self, shown: &ShownEntry) -> Option<String> {
        let held = self.publication(&shown.source)?;
        let newest = held.index.newest(&shown.entry).filter(|newest| newest.revision == shown.rev)?;
        self.entry_of(&held, newest.segment, newest.entry).await?.correction.as_ref().map(digest)
    }

    /// Puts the pictures noted into today's parts; the part that is open then.
    async fn add_seen(
        &self,
        logs: &mut LogState,
        put: &mut Vec<(String, Vec<u8>)>,
    ) -> Result<Option<(String, Vec<SeenPicture>)>, Failure> {
        let today = self.clock.today();
        let noted = self.logs.unwritten.borrow().seen.clone();
        if noted.is_empty() {
            return Ok(None);
        }
        let mut open = self.open_part(logs, today).await?;
        for picture in noted {
            // Seen before the background was ended and started again.
            if open.1.iter().any(|other| other.name() == picture.name()) {
                continue;
            }
            if open.1.len() == PART_PICTURES {
                logs.keep_part(&open, today, put);
                open = (logs.new_part(today), Vec::new());
            }
            open.1.push(picture);
        }
        logs.keep_part(&open, today, put);
        Ok(Some(open))
    }

    /// The last part of this day, or a new one.
    async fn open_part(&self, logs: &mut LogState, today: u32) -> Result<(String, Vec<SeenPicture>), Failure> {
        if let Some(last) = logs.seen.iter().rfind(|part| part.day == today).map(|part| part.file.clone()) {
            let held = self.logs.part.borrow().clone().filter(|(file, _)| *file == last);
            if held.is_some_and(|(_, pictures)| pictures.len() < PART_PICTURES) {
                return Ok(self.logs.part.borrow().clone().unwrap_or_default());
            }
            match self.read_log(&last, decode_part).await? {
                Some(pictures) if pictures.len() < PART_PICTURES => return Ok((last, pictures)),
                Some(_) => {}
                None => logs.seen.retain(|part| part.file != last),
            }
        }
        Ok((logs.new_part(today), Vec::new()))
    }

    /// A log's file; nothing where it is damaged or gone, which is told and is no reason to stop.
    pub(super) async fn read_log<T>(
        &self,
        file: &str,
        decode: impl Fn(&[u8]) -> Result<T, DamagedLog>,
    ) -> Result<Option<T>, Failure> {
        let decoded = match self.store.file(file).await {
            Ok(bytes) => decode(&bytes),
            Err(StoreError::Missing(_)) => Err(DamagedLog),
            Err(error) => return Err(error.into()),
        };
        if let Err(error) = decoded {
            *self.logs.failure.borrow_mut() = Some(error.into());
        }
        Ok(decoded.ok())
    }

    /// The shown entries that are stored.
    pub(super) async fn shown_log(&self) -> Result<ShownLog, Failure> {
        self.stored_log(&self.logs.shown, |logs| logs.shown, SHOWN_FILE, ShownLog::decode).await
    }

    /// The notices.
    pub(super) async fn notice_log(&self) -> Result<NoticeLog, Failure> {
        self.stored_log(&self.logs.notices, |logs| logs.notices, NOTICES_FILE, NoticeLog::decode).await
    }

    async fn stored_log<T: Clone + Default>(
        &self,
        memory: &RefCell<Option<T>>,
        stored: impl Fn(&LogState) -> bool,
        file: &str,
        decode: impl Fn(&[u8]) -> Result<T, DamagedLog>,
    ) -> Result<T, Failure> {
        if let Some(log) = memory.borrow().clone() {
            return Ok(log);
        }
        let there = self.state.borrow().logs.as_ref().is_some_and(stored);
        let read = if there { self.read_log(file, decode).await? } else { None };
        // Somebody may have written it meanwhile.
        Ok(memory.borrow_mut().get_or_insert(read.unwrap_or_default()).clone())
    }

    /// Changes what is stored of the logs, with their files. To be called with `keeping` held.
    pub(super) async fn change_logs(
        &self,
        change: impl FnOnce(&mut LogState),
        put: Vec<(String, Vec<u8>)>,
    ) -> Result<(), Failure> {
        let change = |state: &mut State| {
            // Nothing is remembered of somebody who has not said so.
            state.logs.as_mut().map(change);
            Ok(())
        };
        self.change(change, put).await
    }

    /// Remembers what the person says from now on, and erases what is switched off.
    pub(super) async fn set_logs(&self, settings: LogSettings) -> Reply {
        if !LogSettings::DAYS.contains(&settings.days) {
            return bad_message("fingerprints are kept for 7, 30 or 90 days");
        }
        if self.policy.borrow().logs(Some(settings)) != Some(settings) {
            return Reply::Error(set_by_organisation());
        }
        let _one_at_a_time = self.logs.keeping.lock().await;
        let mut notices = match self.notice_log().await {
            Ok(notices) => notices,
            Err(failure) => return Reply::Error(failure),
        };
        notices.0.retain(|notice| match notice.kind {
            NoticeKind::NowKnown => settings.seen,
            NoticeKind::Corrected | NoticeKind::Retracted => settings.shown,
        });
        let left = !notices.0.is_empty();
        let put = if left { vec![(NOTICES_FILE.to_owned(), notices.encode())] } else { Vec::new() };
        let today = self.clock.today();
        let settle = |state: &mut State| {
            let logs = state.logs.get_or_insert_with(|| LogState::new(settings));
            (logs.settings, logs.notices) = (settings, left);
            logs.shown &= settings.shown;
            if !settings.seen {
                logs.seen.clear();
                logs.fresh.clear();
            }
            logs.trim(today);
            Ok(())
        };
        if let Err(failure) = self.change(settle, put).await {
            return Reply::Error(failure);
        }
        self.logs.clear();
        *self.logs.notices.borrow_mut() = Some(notices);
        self.tell(Event::StatusChanged);
        Reply::Done
    }

    /// The state of the logs; what is stored of them is read if it was not.
    pub(super) async fn read_logs(&self) {
        for failed in [self.shown_log().await.err(), self.notice_log().await.err()].into_iter().flatten() {
            *self.logs.failure.borrow_mut() = Some(failed);
        }
    }

    /// The state of the logs as far as they were read.
    pub(super) fn log_status(&self) -> LogStatus {
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let state = self.state.borrow();
        LogStatus {
            settings: self.policy.borrow().logs(state.logs.as_ref().map(|logs| logs.settings)),
            shown: self.logs.shown.borrow().as_ref().map_or(0, |shown| count(shown.0.len())),
            seen: state.logs.as_ref().map_or(0, LogState::pictures),
            failure: self.logs.failure.borrow().clone(),
        }
    }
}

impl Unwritten {
    /// Notes a picture, if it was not noted today; whether it was new.
    fn see(&mut self, picture: SeenPicture, today: u32) -> bool {
        if self.day != today {
            self.noted.clear();
            self.day = today;
        }
        let new = self.seen.len() < MAX_UNWRITTEN && self.noted.insert(picture.name());
        if new {
            self.seen.push(picture);
        }
        new
    }
}

impl LogState {
    /// Stores a part of today's pictures.
    fn keep_part(&mut self, (file, pictures): &(String, Vec<SeenPicture>), day: u32, put: &mut Vec<(String, Vec<u8>)>) {
        let count = pictures.len() as u32;
        match self.seen.iter_mut().find(|part| part.file == *file) {
            Some(part) => part.pictures = count,
            None => self.seen.push(SeenPart { file: file.clone(), day, pictures: count }),
        }
        put.push((file.clone(), encode_part(pictures)));
    }
}
