//! For tests: a clock, a store and a server in memory, each able to fail on purpose, and pictures.

pub mod faults;
mod pictures;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::ops::Range;
use std::rc::Rc;
use std::task::Poll;

pub use self::pictures::textured;
use crate::source::{
    Anchor, Clock, Commit, ENTRIES, Fetch, FetchError, Head, Request, SegmentName, Store, StoreError, StoredFile,
};

/// A clock that is set by hand: milliseconds since 1970.
#[derive(Debug, Clone, Default)]
pub struct FakeClock(pub Rc<Cell<i64>>);

impl Clock for FakeClock {
    fn now(&self) -> i64 {
        self.0.get()
    }

    /// Until it was set that far forward.
    async fn sleep(&self, milliseconds: u32) {
        let end = self.now() + i64::from(milliseconds);
        poll_fn(|_| if self.now() < end { Poll::Pending } else { Poll::Ready(()) }).await;
    }
}

/// A store in memory; clones share what they hold, as a background that starts again does.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    held: Rc<RefCell<Held>>,
    /// Commits fail with this until it is taken away.
    pub failure: Rc<RefCell<Option<StoreError>>>,
    /// Bytes of files that there is room for; what a commit deletes makes room only after it.
    pub room: Rc<Cell<Option<usize>>>,
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Held {
    files: BTreeMap<String, Vec<u8>>,
    state: Option<Vec<u8>>,
}

impl MemoryStore {
    /// The names of all files.
    pub fn names(&self) -> Vec<String> {
        self.held.borrow().files.keys().cloned().collect()
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> usize {
        self.held.borrow().files.values().map(Vec::len).sum()
    }

    /// Changes a stored file behind everybody's back.
    pub fn damage(&self, name: &str) {
        if let Some(byte) = self.held.borrow_mut().files.get_mut(name).and_then(|file| file.last_mut()) {
            *byte ^= 1;
        }
    }

    /// Loses a stored file behind everybody's back.
    pub fn lose(&self, name: &str) {
        self.held.borrow_mut().files.remove(name);
    }

    /// Puts two stored files in each other's place behind everybody's back.
    pub fn swap(&self, one: &str, other: &str) {
        let files = &mut self.held.borrow_mut().files;
        if let (Some(a), Some(b)) = (files.remove(one), files.remove(other)) {
            files.extend([(one.to_owned(), b), (other.to_owned(), a)]);
        }
    }

    /// Replaces the stored state behind everybody's back.
    pub fn set_state(&self, state: &[u8]) {
        self.held.borrow_mut().state = Some(state.to_vec());
    }

    /// A text that is the same if and only if everything stored is.
    pub fn snapshot(&self) -> String {
        format!("{:?}", self.held.borrow())
    }
}

/// A file of a [`MemoryStore`].
#[derive(Debug)]
pub struct MemoryFile(Vec<u8>);

impl StoredFile for MemoryFile {
    fn length(&self) -> usize {
        self.0.len()
    }

    async fn part(&self, range: Range<usize>) -> Result<Vec<u8>, StoreError> {
        let part = self.0.get(range.clone()).map(<[u8]>::to_vec);
        part.ok_or_else(|| StoreError::Missing(format!("{range:?} of a file of {} bytes", self.0.len())))
    }
}

impl Store for MemoryStore {
    type File = MemoryFile;

    async fn state(&self) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.held.borrow().state.clone())
    }

    async fn find(&self, name: &str) -> Result<MemoryFile, StoreError> {
        let file = self.held.borrow().files.get(name).cloned();
        file.map(MemoryFile).ok_or_else(|| StoreError::Missing(name.to_owned()))
    }

    async fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        if let Some(error) = self.failure.borrow().clone() {
            return Err(error);
        }
        let mut held = self.held.borrow_mut();
        if held.state != commit.before {
            return Err(StoreError::Changed);
        }
        let bytes: usize = held.files.values().chain(commit.put.iter().map(|(_, file)| file)).map(Vec::len).sum();
        if self.room.get().is_some_and(|room| bytes > room) && !commit.put.is_empty() {
            return Err(StoreError::Full);
        }
        held.files.extend(commit.put);
        for name in commit.delete {
            held.files.remove(&name);
        }
        held.state = Some(commit.state);
        Ok(())
    }

    async fn clear(&self) -> Result<(), StoreError> {
        *self.held.borrow_mut() = Held::default();
        Ok(())
    }
}

/// What an address answers with.
pub type Answer = Result<Vec<u8>, FetchError>;

/// Files by address, and addresses that fail.
#[derive(Debug, Clone, Default)]
pub struct FakeServer {
    /// What is served.
    pub files: Rc<RefCell<BTreeMap<String, Answer>>>,
    /// Addresses that never answer.
    pub hanging: Rc<RefCell<BTreeSet<String>>>,
    /// Every address that was asked for.
    pub asked: Rc<RefCell<Vec<String>>>,
    /// Every part that was asked for, where there are parts.
    pub asked_parts: Rc<RefCell<Vec<Range<u64>>>>,
    /// How it answers to the question for a part.
    pub parts: Rc<Cell<Parts>>,
}

/// How servers answer to the question for a part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Parts {
    /// With the part.
    #[default]
    Known,
    /// With the whole.
    Unknown,
    /// With a part of it.
    Shorter,
    /// With a refusal.
    Refused,
}

impl FakeServer {
    /// Serves a file.
    pub fn serve(&self, url: &str, file: &[u8]) {
        self.files.borrow_mut().insert(url.to_owned(), Ok(file.to_vec()));
    }

    /// Fails at an address.
    pub fn fail(&self, url: &str, error: FetchError) {
        self.files.borrow_mut().insert(url.to_owned(), Err(error));
    }
}

impl Fetch for FakeServer {
    async fn get(&self, request: Request<'_>, on_bytes: &mut dyn FnMut(u64)) -> Result<Vec<u8>, FetchError> {
        self.asked.borrow_mut().push(request.url.to_owned());
        if self.hanging.borrow().contains(request.url) {
            return std::future::pending().await;
        }
        let file = self.files.borrow().get(request.url).cloned().unwrap_or(Err(FetchError::Status(404)))?;
        if file.len() > request.limit {
            return Err(FetchError::TooLarge);
        }
        let file = match request.part {
            Some(_) if self.parts.get() == Parts::Refused => return Err(FetchError::Status(400)),
            Some(part) if self.parts.get() != Parts::Unknown => {
                self.asked_parts.borrow_mut().push(part.clone());
                let shorter = if self.parts.get() == Parts::Shorter { 1 } else { 0 };
                file.get(part.start as usize..part.end as usize - shorter).ok_or(FetchError::Status(416))?.to_vec()
            }
            _ => file,
        };
        on_bytes(file.len() as u64);
        Ok(file)
    }

    fn cancel(&self) {}
}

/// A head that nobody signs or reads, for an index that is only searched.
pub fn unsigned_head(key: &Anchor) -> Head {
    Head {
        format: 1,
        source: key.source().to_string(),
        key: key.to_string(),
        name: "unsigned".to_owned(),
        root_version: 0,
        epoch: 0,
        sequence: 1,
        issued: 0,
        expires: 0,
        min_wait: 0,
        entries: 0,
        tombstones: 0,
        segments: Vec::new(),
        retractions: Vec::new(),
        recipes: None,
        hosts: Vec::new(),
    }
}

/// A head that nobody signs, of these segments.
pub fn unsigned_head_of(segments: Vec<SegmentName>) -> Head {
    let key: Anchor = crate::source::DEVELOPMENT_KEYS[0].parse().expect("the repository's key is one");
    Head { segments, ..unsigned_head(&key) }
}

/// A segment's name that no file has: digests of one letter, the length given, and what it is made of.
pub fn named_segment(letter: &str, bytes: u64, parts: &[&str]) -> SegmentName {
    SegmentName {
        tier: ENTRIES.to_owned(),
        sha256: letter.repeat(64),
        bytes,
        entries: 0,
        hashes: 0,
        owner: None,
        packed: None,
        parts: parts.iter().map(|part| part.repeat(64)).collect(),
        replaced: None,
    }
}
