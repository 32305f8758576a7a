//! Starting: what is stored, and what came with the extension.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use async_lock::Mutex;
use sha2::{Digest, Sha256};

use super::keypoints::Tier;
use super::logs::Logs;
use super::{Background, Embedded, EventSink, Loaded, Publication, failure};
use crate::engine::cache::Cache;
use crate::engine::state::{HeldState, SourceState, State};
use crate::protocol::Failure;
use crate::source::{Clock, Fetch, PublicKey, Request, Store, What, accept, load_index};

impl<F: Fetch, S: Store, C: Clock> Background<F, S, C> {
    /// Starts. A store that cannot be read is no reason not to: what came with the extension still answers, and
    /// [`crate::protocol::Status::store`] says what is wrong.
    ///
    /// `packaged` is the address of the packaged index's folder.
    pub async fn open(fetch: F, store: S, clock: C, packaged: Option<String>, events: EventSink) -> Self {
        let read = store.state().await.map_err(Failure::from).and_then(|bytes| match bytes {
            None => Ok(State::default()),
            Some(bytes) => {
                State::parse(&bytes).ok_or_else(|| failure("corruptStore", "the stored settings are damaged"))
            }
        });
        let state_is_read = read.is_ok();
        let (state, store_failure) = read.map_or_else(|error| (State::default(), Some(error)), |state| (state, None));
        let background = Self {
            fetch,
            store,
            clock,
            events,
            packaged,
            state: RefCell::new(state),
            loaded: RefCell::new(Vec::new()),
            store_failure: RefCell::new(store_failure),
            card_language: RefCell::new("en".to_owned()),
            cache: RefCell::new(Cache::default()),
            network: RefCell::new(VecDeque::new()),
            generation: Cell::new(0),
            updating: Cell::new(false),
            cancelled: Cell::new(false),
            changing: Mutex::new(()),
            loading_keypoints: Mutex::new(()),
            state_is_read: Cell::new(state_is_read),
            forgotten: Cell::new(0),
            logs: Logs::default(),
        };
        background.load().await;
        // The last run may have been ended before it looked for news.
        background.call_for_logs();
        background
    }

    /// The language of cards, which the shell resolves from the setting and the browser's.
    pub fn set_card_language(&self, language: &str) {
        language.clone_into(&mut self.card_language.borrow_mut());
    }

    /// Loads every source from the store or from the package, whichever is newer.
    pub(super) async fn load(&self) {
        let mut loaded = Vec::new();
        let state = self.state.borrow().clone();
        for embedded in self.embedded().await {
            if let Some(source) = self.load_embedded(&embedded, &state).await {
                loaded.push(source);
            }
        }
        for (id, stored) in state.sources.iter().filter(|(_, stored)| !stored.embedded) {
            if let Some(source) = self.load_added(id, stored).await {
                loaded.push(source);
            }
        }
        *self.loaded.borrow_mut() = loaded;
    }

    async fn embedded(&self) -> Vec<Embedded> {
        let Some(base) = &self.packaged else { return Vec::new() };
        let list = self.packaged_file(&format!("{base}sources.json")).await;
        list.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    pub(super) async fn packaged_file(&self, url: &str) -> Result<Vec<u8>, Failure> {
        let limit = crate::index::segment::MAX_LENGTH;
        Ok(self.download(Request { url, what: What::Packaged, limit }, &mut |_| {}).await?)
    }

    async fn load_embedded(&self, embedded: &Embedded, state: &State) -> Option<Loaded> {
        let key: PublicKey = embedded.key.parse().ok()?;
        let id = key.source().to_string();
        let stored = state.sources.get(&id);
        let mut publication = self.load_packaged(embedded, &key).await;
        let mut last_result = stored.and_then(|stored| stored.last_result.clone());
        if let Some(held) = stored.and_then(|stored| stored.held.as_ref()) {
            match self.load_held(held, &key).await {
                Ok(held) if publication.as_ref().is_ok_and(|other| other.head.sequence > held.head.sequence) => {}
                Ok(held) => publication = Ok(held),
                // What came with the extension answers until the next update.
                Err(error) => last_result = Some(error),
            }
        }
        Some(Loaded {
            id,
            key,
            catalogue_name: embedded.name.clone(),
            url: embedded.update_url.clone(),
            embedded: true,
            enabled: stored.is_none_or(|stored| stored.enabled),
            publication,
            last_check: stored.and_then(|stored| stored.last_check),
            last_result,
        })
    }

    async fn load_packaged(&self, embedded: &Embedded, key: &PublicKey) -> Result<Rc<Publication>, Failure> {
        let base = format!("{}{}/", self.packaged.as_deref().unwrap_or_default(), embedded.path);
        let head = self.packaged_file(&format!("{base}head")).await?;
        let accepted = accept(&head, key)?;
        let mut segments = Vec::new();
        for name in accepted.required_segments() {
            segments.push(self.packaged_file(&format!("{base}{}", name.path())).await?);
        }
        Publication::new(&head, key, segments, Tier::packaged(&accepted, &base))
    }

    async fn load_added(&self, id: &str, stored: &SourceState) -> Option<Loaded> {
        let key: PublicKey = stored.key.parse().ok()?;
        let publication = match &stored.held {
            Some(held) => self.load_held(held, &key).await,
            None => Err(failure("noAddress", "nothing was downloaded yet")),
        };
        Some(Loaded {
            id: id.to_owned(),
            key,
            catalogue_name: None,
            url: stored.url.clone(),
            embedded: false,
            enabled: stored.enabled,
            last_result: publication.as_ref().err().cloned().or_else(|| stored.last_result.clone()),
            publication,
            last_check: stored.last_check,
        })
    }

    async fn load_held(&self, held: &HeldState, key: &PublicKey) -> Result<Rc<Publication>, Failure> {
        let head = self.store.file(&held.head).await?;
        let mut segments = Vec::new();
        for name in &held.segments {
            segments.push(self.store.file(name).await?);
        }
        // What does not verify was damaged in the store, whatever it would mean on the way from a server.
        Publication::new(&head, key, segments, Tier::stored(&held.keypoints))
            .map_err(|error| failure("corruptStore", &format!("a stored index is damaged: {}", error.message)))
    }

    /// Back to the day of installation: settings, sources that were added, downloaded indexes, everything remembered.
    pub(super) async fn forget_everything(&self) -> crate::protocol::Reply {
        self.cancel_update();
        let _keeping = self.logs.keeping.lock().await;
        let cleared = {
            let _one_at_a_time = self.changing.lock().await;
            let cleared = self.store.clear().await;
            if cleared.is_ok() {
                *self.state.borrow_mut() = State::default();
                self.state_is_read.set(true);
                self.forgotten.set(self.forgotten.get().wrapping_add(1));
            }
            cleared
        };
        if let Err(error) = cleared {
            return crate::protocol::Reply::Error(error.into());
        }
        *self.store_failure.borrow_mut() = None;
        self.logs.clear();
        self.cache.borrow_mut().clear();
        self.network.borrow_mut().clear();
        self.load().await;
        self.tell(crate::protocol::Event::SettingsChanged);
        self.index_changed();
        crate::protocol::Reply::Done
    }
}

impl Publication {
    /// A publication of these files.
    pub(super) fn new(
        head_file: &[u8],
        key: &PublicKey,
        segments: Vec<Vec<u8>>,
        keypoints: Tier,
    ) -> Result<Rc<Self>, Failure> {
        let head = accept(head_file, key)?;
        let index = load_index(&head, segments)?;
        let head_digest = Sha256::digest(head_file).into();
        Ok(Rc::new(Self { head_digest, head, index, keypoints: RefCell::new(keypoints) }))
    }
}
