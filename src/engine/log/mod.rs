//! What a person may let Caveat remember: which entries warned, fingerprints of pictures that were seen, and the news that
//! came of both. Pure: the background reads, writes and erases it.

mod notices;
mod seen;
mod shown;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::index::is_id;
use crate::protocol::LogSettings;

pub use notices::{NoticeLog, NoticeRecord};
pub use seen::{PART_PICTURES, SeenPicture, decode_part, encode_part};
pub use shown::{ShownEntry, ShownLog, digest};

/// The stored files of the shown entries and of the notices.
pub const SHOWN_FILE: &str = "log-shown";
/// See [`SHOWN_FILE`].
pub const NOTICES_FILE: &str = "log-notices";
/// Most pictures that are remembered; of more the oldest part is dropped.
pub const MAX_SEEN: u32 = 20_000;
/// Most entries of an update that pictures seen are held against: what is far more than a day's work of a publisher is a
/// collection, not news.
pub const MAX_FRESH: usize = 5_000;

/// What is stored of the logs beside the settings; the logs themselves are files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogState {
    /// What the person said.
    pub settings: LogSettings,
    /// Whether there is a file of shown entries.
    #[serde(default)]
    pub shown: bool,
    /// Whether there is a file of notices.
    #[serde(default)]
    pub notices: bool,
    /// The files of pictures seen, the oldest first.
    #[serde(default)]
    pub seen: Vec<SeenPart>,
    /// Entries that came with updates and that the pictures seen were not held against yet.
    #[serde(default)]
    pub fresh: Vec<Fresh>,
}

/// A file of pictures seen on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenPart {
    /// Its name.
    pub file: String,
    /// Days since 1970.
    pub day: u32,
    /// How many are in it.
    pub pictures: u32,
}

/// A file of new entries' ids, a line each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fresh {
    /// Its name.
    pub file: String,
    /// Whose they are.
    pub source: String,
}

/// A stored log that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("what was remembered is damaged, and was dropped")]
pub struct DamagedLog;

impl LogState {
    /// Without anything remembered yet.
    pub fn new(settings: LogSettings) -> Self {
        Self { settings, shown: false, notices: false, seen: Vec::new(), fresh: Vec::new() }
    }

    /// All its files.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        let shown = self.shown.then_some(SHOWN_FILE);
        let notices = self.notices.then_some(NOTICES_FILE);
        let seen = self.seen.iter().map(|part| part.file.as_str());
        seen.chain(self.fresh.iter().map(|fresh| fresh.file.as_str())).chain(shown).chain(notices)
    }

    /// How many pictures are remembered.
    pub fn pictures(&self) -> u32 {
        self.seen.iter().fold(0, |sum, part| sum.saturating_add(part.pictures))
    }

    /// Drops the pictures that are too old, or too many; also those of days to come, which a wrong clock wrote.
    pub fn trim(&mut self, today: u32) {
        let days = u32::from(self.settings.days);
        self.seen.retain(|part| part.day.saturating_add(days) > today && part.day <= today.saturating_add(1));
        while self.pictures() > MAX_SEEN {
            self.seen.remove(0);
        }
    }

    /// A name for another file of pictures seen on a day.
    pub fn new_part(&self, day: u32) -> String {
        let taken = |name: &String| self.seen.iter().any(|part| part.file == *name);
        let mut names = (0_u32..).map(|number| format!("log-seen-{day}-{number}"));
        names.find(|name| !taken(name)).unwrap_or_default()
    }
}

/// The lines of a log's file, if they are lines of text and not too many.
fn lines(file: &[u8], most: usize) -> Option<impl Iterator<Item = &str>> {
    let text = str::from_utf8(file).ok().filter(|text| text.is_empty() || text.ends_with('\n'))?;
    (text.lines().count() <= most).then(|| text.lines())
}

/// The fields of a line, if there are just so many.
fn fields<const N: usize>(line: &str) -> Option<[&str; N]> {
    let fields: Vec<&str> = line.split(' ').collect();
    fields.try_into().ok()
}

fn source_id(field: &str) -> Option<String> {
    let sound = field.len() == 64 && field.bytes().all(|byte| byte.is_ascii_hexdigit());
    sound.then(|| field.to_owned())
}

fn entry_id(field: &str) -> Option<String> {
    is_id(field).then(|| field.to_owned())
}

fn flag(field: &str) -> Option<bool> {
    ["0", "1"].iter().position(|word| *word == field).map(|at| at == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(parts: &[(u32, u32)]) -> LogState {
        let mut state = LogState::new(LogSettings { shown: true, seen: true, days: 30, notify: false });
        for &(day, pictures) in parts {
            let file = state.new_part(day);
            state.seen.push(SeenPart { file, day, pictures });
        }
        state
    }

    #[test]
    fn pictures_are_kept_for_the_days_that_were_chosen() {
        let mut state = state(&[(70, 1), (71, 1), (100, 1), (101, 1), (102, 1)]);
        state.trim(100);
        let days: Vec<u32> = state.seen.iter().map(|part| part.day).collect();
        assert_eq!(days, [71, 100, 101], "day 70 is 30 days old; day 102 is to come");
    }

    #[test]
    fn of_too_many_the_oldest_are_dropped() {
        let mut state = state(&[(100, 500), (100, MAX_SEEN - 500), (101, 1)]);
        state.trim(101);
        assert_eq!(state.pictures(), MAX_SEEN - 499);
        assert_eq!(state.files().collect::<Vec<_>>(), ["log-seen-100-1", "log-seen-101-0"]);
    }
}
