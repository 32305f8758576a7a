//! The publisher's merges: segments of about one size become one of the next size, so that there are never many, and each
//! entry is merged seldom (O'Neil and others 1996, "The log-structured merge-tree", tiered).

use caveat::index::Entry;
use caveat::index::segment::{KeypointSegment, Segment, merge, merge_keypoints, unbroken, write, write_keypoints};
use sha2::{Digest, Sha256};

use crate::fault::Fault;

/// So many segments of a size become one of the next.
const FAN: usize = 8;
/// Entries of a segment of the smallest size, at most, times [`FAN`].
const SMALLEST: usize = 64;
/// A merged segment whose text is to so great a part of entries that were replaced is written anew: one in so many.
const STALE: usize = 4;

/// A segment of entries and that of its keypoints, with their files.
pub struct Unit {
    pub file: Vec<u8>,
    pub segment: Segment,
    pub keypoints: Option<(Vec<u8>, KeypointSegment)>,
    pub sha256: String,
    /// What it was merged of.
    pub parts: Vec<String>,
}

impl Unit {
    /// The unit of these files.
    pub fn of(file: Vec<u8>, keypoints: Option<Vec<u8>>, parts: Vec<String>) -> Result<Self, Fault> {
        let fault = |error| Fault::Usage(format!("a segment of the source cannot be read: {error}"));
        let segment = Segment::parse(file.clone()).map_err(fault)?;
        let keypoints = match keypoints {
            Some(file) => Some((file.clone(), KeypointSegment::parse(file).map_err(fault)?)),
            None => None,
        };
        let sha256 = hex::encode(Sha256::digest(&file));
        Ok(Self { file, segment, keypoints, sha256, parts })
    }

    /// Units with these entries: one, or where a file of it would be longer than `longest` bytes, several.
    pub fn written(entries: &[Entry], longest: usize) -> Result<Vec<Self>, Fault> {
        let file = write(entries);
        let keypoints = write_keypoints(entries, &file);
        let length = file.len().max(keypoints.as_ref().map_or(0, Vec::len));
        if length > longest && entries.len() > 1 {
            // Hundreds of megabytes that nobody needs while the halves are written.
            drop((file, keypoints));
            let (first, second) = entries.split_at(entries.len() / 2);
            let mut units = Self::written(first, longest)?;
            units.extend(Self::written(second, longest)?);
            return Ok(units);
        }
        Ok(vec![Self::of(file, keypoints, Vec::new())?])
    }

    fn size(&self) -> u32 {
        (self.segment.entries() / SMALLEST).max(1).ilog2() / FAN.ilog2()
    }

    /// Bytes of its file of entries, and of that of its keypoints.
    fn lengths(&self) -> [usize; 2] {
        [self.file.len(), self.keypoints.as_ref().map_or(0, |(file, _)| file.len())]
    }

    fn merged(units: &[Self]) -> Result<Self, Fault> {
        let segments: Vec<&Segment> = units.iter().map(|unit| &unit.segment).collect();
        let keypoints: Vec<_> = units.iter().map(|unit| unit.keypoints.as_ref().map(|(_, parsed)| parsed)).collect();
        let file = unbroken(merge(&segments, async || {}));
        let owner = Sha256::digest(&file).into();
        let merged = unbroken(merge_keypoints(&segments, &keypoints, &owner, async || {}));
        let keypoints =
            merged.map_err(|error| Fault::Usage(format!("a segment of the source cannot be merged: {error}")))?;
        Self::of(file, keypoints, units.iter().map(|unit| unit.sha256.clone()).collect())
    }
}

/// How many of the newest units are of the newest one's size or smaller, and have files of no more than `longest` bytes
/// together: a merged file is never longer than its parts, so what they become can be read.
fn newest_run(units: &[Unit], longest: usize) -> usize {
    let size = units.last().map_or(0, Unit::size);
    let mut together = [0_usize; 2];
    let fits = |unit: &&Unit| {
        for (sum, length) in together.iter_mut().zip(unit.lengths()) {
            *sum += length;
        }
        unit.size() <= size && together.iter().all(|sum| *sum <= longest)
    };
    units.iter().rev().take_while(fits).count()
}

/// Merges what has come to be too many, the newest last, but nothing into a file of more than `longest` bytes: no reader
/// takes it, so what is beyond that stays in parts. `all` are the entries that are published now: where everything is
/// merged and much of it was replaced since, it is written anew.
pub fn settle(mut units: Vec<Unit>, all: &[Entry], longest: usize) -> Result<(Vec<Unit>, Vec<Unit>), Fault> {
    let mut replaced = Vec::new();
    loop {
        let run = newest_run(&units, longest);
        if run < FAN {
            break;
        }
        let parts = units.split_off(units.len() - run);
        let mut merged = Unit::merged(&parts)?;
        if units.is_empty()
            && let Ok([anew]) = <[Unit; 1]>::try_from(Unit::written(all, longest)?)
            && anew.file.len() + anew.file.len() / STALE < merged.file.len()
        {
            merged = anew;
        }
        replaced.extend(parts);
        units.push(merged);
    }
    Ok((units, replaced))
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use caveat::fingerprint::keypoints::{Descriptor, KnownKeypoints, Place, thumbnail::Thumbnail};
    use caveat::fingerprint::{Fingerprint, HashedRegion, WHOLE, encoding};
    use caveat::index::parse_entries;

    use super::*;

    /// Entries with texts that hardly compress: each makes a file longer.
    fn entries(names: Range<u32>) -> Vec<Entry> {
        let line = |name: u32| {
            let digest = |i: u32| hex::encode(Sha256::digest(format!("{name} {i}")));
            let text: String = (1..12).map(digest).collect();
            let media = format!(r#"{{"role":"known","pdq":"{}"}}"#, digest(0));
            format!(r#"{{"id":"entry-{name:03}","rev":1,"truth":{{"en":"{text}"}},"media":[{media}]}}"#)
        };
        parse_entries(&names.map(|name| line(name) + "\n").collect::<String>()).unwrap()
    }

    /// The same with as many keypoints as a picture may have, which take more bytes than all the rest.
    fn entries_with_keypoints(names: Range<u32>) -> Vec<Entry> {
        let mut entries = entries(names);
        for media in entries.iter_mut().flat_map(|entry| &mut entry.media) {
            let keypoint = |i: u8| (Descriptor([u64::from(i); 2]), Place([i; 4]));
            let keypoints = KnownKeypoints {
                frame: [512, 384],
                region: [0, 0, 512, 384],
                thumbnail: Thumbnail([7; 200]),
                keypoints: (0..255).map(keypoint).collect(),
            };
            let regions = vec![HashedRegion { region: WHOLE, quality: 100, hash: media.pdq.unwrap() }];
            let print = Fingerprint { regions, keypoints: Some(keypoints), ..Fingerprint::default() };
            media.fingerprint = Some(encoding::to_base64(&print));
        }
        entries
    }

    /// A source to which one of these entries is added every day.
    fn grown(entries: &[Entry], longest: usize) -> Vec<Unit> {
        let mut units = Vec::new();
        for day in 0..entries.len() {
            units.extend(Unit::written(&entries[day..=day], longest).unwrap());
            units = settle(units, &entries[..=day], longest).unwrap().0;
        }
        units
    }

    /// Bytes of the files of a unit with one entry.
    fn lengths_of_one(entries: &[Entry]) -> [usize; 2] {
        Unit::written(&entries[..1], usize::MAX).unwrap()[0].lengths()
    }

    fn counts(units: &[Unit]) -> Vec<usize> {
        units.iter().map(|unit| unit.segment.entries()).collect()
    }

    fn ids(units: &[Unit]) -> Vec<&str> {
        units.iter().flat_map(|unit| (0..unit.segment.entries()).map(move |row| unit.segment.id(row))).collect()
    }

    fn ids_of(entries: &[Entry]) -> Vec<&str> {
        entries.iter().map(|entry| entry.id.as_str()).collect()
    }

    fn are_readable(units: &[Unit], longest: usize) -> bool {
        units.iter().flat_map(Unit::lengths).all(|length| length <= longest)
    }

    #[test]
    fn what_no_reader_would_take_is_not_merged_and_the_source_goes_on() {
        let entries = entries(0..25);
        assert_eq!(counts(&grown(&entries, usize::MAX)), [22, 1, 1, 1]);
        // Room for eight of a day, not for eight of a day that were merged and seven more.
        let [one, _] = lengths_of_one(&entries);
        let longest = FAN * one + one / 2;
        let units = grown(&entries, longest);
        assert_eq!(counts(&units), [8, 8, 8, 1]);
        assert!(are_readable(&units, longest));
        assert_eq!(ids(&units), ids_of(&entries), "the oldest first");
        assert_eq!((units[1].parts.len(), units[3].parts.len()), (8, 0));
        let digests = |units: &[Unit]| -> Vec<String> { units.iter().map(|unit| unit.sha256.clone()).collect() };
        assert_eq!(digests(&units), digests(&grown(&entries, longest)), "the same history gives the same bytes");
    }

    #[test]
    fn keypoints_that_no_reader_would_take_are_not_merged() {
        let entries = entries_with_keypoints(0..9);
        let [one, keypoints] = lengths_of_one(&entries);
        let longest = 4 * keypoints;
        assert!(FAN * one < longest && longest < FAN * keypoints, "{one} and {keypoints}");
        assert_eq!(counts(&grown(&entries, usize::MAX)), [8, 1]);
        let units = grown(&entries, longest);
        assert_eq!(counts(&units), [1; 9]);
        assert!(are_readable(&units, longest));
    }

    #[test]
    fn what_is_too_much_for_a_file_at_once_is_divided() {
        for (entries, file) in [(entries(0..40), 0), (entries_with_keypoints(0..40), 1)] {
            let longest = 4 * lengths_of_one(&entries)[file];
            let (first, next) = entries.split_at(39);
            let mut units = Unit::written(first, longest).unwrap();
            assert!(units.len() > 1 && are_readable(&units, longest), "{:?}", counts(&units));
            assert_eq!(ids(&units), ids_of(first));
            units.extend(Unit::written(next, longest).unwrap());
            let (units, _) = settle(units, &entries, longest).unwrap();
            assert!(are_readable(&units, longest), "{:?}", counts(&units));
            assert_eq!(ids(&units), ids_of(&entries));
        }
    }
}
