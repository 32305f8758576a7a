//! Segments that follow one another, merged and unmerged, held whole and in parts.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use caveat::chance::Chance;
use caveat::fingerprint::keypoints::{KnownKeypoints, Sight, describe::Descriptor, known::Place, thumbnail::Thumbnail};
use caveat::fingerprint::{Fingerprint, Hash, HashedRegion, WHOLE, encoding};
use caveat::image::{Limits, Orientation, decode};
use caveat::index::segment::{MAX_START, Segment, merge, unbroken, write};
use caveat::index::{Entry, Index, KeypointTier, Status, parse_entries};
use pollster::block_on;
use proptest::prelude::*;

use crate::common::{self, entries, fingerprint};
use crate::parts::{Part, merged, written};

/// Revision `rev` of entry `name`; what it shows and says follows from both.
fn revision(name: u32, rev: u32, status: Status, with_keypoints: bool) -> Entry {
    let status_word = match status {
        Status::Active => "active",
        Status::Corrected => "corrected",
        Status::Retracted => "retracted",
    };
    let pdq = "0123456789abcdef".repeat(4);
    let line = format!(
        r#"{{"id":"entry-{name}","rev":{rev},"status":"{status_word}","truth":{{"en":"Entry {name}, revision {rev}."}},"correction":{{"text":{{"en":"Why."}}}},"media":[{{"role":"known","pdq":"{pdq}","quality":50,"fingerprint":"{}"}},{{"role":"debunk","pdq":"{pdq}","quality":60}}]}}"#,
        fingerprint(name % 5)
    );
    let mut entry = parse_entries(&line).unwrap().remove(0);
    if with_keypoints {
        let media = &mut entry.media[0];
        let mut print = encoding::from_base64(media.fingerprint.as_deref().unwrap()).unwrap();
        let keypoint = |i: u8| (Descriptor([u64::from(i) << 40 | u64::from(name), u64::from(rev)]), Place([i; 4]));
        print.keypoints = Some(KnownKeypoints {
            frame: [512, 384],
            region: [0, 0, 512, 384],
            thumbnail: Thumbnail([name as u8; 200]),
            keypoints: (0..rev as u8 + 1).map(keypoint).collect(),
        });
        media.fingerprint = Some(encoding::to_base64(&print));
    }
    entry
}

fn tier(parts: Vec<Part>) -> (Index, KeypointTier) {
    let digests: Vec<[u8; 32]> = parts.iter().map(|part| part.digest).collect();
    let (segments, keypoints): (Vec<_>, Vec<_>) = parts.into_iter().map(|part| (part.segment, part.keypoints)).unzip();
    let index = Index::new(segments, &HashMap::new());
    let tier = KeypointTier::new(&index, &digests, keypoints.into_iter().flatten().collect()).unwrap();
    (index, tier)
}

/// Entries of one publication: each id once. Whether a revision has keypoints follows from it, too: a publisher never changes
/// one.
fn publication() -> impl Strategy<Value = Vec<Entry>> {
    let status = prop_oneof![4 => Just(Status::Active), 1 => Just(Status::Corrected), 1 => Just(Status::Retracted)];
    prop::collection::btree_map(0..12_u32, (1..5_u32, status), 0..8).prop_map(|rows| {
        rows.into_iter().map(|(name, (rev, status))| revision(name, rev, status, (name + rev) % 2 == 0)).collect()
    })
}

/// Everything that is published: all entries with all their fields, and which of them stand.
fn contents(parts: Vec<Part>) -> (Vec<Entry>, usize, usize) {
    let (index, tier) = tier(parts);
    (index.entries(&tier).unwrap(), index.counts().entries, index.counts().tombstones)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn merging_changes_nothing_that_can_be_asked(history in prop::collection::vec(publication(), 1..6), cut in 0..6_usize) {
        let mut newest: BTreeMap<String, Entry> = BTreeMap::new();
        for entry in history.iter().flatten() {
            let held = newest.entry(entry.id.clone()).or_insert_with(|| entry.clone());
            if entry.rev > held.rev {
                *held = entry.clone();
            }
        }
        let parts = || history.iter().map(|entries| written(entries));
        let expected: Vec<Entry> = newest.into_values().collect();
        for index in [tier(parts().collect()).0, tier(vec![merged(&parts().collect::<Vec<_>>())]).0] {
            for entry in &expected {
                let newest = index.newest(&entry.id).map(|newest| (newest.revision, newest.status, newest.stands));
                prop_assert_eq!(newest, Some((entry.rev, entry.status, entry.status != Status::Retracted)));
            }
        }
        let retracted = expected.iter().filter(|entry| entry.status == Status::Retracted).count();
        let expected = (expected.clone(), expected.len() - retracted, retracted);
        prop_assert_eq!(&contents(parts().collect()), &expected);
        prop_assert_eq!(&contents(vec![merged(&parts().collect::<Vec<_>>())]), &expected);
        // Some merged, then merged with the rest: as a client does that was away for a while.
        let cut = cut.min(history.len());
        let mut two_steps = vec![merged(&parts().take(cut).collect::<Vec<_>>())];
        two_steps.extend(parts().skip(cut));
        prop_assert_eq!(&contents(vec![merged(&two_steps)]), &expected);
    }

    #[test]
    fn merging_is_deterministic(history in prop::collection::vec(publication(), 1..4)) {
        let once = || merged(&history.iter().map(|entries| written(entries)).collect::<Vec<_>>()).digest;
        prop_assert_eq!(once(), once());
    }
}

#[test]
fn a_merge_leaves_out_text_blocks_in_which_no_entry_is_left() {
    let old = written(&[revision(1, 1, Status::Active, true)]);
    let new = written(&[revision(1, 2, Status::Active, true)]);
    let length = new.segment.length();
    assert_eq!(merged(&[old, new]).segment.length(), length);
}

/// Entries that all show one picture, more than are looked at. Older revisions of them say nothing and take nobody's place.
#[test]
fn how_many_pictures_are_looked_at_does_not_depend_on_how_segments_are_cut() {
    let file = std::fs::read("www/feed/pictures/harbour.jpg").unwrap();
    let pixels = decode(&file, &Limits::default(), Orientation::Apply).unwrap();
    let print = encoding::to_base64(&Fingerprint::with_keypoints(&pixels, 44));
    let entry = |name: u32, rev: u32| {
        let mut entry = revision(name, rev, Status::Active, false);
        entry.media.truncate(1);
        entry.media[0].fingerprint = Some(print.clone());
        entry
    };
    let entries: Vec<Entry> = (10..30).map(|name| entry(name, 2)).collect();
    let sight = Sight::of(&pixels);
    let seen = |parts: Vec<Part>| -> Vec<String> {
        let (index, tier) = tier(parts);
        let hits = tier.search(&index, &sight, &[]);
        hits.iter().map(|hit| index.segments()[hit.segment].id(hit.entry).to_owned()).collect()
    };
    let whole = seen(vec![written(&entries)]);
    assert!(whole.len() > 8 && whole.len() < entries.len(), "{whole:?}");
    assert_eq!(seen(entries.iter().map(|entry| written(std::slice::from_ref(entry))).collect()), whole);
    let old: Vec<Entry> = (10..30).map(|name| entry(name, 1)).collect();
    assert_eq!(seen(vec![written(&old), written(&entries)]), whole);
}

#[test]
fn a_segment_without_its_texts_in_memory_answers_the_same_and_says_where_they_lie() {
    let file = write(&entries());
    let whole = Segment::parse(file.clone()).unwrap();
    let start = &file[..file.len().min(MAX_START)];
    let parts = Segment::parts_to_hold(start, file.len()).unwrap();
    let held = parts.into_iter().map(|range| (range.start, file[range].to_vec())).collect();
    let segment = Segment::open(file.len(), held).unwrap();
    assert!(segment.held() < whole.held());
    assert_eq!(segment.length(), whole.length());
    for row in 0..whole.entries() {
        assert_eq!((segment.id(row), segment.revision(row)), (whole.id(row), whole.revision(row)));
        assert!(segment.entry(row).is_err() && whole.text_on_disk(row).is_none());
        let place = segment.text_on_disk(row).unwrap();
        let mut entry = whole.entry(row).unwrap();
        // Exact PDQ beside a canonical hash is only exported.
        for media in entry.media.iter_mut().filter(|media| media.fingerprint.is_some()) {
            (media.pdq, media.quality) = (None, None);
        }
        assert_eq!(segment.entry_in(row, &file[place]).unwrap(), entry);
    }
    assert!(segment.text_on_disk(whole.entries()).is_none());
}

/// What is opened without its digests may be rotten: no bit of it may end the process.
#[test]
fn a_rotten_segment_never_ends_the_process() {
    let file = write(&entries());
    let parts = Segment::parts_to_hold(&file, file.len()).unwrap();
    let table = 64 + 64 * u32::from_le_bytes(file[12..16].try_into().unwrap()) as usize;
    for at in table..file.len() {
        for value in [0, 0xff, file[at] ^ 1] {
            let mut rotten = file.clone();
            rotten[at] = value;
            let held = parts.iter().map(|range| (range.start, rotten[range.clone()].to_vec())).collect();
            let segment = Segment::open(rotten.len(), held).unwrap();
            for row in 0..segment.entries() {
                let block = segment.text_on_disk(row).and_then(|place| rotten.get(place)).unwrap_or_default();
                let _entry_or_error = segment.entry_in(row, block);
            }
            let index = Index::new(vec![segment], &HashMap::from([("game-still".to_owned(), 1)]));
            let hits = index.search(common::query(), 256, 0);
            for hit in hits {
                let _difference = index.difference(hit.segment, hit.media);
                index.resembles_original(hit.segment, hit.media, 31);
            }
        }
    }
}

/// Many small entries, with one hash each.
fn many(count: u32, rev: u32) -> Part {
    let whole = |name: u32| {
        let hash = Hash(Chance(u64::from(name)).bytes());
        let regions = vec![HashedRegion { region: WHOLE, quality: 100, hash }];
        encoding::to_base64(&Fingerprint { regions, ..Fingerprint::default() })
    };
    let line = |name: u32| {
        let fingerprint = whole(name);
        format!(
            r#"{{"id":"many-{name}","rev":{rev},"truth":{{"en":"{name}"}},"media":[{{"role":"known","fingerprint":"{fingerprint}"}}]}}"#
        )
    };
    written(&parse_entries(&(0..count).map(|name| line(name) + "\n").collect::<String>()).unwrap())
}

/// How often work on so many entries lets others have their turn.
fn pauses<T>(work: impl AsyncFnOnce(&mut dyn FnMut()) -> T) -> usize {
    let mut count = 0;
    block_on(work(&mut || count += 1));
    count
}

#[test]
fn long_work_on_segments_pauses_the_more_often_the_longer_it_is() {
    let each = |count: u32| {
        let (old, new) = (many(count, 1), many(count / 10, 2));
        let verified = pauses(async |pause| Segment::verify(old.files.0.clone(), async || pause()).await.unwrap());
        let made = pauses(async |pause| merge(&[&old.segment, &new.segment], async || pause()).await);
        let segments = [old.files.0, new.files.0].map(|file| Arc::new(Segment::parse(file).unwrap()));
        let index = |pause: &mut dyn FnMut(), count: usize| {
            unbroken(Index::build(segments[..count].to_vec(), &HashMap::new(), async || pause()))
        };
        let built = pauses(async |pause| index(pause, 2));
        let whole = index(&mut || (), 1);
        let came = pauses(async |pause| whole.came_since(&Index::default(), usize::MAX, async || pause()).await.len());
        [verified, made, built, came]
    };
    let (few, many) = (each(2_000), each(40_000));
    for (work, (few, many)) in ["verify", "merge", "build", "came"].iter().zip(few.into_iter().zip(many)) {
        assert!(many >= few + 3, "{work}: {few} pauses for 2000 entries, {many} for 40000");
    }
}
