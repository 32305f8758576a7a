//! News that was found and not dismissed yet: which entry, what happened, and when the picture was seen. The words are the
//! index's, and are read from it when they are shown.
//!
//! A line of the file is a notice: id, kind (`nowKnown`, `corrected`, `retracted`), source, entry, day, with a space between.

use super::{DamagedLog, fields, lines};
use crate::protocol::NoticeKind;

/// Most notices that are kept: of more, the oldest are dropped.
pub const MAX_NOTICES: usize = 100;

/// A notice as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRecord {
    /// Names it.
    pub id: u32,
    /// What happened.
    pub kind: NoticeKind,
    /// The source's id.
    pub source: String,
    /// The entry's id.
    pub entry: String,
    /// The day on which the picture, or the warning, was last seen: days since 1970.
    pub day: u32,
}

/// The notices, the oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticeLog(pub Vec<NoticeRecord>);

impl NoticeLog {
    /// The notices in a file.
    ///
    /// # Errors
    /// When there are none.
    pub fn decode(file: &[u8]) -> Result<Self, DamagedLog> {
        let notices = lines(file, MAX_NOTICES).ok_or(DamagedLog)?;
        notices.map(|line| NoticeRecord::parse(line).ok_or(DamagedLog)).collect::<Result<_, _>>().map(Self)
    }

    /// Their file.
    pub fn encode(&self) -> Vec<u8> {
        let mut file = String::new();
        for NoticeRecord { id, kind, source, entry, day } in &self.0 {
            file += &format!("{id} {} {source} {entry} {day}\n", word(*kind));
        }
        file.into_bytes()
    }

    /// Adds one. What was said of the same entry before is out of date.
    pub fn add(&mut self, kind: NoticeKind, source: &str, entry: &str, day: u32) {
        let id = self.0.iter().map(|notice| notice.id).max().unwrap_or(0).wrapping_add(1);
        self.0.retain(|notice| (notice.source.as_str(), notice.entry.as_str()) != (source, entry));
        self.0.push(NoticeRecord { id, kind, source: source.to_owned(), entry: entry.to_owned(), day });
        let over = self.0.len().saturating_sub(MAX_NOTICES);
        self.0.drain(..over);
    }
}

const KINDS: [NoticeKind; 3] = [NoticeKind::NowKnown, NoticeKind::Corrected, NoticeKind::Retracted];

fn word(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::NowKnown => "nowKnown",
        NoticeKind::Corrected => "corrected",
        NoticeKind::Retracted => "retracted",
    }
}

impl NoticeRecord {
    fn parse(line: &str) -> Option<Self> {
        let [id, kind, source, entry, day] = fields(line)?;
        Some(Self {
            id: id.parse().ok()?,
            kind: KINDS.into_iter().find(|other| word(*other) == kind)?,
            source: super::source_id(source)?,
            entry: super::entry_id(entry)?,
            day: day.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_are_bounded_named_apart_and_come_back() {
        let source = "a".repeat(64);
        let mut log = NoticeLog::default();
        for number in 0..=MAX_NOTICES {
            log.add(NoticeKind::NowKnown, &source, &format!("entry-{number}"), 7);
        }
        log.add(NoticeKind::Retracted, &source, "entry-50", 8);
        let mut ids: Vec<u32> = log.0.iter().map(|notice| notice.id).collect();
        ids.dedup();
        assert_eq!((log.0.len(), ids.len(), log.0[0].entry.as_str()), (MAX_NOTICES, MAX_NOTICES, "entry-1"));
        assert_eq!(log.0.iter().filter(|notice| notice.entry == "entry-50").count(), 1);
        assert_eq!(NoticeLog::decode(&log.encode()), Ok(log.clone()));
        log.0.push(log.0[0].clone());
        let odd = format!("1 denied {source} entry-1 7\n").into_bytes();
        let missing = format!("1 corrected {source} entry-1\n").into_bytes();
        for file in [log.encode(), b"null".to_vec(), odd, missing] {
            assert_eq!(NoticeLog::decode(&file), Err(DamagedLog));
        }
    }
}
