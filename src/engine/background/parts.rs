//! Parts of long downloads, stored until the whole is there, by the SHA-256 of the file that they are parts of.

use super::shelf::SourceShelf;
use crate::source::{Clock, Fetch, Store, UpdateError};

/// The stored name of a part; parts are counted from 0.
fn part_file(sha256: &str, number: usize) -> String {
    format!("part-{sha256}-{number}")
}

/// What a stored file is a part of, if it is one: its SHA-256, hexadecimal.
pub(super) fn part_of(file: &str) -> Option<&str> {
    file.strip_prefix("part-")?.split('-').next()
}

impl<F: Fetch, S: Store, C: Clock> SourceShelf<'_, F, S, C> {
    pub(super) async fn stored_part(&self, sha256: &str, number: usize) -> Option<Vec<u8>> {
        let name = part_file(sha256, number);
        if !self.staged().contains(&name) {
            return None;
        }
        // One that cannot be read is downloaded again.
        self.background().store.file(&name).await.ok()
    }

    pub(super) async fn store_part(&self, sha256: &str, number: usize, part: Vec<u8>) -> Result<(), UpdateError> {
        let name = part_file(sha256, number);
        let put = vec![(name.clone(), part)];
        self.stage(|staged| staged.extend([name]), put).await
    }

    pub(super) async fn store_no_parts_but(&self, is_wanted: &dyn Fn(&str) -> bool) -> Result<(), UpdateError> {
        let is_dropped = |file: &String| part_of(file).is_some_and(|sha256| !is_wanted(sha256));
        if !self.staged().iter().any(is_dropped) {
            return Ok(());
        }
        self.stage(|staged| staged.retain(|file| !is_dropped(file)), Vec::new()).await
    }
}
