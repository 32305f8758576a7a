//! What became of an entry, and which are new: for what a person was shown or has seen before an update, and for the brake.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Serialize;

use super::{Index, stands};
use crate::fingerprint::{Hash, MIN_QUALITY};
use crate::index::segment::{HashGroup, IdsInOrder};
use crate::index::{Role, Status};

/// Entries compared between two pauses.
const STEP: usize = 256;

/// The newest revision of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Newest {
    /// Which segment of the index.
    pub segment: usize,
    /// Which entry of the segment.
    pub entry: usize,
    /// Its revision.
    pub revision: u32,
    /// What its publisher says of it.
    pub status: Status,
    /// Whether it stands; if not, it is retracted, by itself or in the head.
    pub stands: bool,
}

/// The newest of an id's revisions, the earliest segment first; of equal ones the first.
fn newer(held: impl DoubleEndedIterator<Item = Newest>) -> Option<Newest> {
    // Of equal ones `max_by_key` gives the last.
    held.rev().max_by_key(|newest| newest.revision)
}

/// What became of the entries of an older index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Changes {
    /// Entries that stood.
    pub stood: usize,
    /// Of those, entries that stand no more.
    pub removed: usize,
    /// Of those, entries that stand with another revision, or with another status or other media under the same one.
    pub edited: usize,
    /// Entries that stand and did not.
    pub added: usize,
}

impl Index {
    /// An entry's newest revision, tombstones too; of one that is held twice that of the earlier segment, as in a merge. Takes
    /// a search in each segment, not a scan.
    pub fn newest(&self, id: &str) -> Option<Newest> {
        newer(self.segments.iter().enumerate().filter_map(|(at, held)| Some(self.held_at(at, held.row_of(id)?))))
    }

    /// A row of a segment, as if no other segment held its id.
    fn held_at(&self, segment: usize, entry: usize) -> Newest {
        let held = &self.segments[segment];
        let stands = self.stands[segment].get(entry) == Some(&true);
        Newest { segment, entry, revision: held.revision(entry), status: held.status(entry), stands }
    }

    /// The entries that stand here and did not in `old`, at most `most`; `pause` is called between slices of work.
    pub async fn came_since(&self, old: &Self, most: usize, pause: impl AsyncFnMut()) -> Vec<&str> {
        let mut came = Vec::new();
        self.each_not_in(old, pause, |id, stood| {
            if !stood {
                came.push(id);
            }
            came.len() < most
        })
        .await;
        came
    }

    /// What has changed since an older index; `pause` is called between slices of work.
    pub async fn changes_since(&self, old: &Self, pause: impl AsyncFnMut()) -> Changes {
        let (mut edited, mut added) = (0, 0);
        self.each_not_in(old, pause, |_, stood| {
            *if stood { &mut edited } else { &mut added } += 1;
            true
        })
        .await;
        let stood = old.counts.entries;
        Changes { stood, removed: (stood + added).saturating_sub(self.counts.entries), edited, added }
    }

    /// Tells the ids of the entries that stand here and not, or not alike, in another index, and whether they stand there, until
    /// `tell` has heard enough. A revision that is another entry there is not alike, whatever its number.
    async fn each_not_in<'a>(
        &'a self,
        other: &Self,
        mut pause: impl AsyncFnMut(),
        mut tell: impl FnMut(&'a str, bool) -> bool,
    ) {
        for (segment, stands) in self.segments.iter().zip(&self.stands) {
            // Most stand in both, in the same place: those need not be looked for.
            let same = other.segments.iter().position(|others| Arc::ptr_eq(others, segment));
            let ids = segment.ids();
            let mut others: Vec<IdsInOrder<'_>> =
                other.segments.iter().map(|held| IdsInOrder::of(held.ids())).collect();
            for (row, stands) in stands.iter().enumerate() {
                if row % STEP == 0 {
                    pause().await;
                }
                if !stands || same.is_some_and(|at| other.stands[at][row]) {
                    continue;
                }
                let id = ids.get(row);
                let held = others.iter_mut().enumerate();
                let there = newer(held.filter_map(|(at, held)| Some(other.held_at(at, held.row_of(id)?))));
                let there = there.filter(|newest| newest.stands);
                let is_alike = there.is_some_and(|there| {
                    there.revision == segment.revision(row)
                        && segment.is_alike(row, &other.segments[there.segment], there.entry)
                });
                if !is_alike && !tell(segment.id(row), there.is_some()) {
                    return;
                }
            }
        }
    }

    /// The hashes of a kind by which known pictures of these entries (segment and entry) are found, at most `most`.
    pub fn hashes_of(&self, group: HashGroup, entries: &HashSet<(usize, usize)>, most: usize) -> Vec<Hash> {
        let mut hashes = Vec::new();
        for (at, (segment, standing)) in self.segments.iter().zip(&self.stands).enumerate() {
            if !entries.iter().any(|(segment, _)| *segment == at) {
                continue;
            }
            let columns = segment.columns(group);
            for (row, (first, second)) in columns.first.iter().zip(columns.second).enumerate() {
                let Some((media, _, quality)) = segment.owner(group, row) else { continue };
                let of_these = stands(segment, standing, media)
                    .is_some_and(|(entry, role)| role == Role::Known && entries.contains(&(at, entry)));
                if of_these && quality >= MIN_QUALITY && hashes.len() < most {
                    hashes.push(Hash(std::array::from_fn(|i| if i < 16 { first[i] } else { second[i - 16] })));
                }
            }
        }
        hashes
    }
}
