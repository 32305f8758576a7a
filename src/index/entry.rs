//! The entry: one known item, in the interchange format (`design.md` and `docs/entry-format.md`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

use super::{is_date, web_link};
use crate::fingerprint::{Hash, encoding};

/// Text by BCP 47 language.
pub type Texts = BTreeMap<String, String>;

/// One known item: what it was claimed to be, what it really is, who checked it, and the media that show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// `[a-z0-9-]{1,64}`, unique in a source and never used again.
    pub id: String,
    /// Revision; only grows.
    pub rev: u32,
    /// Active, corrected or retracted.
    #[serde(default)]
    pub status: Status,
    /// How the media mislead, by schema.org's names.
    #[serde(default)]
    pub category: Vec<String>,
    /// Whether it is never genuine as news, or only wrong when said to be this.
    #[serde(default)]
    pub scope: Scope,
    /// What it was claimed to be.
    #[serde(default)]
    pub claim: Texts,
    /// What it really is.
    #[serde(default)]
    pub truth: Texts,
    /// When the claim was made: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim_date: Option<String>,
    /// Where the media come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Original>,
    /// What changed, when the status is `corrected`; the reason, when it is `retracted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<Correction>,
    /// Who checked it.
    #[serde(default)]
    pub reviews: Vec<Review>,
    /// The media that show it; may be empty while an editor looks for them.
    #[serde(default)]
    pub media: Vec<Media>,
    /// Fields that we do not know, kept as they are.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// Stands as first published.
    #[default]
    Active,
    /// Stands, with changes that `correction` tells.
    Corrected,
    /// Does not stand; the tombstone stays.
    Retracted,
}

/// When an entry speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    /// Never genuine as news: a composite, a film or game still.
    Always,
    /// A genuine picture, wrong only when said to be this.
    #[default]
    Claim,
}

/// schema.org MediaManipulationRatingEnumeration: what `category` may say. A client takes other names as they come, so
/// that a later one does not make an entry unreadable; [`super::parse_entries`] refuses them as slips of the pen.
pub const CATEGORIES: [&str; 6] = [
    "DecontextualizedContent",
    "EditedOrCroppedContent",
    "OriginalMediaContent",
    "SatireOrParodyContent",
    "StagedContent",
    "TransformedContent",
];

/// Where the media of an entry come from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Original {
    /// When they were made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creator: Option<String>,
    /// Where they can be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Fields that we do not know.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

/// What was wrong with an earlier revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// In words, by language.
    pub text: Texts,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Fields that we do not know.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

/// A published check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Who.
    pub publisher: String,
    /// Where it can be read.
    pub url: String,
    /// Its headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// When it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Its language, BCP 47.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The publisher's own word for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<String>,
    /// Fields that we do not know.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

/// One picture of an entry: a file that the tool fingerprints, or fingerprints alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Path of the picture, from the entries' own folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What it shows.
    pub role: Role,
    /// Exact PDQ.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "hash_text")]
    pub pdq: Option<Hash>,
    /// PDQ's quality, 0..=100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<u8>,
    /// Our fingerprint, base64 of [`encoding`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Fields that we do not know.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

/// What a picture of an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// The misattributed picture.
    Known,
    /// The unedited picture: no warning.
    Original,
    /// A fact-checker's marked copy: a quiet note.
    Debunk,
}

mod hash_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::fingerprint::Hash;

    pub fn serialize<S: Serializer>(hash: &Option<Hash>, to: S) -> Result<S::Ok, S::Error> {
        match hash {
            Some(hash) => to.collect_str(hash),
            None => to.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Hash>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
    }
}

/// What is wrong with an entry, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EntryError {
    /// The id breaks its rule.
    #[error("id {0:?}: use 1 to 64 of a-z, 0-9 and -")]
    BadId(String),
    /// Revisions start at 1.
    #[error("rev is 0: start at 1")]
    ZeroRevision,
    /// Nothing says what it really is.
    #[error("truth has no text: say in one sentence what the picture really shows")]
    NoTruth,
    /// A text is over its limit.
    #[error("{field} has {length} bytes, the limit is {limit}: shorten it")]
    TooLong {
        /// Which field.
        field: &'static str,
        /// How long it is.
        length: usize,
        /// How long it may be.
        limit: usize,
    },
    /// More of something than the limit allows.
    #[error("{count} {field}, the limit is {limit}")]
    TooMany {
        /// Of what.
        field: &'static str,
        /// How many.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
    /// No date.
    #[error("{field} {value:?}: write YYYY, YYYY-MM or YYYY-MM-DD")]
    BadDate {
        /// Which field.
        field: &'static str,
        /// What it says.
        value: String,
    },
    /// No language tag.
    #[error("language {0:?}: write a BCP 47 tag such as en or pt-BR")]
    BadLanguage(String),
    /// No web address.
    #[error("url {0:?}: write a plain http or https address")]
    BadUrl(String),
    /// `corrected` or `retracted` without words.
    #[error("status is {0} but correction has no text: say what was wrong")]
    NoCorrection(&'static str),
    /// A media item with neither file nor fingerprint.
    #[error("media {0}: give a file, a pdq or a fingerprint")]
    EmptyMedia(usize),
    /// A quality without the hash that it is of.
    #[error("media {0}: quality goes with pdq, and is 0 to 100")]
    BadQuality(usize),
    /// A hash that no picture with anything in it has, given as a good one.
    #[error("media {0}: the hash is that of an empty picture, which would be found in every empty one: leave it out")]
    DegenerateHash(usize),
    /// A category that schema.org does not know.
    #[error("category {0:?}: use schema.org's MediaManipulationRatingEnumeration, such as TransformedContent")]
    BadCategory(String),
    /// A fingerprint that does not decode.
    #[error("media {0}: {1}")]
    BadFingerprint(usize, encoding::EncodingError),
}

/// Longest text of a claim, truth or correction, in bytes.
pub const MAX_TEXT: usize = 4096;
/// Longest name, place, title and the like.
pub const MAX_NAME: usize = 512;
/// Most languages of a text.
pub const MAX_LANGUAGES: usize = 64;
/// Most reviews of an entry.
pub const MAX_REVIEWS: usize = 32;
/// Most media of an entry.
pub const MAX_MEDIA: usize = 1024;

impl Entry {
    /// Holds the entry against the rules of the format.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn validate(&self) -> Result<(), EntryError> {
        if !is_id(&self.id) {
            return Err(EntryError::BadId(self.id.chars().take(80).collect()));
        }
        if self.rev == 0 {
            return Err(EntryError::ZeroRevision);
        }
        if self.status != Status::Retracted && self.truth.values().all(|text| text.trim().is_empty()) {
            return Err(EntryError::NoTruth);
        }
        most("categories", self.category.len(), CATEGORIES.len())?;
        self.category.iter().try_for_each(|category| longest("category", category, 64))?;
        texts("claim", &self.claim)?;
        texts("truth", &self.truth)?;
        date("claim_date", self.claim_date.as_deref())?;
        if let Some(original) = &self.original {
            date("original.date", original.date.as_deref())?;
            name("original.place", original.place.as_deref())?;
            name("original.creator", original.creator.as_deref())?;
            url(original.url.as_deref())?;
        }
        self.validate_correction()?;
        most("reviews", self.reviews.len(), MAX_REVIEWS)?;
        for review in &self.reviews {
            name("publisher", Some(&review.publisher))?;
            name("title", review.title.as_deref())?;
            name("rating", review.rating.as_deref())?;
            date("review date", review.date.as_deref())?;
            review.language.as_deref().map_or(Ok(()), language)?;
            url(Some(&review.url))?;
        }
        self.validate_media()
    }

    fn validate_correction(&self) -> Result<(), EntryError> {
        let word = match self.status {
            Status::Active => return Ok(()),
            Status::Corrected => "corrected",
            Status::Retracted => "retracted",
        };
        let correction = self.correction.as_ref().ok_or(EntryError::NoCorrection(word))?;
        if correction.text.values().all(|text| text.trim().is_empty()) {
            return Err(EntryError::NoCorrection(word));
        }
        texts("correction", &correction.text)?;
        date("correction date", correction.date.as_deref())
    }

    fn validate_media(&self) -> Result<(), EntryError> {
        most("media", self.media.len(), MAX_MEDIA)?;
        for (i, media) in self.media.iter().enumerate() {
            if media.file.is_none() && media.pdq.is_none() && media.fingerprint.is_none() {
                return Err(EntryError::EmptyMedia(i + 1));
            }
            if media.quality.is_some_and(|quality| quality > 100) {
                return Err(EntryError::BadQuality(i + 1));
            }
            if let Some(text) = &media.fingerprint {
                encoding::from_base64(text).map_err(|error| EntryError::BadFingerprint(i + 1, error))?;
            }
        }
        Ok(())
    }
}

/// Whether a text is an entry's id.
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn texts(field: &'static str, texts: &Texts) -> Result<(), EntryError> {
    most("languages", texts.len(), MAX_LANGUAGES)?;
    texts.iter().try_for_each(|(tag, text)| {
        language(tag)?;
        longest(field, text, MAX_TEXT)
    })
}

fn longest(field: &'static str, text: &str, limit: usize) -> Result<(), EntryError> {
    if text.len() > limit { Err(EntryError::TooLong { field, length: text.len(), limit }) } else { Ok(()) }
}

fn most(field: &'static str, count: usize, limit: usize) -> Result<(), EntryError> {
    if count > limit { Err(EntryError::TooMany { field, count, limit }) } else { Ok(()) }
}

fn name(field: &'static str, text: Option<&str>) -> Result<(), EntryError> {
    longest(field, text.unwrap_or_default(), MAX_NAME)
}

fn date(field: &'static str, text: Option<&str>) -> Result<(), EntryError> {
    match text {
        Some(text) if !is_date(text) => Err(EntryError::BadDate { field, value: text.chars().take(80).collect() }),
        _ => Ok(()),
    }
}

fn url(text: Option<&str>) -> Result<(), EntryError> {
    match text {
        Some(text) if web_link(text).is_none() => Err(EntryError::BadUrl(text.chars().take(200).collect())),
        _ => Ok(()),
    }
}

/// The shape of a BCP 47 tag: subtags of 1 to 8 letters and digits, the first of 2 or 3 letters.
fn language(tag: &str) -> Result<(), EntryError> {
    let mut subtags = tag.split('-');
    let first = subtags.next().unwrap_or_default();
    let shaped = (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && subtags.all(|tag| (1..=8).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if shaped { Ok(()) } else { Err(EntryError::BadLanguage(tag.chars().take(40).collect())) }
}

/// The text in the language asked for, else in its primary language, else in English, else in any; with its language.
pub fn pick_text<'a>(texts: &'a Texts, language: &str) -> Option<(&'a str, &'a str)> {
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let wanted = primary(language);
    let find = |test: &dyn Fn(&str) -> bool| texts.iter().find(|(tag, _)| test(tag));
    find(&|tag| tag.eq_ignore_ascii_case(language))
        .or_else(|| find(&|tag| primary(tag) == wanted))
        .or_else(|| find(&|tag| primary(tag) == "en"))
        .or_else(|| texts.iter().next())
        .map(|(tag, text)| (text.as_str(), tag.as_str()))
}
