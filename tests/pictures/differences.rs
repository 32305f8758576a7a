//! A joke painted into a genuine picture: the edited copy is warned about, the genuine one never.

use std::fs;

use caveat::fingerprint::difference::make::{NoDifference, difference};
use caveat::fingerprint::{Fingerprint, encoding};
use caveat::index::Entry;
use caveat::protocol::{Level, Sensitivity, VerdictKind};
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};

use crate::folder::{Folder, lines};
use crate::photographs::{Source, entry_with, jpeg, photograph, pixels};

const PICTURES: [&str; 4] = ["harbour", "city-original", "flood", "crowd"];

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

/// The entry of an edited picture and its original.
fn entry(name: &str, told: bool) -> Entry {
    let original = photograph(name);
    let files = [jpeg(&doctored(&original), 88), jpeg(&original, 92)];
    let [known, original] = [0, 1].map(|i| pixels(&files[i]));
    let mut fingerprint = Fingerprint::with_keypoints(&known, 44);
    if told {
        fingerprint.difference = Some(difference(&fingerprint, &known, std::slice::from_ref(&original)).unwrap());
    }
    let original = Fingerprint::with_keypoints(&original, 44);
    entry_with(name, &[("known", &fingerprint), ("original", &original)])
}

fn source(told: bool) -> Source {
    Source::of(&PICTURES.map(|name| entry(name, told)))
}

/// The word of the verdict, and the levels of what is said of the entry.
fn ask(source: &Source, bytes: &[u8], name: &str, keypoints: bool) -> (VerdictKind, Vec<Level>) {
    let verdict = source.verdict(bytes, Sensitivity::default(), keypoints);
    let own = verdict.matches.iter().filter(|found| found.entry == name);
    (verdict.verdict, own.map(|found| found.level).collect())
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
    let source = source(true);
    for name in PICTURES {
        let genuine = photograph(name);
        for (what, copy, quality) in COPIES {
            for keypoints in [false, true] {
                let edited = ask(&source, &jpeg(&copy(&doctored(&genuine)), quality), name, keypoints);
                assert_eq!(edited, (VerdictKind::Match, vec![Level::Match]), "{name} edited, {what}");
                let left_alone = ask(&source, &jpeg(&copy(&genuine), quality), name, keypoints);
                assert_eq!(left_alone, (VerdictKind::None, vec![]), "{name} genuine, {what}");
            }
        }
    }
}

#[test]
fn a_part_without_the_edit_is_never_a_match() {
    let source = source(true);
    for name in PICTURES {
        let genuine = photograph(name);
        let (width, height) = genuine.dimensions();
        let cut = |picture: &RgbImage| {
            let left = width / 2;
            imageops::crop_imm(picture, left, 0, width - left, height).to_image()
        };
        for picture in [doctored(&genuine), genuine] {
            let (word, levels) = ask(&source, &jpeg(&cut(&picture), 88), name, true);
            assert!(word != VerdictKind::Match && !levels.contains(&Level::Match), "{name}");
        }
    }
}

#[test]
fn without_the_evidence_the_two_are_asked_about_at_most() {
    let source = source(false);
    for name in PICTURES {
        let (_, levels) = ask(&source, &jpeg(&photograph(name), 80), name, true);
        assert!(!levels.contains(&Level::Match), "{name}");
    }
}

/// A picture of a plain wall has too little to be laid under another: no difference is stored, and no copy of the genuine one is warned about.
#[test]
fn a_plain_picture_that_cannot_be_told_apart_is_never_a_match() {
    let wall = RgbImage::from_fn(900, 600, |x, y| {
        let light = (120.0 + x as f32 * 0.06 + y as f32 * 0.05 + 3.0 * ((x as f32) * 0.02).sin()) as u8;
        Rgb([light, light - 12, light - 40])
    });
    let [known, original] = [doctored(&wall), wall.clone()].map(|picture| pixels(&jpeg(&picture, 92)));
    let print = Fingerprint::with_keypoints(&known, 44);
    assert_eq!(difference(&print, &known, std::slice::from_ref(&original)), Err(NoDifference::NotAligned));
    let entry = entry_with("wall", &[("known", &print), ("original", &Fingerprint::with_keypoints(&original, 44))]);
    let source = Source::of(&[entry]);
    for (what, copy, quality) in COPIES {
        let (word, levels) = ask(&source, &jpeg(&copy(&wall), quality), "wall", true);
        assert!(word != VerdictKind::Match && !levels.contains(&Level::Match), "{what}: {levels:?}");
    }
}

#[test]
fn what_covers_the_place_of_the_edit_leaves_a_question() {
    let source = source(true);
    let mut covered = doctored(&photograph("harbour"));
    let (width, height) = (covered.width() as i64, covered.height() as i64);
    let (x, y) = (width * 32 / 100, height * 28 / 100);
    let plate = RgbImage::from_fn(covered.width() / 6, covered.height() / 4, |x, y| {
        Rgb([(x * 7 % 251) as u8, (y * 5 % 251) as u8, 90])
    });
    imageops::overlay(&mut covered, &plate, x, y);
    let (_, levels) = ask(&source, &jpeg(&covered, 88), "harbour", true);
    assert_eq!(levels, [Level::Possible]);
}

#[test]
fn what_does_not_differ_or_is_another_picture_has_no_difference() {
    let [a, b] = ["harbour", "flood"].map(|name| pixels(&jpeg(&photograph(name), 90)));
    let fingerprint = Fingerprint::with_keypoints(&a, 44);
    let again = pixels(&jpeg(&imageops::brighten(&photograph("harbour"), 12), 60));
    assert_eq!(difference(&fingerprint, &a, &[again]), Err(NoDifference::NotDifferent));
    assert_eq!(difference(&fingerprint, &a, &[b]), Err(NoDifference::NotAligned));
    assert_eq!(difference(&fingerprint, &a, &[]), Err(NoDifference::NotAligned));
}

#[test]
fn an_original_of_another_size_and_crop_still_tells() {
    let original = photograph("harbour");
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
    let original = photograph("harbour");
    folder.write("images/edited.jpg", jpeg(&doctored(&original), 88));
    folder.write("images/original.jpg", jpeg(&original, 92));
    folder.write("images/other.jpg", jpeg(&photograph("flood"), 92));
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
