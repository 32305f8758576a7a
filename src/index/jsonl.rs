//! JSON Lines: one entry a line, UTF-8.

use std::collections::HashMap;

use thiserror::Error;

use super::entry::{CATEGORIES, Entry, EntryError, Media};
use crate::fingerprint::{MIN_QUALITY, encoding};

/// What is wrong with a line.
#[derive(Debug, Error)]
#[error("line {line}: {fault}")]
pub struct LineError {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub fault: LineFault,
}

/// A fault of a line.
#[derive(Debug, Error)]
pub enum LineFault {
    /// No JSON, or not the shape of an entry.
    #[error("not an entry: {}", without_line(.0))]
    Json(#[from] serde_json::Error),
    /// An entry that breaks a rule.
    #[error("entry {id}: {error}")]
    Entry {
        /// Which.
        id: String,
        /// The rule.
        error: EntryError,
    },
    /// An id that an earlier line has.
    #[error("id {id} is taken by line {first}: ids are unique in a source")]
    Duplicate {
        /// Which.
        id: String,
        /// The earlier line.
        first: usize,
    },
    /// Longer than [`MAX_LINE`].
    #[error("the line has {0} bytes, the limit is 1 MiB")]
    TooLong(usize),
}

/// The parser counts lines from the start of its one line; ours is the number that helps.
fn without_line(error: &serde_json::Error) -> String {
    error.to_string().replace("at line 1 column", "at column")
}

/// Longest line, in bytes.
pub const MAX_LINE: usize = 1 << 20;

/// All entries of a text; empty lines are passed over, nothing else is.
///
/// # Errors
/// The first bad line, with its number.
pub fn parse_entries(text: &str) -> Result<Vec<Entry>, LineError> {
    let mut entries = Vec::new();
    let mut lines: HashMap<String, usize> = HashMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let entry = parse_line(line).map_err(|fault| LineError { line: number, fault })?;
        if let Some(&first) = lines.get(&entry.id) {
            return Err(LineError { line: number, fault: LineFault::Duplicate { id: entry.id, first } });
        }
        lines.insert(entry.id.clone(), number);
        entries.push(entry);
    }
    Ok(entries)
}

fn parse_line(line: &str) -> Result<Entry, LineFault> {
    if line.len() > MAX_LINE {
        return Err(LineFault::TooLong(line.len()));
    }
    let mut entry: Entry = serde_json::from_str(line)?;
    let id = entry.id.clone();
    let fault = |error| LineFault::Entry { id: id.clone(), error };
    entry.validate().map_err(fault)?;
    if let Some(name) = entry.category.iter().find(|name| !CATEGORIES.contains(&name.as_str())) {
        return Err(fault(EntryError::BadCategory(name.clone())));
    }
    if let Some(at) = entry.media.iter().position(|media| media.quality.is_some() && media.pdq.is_none()) {
        return Err(fault(EntryError::BadQuality(at + 1)));
    }
    // A hash list without qualities gives only hashes that are worth matching.
    for media in entry.media.iter_mut().filter(|media| media.pdq.is_some()) {
        media.quality.get_or_insert(100);
    }
    if let Some(at) = entry.media.iter().position(has_degenerate_hash) {
        return Err(fault(EntryError::DegenerateHash(at + 1)));
    }
    Ok(entry)
}

/// Whether one of a picture's hashes is nobody's, and yet good enough to be matched.
fn has_degenerate_hash(media: &Media) -> bool {
    let print = media.fingerprint.as_deref().and_then(|text| encoding::from_base64(text).ok());
    let regions = print.iter().flat_map(|print| &print.regions).map(|region| (region.hash, region.quality));
    let pdq = media.pdq.zip(media.quality);
    regions.chain(pdq).any(|(hash, quality)| quality >= MIN_QUALITY && hash.is_degenerate())
}

/// An entry as one line, without the line's end.
pub fn to_line(entry: &Entry) -> String {
    serde_json::to_string(entry).expect("an entry has only string keys")
}
