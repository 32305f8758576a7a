//! The tier of keypoints: loaded when the first picture needs it, so that hashes answer at once after a cold start.

use futures_util::future::join_all;

use super::sources::segment_file;
use super::{Background, Publication, failure};
use crate::index::KeypointTier;
use crate::index::segment::KeypointSegment;
use crate::protocol::{Event, Failure};
use crate::source::{Clock, Fetch, Head, Store, build_keypoints, owners};

/// The keypoints of a publication.
#[derive(Debug)]
pub(super) enum Tier {
    /// It has none.
    None,
    /// They lie there.
    Waiting(Place),
    /// They are loaded from there.
    Ready(KeypointTier, Place),
    /// They could not be loaded; hashes answer alone.
    Failed(Failure),
}

/// Where the files of a tier lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// Addresses in the package.
    Packaged(Vec<String>),
    /// Names in the store.
    Stored(Vec<String>),
}

impl Place {
    /// The addresses in the package, or the names in the store.
    pub(super) fn addresses(&self) -> &[String] {
        match self {
            Self::Packaged(addresses) => addresses,
            Self::Stored(names) => names,
        }
    }

    /// The addresses in the package, if it lies there.
    pub(super) fn packaged(&self) -> &[String] {
        match self {
            Self::Packaged(addresses) => addresses,
            Self::Stored(_) => &[],
        }
    }
}

impl Tier {
    /// The keypoints of what came with the extension, from a folder's address.
    pub(super) fn packaged(head: &Head, base: &str) -> Self {
        let files: Vec<String> = head.keypoint_segments().map(|name| format!("{base}{}", name.path())).collect();
        if files.is_empty() { Self::None } else { Self::Waiting(Place::Packaged(files)) }
    }

    /// The keypoints of what was downloaded.
    pub(super) fn stored(files: &[String]) -> Self {
        if files.is_empty() { Self::None } else { Self::Waiting(Place::Stored(files.to_vec())) }
    }

    /// What can be searched.
    pub(super) fn loaded(&self) -> Option<&KeypointTier> {
        match self {
            Self::Ready(tier, _) => Some(tier),
            Self::None | Self::Waiting(_) | Self::Failed(_) => None,
        }
    }

    /// Where its files lie.
    pub(super) fn place(&self) -> Option<&Place> {
        match self {
            Self::Waiting(place) | Self::Ready(_, place) => Some(place),
            Self::None | Self::Failed(_) => None,
        }
    }

    /// Why it could not be loaded.
    pub(super) fn failure(&self) -> Option<Failure> {
        match self {
            Self::Failed(failure) => Some(failure.clone()),
            Self::None | Self::Waiting(_) | Self::Ready(..) => None,
        }
    }

    /// In the words of the protocol.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Waiting(_) => "waiting",
            Self::Ready(..) => "ready",
            Self::Failed(_) => "failed",
        }
    }
}

impl Publication {
    /// The SHA-256 of the keypoints in use, loaded or not, hexadecimal.
    pub(super) fn used_keypoints(&self) -> Vec<String> {
        let named = self.head.keypoint_segments().map(|name| &name.sha256);
        let is_used = |place: &Place, sha256: &str| match place {
            Place::Packaged(_) => true,
            Place::Stored(files) => files.contains(&segment_file(sha256)),
        };
        match self.keypoints.borrow().place() {
            Some(place) => named.filter(|sha256| is_used(place, sha256)).cloned().collect(),
            None => Vec::new(),
        }
    }

    /// The state of its keypoints in the words of the protocol.
    pub(super) fn keypoints_word(&self) -> &'static str {
        let tier = self.keypoints.borrow();
        if tier.failure().is_none() && self.lacks_keypoints() { "missing" } else { tier.word() }
    }

    /// Whether keypoints that its head names are not in use.
    pub(super) fn lacks_keypoints(&self) -> bool {
        self.used_keypoints().len() < self.head.keypoint_segments().count()
    }
}

impl<F: Fetch, S: Store, C: Clock> Background<F, S, C> {
    /// Loads the keypoints of all sources in use that wait for it. Whether there are any to search.
    pub(super) async fn load_keypoints(&self) -> bool {
        let _one_at_a_time = self.loading_keypoints.lock().await;
        let used: Vec<_> = self
            .loaded
            .borrow()
            .iter()
            .filter(|source| source.enabled)
            .filter_map(|source| source.publication.as_ref().ok().cloned())
            .collect();
        // What takes long is the way to the files and back.
        let loaded = join_all(used.iter().map(|held| self.load_tier(held))).await;
        loaded.contains(&true)
    }

    /// Loads the keypoints of a publication if they wait for it. Whether there are any to search.
    async fn load_tier(&self, held: &Publication) -> bool {
        let waiting = match &*held.keypoints.borrow() {
            Tier::Waiting(place) => Some(place.clone()),
            _ => None,
        };
        if let Some(place) = waiting {
            let read = self.read_keypoints(held, &place).await;
            let mut tier = held.keypoints.borrow_mut();
            // Else its files were found to be damaged meanwhile.
            if matches!(*tier, Tier::Waiting(_)) {
                *tier = read.map_or_else(Tier::Failed, |tier| Tier::Ready(tier, place));
            }
            drop(tier);
            self.tell(Event::StatusChanged);
        }
        held.keypoints.borrow().loaded().is_some()
    }

    /// Whether a source in use has keypoints, loaded or not.
    pub(super) fn has_keypoints(&self) -> bool {
        self.loaded.borrow().iter().any(|source| {
            let held = source.publication.as_ref().ok().filter(|_| source.enabled);
            held.is_some_and(|held| matches!(&*held.keypoints.borrow(), Tier::Waiting(_) | Tier::Ready(..)))
        })
    }

    fn is_in_use(&self, held: &Publication) -> bool {
        let loaded = self.loaded.borrow();
        loaded.iter().any(|source| source.publication.as_ref().is_ok_and(|used| std::ptr::eq(&**used, held)))
    }

    async fn read_keypoints(&self, held: &Publication, place: &Place) -> Result<KeypointTier, Failure> {
        let damaged = |error: &dyn std::fmt::Display| {
            failure("corruptStore", &format!("the stored keypoints are damaged: {error}"))
        };
        let pause = self.pauses();
        let mut parts = Vec::new();
        match place {
            Place::Packaged(addresses) => {
                let mut files = Vec::new();
                for address in addresses {
                    files.push(self.packaged_file(address).await?);
                }
                let tier = build_keypoints(&held.head, &held.index, files, pause).await;
                return tier.map_err(|error| damaged(&error));
            }
            Place::Stored(names) => {
                for name in names {
                    let file = match self.store.file(name).await {
                        Ok(file) => KeypointSegment::open(file).map_err(|error| damaged(&error)),
                        Err(error) => Err(error.into()),
                    };
                    // What an update has replaced meanwhile is rightly gone; else the next one downloads it again.
                    if file.as_ref().is_err_and(|error| error.code == "corruptStore") && self.is_in_use(held) {
                        self.damaged.borrow_mut().insert(name.clone());
                    }
                    parts.push(file?);
                }
            }
        }
        let tier = KeypointTier::build(&held.index, &owners(&held.head), parts, pause).await;
        tier.map_err(|error| damaged(&error))
    }
}
