//! What a person may let Caveat remember, and what that brings them: news of pictures they saw.

use serde::{Deserialize, Serialize};
#[cfg(target_family = "wasm")]
use tsify::Tsify;

use super::{CardCorrection, CardText, Failure};

/// What is remembered. Nothing before the person has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub struct LogSettings {
    /// Which entries warned, to say when they are corrected or retracted.
    pub shown: bool,
    /// Fingerprints of pictures that were seen, to say when they become known.
    pub seen: bool,
    /// For how many days those are kept: one of [`Self::DAYS`].
    pub days: u16,
    /// Whether the browser's notifications tell the news too.
    pub notify: bool,
}

impl LogSettings {
    /// For how many days fingerprints may be kept.
    pub const DAYS: [u16; 3] = [7, 30, 90];
}

/// The state of the logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub struct LogStatus {
    /// What is remembered; null before the person has answered: then nothing is.
    pub settings: Option<LogSettings>,
    /// How many entries that warned are remembered.
    pub shown: u32,
    /// How many pictures that were seen are.
    pub seen: u32,
    /// Why something could not be remembered, if it could not.
    pub failure: Option<Failure>,
}

/// News of a picture that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub struct Notice {
    /// Names it until it is dismissed.
    pub id: u32,
    /// What happened.
    pub kind: NoticeKind,
    /// The source's id.
    pub source: String,
    /// What the source calls itself.
    pub source_name: String,
    /// The entry's id.
    pub entry: String,
    /// The day on which the picture, or the warning, was last seen: days since 1970.
    pub day: u32,
    /// What the picture was claimed to be; may be empty.
    pub claim: CardText,
    /// What it really is; may be empty where the entry was retracted.
    pub truth: CardText,
    /// What was wrong, in the source's words.
    pub correction: Option<CardCorrection>,
    /// Where it can be read: a plain web address, or null.
    pub url: Option<String>,
}

/// What happened to a picture that was seen, or to the entry that warned of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub enum NoticeKind {
    /// It is known now.
    NowKnown,
    /// The entry that warned of it was corrected.
    Corrected,
    /// It was retracted: the warning no longer stands.
    Retracted,
}
