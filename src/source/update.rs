//! Fetches what a source has published since. It changes nothing that is in use: what it leaves on the shelf are verified
//! files, and parts of files, that nothing points at yet, so a failure at any point leaves everything as it was.

mod merging;
mod parts;
mod steps;

use sha2::{Digest, Sha256};
use thiserror::Error;

use self::steps::Brought;

use super::head::is_web_page;
use super::retractions::{MAX_RETRACTIONS_FILE, RETRACTIONS_FILE, Retractions};
use super::root::{MAX_ROOT, MAX_ROOTS, RootError};
use super::{
    EnvelopeError, Fetch, FetchError, Head, HeadError, MAX_HEAD, Request, Shelf, SourceAddress, StoreError, Trust,
    What, accept, unverified_payload,
};

/// A clock that is so many seconds before the newest head ever seen is wrong: expiry is not held against it.
const CLOCK_SUSPECT: u64 = 48 * 3600;

/// What is held of a source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Held {
    /// The epoch of the highest sequence.
    pub epoch: u64,
    /// The highest sequence of that epoch that was ever accepted: an older one is a replay.
    pub floor: u64,
    /// The publication in use: its epoch, its sequence and the SHA-256 of its head's file.
    pub current: Option<(u64, u64, [u8; 32])>,
    /// The SHA-256 of the segments of keypoints in use, hexadecimal: of those that it names some may not be there yet.
    pub keypoints: Vec<String>,
    /// Epoch and sequence of the newest retractions that were ever accepted apart from a head.
    pub retractions: (u64, u64),
    /// When the newest head was made that was ever accepted: seconds since 1970.
    pub issued: u64,
    /// Most bytes that its segments may have together, where other sources take their part.
    pub quota: Option<u64>,
    /// The SHA-256 of the head's file, hexadecimal, that a person was shown before they trusted the source: no other one is
    /// taken.
    pub shown: Option<String>,
}

impl Held {
    /// Whether there is room for what a head names.
    ///
    /// # Errors
    /// [`UpdateError::NoRoom`].
    pub fn check_room(&self, head: &Head) -> Result<(), UpdateError> {
        match self.quota {
            Some(quota) if head.length() > quota => Err(UpdateError::NoRoom { bytes: head.length(), quota }),
            _ => Ok(()),
        }
    }
}

/// How far an update is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Bytes so far in this stage.
    pub received: u64,
    /// Bytes of this stage, when known.
    pub total: Option<u64>,
}

/// The steps of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Asking for the head.
    Head,
    /// Downloading segments.
    Segments,
    /// Checking and merging them.
    Verify,
    /// Storing them.
    Store,
    /// Finished.
    Done,
}

/// A newer publication. All its segments are on the shelf, but for keypoints that follow.
#[derive(Debug, Clone)]
pub struct Update {
    /// The head's file.
    pub head_file: Vec<u8>,
    /// What it says.
    pub head: Head,
    /// Whether the root keys have signed it as well: then it may change very much at once.
    pub root_signed: bool,
    /// Bytes of segments that were downloaded.
    pub downloaded: u64,
    /// Whether keypoints are still to be downloaded, by [`fetch_keypoints`]: they are many, and the entries are of use before.
    pub keypoints_follow: bool,
}

/// Retractions that came apart from the head.
#[derive(Debug, Clone)]
pub struct News {
    /// Their file.
    pub file: Vec<u8>,
    /// What it says.
    pub retractions: Retractions,
}

/// What a source answered. Each part counts for itself: a new root stays although the head is refused.
#[derive(Debug)]
pub struct Answer {
    /// Whom to believe from now on, and the newest root file, if there is a newer one.
    pub trust: Option<(Trust, Vec<u8>)>,
    /// Newer retractions.
    pub retractions: Option<News>,
    /// A newer publication, or again the one in use, of which a file was damaged; `None` when what is held is current.
    pub update: Result<Option<Update>, UpdateError>,
}

/// Why there is no update.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UpdateError {
    /// A download failed.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// What came is refused.
    #[error(transparent)]
    Head(#[from] HeadError),
    /// A root file is refused.
    #[error(transparent)]
    Root(#[from] RootError),
    /// It could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Not what a person was shown.
    #[error("the source was published anew since it was shown: look again")]
    ChangedMeanwhile,
    /// A long download that lets others have their turn; what has come is kept.
    #[error("the download takes long: the rest follows with the next update")]
    Unfinished,
    /// More than there is room for.
    #[error("the index has {bytes} bytes, and there is room for {quota} beside the other sources")]
    NoRoom {
        /// What it takes.
        bytes: u64,
        /// What it may take.
        quota: u64,
    },
}

/// A head, and whom to believe to believe it.
#[derive(Debug, Clone)]
pub struct Offered {
    /// What it says.
    pub head: Head,
    /// Its file.
    pub file: Vec<u8>,
    /// Whom to believe, and the newest root file, if root files came with it.
    pub trust: Option<(Trust, Vec<u8>)>,
}

/// A source that is asked.
struct Asked<'a, F, S> {
    fetch: &'a F,
    shelf: &'a S,
    address: &'a SourceAddress,
}

/// Where a source lies, for what is small.
struct Host<'a, F> {
    fetch: &'a F,
    address: &'a SourceAddress,
}

/// A source's head and the root files that are needed to believe it, for somebody who may want to add it.
///
/// # Errors
/// Each [`UpdateError`].
pub async fn fetch_head<F: Fetch>(fetch: &F, address: &SourceAddress, trust: &Trust) -> Result<Offered, UpdateError> {
    let mut newest = None;
    let (head, file) = Host { fetch, address }.head(trust, &mut newest, &mut |_| {}).await?;
    Ok(Offered { head, file, trust: newest })
}

/// Asks a source for its head and, if that is newer than what is held, brings all its segments to the shelf. `now` is the
/// time when the update began, in seconds since 1970.
pub async fn fetch_update<F: Fetch, S: Shelf>(
    fetch: &F,
    shelf: &S,
    address: &SourceAddress,
    trust: &Trust,
    held: &Held,
    now: u64,
    progress: &mut dyn FnMut(Progress),
) -> Answer {
    let host = Host { fetch, address };
    let asked = Asked { fetch, shelf, address };
    let mut newest = None;
    let head = host.head(trust, &mut newest, progress).await;
    let trust = newest.as_ref().map_or(trust, |(trust, _)| trust);
    // A clock that stands before what was published already cannot tell what has expired.
    let now = if now + CLOCK_SUSPECT < held.issued { 0 } else { now };
    let (retractions, busy) = match host.retractions(trust, held, now).await {
        Ok(news) => (news, None),
        Err(busy) => (None, Some(busy)),
    };
    let update = match (head, busy) {
        (Err(error), _) => Err(error),
        (Ok(_), Some(busy)) => Err(busy.into()),
        (Ok((head, head_file)), None) => asked.publication(head, head_file, trust, held, now, progress).await,
    };
    Answer { trust: newest, retractions, update }
}

/// Brings the keypoints of a publication in use to the shelf, where they were to follow. Bytes that were downloaded.
///
/// # Errors
/// Each [`UpdateError`].
pub async fn fetch_keypoints<F: Fetch, S: Shelf>(
    fetch: &F,
    shelf: &S,
    address: &SourceAddress,
    head: &Head,
    progress: &mut dyn FnMut(Progress),
) -> Result<u64, UpdateError> {
    let brought = Asked { fetch, shelf, address }.segments(head, false, progress).await?;
    Ok(brought.downloaded)
}

impl<F: Fetch> Host<'_, F> {
    async fn small(&self, path: &str, limit: usize) -> Result<Vec<u8>, UpdateError> {
        let request = Request { url: &self.address.file(path), what: What::Head, limit, part: None };
        Ok(self.fetch.get(request, &mut |_| {}).await?)
    }

    /// The head, and the root files that are needed to believe it.
    async fn head(
        &self,
        trust: &Trust,
        newest: &mut Option<(Trust, Vec<u8>)>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(Head, Vec<u8>), UpdateError> {
        let mut at_head = |received| progress(Progress { stage: Stage::Head, received, total: None });
        at_head(0);
        let request = Request { url: &self.address.file("head"), what: What::Head, limit: MAX_HEAD, part: None };
        let file = self.fetch.get(request, &mut at_head).await?;
        if is_web_page(&file) {
            return Err(HeadError::WebPage.into());
        }
        // Not believed, but worth asking: whoever forges it gets us to ask for a file that is not there.
        let declared = declared_root(&file).map_err(HeadError::from)?;
        self.roots(trust, declared, newest).await?;
        let trust = newest.as_ref().map_or(trust, |(trust, _)| trust);
        Ok((accept(&file, trust)?, file))
    }

    /// The root files up to a version, as many as one update takes. Each that holds is kept whatever becomes of the rest.
    async fn roots(
        &self,
        trust: &Trust,
        version: u64,
        newest: &mut Option<(Trust, Vec<u8>)>,
    ) -> Result<(), UpdateError> {
        let first = trust.version();
        let needed = if trust.head_keys().is_empty() { version.max(1) } else { version };
        for version in (first + 1..=needed).take(MAX_ROOTS as usize) {
            let file = match self.small(&format!("root/{version}"), MAX_ROOT).await {
                Err(UpdateError::Fetch(FetchError::Status(404 | 410))) if version == 1 && needed == 1 => {
                    return Err(RootError::Missing.into());
                }
                file => file?,
            };
            let next = newest.as_ref().map_or(trust, |(trust, _)| trust).next(&file)?;
            *newest = Some((next, file));
        }
        Ok(())
    }

    /// Retractions that came apart from the head, if they are newer. They are a second way for what is urgent: where there
    /// are none, or they do not hold, the first way goes on.
    ///
    /// # Errors
    /// When the server wants to be left alone: then nothing else is asked for either.
    async fn retractions(&self, trust: &Trust, held: &Held, now: u64) -> Result<Option<News>, FetchError> {
        if trust.root().is_none_or(|root| root.retraction_keys.is_empty()) {
            return Ok(None);
        }
        let file = match self.small(RETRACTIONS_FILE, MAX_RETRACTIONS_FILE).await {
            Ok(file) => file,
            Err(UpdateError::Fetch(busy @ FetchError::Busy(_))) => return Err(busy),
            Err(_) => return Ok(None),
        };
        let Ok(retractions) = trust.accept_retractions(&file, now) else { return Ok(None) };
        let newer = (retractions.epoch, retractions.sequence) > held.retractions;
        Ok(newer.then_some(News { file, retractions }))
    }
}

impl<F: Fetch, S: Shelf> Asked<'_, F, S> {
    async fn publication(
        &self,
        head: Head,
        head_file: Vec<u8>,
        trust: &Trust,
        held: &Held,
        now: u64,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Option<Update>, UpdateError> {
        if held.shown.as_ref().is_some_and(|shown| *shown != hex::encode(Sha256::digest(&head_file))) {
            return Err(UpdateError::ChangedMeanwhile);
        }
        let floor = if head.epoch == held.epoch { held.floor } else { 0 };
        if head.sequence < floor || head.epoch < held.epoch {
            return Err(HeadError::Rollback { held: held.floor, offered: head.sequence }.into());
        }
        if let Some((epoch, sequence, digest)) = held.current
            && (epoch, sequence) == (head.epoch, head.sequence)
        {
            if Sha256::digest(&head_file)[..] != digest {
                return Err(HeadError::Equivocation(sequence).into());
            }
            let mut used = head.required_segments().chain(head.keypoint_segments());
            let mut keypoints = head.keypoint_segments();
            if keypoints.all(|name| held.keypoints.contains(&name.sha256))
                && used.all(|name| self.shelf.has(&name.sha256))
            {
                self.shelf.keep_parts_of(&|_| false).await?;
                return Ok(None);
            }
        }
        if trust.is_expired(now) {
            return Err(HeadError::RootExpired.into());
        }
        held.check_room(&head)?;
        // What is found today is found until all of what is new is there.
        let may_follow = held.keypoints.iter().all(|used| head.keypoint_segments().any(|name| name.sha256 == *used));
        let Brought { downloaded, keypoints_follow } = self.segments(&head, may_follow, progress).await?;
        let root_signed = trust.is_root_signed(&head_file, super::Role::Head);
        Ok(Some(Update { head_file, head, root_signed, downloaded, keypoints_follow }))
    }
}

/// The version of the root that a head says was in force, not verified.
fn declared_root(head_file: &[u8]) -> Result<u64, EnvelopeError> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Declared {
        #[serde(default)]
        root_version: u64,
    }
    let declared = serde_json::from_slice::<Declared>(unverified_payload(head_file)?);
    Ok(declared.map_or(0, |declared| declared.root_version))
}
