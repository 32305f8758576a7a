//! A hostile index whose descriptors are all alike, asked with a picture that repeats one of them: a grid, a halftone.

use std::collections::HashMap;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::budget::MAX_NEAR;
use super::*;
use crate::chance::Chance;
use crate::fingerprint::keypoints::describe::HALF_KEY;
use crate::fingerprint::keypoints::detect::Keypoint;
use crate::fingerprint::keypoints::known::FRAME;
use crate::fingerprint::keypoints::thumbnail::{LENGTH, Thumbnail};
use crate::fingerprint::{Fingerprint, Hash, HashedRegion, WHOLE, encoding};
use crate::index::Entry;
use crate::index::segment::{Segment, write, write_keypoints};

/// Its own mirror image.
const REPEATED: Descriptor = Descriptor([0x5a3c_96e1_0f78_d2b4; 2]);
/// Keypoints of the picture that show it.
const REPEATS: usize = 950;
/// Known pictures that show it, of each hostile segment: more descriptors than a bucket is read.
const HOSTILE: usize = 150;

fn entry(id: String, descriptors: &[Descriptor]) -> Entry {
    let place = |i: u8| Place([i, i, 0, 0]);
    let known = KnownKeypoints {
        frame: [FRAME as u16, 384],
        region: WHOLE,
        thumbnail: Thumbnail([0; LENGTH]),
        keypoints: (0..).zip(descriptors).map(|(i, descriptor)| (*descriptor, place(i))).collect(),
    };
    let fingerprint = Fingerprint {
        regions: vec![HashedRegion { region: WHOLE, quality: 100, hash: Hash([0x5a; 32]) }],
        keypoints: Some(known),
        ..Fingerprint::default()
    };
    let media = json!([{ "role": "known", "fingerprint": encoding::to_base64(&fingerprint) }]);
    serde_json::from_value(json!({ "id": id, "rev": 1, "media": media })).expect("an entry")
}

fn hostile(segment: usize) -> Vec<Entry> {
    (0..HOSTILE).map(|i| entry(format!("hostile-{segment}-{i}"), &[REPEATED; 8])).collect()
}

fn tier(segments: &[Vec<Entry>]) -> (Index, KeypointTier) {
    let files: Vec<Vec<u8>> = segments.iter().map(|entries| write(entries)).collect();
    let digests: Vec<[u8; 32]> = files.iter().map(|file| Sha256::digest(file).into()).collect();
    let keypoints = segments.iter().zip(&files).filter_map(|(entries, file)| write_keypoints(entries, file));
    let keypoints = keypoints.map(|file| KeypointSegment::parse(file).expect("as written")).collect();
    let segments = files.into_iter().map(|file| Segment::parse(file).expect("as written")).collect();
    let index = Index::new(segments, &HashMap::new());
    let tier = KeypointTier::new(&index, &digests, keypoints).expect("keypoints of media that are there");
    (index, tier)
}

fn feature(descriptor: Descriptor) -> Feature {
    let at = Keypoint { x: 0.0, y: 0.0, scale: 1.0, direction: [1.0, 0.0], response: 0.0 };
    Feature { at, descriptor, doubts: std::array::from_fn(|i| i as u8) }
}

#[test]
fn what_repeats_in_many_segments_costs_no_more_than_the_budget_and_hides_no_other_segment() {
    let mut chance = Chance(1);
    let others: [Descriptor; 44] = std::array::from_fn(|_| Descriptor([0; 2].map(|_| chance.step().rotate_left(32))));
    let mut segments: Vec<Vec<Entry>> = (0..5).map(hostile).collect();
    segments.push(vec![entry("other".to_owned(), &others)]);
    let (index, tier) = tier(&segments);
    let features: Vec<Feature> = std::iter::repeat_n(REPEATED, REPEATS).chain(others).map(feature).collect();
    let near = |features: &[Feature], mirrored, division| {
        let mut rows = 0;
        let suffices = tier.near(Asked { features, mirrored, exhaustive: false }, division, |near| rows += near.len());
        (suffices, rows)
    };
    for mirrored in [false, true] {
        // Each hostile segment would have nearly as many as all may have.
        let (suffices, rows) = near(&features, mirrored, Division::AsNeeded);
        assert!(!suffices && rows <= MAX_NEAR, "{rows}");
        let (suffices, rows) = near(&features, mirrored, Division::Even);
        assert!(suffices && (MAX_NEAR / 2..=MAX_NEAR).contains(&rows), "{rows}");
    }
    let asked = Asked { features: &features, mirrored: false, exhaustive: false };
    let found: Vec<usize> = tier.candidates(&index, asked).0.iter().map(|one| one.part).collect();
    assert_eq!(found.first(), Some(&5), "all 44 keypoints voted for the picture of the last segment");
    assert!(found.len() > 1);
    // Where nothing repeats, nothing is divided.
    assert_eq!(near(&features[REPEATS..], false, Division::AsNeeded), (true, others.len()));
}

#[test]
fn a_segment_spends_what_it_may_and_no_more() {
    let (_, tier) = tier(&[hostile(0)]);
    let near = |descriptor, division| {
        let features = vec![feature(descriptor); REPEATS];
        let mut budget = Budget { read: 3000, near: 500 };
        let near = tier.segments[0].near(
            Asked { features: &features, mirrored: false, exhaustive: false },
            division,
            &mut budget,
        );
        (near.len(), budget)
    };
    // The first keypoint finds all, or each finds one.
    assert_eq!(near(REPEATED, Division::AsNeeded), (500, Budget { read: 3000 - 1024, near: 0 }));
    let (rows, budget) = near(REPEATED, Division::Even);
    assert_eq!((rows, budget.near), (500, 0));
    // Filed under the same key, and not near.
    let unlike = Descriptor(REPEATED.0.map(|word| word ^ (u64::MAX << HALF_KEY)));
    for division in [Division::AsNeeded, Division::Even] {
        assert_eq!(near(unlike, division), (0, Budget { read: 0, near: 500 }));
    }
}

/// Posts of one site, and a picture that is shown in one: what the site's pages have in common is most of what is seen.
#[test]
fn what_many_known_pictures_have_in_common_does_not_hide_the_one_that_is_shown() {
    let mut chance = Chance(2);
    let mut descriptors = |count: usize| -> Vec<Descriptor> {
        (0..count).map(|_| Descriptor([0; 2].map(|_| chance.step().rotate_left(32)))).collect()
    };
    let page = descriptors(30);
    let shown = descriptors(8);
    let post = |number: usize| entry(format!("post-{number}"), &page);
    let segments = [(0..3 * CANDIDATES).map(post).collect(), vec![entry("shown".to_owned(), &shown)]];
    let (index, tier) = tier(&segments);
    let features: Vec<Feature> = page.iter().chain(&shown).copied().map(feature).collect();
    let asked = Asked { features: &features, mirrored: false, exhaustive: false };
    let (chosen, weights) = tier.candidates(&index, asked);
    assert_eq!((chosen.len(), chosen[0].part), (CANDIDATES, 1));
    assert!(weights[..30].iter().all(|&weight| weight < telling::FULL / 4), "{weights:?}");
    assert_eq!(weights[30..], [telling::FULL; 8]);
}
