//! Starting: what is stored, and what came with the extension.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use async_lock::{Mutex, OnceCell};
use futures_util::future::{join, join_all};
use sha2::{Digest, Sha256};

use super::keypoints::{Place, Tier};
use super::logs::Logs;
use super::sources::retractions_name;
use super::{Background, Embedded, EventSink, Loaded, Publication, failure};
use crate::engine::cache::Cache;
use crate::engine::policy::Policy;
use crate::engine::state::{HeldState, RetractionsState, SourceState, State};
use crate::index::Index;
use crate::index::segment::{MAX_START, Segment, SegmentError};
use crate::protocol::Failure;
use crate::source::{
    Anchor, Clock, Fetch, Head, Request, Retractions, Store, StoreError, StoredFile, Trust, What, accept, build_index,
    next_root, reopen, retracted, unverified_payload,
};

impl<F: Fetch, S: Store, C: Clock> Background<F, S, C> {
    /// Reads the settings. A store that cannot be read is no reason not to start: what came with the extension still answers,
    /// and [`crate::protocol::Status::store`] says what is wrong. Sources are loaded by [`Self::ready`].
    ///
    /// `packaged` is the address of the packaged index's folder, `policy` what an organisation has set, as JSON.
    pub async fn open(
        fetch: F,
        store: S,
        clock: C,
        packaged: Option<String>,
        policy: Option<&str>,
        events: EventSink,
    ) -> Self {
        let stored = store.state().await;
        let stored_state = RefCell::new(stored.clone().unwrap_or_default());
        let read = stored.map_err(Failure::from).and_then(|bytes| match bytes {
            None => Ok(State::default()),
            Some(bytes) => {
                State::parse(&bytes).ok_or_else(|| failure("corruptStore", "the stored settings are damaged"))
            }
        });
        let state_is_read = read.is_ok();
        let (state, store_failure) = read.map_or_else(|error| (State::default(), Some(error)), |state| (state, None));
        Self {
            fetch,
            store,
            clock,
            events,
            packaged,
            state: RefCell::new(state),
            policy: RefCell::new(Policy::parse(policy)),
            loaded: RefCell::new(Vec::new()),
            store_failure: RefCell::new(store_failure),
            card_language: RefCell::new("en".to_owned()),
            cache: RefCell::new(Cache::default()),
            network: RefCell::new(VecDeque::new()),
            generation: Cell::new(0),
            updating: Cell::new(false),
            cancelled: Cell::new(false),
            asked: RefCell::default(),
            changing: Mutex::new(()),
            opening: Mutex::new(()),
            loading_keypoints: Mutex::new(()),
            damaged: RefCell::new(BTreeSet::new()),
            state_is_read: Cell::new(state_is_read),
            stored_state,
            state_is_loaded: Cell::new(false),
            forgotten: Cell::new(0),
            logs: Logs::default(),
            first_load: OnceCell::new(),
        }
    }

    /// Waits until the sources are loaded; whoever comes first has it done. All that asks about sources comes through here.
    pub async fn ready(&self) {
        let load = async || {
            self.load().await;
            // The last run may have been ended before it looked for news.
            self.call_for_logs();
        };
        self.first_load.get_or_init(load).await;
    }

    /// The language of cards, which the shell resolves from the setting and the browser's.
    pub fn set_card_language(&self, language: &str) {
        language.clone_into(&mut self.card_language.borrow_mut());
    }

    /// Loads what is stored, where the store could not be read at the start and can be read by now: a disk that was full
    /// has room again.
    pub(super) async fn open_late(&self) {
        self.ready().await;
        // Who comes meanwhile waits, and finds everything loaded.
        let _one_at_a_time = self.opening.lock().await;
        // What an update takes into force meanwhile must not be lost.
        if self.state_is_loaded.get() || self.updating.replace(true) {
            return;
        }
        if self.read_late().await {
            self.load().await;
            self.index_changed();
        }
        self.updating.set(false);
    }

    /// Whether the state is read by now. One that is damaged waits for the next change, which keeps a copy of it.
    async fn read_late(&self) -> bool {
        let _one_at_a_time = self.changing.lock().await;
        let _still_unreadable = self.read_state_again().await;
        self.state_is_read.get()
    }

    /// Loads every source from the store or from the package, whichever is newer.
    pub(super) async fn load(&self) {
        let (state, is_read) = (self.state.borrow().clone(), self.state_is_read.get());
        let added = state.sources.iter().filter(|(_, stored)| !stored.embedded && !stored.managed);
        let added = added.map(|(id, stored)| self.load_added(id, stored));
        // What takes long is the way to the store and back.
        let (mut loaded, added) = join(self.load_packaged_sources(&state), join_all(added)).await;
        loaded.extend(added.into_iter().flatten());
        self.apply_policy(&mut loaded, &state).await;
        *self.loaded.borrow_mut() = loaded;
        // What is stored may have turned out to be something else meanwhile.
        self.state_is_loaded.set(is_read && self.state_is_read.get());
    }

    async fn load_packaged_sources(&self, state: &State) -> Vec<Loaded> {
        let embedded = self.embedded().await;
        let loaded = join_all(embedded.iter().map(|one| self.load_embedded(one, state))).await;
        loaded.into_iter().flatten().collect()
    }

    async fn embedded(&self) -> Vec<Embedded> {
        let Some(base) = &self.packaged else { return Vec::new() };
        let list = self.packaged_file(&format!("{base}sources.json")).await;
        list.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    pub(super) async fn packaged_file(&self, url: &str) -> Result<Vec<u8>, Failure> {
        let limit = crate::index::segment::MAX_LENGTH;
        Ok(self.download(Request { url, what: What::Packaged, limit, part: None }, &mut |_| {}).await?)
    }

    async fn load_embedded(&self, embedded: &Embedded, state: &State) -> Option<Loaded> {
        let anchor: Anchor = embedded.key.parse().ok()?;
        let id = anchor.source().to_string();
        let stored = state.sources.get(&id);
        let mut trust = self.stored_trust(anchor, stored).await;
        let mut last_result = stored.and_then(|stored| stored.last_result.clone());
        let (packaged, mut publication) = self.load_packaged(embedded, anchor, stored).await;
        if packaged.version() > trust.version() {
            trust = packaged;
        }
        if let Some((stored, held)) = stored.and_then(|stored| Some((stored, stored.held.as_ref()?))) {
            match self.load_held(&trust, stored, held).await {
                Ok(held) if publication.as_ref().is_ok_and(|other| is_better(other, &held)) => {}
                Ok(held) => publication = Ok(held),
                // What came with the extension answers until the next update.
                Err(error) => {
                    self.damaged.borrow_mut().extend(state.segments(&id).cloned());
                    last_result = Some(error);
                }
            }
        }
        Some(Loaded {
            id,
            trust,
            catalogue_name: embedded.name.clone(),
            url: embedded.update_url.clone(),
            embedded: true,
            managed: false,
            enabled: stored.is_none_or(|stored| stored.enabled),
            publication,
            last_check: stored.and_then(|stored| stored.last_check),
            last_result,
        })
    }

    /// What came with the extension, of one of its sources.
    pub(super) async fn packaged_publication(&self, id: &str) -> Option<Result<Rc<Publication>, Failure>> {
        for embedded in self.embedded().await {
            let Ok(anchor) = embedded.key.parse::<Anchor>() else { continue };
            if anchor.source().to_string() == id {
                let stored = self.state.borrow().sources.get(id).cloned();
                return Some(self.load_packaged(&embedded, anchor, stored.as_ref()).await.1);
            }
        }
        None
    }

    /// What came with the extension, without what was retracted since, and whom it shows to believe.
    async fn load_packaged(
        &self,
        embedded: &Embedded,
        anchor: Anchor,
        stored: Option<&SourceState>,
    ) -> (Trust, Result<Rc<Publication>, Failure>) {
        match self.read_packaged(embedded, anchor).await {
            Ok((trust, publication)) => (trust, self.without_retracted(publication, stored).await),
            Err(error) => (Trust::new(anchor), Err(error)),
        }
    }

    async fn read_packaged(&self, embedded: &Embedded, anchor: Anchor) -> Result<(Trust, Rc<Publication>), Failure> {
        let base = format!("{}{}/", self.packaged.as_deref().unwrap_or_default(), embedded.path);
        let head_file = self.packaged_file(&format!("{base}head")).await?;
        let mut trust = Trust::new(anchor);
        while let Some(version) = next_root(&head_file, &trust)? {
            let file = self.packaged_file(&format!("{base}root/{version}")).await?;
            trust = trust.next(&file).map_err(|error| failure("badRoot", &error.to_string()))?;
        }
        let head = accept(&head_file, &trust)?;
        let mut segments = Vec::new();
        let mut files = Vec::new();
        for name in head.required_segments() {
            let address = format!("{base}{}", name.path());
            segments.push(self.packaged_file(&address).await?);
            files.push(address);
        }
        let keypoints = Tier::packaged(&head, &base);
        let index = build_index(&head, segments, self.pauses()).await?;
        Ok((trust, Publication::new(&head_file, head, index, Place::Packaged(files), keypoints)))
    }

    pub(super) async fn load_added(&self, id: &str, stored: &SourceState) -> Option<Loaded> {
        let anchor: Anchor = stored.key.parse().ok()?;
        let trust = self.stored_trust(anchor, Some(stored)).await;
        let publication = match &stored.held {
            Some(held) => self.load_held(&trust, stored, held).await,
            None => Err(failure("notFetched", "nothing was downloaded yet")),
        };
        if publication.is_err() {
            self.damaged.borrow_mut().extend(self.state.borrow().segments(id).cloned());
        }
        Some(Loaded {
            id: id.to_owned(),
            trust,
            catalogue_name: None,
            url: stored.url.clone(),
            embedded: false,
            managed: false,
            enabled: stored.enabled,
            last_result: publication.as_ref().err().cloned().or_else(|| stored.last_result.clone()),
            publication,
            last_check: stored.last_check,
        })
    }

    /// Whom to believe about a source: the newest root that was accepted. One that is damaged is asked for again, from the
    /// first on.
    async fn stored_trust(&self, anchor: Anchor, stored: Option<&SourceState>) -> Trust {
        let name = stored.and_then(|stored| stored.root.as_ref());
        let file = match name {
            Some(name) => self.store.file(name).await.ok(),
            None => None,
        };
        let restored = file.and_then(|file| Trust::restore(anchor, &file).ok());
        restored.unwrap_or_else(|| Trust::new(anchor))
    }

    /// A publication that was verified before it was stored. Segments are not read as a whole: their texts stay where they
    /// are, and [`Self::verify_stored`] looks later whether all is what it was.
    async fn load_held(
        &self,
        trust: &Trust,
        stored: &SourceState,
        held: &HeldState,
    ) -> Result<Rc<Publication>, Failure> {
        // What does not hold was damaged in the store, whatever it would mean on the way from a server.
        let damaged = |what: &dyn std::fmt::Display| {
            failure("corruptStore", &format!("a stored index is damaged: {what}: it is downloaded again"))
        };
        // Each way to the store and back costs: segments are read beside their head, before it is known whether it holds.
        let opening = join_all(held.segments.iter().map(|file| self.open_segment(file)));
        let (head_file, opened) = join(self.store.file(&held.head), opening).await;
        let head_file = head_file?;
        if held.head != head_name(&head_file) {
            return Err(damaged(&"its head"));
        }
        let head = reopen(&head_file, trust.source()).map_err(|error| damaged(&error))?;
        let mut segments = Vec::with_capacity(opened.len());
        for (segment, name) in opened.into_iter().zip(head.required_segments()) {
            let segment = segment.map_err(|error| damaged(&error.message))?;
            if segment.length() != name.bytes as usize {
                return Err(damaged(&"a segment has another length"));
            }
            segments.push(Arc::new(segment));
        }
        let apart = self.stored_retractions(stored, &[]).await?;
        let retracted = retracted(&head, apart.as_ref());
        let index = Index::build(segments, &retracted, self.pauses()).await;
        let files = Place::Stored(held.segments.clone());
        Ok(Publication::new(&head_file, head, index, files, Tier::stored(&held.keypoints)))
    }

    /// A stored segment, without its texts.
    pub(super) async fn open_segment(&self, name: &str) -> Result<Segment, Failure> {
        let file = self.store.find(name).await?;
        let length = file.length();
        let start = file.part(0..length.min(MAX_START)).await?;
        let damaged = |error: SegmentError| failure("corruptStore", &error.to_string());
        let ranges = Segment::parts_to_hold(&start, length).map_err(damaged)?.into_iter();
        let parts = join_all(ranges.map(async |range| Ok((range.start, file.part(range).await?)))).await;
        let parts: Result<Vec<_>, Failure> = parts.into_iter().collect();
        Segment::open(length, parts?).map_err(damaged)
    }

    /// What a source retracted apart from its head, as it is stored or, among the files of `coming`, about to be. Without it
    /// nothing of the source may be said: what was retracted would speak again.
    pub(super) async fn stored_retractions(
        &self,
        stored: &SourceState,
        coming: &[(String, Vec<u8>)],
    ) -> Result<Option<Retractions>, Failure> {
        let Some(RetractionsState { file: name, .. }) = &stored.retractions else { return Ok(None) };
        let file = match coming.iter().find(|(coming, _)| coming == name) {
            Some((_, file)) => Some(file.clone()),
            None => match self.store.file(name).await {
                Err(StoreError::Missing(_)) => None,
                file => Some(file?).filter(|file| retractions_name(file) == *name),
            },
        };
        let read = file.and_then(|file| serde_json::from_slice(unverified_payload(&file).ok()?).ok());
        if read.is_none() {
            self.damaged.borrow_mut().insert(name.clone());
            return Err(failure("corruptStore", "the stored retractions are damaged: they are downloaded again"));
        }
        Ok(read)
    }

    /// A publication of the package, without what was retracted since, apart from its head.
    async fn without_retracted(
        &self,
        packaged: Rc<Publication>,
        stored: Option<&SourceState>,
    ) -> Result<Rc<Publication>, Failure> {
        let Some(stored) = stored else { return Ok(packaged) };
        let Some(apart) = self.stored_retractions(stored, &[]).await? else { return Ok(packaged) };
        Ok(packaged.retracting(&apart, self.pauses()).await)
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
                *self.stored_state.borrow_mut() = None;
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
    /// A publication of these parts.
    pub(super) fn new(head_file: &[u8], head: Head, index: Index, files: Place, keypoints: Tier) -> Rc<Self> {
        let head_digest = Sha256::digest(head_file).into();
        Rc::new(Self { head_digest, head, index, files, keypoints: RefCell::new(keypoints) })
    }

    /// What tells an older publication from a newer one.
    pub(super) fn age(&self) -> (u64, u64) {
        (self.head.epoch, self.head.sequence)
    }
}

/// The stored name of a head.
pub(super) fn head_name(head_file: &[u8]) -> String {
    format!("head-{}", hex::encode(Sha256::digest(head_file)))
}

/// Whether what came with the extension is newer than what was downloaded, or as new and has more of it.
fn is_better(packaged: &Publication, held: &Publication) -> bool {
    packaged.age() > held.age() || packaged.age() == held.age() && held.lacks_keypoints()
}
