//! What the core needs of the world around it. Adapters: `src/web/` in the browser, `src/testing.rs` in tests.

use std::ops::Range;

use thiserror::Error;

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// The time.
#[expect(async_fn_in_trait, reason = "everything runs on one thread, so no future needs to be Send")]
pub trait Clock {
    /// Milliseconds since 1970.
    fn now(&self) -> i64;

    /// Seconds since 1970.
    fn seconds(&self) -> u64 {
        self.now().max(0) as u64 / 1000
    }

    /// Minutes by which the person's time is ahead of UTC.
    fn ahead(&self) -> i64 {
        0
    }

    /// The day in the person's time: days since 1970.
    fn today(&self) -> u32 {
        u32::try_from((self.now() + self.ahead() * 60_000).div_euclid(DAY)).unwrap_or(0)
    }

    /// Called in the middle of long work, every few milliseconds at least: lets others have their turn where there are any.
    async fn pause(&self) {}

    /// Lets so many milliseconds go by.
    async fn sleep(&self, milliseconds: u32);
}

/// What a download is for: each has its own limits and appears as such in the network log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A source's head, root file or retractions: small, and never from a cache.
    Head,
    /// A segment.
    Segment,
    /// A picture whose page's copy could not be read.
    Image,
    /// A file that came with the extension.
    Packaged,
}

/// One download.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// From where.
    pub url: &'a str,
    /// What for.
    pub what: What,
    /// Most bytes; a longer answer is cut off and refused.
    pub limit: usize,
    /// The part that is wanted, from one byte to another; a server that knows no parts answers with the whole.
    pub part: Option<Range<u64>>,
}

/// Why a download failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FetchError {
    /// No connection, no such host, or refused.
    #[error("the server cannot be reached")]
    Unreachable,
    /// The server answered, but not with the file.
    #[error("the server answered with status {0}")]
    Status(u16),
    /// The server wants to be left alone, for so many seconds if it says so.
    #[error("the server has too much to do: it is asked again later")]
    Busy(Option<u32>),
    /// No answer in time.
    #[error("the server did not answer in time")]
    TimedOut,
    /// The answer began and then stood still.
    #[error("the download stood still")]
    Stalled,
    /// Longer than the limit.
    #[error("the answer is longer than allowed")]
    TooLarge,
    /// Ended before the length that was announced.
    #[error("the download was cut off")]
    CutShort,
    /// A web page came instead of the file: a captive portal or a host's error page.
    #[error("a web page came instead of the index: sign in to the network, or check the address")]
    WebPage,
    /// The server sent us elsewhere.
    #[error("the server redirects to another address")]
    Redirected,
    /// Stopped on request.
    #[error("stopped")]
    Cancelled,
}

/// Downloads without cookies, referrer or other trace of the person.
#[expect(async_fn_in_trait, reason = "everything runs on one thread, so no future needs to be Send")]
pub trait Fetch {
    /// The bytes at an address; `on_bytes` hears how many have come so far.
    ///
    /// # Errors
    /// Each [`FetchError`].
    async fn get(&self, request: Request<'_>, on_bytes: &mut dyn FnMut(u64)) -> Result<Vec<u8>, FetchError>;

    /// Stops the downloads of heads and segments that are under way.
    fn cancel(&self);
}

/// Why the store failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// No room.
    #[error("there is no room left on the disk")]
    Full,
    /// Anything else.
    #[error("the browser's storage failed: {0}")]
    Failed(String),
    /// The state is not the one that the change was made from.
    #[error("another copy of Caveat has changed what is stored: try again")]
    Changed,
    /// Something that was stored is gone.
    #[error("{0} is missing from the browser's storage")]
    Missing(String),
}

/// A change of the store, made whole or not at all.
#[derive(Debug, Default)]
pub struct Commit {
    /// Files to write.
    pub put: Vec<(String, Vec<u8>)>,
    /// Files to delete.
    pub delete: Vec<String>,
    /// The state that the change was made from: what is stored is compared with it in the same step.
    pub before: Option<Vec<u8>>,
    /// The new state.
    pub state: Vec<u8>,
}

/// A file that was found in a store. What is deleted there meanwhile can still be read here.
#[expect(async_fn_in_trait, reason = "everything runs on one thread, so no future needs to be Send")]
pub trait StoredFile {
    /// How long it is, in bytes.
    fn length(&self) -> usize;

    /// A part of it, from one byte to another.
    ///
    /// # Errors
    /// Each [`StoreError`]; [`StoreError::Missing`] where it has no such part.
    async fn part(&self, range: Range<usize>) -> Result<Vec<u8>, StoreError>;
}

/// Files by name, and one small state that points at them.
#[expect(async_fn_in_trait, reason = "everything runs on one thread, so no future needs to be Send")]
pub trait Store {
    /// How its files are read.
    type File: StoredFile;

    /// The state, or `None` when nothing was ever stored.
    ///
    /// # Errors
    /// Each [`StoreError`].
    async fn state(&self) -> Result<Option<Vec<u8>>, StoreError>;

    /// Finds a file: who wants several parts of it finds it once.
    ///
    /// # Errors
    /// Each [`StoreError`].
    async fn find(&self, name: &str) -> Result<Self::File, StoreError>;

    /// A whole file.
    ///
    /// # Errors
    /// Each [`StoreError`].
    async fn file(&self, name: &str) -> Result<Vec<u8>, StoreError> {
        let file = self.find(name).await?;
        file.part(0..file.length()).await
    }

    /// A part of a file, from one byte to another.
    ///
    /// # Errors
    /// Each [`StoreError`].
    async fn part(&self, name: &str, range: Range<usize>) -> Result<Vec<u8>, StoreError> {
        self.find(name).await?.part(range).await
    }

    /// Makes a change, atomically.
    ///
    /// # Errors
    /// Each [`StoreError`], [`StoreError::Changed`] where another state is stored than [`Commit::before`]; then nothing has
    /// changed.
    async fn commit(&self, commit: Commit) -> Result<(), StoreError>;

    /// Deletes everything.
    ///
    /// # Errors
    /// Each [`StoreError`].
    async fn clear(&self) -> Result<(), StoreError>;
}

/// Segments of one source that are at hand, by their SHA-256, and where more of them are put while an update is under way.
#[expect(async_fn_in_trait, reason = "everything runs on one thread, so no future needs to be Send")]
pub trait Shelf {
    /// Whether a segment is at hand.
    fn has(&self, sha256: &str) -> bool;

    /// A segment's file.
    ///
    /// # Errors
    /// Each [`StoreError`].
    async fn get(&self, sha256: &str) -> Result<Vec<u8>, StoreError>;

    /// Puts a segment there for good, so that an update that is interrupted need not download it again, in place of the parts
    /// of the file `wire` that it came as.
    ///
    /// # Errors
    /// When it cannot be stored, or the source is gone.
    async fn keep(&self, sha256: &str, file: Vec<u8>, wire: &str) -> Result<(), super::UpdateError>;

    /// A part of a file that is downloaded, if it was put there: by the file's SHA-256, counted from 0. By default none is.
    async fn part(&self, _sha256: &str, _number: usize) -> Option<Vec<u8>> {
        None
    }

    /// Puts such a part there until the file is whole. By default it is let go.
    ///
    /// # Errors
    /// As [`Shelf::keep`].
    async fn keep_part(&self, _sha256: &str, _number: usize, _part: Vec<u8>) -> Result<(), super::UpdateError> {
        Ok(())
    }

    /// Lets go of the parts of all files but those that are wanted.
    ///
    /// # Errors
    /// As [`Shelf::keep`].
    async fn keep_parts_of(&self, _is_wanted: &dyn Fn(&str) -> bool) -> Result<(), super::UpdateError> {
        Ok(())
    }

    /// Whether there is time for more of a long download: other sources wait for their turn. By default there is.
    fn has_time(&self) -> bool {
        true
    }

    /// As [`Clock::pause`].
    async fn pause(&self) {}
}
