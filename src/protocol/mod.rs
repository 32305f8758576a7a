//! Messages between the extension's parts. The TypeScript types are generated from these.
//!
//! Every message has a `kind`; every reply too, and a failure is a reply of kind `error` with a stable `code`, so that
//! nothing is lost where a rejected promise would become a bare text. Content scripts may send [`PageRequest`] only;
//! [`OwnRequest`] is for the extension's own pages.

use serde::{Deserialize, Serialize};
#[cfg(target_family = "wasm")]
use tsify::Tsify;

mod fields;
mod logs;
mod preview;
mod status;
mod verdict;

pub use fields::Fields;
pub use logs::{LogSettings, LogStatus, Notice, NoticeKind};
pub use preview::SourcePreview;
pub use status::{
    Mute, NetworkRecord, PolicyStatus, Sensitivity, SourceResult, SourceStatus, Status, UpdateOutcome, UpdateResult,
};
pub use verdict::{
    CardCorrection, CardOriginal, CardReview, CardText, Finding, Level, Reason, ReasonCode, Verdict, VerdictKind, Via,
};

/// What a content script may ask.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub enum PageRequest {
    /// The verdict for a picture, if it is known already.
    LookUp {
        /// The picture's key.
        key: String,
    },
    /// The verdict for a picture.
    CheckImage {
        /// The picture's key.
        key: String,
        /// Where it is.
        url: String,
        /// The page's own copy, where it could be read.
        #[cfg_attr(target_family = "wasm", tsify(type = "Uint8Array | null"))]
        bytes: Option<Vec<u8>>,
    },
    /// Never warn for this entry again, on this device.
    MuteMatch {
        /// The source's id.
        source: String,
        /// The entry's id.
        entry: String,
    },
}

/// What the extension's own pages may ask.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub enum OwnRequest {
    /// Everything the popup shows.
    Status,
    /// Fetch what has been published since.
    UpdateSources {
        /// One source, or all.
        source: Option<String>,
        /// Take a change of very many entries at once, which the person has been told of.
        #[cfg_attr(target_family = "wasm", tsify(optional))]
        accept_mass_change: bool,
    },
    /// Stop the update that is under way.
    CancelUpdate,
    /// What adding a source would mean; nothing is stored.
    PreviewSource {
        /// Its address.
        url: String,
        /// Its public key.
        key: String,
    },
    /// The same, for a source's descriptor.
    PreviewDescriptor {
        /// The file's text.
        text: String,
    },
    /// Add a source.
    AddSource {
        /// Its address.
        url: String,
        /// Its public key.
        key: String,
        /// The head that was shown before, as [`SourcePreview::head`]: another one is refused.
        head: Option<String>,
    },
    /// Remove a source that was added.
    RemoveSource {
        /// Its id.
        source: String,
    },
    /// Use a source or not.
    SetSourceEnabled {
        /// Its id.
        source: String,
        /// Whether to use it.
        enabled: bool,
    },
    /// Whether a site is checked.
    SiteState {
        /// Its host.
        host: String,
    },
    /// Check a site or not.
    SetSite {
        /// Its host.
        host: String,
        /// Whether to check it.
        enabled: bool,
    },
    /// The language of all texts.
    SetLanguage {
        /// BCP 47, or null for the browser's.
        language: Option<String>,
    },
    /// How readily to speak.
    SetSensitivity {
        /// Where on the curve.
        sensitivity: Sensitivity,
    },
    /// Warn for an entry again.
    Unmute {
        /// The source's id.
        source: String,
        /// The entry's id.
        entry: String,
    },
    /// What to remember of pictures and warnings; what is switched off is erased.
    SetLogs {
        /// All of it.
        logs: LogSettings,
    },
    /// Take a notice away, or all of them.
    DismissNotice {
        /// Its id; null: all.
        notice: Option<u32>,
    },
    /// Back to the day of installation.
    ForgetEverything,
}

/// What comes back.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub enum Reply {
    /// Done; there is nothing more to say.
    Done,
    /// The verdict for a picture.
    Verdict(Verdict),
    /// No verdict for this key yet: send the picture.
    Unknown,
    /// Everything the popup shows.
    Status(Status),
    /// What an update did.
    Updated {
        /// For each source.
        results: Vec<UpdateResult>,
    },
    /// What adding a source would mean.
    Preview(SourcePreview),
    /// The source that was added.
    Added {
        /// Its state.
        source: SourceStatus,
    },
    /// Whether a site is checked.
    Site {
        /// Its host.
        host: String,
        /// Whether it is checked.
        enabled: bool,
        /// An organisation has set it.
        locked: bool,
    },
    /// It failed.
    Error(Failure),
}

/// A failure: a stable code that pages have a sentence for, and our own words for a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub struct Failure {
    /// Stable.
    pub code: String,
    /// In English.
    pub message: String,
}

/// What the background tells pages without being asked.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub enum Event {
    /// How far an update is.
    Progress {
        /// The source's id.
        source: String,
        /// `head`, `segments`, `verify`, `store` or `done`.
        stage: String,
        /// Bytes so far.
        received: u64,
        /// Bytes in all, when known.
        total: Option<u64>,
    },
    /// The index changed: verdicts may too.
    IndexChanged {
        /// Counts the changes since the background started.
        generation: u32,
    },
    /// Settings changed.
    SettingsChanged,
    /// Something that the popup shows changed.
    StatusChanged,
    /// There is something to write into the logs, or to look for news: that takes a call within seconds, when it is quiet.
    LogsWaiting,
    /// There is news of pictures that were seen, and the person wants to be notified.
    News {
        /// What is new.
        notices: Vec<Notice>,
    },
}
