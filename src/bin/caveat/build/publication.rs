//! The files of a publication: their names in head and recipes, and how they come into the folder.

use std::path::Path;

use caveat::index::segment::HashGroup;
use caveat::source::{ENTRIES, FileName, KEYPOINTS, MAX_RECIPES, Recipes, SegmentName};
use sha2::{Digest, Sha256};

use super::tiers::Unit;
use crate::fault::Fault;
use crate::folder::{self, write_atomically};

/// A file that is published compressed as well must become shorter by one part in so many.
const WORTH_PACKING: usize = 20;

/// A file to write: its name, its content.
type File = (FileName, Vec<u8>);

/// Names of a unit's segments, and their files.
pub fn names(unit: &Unit, packed: bool) -> (Vec<SegmentName>, Vec<File>) {
    let segment = &unit.segment;
    let mut names = Vec::new();
    let mut files = Vec::new();
    let tiers = [(ENTRIES, Some(&unit.file)), (KEYPOINTS, unit.keypoints.as_ref().map(|(file, _)| file))];
    for (tier, file) in tiers.into_iter().filter_map(|(tier, file)| Some((tier, file?))) {
        let small = if packed { pack(file) } else { None };
        let name = named(file);
        names.push(SegmentName {
            tier: tier.to_owned(),
            sha256: name.sha256.clone(),
            bytes: name.bytes,
            entries: segment.entries() as u64,
            hashes: (segment.hashes(HashGroup::Canonical) + segment.hashes(HashGroup::Pdq)) as u64,
            owner: (tier == KEYPOINTS).then(|| unit.sha256.clone()),
            packed: small.as_deref().map(named),
            parts: if tier == ENTRIES { unit.parts.clone() } else { Vec::new() },
            replaced: None,
        });
        files.push((name, file.clone()));
        files.extend(small.map(|small| (named(&small), small)));
    }
    (names, files)
}

fn pack(file: &[u8]) -> Option<Vec<u8>> {
    let packed = miniz_oxide::deflate::compress_to_vec(file, 9);
    let worth = packed.len() + file.len() / WORTH_PACKING < file.len();
    // What unpacks to very much more than it is would be refused.
    (worth && packed.len() as u64 * caveat::source::MAX_RATIO >= file.len() as u64).then_some(packed)
}

/// The name of a file.
pub fn named(file: &[u8]) -> FileName {
    FileName { sha256: hex::encode(Sha256::digest(file)), bytes: file.len() as u64 }
}

/// What is told of segments that were merged: those of the recipes before, and `replaced` now, for `keep` seconds after they
/// were replaced. Where that is more than a client reads, those that were replaced first are left out: who holds nothing
/// newer downloads more.
pub fn recipes(before: Recipes, replaced: Vec<SegmentName>, issued: u64, keep: u64) -> (Recipes, Vec<u8>) {
    let mut segments = before.segments;
    let dated = replaced.into_iter().map(|name| SegmentName { replaced: Some(issued), ..name });
    segments.extend(dated);
    segments.retain(|name| name.replaced.is_some_and(|replaced| replaced.saturating_add(keep) > issued));
    segments.sort_by(|a, b| (a.replaced, &a.tier, &a.sha256).cmp(&(b.replaced, &b.tier, &b.sha256)));
    segments.dedup_by(|a, b| a.sha256 == b.sha256);
    let mut recipes = Recipes { segments };
    loop {
        let file = recipes.file();
        if file.len() as u64 <= MAX_RECIPES && Recipes::parse(&file).is_ok() {
            return (recipes, file);
        }
        recipes.segments.drain(..recipes.segments.len().div_ceil(16));
    }
}

/// Writes files that are not there yet. None of them is of use to anybody before a head names it.
pub fn write_files(out: &Path, files: &[File]) -> Result<(), Fault> {
    for (name, file) in files {
        let path = out.join(name.path());
        if !folder::exists(&path)? {
            write_atomically(&path, file)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(number: u64) -> SegmentName {
        SegmentName {
            tier: ENTRIES.to_owned(),
            sha256: format!("{number:064x}"),
            bytes: 2000,
            entries: 1,
            hashes: 1,
            owner: None,
            packed: None,
            parts: Vec::new(),
            replaced: Some(number),
        }
    }

    #[test]
    fn recipes_keep_what_was_replaced_lately_and_stay_within_what_clients_read() {
        let now = 10_000;
        let made = |count: u64, keep| {
            let before = Recipes { segments: (0..count).map(|i| replaced(now - i)).collect() };
            recipes(before, Vec::new(), now, keep)
        };
        let (kept, _) = made(20, 5);
        assert_eq!(kept.segments.len(), 5, "younger than so many seconds");
        let (kept, file) = made(9000, now);
        assert!(Recipes::parse(&file).is_ok() && file.len() as u64 <= MAX_RECIPES);
        assert!(kept.segments.len() > 3000, "{}", kept.segments.len());
        assert!(kept.segments.contains(&replaced(now)) && !kept.segments.contains(&replaced(now - 8999)));
    }
}
