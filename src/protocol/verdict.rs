//! What is said of an image.

use serde::Serialize;
#[cfg(target_family = "wasm")]
use tsify::Tsify;

/// The verdict on an image. Silence and "checked, nothing known" never look alike.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub struct Verdict {
    /// In one word.
    pub verdict: VerdictKind,
    /// Why the picture could not be checked.
    pub reason: Option<Reason>,
    /// Which index gave it: counts the changes since the background started.
    pub generation: u32,
    /// What is known of it, best first. Besides warnings also fact-checkers' pictures (role `debunk`), which do not
    /// count for the verdict.
    pub matches: Vec<Finding>,
}

/// A verdict in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub enum VerdictKind {
    /// A known picture.
    Match,
    /// Perhaps a known picture.
    Possible,
    /// Checked, nothing known.
    None,
    /// Too little in it to be told from others.
    TooPlain,
    /// The bytes are no picture that we can read.
    Unreadable,
    /// The bytes could not be had.
    NoAccess,
    /// There is no index to look it up in, or only such as are long out of date and do not know it.
    NoIndex,
}

/// Why a picture could not be checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub struct Reason {
    /// Stable.
    pub code: ReasonCode,
    /// In English.
    pub message: String,
}

/// The reasons, one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub enum ReasonCode {
    /// A format that we do not decode.
    UnsupportedFormat,
    /// Damaged data.
    CorruptImage,
    /// The file is too long.
    TooManyBytes,
    /// The picture is too large.
    TooManyPixels,
    /// No bytes.
    EmptyBody,
    /// The host could not be reached, or refused.
    FetchFailed,
    /// Not an address that may be fetched.
    NotPermitted,
    /// The host did not answer in time.
    TimedOut,
    /// Every index in use is so long out of date that knowing nothing says nothing.
    OutOfDate,
}

/// How certain a match is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub enum Level {
    /// Certain enough to warn.
    Match,
    /// Shown quietly, as a question.
    Possible,
}

/// What matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub enum Via {
    /// Exact PDQ of the whole picture.
    Pdq,
    /// The canonical hash of the whole picture.
    Canonical,
    /// The canonical hash of a part of either picture.
    Region,
    /// Keypoints, verified.
    Keypoints,
}

/// An entry, and how the image relates to it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub struct Finding {
    /// The source's id.
    pub source: String,
    /// What the source is called.
    pub source_name: String,
    /// Only the source itself calls itself that.
    pub self_declared: bool,
    /// A word of that name mixes scripts that look alike.
    pub mixed_scripts: bool,
    /// What people compare.
    pub key_fingerprint: String,
    /// Signed with the key that lies in the repository.
    pub development: bool,
    /// When the source's index was published: milliseconds since 1970.
    #[cfg_attr(target_family = "wasm", tsify(type = "number"))]
    pub issued: i64,
    /// Days since then.
    pub age_days: u32,
    /// The entry's id.
    pub entry: String,
    /// Its revision.
    pub rev: u32,
    /// How certain.
    pub level: Level,
    /// `known`, `original` or `debunk`.
    #[cfg_attr(target_family = "wasm", tsify(type = "\"known\" | \"original\" | \"debunk\""))]
    pub role: crate::index::Role,
    /// What matched.
    pub via: Via,
    /// Bits of the hashes that differ, 0..=256; null when no hash is near.
    pub distance: Option<u32>,
    /// Keypoints of the known picture that were found again in their places; null when the hash decided alone.
    pub inliers: Option<u32>,
    /// The image is a mirror image of the known picture.
    pub mirrored: bool,
    /// Degrees clockwise by which the known picture was turned.
    pub rotated: u16,
    /// The part of the image that matched: x, y, width, height as fractions; null for all of it.
    pub region: Option<[f64; 4]>,
    /// The part of the known picture.
    pub known_region: Option<[f64; 4]>,
    /// Where the image's corners (top left, top right, bottom right, bottom left) lie in the known picture, in fractions
    /// of its sides, x and y; outside 0..=1 where the image shows more than the known picture.
    pub outline: [[f64; 2]; 4],
    /// `always` or `claim`.
    #[cfg_attr(target_family = "wasm", tsify(type = "\"always\" | \"claim\""))]
    pub scope: crate::index::Scope,
    /// schema.org names.
    pub category: Vec<String>,
    /// `active` or `corrected`.
    #[cfg_attr(target_family = "wasm", tsify(type = "\"active\" | \"corrected\" | \"retracted\""))]
    pub status: crate::index::Status,
    /// What it was claimed to be.
    pub claim: CardText,
    /// What it really is.
    pub truth: CardText,
    /// When the claim was made.
    pub claim_date: Option<String>,
    /// What was wrong with an earlier revision.
    pub correction: Option<CardCorrection>,
    /// Where the picture comes from.
    pub original: CardOriginal,
    /// Who checked it.
    pub reviews: Vec<CardReview>,
}

/// A text and its language.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub struct CardText {
    /// The text; may be empty.
    pub text: String,
    /// BCP 47.
    pub language: String,
}

/// A correction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub struct CardCorrection {
    /// In words.
    pub text: String,
    /// BCP 47.
    pub language: String,
    /// When.
    pub date: Option<String>,
}

/// Where a picture comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub struct CardOriginal {
    /// When it was made.
    pub date: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// By whom.
    pub creator: Option<String>,
    /// Where it can be seen: a plain web address on a host that the source lists, or null.
    pub url: Option<String>,
}

/// A published check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(target_family = "wasm", derive(Tsify))]
pub struct CardReview {
    /// Who.
    pub publisher: String,
    /// Where it can be read: a plain web address on a host that the source lists, or null.
    pub url: Option<String>,
    /// Its headline.
    pub title: Option<String>,
    /// When.
    pub date: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// The publisher's own word for it.
    pub rating: Option<String>,
}
