//! The demo feed's pictures and the two indexes that ship: golden fingerprints, and what the feed's pages expect.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::Path;

use caveat::engine::{Manner, Searched, check_bytes};
use caveat::fingerprint::keypoints::Sight;
use caveat::fingerprint::{Fingerprint, encoding, pdq};
use caveat::image::{Limits, Orientation, decode};
use caveat::index::segment::{KeypointSegment, Segment, write, write_keypoints};
use caveat::index::{Entry, Index, KeypointTier, Status, parse_entries};
use caveat::protocol::{Level, Sensitivity, Verdict, VerdictKind, Via};
use caveat::source::{DEVELOPMENT_KEYS, Head};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use sha2::{Digest, Sha256};

const PICTURES: &str = "www/feed/pictures";

fn pixels(file: &Path) -> caveat::image::Pixels {
    decode(&fs::read(file).unwrap(), &Limits::default(), Orientation::Apply).unwrap()
}

/// What is known of the fingerprints of the feed's pictures, by file.
fn golden() -> BTreeMap<String, serde_json::Value> {
    let lines = fs::read_to_string("tests/data/fingerprints.jsonl").unwrap();
    let parsed = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    parsed.map(|line| (line["file"].as_str().unwrap().to_owned(), line)).collect()
}

/// The same lines hold both browsers to the same bytes (`tests/e2e/fingerprints.test.mjs`).
#[test]
fn fingerprints_are_the_golden_ones() {
    let golden = golden();
    assert!(golden.len() >= 40);
    for (file, expected) in &golden {
        let pixels = pixels(&Path::new(PICTURES).join(file));
        let (pdq, fingerprint) = (pdq::pdq(&pixels), Fingerprint::of(&pixels));
        assert_eq!(expected["pdq"], pdq.hash.to_string(), "{file}");
        assert_eq!(expected["quality"], pdq.quality, "{file}");
        assert_eq!(expected["canonical"], fingerprint.regions[0].hash.to_string(), "{file}");
        assert_eq!(expected["fingerprint"], encoding::to_base64(&fingerprint), "{file}");
        assert_eq!(expected["sight"], hex::encode(Sight::of(&pixels).digest()), "{file}");
    }
}

fn entries(path: &str) -> Vec<Entry> {
    let mut entries = parse_entries(&fs::read_to_string(path).unwrap()).unwrap();
    let base = Path::new(path).parent().unwrap();
    let golden = golden();
    for media in entries.iter_mut().flat_map(|entry| &mut entry.media) {
        if let Some(file) = media.file.take() {
            let print = Fingerprint::with_keypoints(&pixels(&base.join(&file)), 44);
            let digest = hex::encode(Sha256::digest(encoding::encode(&print)));
            assert_eq!(golden[file.rsplit('/').next().unwrap()]["known"], digest, "{file}, with its keypoints");
            media.fingerprint = Some(encoding::to_base64(&print));
        }
    }
    entries
}

fn verdict(index: &(Index, KeypointTier), file: &str) -> Verdict {
    verdict_on(index, &fs::read(Path::new(PICTURES).join(file)).unwrap())
}

fn verdict_on((index, keypoints): &(Index, KeypointTier), bytes: &[u8]) -> Verdict {
    let key = DEVELOPMENT_KEYS[1].trim().parse().unwrap();
    let head: Head = serde_json::from_value(serde_json::json!({
        "format": 1, "source": "", "key": "", "name": "", "sequence": 1, "issued": 0, "expires": 0, "minWait": 0,
        "entries": 0, "tombstones": 0, "segments": []
    }))
    .unwrap();
    let manner = Manner { sensitivity: Sensitivity::default(), language: "en", now: 0 };
    check_bytes(
        bytes,
        &[Searched { key: &key, catalogue_name: None, head: &head, index, keypoints: Some(keypoints) }],
        manner,
    )
}

fn index(path: &str) -> (Index, KeypointTier) {
    let entries = entries(path);
    let file = write(&entries);
    let keypoints = KeypointSegment::parse(write_keypoints(&entries, &file).unwrap()).unwrap();
    let digest: [u8; 32] = Sha256::digest(&file).into();
    let index = Index::new(vec![Segment::parse(file).unwrap()], &Default::default());
    let keypoints = KeypointTier::new(&index, &[digest], vec![keypoints]).unwrap();
    (index, keypoints)
}

#[test]
fn the_feed_is_warned_about_as_its_pages_say() {
    let index = index("www/feed/entries.jsonl");
    let known = [
        ("gunship-repost.jpg", "gunship-night-road", false),
        ("flood-small.jpg", "whale-on-the-motorway", false),
        ("flood-letterbox.jpg", "whale-on-the-motorway", false),
        ("wave-mirrored.jpg", "wave-over-the-lantern-bearer", true),
        ("wave-turned.jpg", "wave-over-the-lantern-bearer", false),
        ("crowd-wide.jpg", "column-square-crowd", false),
        ("crowd-border.jpg", "column-square-crowd", false),
        ("city-light.webp", "green-light-over-the-bay", false),
        ("city-light.gif", "green-light-over-the-bay", false),
        ("harbour.png", "harbour-warehouse-fire", false),
    ];
    for (file, entry, mirrored) in known {
        let verdict = verdict(&index, file);
        assert_eq!(verdict.verdict, VerdictKind::Match, "{file}");
        assert_eq!((verdict.matches[0].entry.as_str(), verdict.matches[0].mirrored), (entry, mirrored), "{file}");
    }
    for file in [
        "city-original-small.jpg",
        "volcano-small.jpg",
        "lake.jpg",
        "dunes.jpg",
        "forest.jpg",
        "spheres.jpg",
        "pizza.jpg",
        "cat.jpg",
        "cat.webp",
        "pitch.jpg",
        "map.jpg",
        "chart.png",
        "page.png",
    ] {
        let verdict = verdict(&index, file);
        assert_eq!((verdict.verdict, verdict.matches.len()), (VerdictKind::None, 0), "{file}");
    }
    assert_eq!(verdict(&index, "flat.png").verdict, VerdictKind::TooPlain);
    let debunk = verdict(&index, "harbour-debunk-small.jpg");
    assert_eq!(
        (debunk.verdict, debunk.matches.len()),
        (VerdictKind::None, 1),
        "a fact-checker's picture: a quiet note"
    );
}

/// What everything here began with: a cropped still of a game.
#[test]
fn the_crop_of_the_founding_case_is_found_by_its_keypoints() {
    let verdict = verdict(&index("www/feed/entries.jsonl"), "gunship-crop.jpg");
    let found = &verdict.matches[0];
    assert_eq!((verdict.verdict, found.entry.as_str()), (VerdictKind::Match, "gunship-night-road"));
    assert_eq!((found.via, found.distance.is_some_and(|bits| bits <= 31)), (Via::Keypoints, false));
    // A crop shows a part of the known picture: its corners lie inside.
    assert!(found.outline.iter().flatten().all(|side| (-0.05..=1.05).contains(side)), "{:?}", found.outline);
    assert!(found.known_region.is_some() && found.region.is_none());
}

/// Hashes know one part, which would be warning enough; keypoints know the other too.
#[test]
fn a_collage_is_of_both_its_parts_though_hashes_know_one() {
    let part = |name: &str| image::open(Path::new(PICTURES).join(name)).unwrap();
    let [whole, other] = ["flood.jpg", "crowd.jpg"].map(part);
    let (across, down) = (other.width() * 6 / 10, other.height() * 6 / 10);
    let crop = other.crop_imm(other.width() / 5, other.height() / 5, across, down);
    let mut collage = RgbImage::from_pixel(1240, 400, Rgb([255; 3]));
    for (part, left) in [(&whole, 0), (&crop, 640)] {
        imageops::replace(&mut collage, &part.resize_exact(600, 400, FilterType::Triangle).to_rgb8(), left, 0);
    }
    let mut bytes = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut bytes, 85).encode_image(&collage).unwrap();
    let verdict = verdict_on(&index("www/feed/entries.jsonl"), &bytes.into_inner());
    let found: Vec<_> = verdict.matches.iter().map(|found| (found.entry.as_str(), found.via, found.level)).collect();
    let expected = [("whale-on-the-motorway", Via::Region), ("column-square-crowd", Via::Keypoints)];
    assert_eq!(found, expected.map(|(entry, via)| (entry, via, Level::Match)));
}

#[test]
fn the_update_brings_one_entry_and_one_correction() {
    let (before, after) = (entries("www/feed/entries.jsonl"), entries("www/feed/entries-update.jsonl"));
    assert_eq!(after.len(), before.len() + 1);
    assert_eq!(after.iter().filter(|entry| entry.status == Status::Corrected).count(), 1);
    let late = verdict(&index("www/feed/entries-update.jsonl"), "volcano-small.jpg");
    assert_eq!((late.verdict, late.matches[0].entry.as_str()), (VerdictKind::Match, "mount-hale-eruption"));
}

#[test]
fn the_starter_index_has_its_entries_and_no_picture() {
    let entries = entries("www/index/entries.jsonl");
    assert!(entries.len() >= 50);
    assert!(entries.iter().all(|entry| !entry.reviews.is_empty() && entry.truth.contains_key("ru")));
    let empty: Vec<_> = entries.iter().filter(|entry| entry.media.is_empty()).map(|entry| entry.id.as_str()).collect();
    assert_eq!(empty, ["ac130-gunship-simulator-abu-kamal"], "the founding case waits for its pictures");
}
