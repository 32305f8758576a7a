//! A joke painted into a genuine picture: the edited copy is warned about, the genuine one never.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed expectation is what ends a test")]

mod common;
#[path = "common/folder.rs"]
mod folder;

use std::fs;
use std::io::Cursor;

use caveat::engine::{Manner, Searched, check_bytes};
use caveat::fingerprint::difference::make::{NoDifference, difference};
use caveat::fingerprint::{Fingerprint, encoding};
use caveat::image::{Limits, Orientation, decode};
use caveat::index::segment::{KeypointSegment, Segment, write, write_keypoints};
use caveat::index::{Entry, Index, KeypointTier, parse_entries};
use caveat::protocol::{Level, Sensitivity, VerdictKind};
use caveat::source::Head;
use folder::{Folder, lines};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use sha2::{Digest, Sha256};

const PICTURES: [&str; 4] = ["harbour.jpg", "city-original.jpg", "flood.jpg", "crowd.jpg"];

fn genuine(name: &str) -> RgbImage {
    image::open(format!("www/feed/pictures/{name}")).unwrap().to_rgb8()
}

/// A striped balloon, as wide as 7 % of the longer side, at two fifths of both sides.
fn doctored(picture: &RgbImage) -> RgbImage {
    let mut edited = picture.clone();
    let (width, height) = picture.dimensions();
    let radius = width.max(height) as f32 * 0.035;
    for (x, y, pixel) in edited.enumerate_pixels_mut() {
        let (dx, dy) = (x as f32 - width as f32 * 0.4, y as f32 - height as f32 * 0.4);
        if dx * dx + dy * dy < radius * radius {
            *pixel =
                if (dx / radius * 2.0).floor() as i32 % 2 == 0 { Rgb([220, 30, 40]) } else { Rgb([250, 240, 220]) };
        }
    }
    edited
}

fn jpeg(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(picture).unwrap();
    bytes.into_inner()
}

fn pixels(bytes: &[u8]) -> caveat::image::Pixels {
    decode(bytes, &Limits::default(), Orientation::Apply).unwrap()
}

/// The entry of an edited picture and its original.
fn entry(name: &str, told: bool) -> Entry {
    let original = genuine(name);
    let files = [jpeg(&doctored(&original), 88), jpeg(&original, 92)];
    let [known, original] = [0, 1].map(|i| pixels(&files[i]));
    let mut fingerprint = Fingerprint::with_keypoints(&known, 44);
    if told {
        fingerprint.difference = Some(difference(&fingerprint, &known, std::slice::from_ref(&original)).unwrap());
    }
    let line = format!(
        r#"{{"id":"{}","rev":1,"truth":{{"en":"."}},"media":[{{"role":"known","fingerprint":"{}"}},{{"role":"original","fingerprint":"{}"}}]}}"#,
        name.trim_end_matches(".jpg"),
        encoding::to_base64(&fingerprint),
        encoding::to_base64(&Fingerprint::with_keypoints(&original, 44)),
    );
    parse_entries(&line).unwrap().remove(0)
}

struct Source {
    index: Index,
    keypoints: KeypointTier,
}

impl Source {
    fn of(told: bool) -> Self {
        let entries: Vec<Entry> = PICTURES.map(|name| entry(name, told)).into();
        let file = write(&entries);
        let keypoints = KeypointSegment::parse(write_keypoints(&entries, &file).unwrap()).unwrap();
        let digest: [u8; 32] = Sha256::digest(&file).into();
        let index = Index::new(vec![Segment::parse(file).unwrap()], &Default::default());
        let keypoints = KeypointTier::new(&index, &[digest], vec![keypoints]).unwrap();
        Self { index, keypoints }
    }

    /// The word of the verdict, and the levels of what is said of the entry.
    fn ask(&self, bytes: &[u8], name: &str, keypoints: bool) -> (VerdictKind, Vec<Level>) {
        let key = common::key().public().into();
        let head: Head = common::head_of(b"", 1);
        let keypoints = keypoints.then_some(&self.keypoints);
        let manner = Manner { sensitivity: Sensitivity::default(), language: "en", now: 0 };
        let verdict = check_bytes(
            bytes,
            &[Searched { key: &key, catalogue_name: None, head: &head, index: &self.index, keypoints }],
            manner,
        );
        let own = verdict.matches.iter().filter(|found| found.entry == name.trim_end_matches(".jpg"));
        (verdict.verdict, own.map(|found| found.level).collect())
    }
}

type Copy = (&'static str, fn(&RgbImage) -> RgbImage, u8);

const COPIES: [Copy; 5] = [
    ("the same", RgbImage::clone, 80),
    ("compressed hard", RgbImage::clone, 45),
    (
        "half the size",
        |picture| imageops::resize(picture, picture.width() / 2, picture.height() / 2, FilterType::Triangle),
        85,
    ),
    ("mirrored", imageops::flip_horizontal, 85),
    ("brighter", |picture| imageops::brighten(picture, 22), 85),
];

#[test]
fn copies_of_the_edited_picture_match_and_those_of_the_genuine_one_are_left_alone() {
    let source = Source::of(true);
    for name in PICTURES {
        let genuine = genuine(name);
        for (what, copy, quality) in COPIES {
            for keypoints in [false, true] {
                let edited = source.ask(&jpeg(&copy(&doctored(&genuine)), quality), name, keypoints);
                assert_eq!(edited, (VerdictKind::Match, vec![Level::Match]), "{name} edited, {what}");
                let left_alone = source.ask(&jpeg(&copy(&genuine), quality), name, keypoints);
                assert_eq!(left_alone, (VerdictKind::None, vec![]), "{name} genuine, {what}");
            }
        }
    }
}

#[test]
fn a_part_without_the_edit_is_never_a_match() {
    let source = Source::of(true);
    for name in PICTURES {
        let genuine = genuine(name);
        let (width, height) = genuine.dimensions();
        let cut = |picture: &RgbImage| {
            let left = width / 2;
            imageops::crop_imm(picture, left, 0, width - left, height).to_image()
        };
        for picture in [doctored(&genuine), genuine] {
            let (word, levels) = source.ask(&jpeg(&cut(&picture), 88), name, true);
            assert!(word != VerdictKind::Match && !levels.contains(&Level::Match), "{name}");
        }
    }
}

#[test]
fn without_the_evidence_the_two_are_asked_about_at_most() {
    let source = Source::of(false);
    for name in PICTURES {
        let (_, levels) = source.ask(&jpeg(&genuine(name), 80), name, true);
        assert!(!levels.contains(&Level::Match), "{name}");
    }
}

#[test]
fn what_covers_the_place_of_the_edit_leaves_a_question() {
    let source = Source::of(true);
    let mut covered = doctored(&genuine("harbour.jpg"));
    let (width, height) = (covered.width() as i64, covered.height() as i64);
    let (x, y) = (width * 32 / 100, height * 28 / 100);
    let plate = RgbImage::from_fn(covered.width() / 6, covered.height() / 4, |x, y| {
        Rgb([(x * 7 % 251) as u8, (y * 5 % 251) as u8, 90])
    });
    imageops::overlay(&mut covered, &plate, x, y);
    let (_, levels) = source.ask(&jpeg(&covered, 88), "harbour.jpg", true);
    assert_eq!(levels, [Level::Possible]);
}

#[test]
fn what_does_not_differ_or_is_another_picture_has_no_difference() {
    let [a, b] = ["harbour.jpg", "flood.jpg"].map(|name| pixels(&jpeg(&genuine(name), 90)));
    let fingerprint = Fingerprint::with_keypoints(&a, 44);
    let again = pixels(&jpeg(&imageops::brighten(&genuine("harbour.jpg"), 12), 60));
    assert_eq!(difference(&fingerprint, &a, &[again]), Err(NoDifference::NotDifferent));
    assert_eq!(difference(&fingerprint, &a, &[b]), Err(NoDifference::NotAligned));
    assert_eq!(difference(&fingerprint, &a, &[]), Err(NoDifference::NotAligned));
}

#[test]
fn an_original_of_another_size_and_crop_still_tells() {
    let original = genuine("harbour.jpg");
    let known = pixels(&jpeg(&doctored(&original), 88));
    let fingerprint = Fingerprint::with_keypoints(&known, 44);
    let (width, height) = original.dimensions();
    let cut = imageops::crop_imm(&original, width / 20, height / 15, width * 8 / 10, height * 8 / 10).to_image();
    let small = imageops::resize(&cut, width * 6 / 10, height * 6 / 10, FilterType::Triangle);
    let told = difference(&fingerprint, &known, &[pixels(&jpeg(&small, 80))]).unwrap();
    assert_eq!(told.originals, 1);
    // The place of the balloon.
    let [x, y, across, down] = told.spots[0].area.map(|side| f32::from(side) / 256.0);
    assert!((x..x + across).contains(&0.4) && (y..y + down).contains(&0.4), "{:?}", told.spots);
    assert!(encoding::encode(&Fingerprint { difference: Some(told), ..fingerprint }).len() <= 1300);
}

#[test]
fn the_command_line_tells_by_files_and_by_fingerprints_alone() {
    let folder = Folder::new("differences");
    let original = genuine("harbour.jpg");
    folder.write("images/edited.jpg", jpeg(&doctored(&original), 88));
    folder.write("images/original.jpg", jpeg(&original, 92));
    folder.write("images/other.jpg", jpeg(&genuine("flood.jpg"), 92));
    let line = |id: &str, known: &str| {
        format!(
            r#"{{"id":"{id}","rev":1,"truth":{{"en":"."}},"media":[{{"file":"images/{known}","role":"known"}},{{"file":"images/original.jpg","role":"original"}}]}}"#
        )
    };
    folder.write("entries.jsonl", format!("{}\n{}\n", line("joke", "edited.jpg"), line("odd", "other.jpg")));
    folder.ok(&["keygen", "--out", "key"]);
    let build = |entries: &str, out: &str| {
        let mut arguments =
            vec!["build", entries, "--key", "key", "--out", out, "--issued", "1510617600", "--name", "x"];
        if entries == "entries.jsonl" {
            arguments.extend(["--fingerprints-to", "made.jsonl"]);
        }
        let output = folder.run(&arguments);
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let said = build("entries.jsonl", "site");
    assert!(said.contains("entry odd: ") && said.contains("no original lines up with it"), "{said}");
    assert!(!said.contains("entry joke"), "{said}");
    assert_eq!(build("made.jsonl", "again"), "");
    assert_eq!(fs::read(folder.0.join("site/head")).unwrap(), fs::read(folder.0.join("again/head")).unwrap());
    assert_eq!(folder.ok(&["export", "site"]), fs::read_to_string(folder.0.join("made.jsonl")).unwrap());
    let checked =
        lines(&folder.ok(&["check", "--index", "again", "--json", "images/edited.jpg", "images/original.jpg"]));
    assert_eq!((&checked[0]["verdict"], &checked[1]["verdict"]), (&"match".into(), &"none".into()));
    // The same record as `build` makes.
    let printed = lines(&folder.ok(&["fingerprint", "images/edited.jpg", "--original", "images/original.jpg"]));
    let made = lines(&fs::read_to_string(folder.0.join("made.jsonl")).unwrap());
    assert_eq!(printed[0]["fingerprint"], made[0]["media"][0]["fingerprint"]);
}
