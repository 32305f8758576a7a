//! What is stored: settings, and for each source a pointer at the files that are in use.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::log::LogState;
use crate::protocol::{Failure, Sensitivity};

/// Version of the stored state.
const VERSION: u32 = 1;

/// Everything but the files themselves. JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// [`VERSION`].
    pub version: u32,
    /// The language that was chosen.
    #[serde(default)]
    pub language: Option<String>,
    /// How readily to speak.
    #[serde(default)]
    pub sensitivity: Sensitivity,
    /// Hosts that are not checked.
    #[serde(default)]
    pub disabled_sites: BTreeSet<String>,
    /// Entries that never warn: source and entry.
    #[serde(default)]
    pub mutes: BTreeSet<(String, String)>,
    /// Sources by id: those that were added, and those that came with the extension once there is something to say.
    #[serde(default)]
    pub sources: BTreeMap<String, SourceState>,
    /// What the person lets us remember, and where it is; nothing before they have said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logs: Option<LogState>,
    /// Stored files of updates that are not finished, by source: verified, or parts of a file, and not in use yet.
    #[serde(default)]
    pub staged: BTreeMap<String, BTreeSet<String>>,
}

/// What is stored of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceState {
    /// Its anchor: a key or a root.
    pub key: String,
    /// The stored file of the newest root that was accepted.
    #[serde(default)]
    pub root: Option<String>,
    /// Retractions that came apart from the head.
    #[serde(default)]
    pub retractions: Option<RetractionsState>,
    /// Where updates come from.
    pub url: Option<String>,
    /// Whether it came with the extension.
    pub embedded: bool,
    /// Whether it is here because an organisation has set it, and only so.
    #[serde(default)]
    pub managed: bool,
    /// Whether it is used.
    pub enabled: bool,
    /// The publication in use, if one was downloaded.
    pub held: Option<HeldState>,
    /// The epoch of the highest sequence.
    #[serde(default)]
    pub epoch: u64,
    /// The highest sequence of that epoch that was ever accepted: an older one is a replay.
    pub floor: u64,
    /// When the newest head was made that was ever accepted: seconds since 1970.
    #[serde(default)]
    pub issued: u64,
    /// Questions in a row that were begun and in which the background was ended.
    #[serde(default)]
    pub unanswered: u32,
    /// Questions in a row that brought no answer.
    #[serde(default)]
    pub failures: u32,
    /// Tries in a row that did not bring the keypoints of the publication in use.
    #[serde(default)]
    pub keypoints_failures: u32,
    /// When the last of them was: milliseconds since 1970.
    #[serde(default)]
    pub keypoints_failed: Option<i64>,
    /// The server asked to be left alone until then: milliseconds since 1970.
    #[serde(default)]
    pub not_before: Option<i64>,
    /// When the server was last asked: milliseconds since 1970.
    pub last_check: Option<i64>,
    /// What came of it.
    pub last_result: Option<Failure>,
}

/// Retractions that came apart from the head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RetractionsState {
    /// Their stored file.
    pub file: String,
    /// Their epoch.
    pub epoch: u64,
    /// Their sequence.
    pub sequence: u64,
}

/// A publication in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeldState {
    /// The stored file of the head.
    pub head: String,
    /// The stored files of the segments, by their SHA-256, in the head's order.
    pub segments: Vec<String>,
    /// The stored files of the keypoints.
    #[serde(default)]
    pub keypoints: Vec<String>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            version: VERSION,
            language: None,
            sensitivity: Sensitivity::default(),
            disabled_sites: BTreeSet::new(),
            mutes: BTreeSet::new(),
            sources: BTreeMap::new(),
            logs: None,
            staged: BTreeMap::new(),
        }
    }
}

impl State {
    /// The state in these bytes, or `None` when they are no state of ours.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok().filter(|state: &Self| state.version == VERSION)
    }

    /// The bytes to store.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a state has only string keys")
    }

    /// All stored files that are in use.
    pub fn files(&self) -> BTreeSet<&str> {
        let staged = self.staged.values().flatten().map(String::as_str);
        let logs = self.logs.iter().flat_map(LogState::files);
        self.sources.values().flat_map(SourceState::files).chain(staged).chain(logs).collect()
    }

    /// Changes which files are staged for a source.
    pub fn restage(&mut self, source: &str, change: impl FnOnce(&mut BTreeSet<String>)) {
        let mut staged = self.staged.remove(source).unwrap_or_default();
        change(&mut staged);
        if !staged.is_empty() {
            self.staged.insert(source.to_owned(), staged);
        }
    }

    /// The stored segments of a source, in use or not yet.
    pub fn segments(&self, source: &str) -> impl Iterator<Item = &String> {
        let held = self.sources.get(source).into_iter().flat_map(SourceState::segments);
        let staged = self.staged.get(source).into_iter().flatten();
        held.chain(staged.filter(|name| name.starts_with("segment-")))
    }
}

impl SourceState {
    /// What is stored of a source that was just met.
    pub fn new(key: String, url: Option<String>, embedded: bool) -> Self {
        Self {
            key,
            root: None,
            retractions: None,
            url,
            embedded,
            managed: false,
            enabled: true,
            held: None,
            epoch: 0,
            floor: 0,
            issued: 0,
            unanswered: 0,
            failures: 0,
            keypoints_failures: 0,
            keypoints_failed: None,
            not_before: None,
            last_check: None,
            last_result: None,
        }
    }

    /// Whether it is here without a person having added it: then something may be stored of it at any time.
    pub fn is_given(&self) -> bool {
        self.embedded || self.managed
    }

    /// Its stored segments in use.
    fn segments(&self) -> impl Iterator<Item = &String> {
        self.held.iter().flat_map(|held| held.segments.iter().chain(&held.keypoints))
    }

    /// Its stored files.
    fn files(&self) -> impl Iterator<Item = &str> {
        let head = self.held.iter().map(|held| &held.head);
        let retractions = self.retractions.iter().map(|retractions| &retractions.file);
        self.segments().chain(head).chain(&self.root).chain(retractions).map(String::as_str)
    }
}
