//! The extension's background: answers pages, keeps the sources, updates them.
//!
//! What is in memory is a cache of what is stored or came with the extension; the browser may end the background at any
//! instruction. Every change goes through [`Background::change`]: one at a time, stored first, then in force.

mod adding;
mod images;
mod keypoints;
mod logs;
mod managed;
mod network;
mod news;
mod open;
mod parts;
mod shelf;
mod sources;
mod turns;
mod updating;
mod verifying;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use async_lock::{Mutex, OnceCell};
use serde::Deserialize;

pub use self::adding::MAX_SOURCES;
use self::keypoints::{Place, Tier};
use self::logs::Logs;
use self::managed::set_by_organisation;
use self::updating::Asked;
use super::cache::Cache;
use super::policy::Policy;
use super::state::State;
use crate::index::Index;
use crate::protocol::{Event, Failure, NetworkRecord, Notice, OwnRequest, PageRequest, Reply, Sensitivity, Status};
use crate::source::{Clock, Commit, Fetch, Head, Store, StoreError, Trust};

/// A source that comes with the extension.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Embedded {
    /// Its folder, from the packaged index.
    pub path: String,
    /// Its anchor: a key or a root.
    pub key: String,
    /// What the catalogue, which the package is, calls it; without, its own word is shown as such.
    pub name: Option<String>,
    /// Where its updates come from: a setting of the build.
    pub update_url: Option<String>,
}

/// What a change does to the state.
type Change<'a> = Box<dyn FnOnce(&mut State) -> Result<(), Failure> + 'a>;

/// Why a change was not made.
enum NotChanged {
    /// It does not fit what there is by now.
    Refused(Failure),
    /// It could not be stored.
    Store(StoreError),
}

impl From<StoreError> for NotChanged {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<NotChanged> for Failure {
    fn from(error: NotChanged) -> Self {
        match error {
            NotChanged::Refused(failure) => failure,
            NotChanged::Store(error) => error.into(),
        }
    }
}

/// Who hears of events.
pub type EventSink = Box<dyn Fn(Event)>;

/// A source that is loaded, or why it is not.
struct Loaded {
    id: String,
    trust: Trust,
    /// What our catalogue calls it.
    catalogue_name: Option<String>,
    url: Option<String>,
    embedded: bool,
    /// Set by an organisation.
    managed: bool,
    enabled: bool,
    publication: Result<Rc<Publication>, Failure>,
    last_check: Option<i64>,
    last_result: Option<Failure>,
}

/// A publication in memory.
struct Publication {
    head_digest: [u8; 32],
    head: Head,
    index: Index,
    /// Where the files of its segments of entries lie, in their order.
    files: Place,
    keypoints: RefCell<Tier>,
}

/// The background.
pub struct Background<F, S, C> {
    fetch: F,
    store: S,
    clock: C,
    events: EventSink,
    /// Where the packaged index lies; `None` where nothing is packaged.
    packaged: Option<String>,
    state: RefCell<State>,
    policy: RefCell<Policy>,
    loaded: RefCell<Vec<Loaded>>,
    store_failure: RefCell<Option<Failure>>,
    card_language: RefCell<String>,
    cache: RefCell<Cache>,
    network: RefCell<VecDeque<NetworkRecord>>,
    generation: Cell<u32>,
    updating: Cell<bool>,
    cancelled: Cell<bool>,
    /// Sources that were asked since the start.
    asked: RefCell<BTreeSet<String>>,
    changing: Mutex<()>,
    opening: Mutex<()>,
    loading_keypoints: Mutex<()>,
    /// Stored files that are not what they were: they are downloaded again.
    damaged: RefCell<BTreeSet<String>>,
    /// Whether `state` is what is stored; not so when the store could not be read at the start.
    state_is_read: Cell<bool>,
    /// The bytes of the state when it was read or written last, whatever they mean.
    stored_state: RefCell<Option<Vec<u8>>>,
    /// Whether the sources that are loaded are those of what is stored.
    state_is_loaded: Cell<bool>,
    /// Counts how often everything was forgotten: what began before must not be kept after.
    forgotten: Cell<u32>,
    logs: Logs,
    /// Set when the sources are loaded for the first time.
    first_load: OnceCell<()>,
}

/// Where a damaged state is kept.
const DAMAGED_STATE: &str = "damaged-state";

impl<F: Fetch, S: Store, C: Clock> Background<F, S, C> {
    /// Answers a content script in an ordinary window, and notes what the person lets us remember of it.
    pub async fn noted_page_request(&self, request: PageRequest) -> Reply {
        let key = match &request {
            PageRequest::LookUp { key } | PageRequest::CheckImage { key, .. } => key.clone(),
            PageRequest::MuteMatch { .. } => String::new(),
        };
        let reply = self.page_request(request).await;
        if let Reply::Verdict(verdict) = &reply {
            self.note(&key, verdict);
        }
        reply
    }

    /// Answers a content script, and remembers nothing beyond this run: for private windows.
    pub async fn page_request(&self, request: PageRequest) -> Reply {
        self.ready().await;
        match request {
            PageRequest::LookUp { key } => self.look_up(&key).await.map_or(Reply::Unknown, Reply::Verdict),
            PageRequest::CheckImage { key, url, bytes } => Reply::Verdict(self.check_image(&key, &url, bytes).await),
            PageRequest::MuteMatch { source, entry } => self.mute(source, entry).await,
        }
    }

    /// Answers one of the extension's own pages.
    pub async fn own_request(&self, request: OwnRequest) -> Reply {
        self.ready().await;
        match request {
            OwnRequest::Status => {
                self.open_late().await;
                self.read_logs().await;
                let notices = self.word_notices().await;
                Reply::Status(self.status(notices))
            }
            OwnRequest::UpdateSources { source, accept_mass_change } => {
                let asked = if accept_mass_change { Asked::Knowingly } else { Asked::ByPerson };
                self.open_late().await;
                self.update_sources(source.as_deref(), asked).await
            }
            OwnRequest::CancelUpdate => self.cancel_update(),
            OwnRequest::PreviewSource { url, key } => self.preview_source(&url, &key).await,
            OwnRequest::PreviewDescriptor { text } => self.preview_descriptor(&text).await,
            OwnRequest::AddSource { url, key, head } => self.add_source(&url, &key, head.as_deref()).await,
            OwnRequest::RemoveSource { source } => self.remove_source(&source).await,
            OwnRequest::SetSourceEnabled { source, enabled } => self.enable_source(&source, enabled).await,
            OwnRequest::SiteState { host } => {
                Reply::Site { enabled: self.checks_site(&host), locked: self.managed_site(&host).is_some(), host }
            }
            OwnRequest::SetSite { host, enabled } => self.set_site(host, enabled).await,
            OwnRequest::SetLanguage { language } => self.set_language(language).await,
            OwnRequest::SetSensitivity { sensitivity } => self.set_sensitivity(sensitivity).await,
            OwnRequest::Unmute { source, entry } => self.unmute(source, entry).await,
            OwnRequest::SetLogs { logs } => self.set_logs(logs).await,
            OwnRequest::DismissNotice { notice } => self.dismiss(notice).await,
            OwnRequest::ForgetEverything => self.forget_everything().await,
        }
    }

    /// The alarm rang: update what is due.
    pub async fn alarm(&self) -> Reply {
        // What has been kept for long enough goes, whether anything is seen or not.
        self.call_for_logs();
        self.open_late().await;
        if let Err(failure) = self.drop_unmanaged().await {
            *self.store_failure.borrow_mut() = Some(failure);
        }
        self.update_sources(None, Asked::ByAlarm).await
    }

    /// Counts the changes of the index since the background started.
    pub fn generation(&self) -> u32 {
        self.generation.get()
    }

    /// The language that was chosen.
    pub fn language(&self) -> Option<String> {
        self.policy.borrow().language.clone().or_else(|| self.state.borrow().language.clone())
    }

    /// Whether a site is checked.
    pub fn checks_site(&self, host: &str) -> bool {
        self.managed_site(host).unwrap_or_else(|| !self.state.borrow().disabled_sites.contains(&normal_host(host)))
    }

    fn status(&self, notices: Vec<Notice>) -> Status {
        let state = self.state.borrow();
        Status {
            sources: self.loaded.borrow().iter().map(|source| self.source_status(source)).collect(),
            language: self.language(),
            sensitivity: self.sensitivity(),
            disabled_sites: state.disabled_sites.iter().cloned().collect(),
            mutes: state
                .mutes
                .iter()
                .map(|(source, entry)| crate::protocol::Mute { source: source.clone(), entry: entry.clone() })
                .collect(),
            updating: self.updating.get(),
            network: self.network.borrow().iter().cloned().collect(),
            store: self.store_failure.borrow().clone(),
            logs: self.log_status(),
            notices,
            policy: self.policy_status(),
        }
    }

    async fn set_site(&self, host: String, enabled: bool) -> Reply {
        let host = normal_host(&host);
        if host.is_empty() || host.len() > 255 {
            return bad_message("no host");
        }
        if self.managed_site(&host).is_some() {
            return Reply::Error(set_by_organisation());
        }
        self.settle(|state| {
            if enabled {
                state.disabled_sites.remove(&host);
            } else {
                state.disabled_sites.insert(host);
            }
        })
        .await
    }

    async fn set_language(&self, language: Option<String>) -> Reply {
        if language.as_ref().is_some_and(|tag| tag.len() > 35) {
            return bad_message("no language");
        }
        if self.policy.borrow().language.is_some() {
            return Reply::Error(set_by_organisation());
        }
        self.settle(|state| state.language = language).await
    }

    async fn set_sensitivity(&self, sensitivity: Sensitivity) -> Reply {
        if self.policy.borrow().sensitivity.is_some() {
            return Reply::Error(set_by_organisation());
        }
        let reply = self.settle(|state| state.sensitivity = sensitivity).await;
        // Verdicts may be other ones now.
        self.index_changed();
        reply
    }

    async fn mute(&self, source: String, entry: String) -> Reply {
        let known = self.loaded.borrow().iter().any(|loaded| loaded.id == source);
        if !known || entry.len() > 64 {
            return bad_message("no such entry");
        }
        // No word to the tabs: the card that asked for it says so itself and goes.
        let insert = |state: &mut State| {
            state.mutes.insert((source, entry));
            Ok::<(), Failure>(())
        };
        match self.change(insert, Vec::new()).await {
            Ok(()) => {
                self.tell(Event::StatusChanged);
                Reply::Done
            }
            Err(failure) => Reply::Error(failure),
        }
    }

    async fn unmute(&self, source: String, entry: String) -> Reply {
        let remove = |state: &mut State| {
            state.mutes.remove(&(source, entry));
            Ok::<(), Failure>(())
        };
        match self.change(remove, Vec::new()).await {
            Ok(()) => {
                self.index_changed();
                Reply::Done
            }
            Err(failure) => Reply::Error(failure),
        }
    }

    /// Changes settings and tells the pages.
    async fn settle(&self, change: impl FnOnce(&mut State)) -> Reply {
        let change = |state: &mut State| {
            change(state);
            Ok::<(), Failure>(())
        };
        match self.change(change, Vec::new()).await {
            Ok(()) => {
                self.tell(Event::SettingsChanged);
                self.tell(Event::StatusChanged);
                Reply::Done
            }
            Err(failure) => Reply::Error(failure),
        }
    }

    /// Makes a change: one at a time, stored with its files in one step, and only then in force. Files that nothing
    /// points at any more are deleted in the same step.
    async fn change(
        &self,
        change: impl FnOnce(&mut State) -> Result<(), Failure>,
        put: Vec<(String, Vec<u8>)>,
    ) -> Result<(), Failure> {
        Ok(self.make_change(Box::new(change), put).await?)
    }

    /// As [`Self::change`]. For all kinds of change the same code: it is long, and the .wasm would hold it once for each.
    async fn make_change(&self, change: Change<'_>, mut put: Vec<(String, Vec<u8>)>) -> Result<(), NotChanged> {
        let _one_at_a_time = self.changing.lock().await;
        self.recover_state(&mut put).await?;
        let before = self.state.borrow().clone();
        let mut after = before.clone();
        change(&mut after).map_err(NotChanged::Refused)?;
        let kept = after.files();
        // What nothing points at would never be deleted.
        put.retain(|(name, _)| kept.contains(name.as_str()) || name == DAMAGED_STATE);
        let delete = before.files().difference(&kept).map(|&name| name.to_owned()).collect();
        let bytes = after.to_bytes();
        let commit = Commit { put, delete, before: self.stored_state.borrow().clone(), state: bytes.clone() };
        if let Err(error) = self.store.commit(commit).await {
            if error == StoreError::Changed {
                // The next request reads it, and what it names.
                self.state_is_read.set(false);
                self.state_is_loaded.set(false);
            }
            return Err(error.into());
        }
        // Only now is the copy of a damaged one stored.
        self.state_is_read.set(true);
        *self.stored_state.borrow_mut() = Some(bytes);
        *self.state.borrow_mut() = after;
        // There is room again. What was found damaged is said until the next start.
        self.store_failure.borrow_mut().take_if(|failure| failure.code != "corruptStore");
        Ok(())
    }

    /// Before something is written over a state that could not be read at the start: reads it again, or keeps a copy of
    /// what is damaged.
    async fn recover_state(&self, put: &mut Vec<(String, Vec<u8>)>) -> Result<(), StoreError> {
        if let Some(damaged) = self.read_state_again().await? {
            put.push((DAMAGED_STATE.to_owned(), damaged));
        }
        Ok(())
    }

    /// Reads a state that could not be read at the start. One that is damaged is given back, and stays unread.
    async fn read_state_again(&self) -> Result<Option<Vec<u8>>, StoreError> {
        if self.state_is_read.get() {
            return Ok(None);
        }
        let stored = self.store.state().await?;
        self.stored_state.borrow_mut().clone_from(&stored);
        let state = match stored {
            None => State::default(),
            Some(bytes) => match State::parse(&bytes) {
                Some(state) => state,
                None => return Ok(Some(bytes)),
            },
        };
        *self.state.borrow_mut() = state;
        *self.store_failure.borrow_mut() = None;
        self.state_is_read.set(true);
        Ok(None)
    }

    /// Uses a publication from now on. What was found in the one before is of another generation at once, though pages are told
    /// only when all is done.
    fn use_publication(&self, id: &str, publication: Result<Rc<Publication>, Failure>) {
        if let Some(source) = self.loaded.borrow_mut().iter_mut().find(|source| source.id == id) {
            source.publication = publication;
            self.generation.set(self.generation.get().wrapping_add(1));
        }
    }

    fn index_changed(&self) {
        self.generation.set(self.generation.get().wrapping_add(1));
        self.tell(Event::IndexChanged { generation: self.generation.get() });
        self.tell(Event::StatusChanged);
        self.call_for_logs();
    }

    fn tell(&self, event: Event) {
        (self.events)(event);
    }
}

/// Hosts are compared in lower case, without a dot at the end.
pub(super) fn normal_host(host: &str) -> String {
    host.trim().trim_end_matches('.').to_ascii_lowercase()
}

fn failure(code: &str, message: &str) -> Failure {
    Failure { code: code.to_owned(), message: message.to_owned() }
}

fn bad_message(message: &str) -> Reply {
    Reply::Error(failure("badMessage", message))
}
