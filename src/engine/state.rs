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
}

/// What is stored of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceState {
    /// Its key, 64 hexadecimal digits.
    pub key: String,
    /// Where updates come from.
    pub url: Option<String>,
    /// Whether it came with the extension.
    pub embedded: bool,
    /// Whether it is used.
    pub enabled: bool,
    /// The publication in use, if one was downloaded.
    pub held: Option<HeldState>,
    /// The highest sequence that was ever accepted: an older one is a replay.
    pub floor: u64,
    /// When the server was last asked: milliseconds since 1970.
    pub last_check: Option<i64>,
    /// What came of it.
    pub last_result: Option<Failure>,
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
        let held = self.sources.values().filter_map(|source| source.held.as_ref());
        held.flat_map(|held| held.segments.iter().chain(&held.keypoints).chain([&held.head]))
            .map(String::as_str)
            .chain(self.logs.iter().flat_map(LogState::files))
            .collect()
    }
}
