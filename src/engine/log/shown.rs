//! Entries that warned on this device: which, and on which days. Not where, and not by which picture.
//!
//! A line of the file is an entry: source, entry, revision, first day, last day, 1 where it was more than a question (else
//! 0), and what of a correction is known (`-` for none), with a space between.

use sha2::{Digest, Sha256};

use super::{DamagedLog, fields, lines};
use crate::index::Correction;

/// Most entries that are remembered: of more, those shown longest ago are dropped.
pub const MAX_SHOWN: usize = 2_000;

/// An entry that warned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownEntry {
    /// The source's id.
    pub source: String,
    /// The entry's id.
    pub entry: String,
    /// The revision that the person knows: shown, or told of in a notice.
    pub rev: u32,
    /// The day on which it was first shown: days since 1970.
    pub first: u32,
    /// The day on which it was last shown.
    pub last: u32,
    /// Whether it was ever more than a question.
    pub certain: bool,
    /// The [`digest`] of the correction that the person knows, so that a later revision does not tell it again.
    pub correction: Option<String>,
}

/// The entries that warned, those shown longest ago first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShownLog(pub Vec<ShownEntry>);

impl ShownLog {
    /// The log in a file.
    ///
    /// # Errors
    /// When it is none.
    pub fn decode(file: &[u8]) -> Result<Self, DamagedLog> {
        let entries = lines(file, MAX_SHOWN).ok_or(DamagedLog)?;
        entries.map(|line| ShownEntry::parse(line).ok_or(DamagedLog)).collect::<Result<_, _>>().map(Self)
    }

    /// Its file.
    pub fn encode(&self) -> Vec<u8> {
        let mut file = String::new();
        for ShownEntry { source, entry, rev, first, last, certain, correction } in &self.0 {
            let (certain, correction) = (u8::from(*certain), correction.as_deref().unwrap_or("-"));
            file += &format!("{source} {entry} {rev} {first} {last} {certain} {correction}\n");
        }
        file.into_bytes()
    }

    /// Remembers that an entry was shown; whether that is anything new. What the person knows of it stays as it was:
    /// changes since then are told.
    pub fn note(&mut self, shown: ShownEntry) -> bool {
        let mut noted = shown;
        if let Some(at) = self.0.iter().position(|held| (&held.source, &held.entry) == (&noted.source, &noted.entry)) {
            let held = &self.0[at];
            if held.last >= noted.last && held.certain >= noted.certain {
                return false;
            }
            let (last, certain) = (held.last.max(noted.last), held.certain || noted.certain);
            noted = ShownEntry { last, certain, ..self.0.remove(at) };
        }
        self.0.push(noted);
        let over = self.0.len().saturating_sub(MAX_SHOWN);
        self.0.drain(..over);
        true
    }
}

impl ShownEntry {
    fn parse(line: &str) -> Option<Self> {
        let [source, entry, rev, first, last, certain, correction] = fields(line)?;
        let known = match correction {
            "-" => None,
            digest if digest.len() == 16 => Some(digest.to_owned()),
            _ => return None,
        };
        let parsed = Self {
            source: super::source_id(source)?,
            entry: super::entry_id(entry)?,
            rev: rev.parse().ok()?,
            first: first.parse().ok()?,
            last: last.parse().ok()?,
            certain: super::flag(certain)?,
            correction: known,
        };
        (parsed.first <= parsed.last).then_some(parsed)
    }
}

/// What tells corrections apart: 16 hexadecimal digits.
pub fn digest(correction: &Correction) -> String {
    let mut hash = Sha256::new();
    for (language, text) in &correction.text {
        // With the lengths, so that nothing moves from one text to the next.
        hash.update((language.len() as u64).to_le_bytes());
        hash.update(language);
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    hash.update(correction.date.as_deref().unwrap_or_default());
    hex::encode(&hash.finalize()[..8])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(entry: &str, rev: u32, day: u32) -> ShownEntry {
        let source = "a".repeat(64);
        ShownEntry { source, entry: entry.to_owned(), rev, first: day, last: day, certain: false, correction: None }
    }

    #[test]
    fn an_entry_is_remembered_once_with_its_days_and_the_revision_that_is_known() {
        let mut log = ShownLog::default();
        assert!(log.note(shown("a", 1, 10)) && log.note(shown("b", 1, 10)));
        assert!(!log.note(shown("a", 1, 10)), "nothing new");
        assert!(log.note(shown("a", 2, 12)));
        let held = &log.0[1];
        assert_eq!((log.0.len(), held.entry.as_str(), held.rev, held.first, held.last), (2, "a", 1, 10, 12));
        assert!(log.note(ShownEntry { certain: true, ..shown("a", 2, 11) }));
        assert_eq!((log.0[1].last, log.0[1].certain), (12, true), "a clock that was set back takes no day away");
    }

    #[test]
    fn of_too_many_those_shown_longest_ago_are_dropped() {
        let mut log = ShownLog::default();
        for number in 0..=MAX_SHOWN {
            log.note(shown(&format!("entry-{number}"), 1, number as u32));
        }
        assert_eq!((log.0.len(), log.0[0].entry.as_str()), (MAX_SHOWN, "entry-1"));
        assert_eq!(ShownLog::decode(&log.encode()).map(|log| log.0.len()), Ok(MAX_SHOWN));
    }

    proptest! {
        #[test]
        fn a_log_comes_back_as_it_was(entries in prop::collection::vec(("[a-z0-9-]{1,64}", 1_u32.., any::<u16>(), any::<u16>()), 0..20)) {
            let mut log = ShownLog::default();
            for (entry, rev, first, more) in entries {
                log.note(ShownEntry { last: u32::from(first) + u32::from(more), ..shown(&entry, rev, u32::from(first)) });
            }
            prop_assert_eq!(ShownLog::decode(&log.encode()), Ok(log));
        }
    }

    #[test]
    fn what_is_no_log_is_refused() {
        let mut backwards = shown("a", 1, 10);
        backwards.last = 9;
        let many = ShownLog(vec![shown("a", 1, 10); MAX_SHOWN + 1]);
        let other = ShownLog(vec![ShownEntry { entry: "<b>".to_owned(), ..shown("a", 1, 1) }]);
        let good = String::from_utf8(ShownLog(vec![shown("a", 1, 10)]).encode()).unwrap();
        let short = good.replace(" 1 10", " 10").into_bytes();
        let digits = good.replace(" 1 ", " one ").into_bytes();
        let long = good.replace(" -", " - -").into_bytes();
        let open = good.trim_end().as_bytes().to_vec();
        let strange = [b"\xff\n".to_vec(), b"{}".to_vec(), short, digits, long, open];
        let logs = [ShownLog(vec![backwards]), many, other].map(|log| log.encode());
        for file in strange.into_iter().chain(logs) {
            assert_eq!(ShownLog::decode(&file), Err(DamagedLog));
        }
    }
}
