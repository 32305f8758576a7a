//! What the popup shows.

use serde::{Deserialize, Serialize};
#[cfg(target_family = "wasm")]
use tsify::Tsify;

use super::{Failure, LogStatus, Notice};

/// The state of everything.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub struct Status {
    /// All sources, the ones that came with the extension first.
    pub sources: Vec<SourceStatus>,
    /// The language that was chosen, or null for the browser's.
    pub language: Option<String>,
    /// How readily it speaks.
    pub sensitivity: Sensitivity,
    /// Hosts that are not checked.
    pub disabled_sites: Vec<String>,
    /// Entries that never warn: source and entry.
    pub mutes: Vec<Mute>,
    /// Whether an update is under way.
    pub updating: bool,
    /// What was downloaded since the background started, the newest first.
    pub network: Vec<NetworkRecord>,
    /// What is wrong with the store, if anything.
    pub store: Option<Failure>,
    /// What is remembered of pictures and warnings.
    pub logs: LogStatus,
    /// News of pictures that were seen, the newest first.
    pub notices: Vec<Notice>,
    /// What an organisation has set, if anything.
    pub policy: Option<PolicyStatus>,
}

/// What an organisation has set.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub struct PolicyStatus {
    /// No other sources are used, and none can be added.
    pub only_these_sources: bool,
    /// Sites that are not checked: hosts, `*.example.org`, `*`.
    pub disabled_sites: Vec<String>,
    /// Sites that are, whatever else says no.
    pub enabled_sites: Vec<String>,
    /// The sensitivity is set.
    pub sensitivity_locked: bool,
    /// The language is set.
    pub language_locked: bool,
    /// Whether what was shown may be remembered; null where it is not set.
    pub seen_log: Option<bool>,
    /// Whether notices may be shown outside pages; null where it is not set.
    pub notifications: Option<bool>,
    /// What could not be used.
    pub problems: Vec<Failure>,
}

/// How readily Caveat speaks: a place on the curve of found pictures against false matches (`docs/matching.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub enum Sensitivity {
    /// Only what is beyond doubt; questions are not asked.
    Cautious,
    /// The measured default.
    #[default]
    Balanced,
    /// Asks more questions. Warnings are as rarely wrong as by default.
    Keen,
}

/// An entry that never warns.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub struct Mute {
    /// The source's id.
    pub source: String,
    /// The entry's id.
    pub entry: String,
}

/// The state of a source.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub struct SourceStatus {
    /// 64 hexadecimal digits.
    pub id: String,
    /// What it is called; empty when nothing of it is here.
    pub name: String,
    /// Only the source itself calls itself that.
    pub self_declared: bool,
    /// A word of that name mixes scripts that look alike.
    pub mixed_scripts: bool,
    /// What people compare.
    pub key_fingerprint: String,
    /// Where updates come from, or null.
    pub url: Option<String>,
    /// `embedded`, `added` or `managed`: set by an organisation.
    pub origin: String,
    /// Set by an organisation: it cannot be removed.
    pub managed: bool,
    /// It cannot be switched on or off.
    pub locked: bool,
    /// Signed with the key that lies in the repository.
    pub development: bool,
    /// Whether it is used.
    pub enabled: bool,
    /// Entries that stand.
    pub entries: u32,
    /// Hashes.
    pub fingerprints: u32,
    /// Sequence of its head.
    #[cfg_attr(target_family = "wasm", tsify(type = "number"))]
    pub sequence: u64,
    /// SHA-256 of its head's file, 64 hexadecimal digits, or null: two people whose digests differ for one sequence are
    /// served different indexes.
    pub head_digest: Option<String>,
    /// When it was published: milliseconds since 1970.
    #[cfg_attr(target_family = "wasm", tsify(type = "number"))]
    pub issued: i64,
    /// Days since then.
    pub age_days: u32,
    /// Whether the publisher says that it is out of date by now.
    pub expired: bool,
    /// `ready`, `notLoaded` or `failed`.
    pub state: String,
    /// The tier of keypoints, which finds crops and collages: `none` when the source has none, `waiting` until a picture
    /// needs it, `ready`, `failed`, or `missing` as long as not all of it was downloaded.
    pub keypoints: String,
    /// When the server was last asked: milliseconds since 1970.
    #[cfg_attr(target_family = "wasm", tsify(type = "number | null"))]
    pub last_check: Option<i64>,
    /// What came of it.
    pub last_result: Option<SourceResult>,
}

/// What came of asking a server.
pub type SourceResult = Failure;

/// What an update did to a source.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub struct UpdateResult {
    /// The source's id.
    pub source: String,
    /// What happened.
    pub outcome: UpdateOutcome,
    /// Why it failed.
    pub code: Option<String>,
    /// Why it failed, in English.
    pub message: Option<String>,
    /// Entries that stand now and did not before.
    pub added: u32,
    /// Entries that stood before and do not now.
    pub removed: u32,
}

/// What happened to a source in an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub enum UpdateOutcome {
    /// Something new is in use.
    Updated,
    /// There was nothing new.
    Current,
    /// It failed; what was in use still is.
    Failed,
    /// It was stopped.
    Cancelled,
    /// The source has no update address.
    NoAddress,
}

/// One download.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub struct NetworkRecord {
    /// When it began: milliseconds since 1970.
    #[cfg_attr(target_family = "wasm", tsify(type = "number"))]
    pub when: i64,
    /// From where.
    pub url: String,
    /// `head`, `segment` or `image`.
    pub what: String,
    /// `ok`, or the code of the failure.
    pub outcome: String,
    /// Bytes received.
    pub bytes: u32,
}
