//! Frames that share an overlay, a game's display or a channel's news: what they have in common makes no match.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed expectation is what ends a test")]

mod common;

use std::io::Cursor;

use caveat::engine::{Manner, Searched, check_bytes};
use caveat::fingerprint::{Fingerprint, encoding};
use caveat::image::{Limits, Orientation, decode};
use caveat::index::segment::{KeypointSegment, Segment, write, write_keypoints};
use caveat::index::{Entry, Index, KeypointTier, parse_entries};
use caveat::protocol::{Level, Sensitivity};
use caveat::source::Head;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use sha2::{Digest, Sha256};

const FRAME: [u32; 2] = [960, 540];
/// Frames made of these are in the index, each in an entry of its own.
const KNOWN: [&str; 2] = ["harbour", "crowd"];
/// Frames made of these are not.
const OTHERS: [&str; 4] = ["volcano", "pitch", "dunes", "lake"];

fn picture(name: &str) -> RgbImage {
    image::open(format!("www/feed/pictures/{name}.jpg")).unwrap().to_rgb8()
}

/// The middle of a picture, as large as a frame.
fn filling(name: &str) -> RgbImage {
    let picture = picture(name);
    let [width, height] = FRAME;
    let grown = (width as f32 / picture.width() as f32).max(height as f32 / picture.height() as f32);
    let side = |length: u32, least: u32| ((length as f32 * grown).round() as u32).max(least);
    let (across, down) = (side(picture.width(), width), side(picture.height(), height));
    let scaled = imageops::resize(&picture, across, down, FilterType::Triangle);
    imageops::crop_imm(&scaled, (across - width) / 2, (down - height) / 2, width, height).to_image()
}

type Colour = [u8; 3];
/// Left, top, width, height.
type Area = [u32; 4];

fn fill(frame: &mut RgbImage, [left, top, width, height]: Area, colour: Colour) {
    for y in top..(top + height).min(frame.height()) {
        for x in left..(left + width).min(frame.width()) {
            frame.put_pixel(x, y, Rgb(colour));
        }
    }
}

fn outline(frame: &mut RgbImage, [left, top, width, height]: Area, thick: u32, colour: Colour) {
    for area in [
        [left, top, width, thick],
        [left, top + height - thick, width, thick],
        [left, top, thick, height],
        [left + width - thick, top, thick, height],
    ] {
        fill(frame, area, colour);
    }
}

/// Strokes like those of letters: a letter always has the same ones, in a grid of 5 x 7.
fn write_text(frame: &mut RgbImage, words: &str, left: u32, top: u32, size: u32, colour: Colour) {
    for (column, letter) in (0_u32..).zip(words.bytes()).filter(|(_, letter)| *letter != b' ') {
        let strokes = u64::from(letter).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
        for cell in (0..35_u32).filter(|cell| strokes >> cell & 1 == 1) {
            fill(frame, [left + (column * 6 + cell % 5) * size, top + cell / 5 * size, size, size], colour);
        }
    }
}

const LIT: Colour = [226, 240, 226];

/// A scene in grey, its brightness divided by `dim`.
fn grey(mut frame: RgbImage, dim: f32) -> RgbImage {
    for pixel in frame.pixels_mut() {
        let [red, green, blue] = pixel.0.map(f32::from);
        *pixel = Rgb([((0.5 * red + 0.4 * green + 0.1 * blue) / dim) as u8; 3]);
    }
    frame
}

/// A game by day.
fn day(name: &str) -> RgbImage {
    display(grey(filling(name), 1.2), name)
}

/// A game by night, dim and soft: most of what is sharp is the display.
fn night(name: &str) -> RgbImage {
    display(grey(imageops::fast_blur(&filling(name), 2.0), 1.8), name)
}

/// A game in the dark, where all is plain: its grey, 0.0..=255.0, by place, 0.0..=1.0 across and down. Little of the scene stands
/// out, and the hashes of such frames are near one another.
fn dark(brightness: fn(f32, f32) -> f32) -> RgbImage {
    let [width, height] = FRAME;
    let at = |x, y| brightness(x as f32 / width as f32, y as f32 / height as f32);
    display(RgbImage::from_fn(width, height, |x, y| Rgb([at(x, y) as u8; 3])), "dark")
}

/// What a game shows over every scene; only the number differs.
fn display(mut frame: RgbImage, name: &str) -> RgbImage {
    outline(&mut frame, [380, 190, 200, 160], 3, LIT);
    outline(&mut frame, [440, 235, 80, 70], 2, LIT);
    for area in [[300, 269, 130, 3], [530, 269, 130, 3], [479, 120, 3, 105], [479, 315, 3, 105]] {
        fill(&mut frame, area, LIT);
    }
    // The scales of height and of speed.
    for (x, long) in [(100, 22), (850, 14)] {
        fill(&mut frame, [x, 140, 3, 260], LIT);
        for tick in 0..=13 {
            fill(&mut frame, [x, 140 + 20 * tick, if tick % 3 == 0 { long } else { 9 }, 3], LIT);
        }
    }
    let number = name.bytes().map(u32::from).sum::<u32>() % 900 + 100;
    write_text(&mut frame, &format!("ALT {number}"), 40, 40, 4, LIT);
    write_text(&mut frame, "WHITE HOT", 700, 40, 4, LIT);
    write_text(&mut frame, "TRACK AUTO", 700, 76, 3, LIT);
    write_text(&mut frame, "GUN READY", 40, 440, 3, LIT);
    write_text(&mut frame, "NOT REAL FOOTAGE", 320, 490, 4, LIT);
    frame
}

/// A channel's bar, headline, logo and clock.
fn news(name: &str) -> RgbImage {
    const WHITE: Colour = [250; 3];
    let mut frame = imageops::fast_blur(&filling(name), 2.0);
    fill(&mut frame, [0, 0, 230, 540], [16, 32, 96]);
    for (line, words) in (0_u32..).zip(["WEATHER", "SPORTS", "MARKETS", "TRAFFIC", "CULTURE"]) {
        write_text(&mut frame, words, 16, 90 + 60 * line, 4, WHITE);
        fill(&mut frame, [16, 130 + 60 * line, 190, 4], [250, 210, 60]);
    }
    fill(&mut frame, [0, 400, 960, 140], [16, 32, 96]);
    fill(&mut frame, [0, 400, 300, 50], [180, 24, 32]);
    write_text(&mut frame, "BREAKING", 20, 410, 4, WHITE);
    write_text(&mut frame, "VIEWERS SEND PICTURES", 20, 462, 6, WHITE);
    write_text(&mut frame, "MORE AT NINE AND ON OUR PAGES", 20, 512, 3, [250, 210, 60]);
    fill(&mut frame, [820, 24, 110, 90], [180, 24, 32]);
    outline(&mut frame, [828, 32, 94, 74], 4, WHITE);
    write_text(&mut frame, "TV7", 836, 50, 5, WHITE);
    let number = name.bytes().map(u32::from).sum::<u32>() % 50 + 10;
    fill(&mut frame, [24, 24, 140, 44], [12, 16, 30]);
    write_text(&mut frame, &format!("21 {number}"), 34, 32, 4, WHITE);
    frame
}

fn jpeg(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(picture).unwrap();
    bytes.into_inner()
}

fn entry(id: &str, picture: &RgbImage) -> Entry {
    let pixels = decode(&jpeg(picture, 88), &Limits::default(), Orientation::Apply).unwrap();
    let fingerprint = encoding::to_base64(&Fingerprint::with_keypoints(&pixels, 44));
    let line = format!(
        r#"{{"id":"{id}","rev":1,"truth":{{"en":"."}},"media":[{{"role":"known","fingerprint":"{fingerprint}"}}]}}"#
    );
    parse_entries(&line).unwrap().remove(0)
}

struct Source {
    index: Index,
    keypoints: KeypointTier,
}

impl Source {
    fn of(entries: &[Entry]) -> Self {
        let file = write(entries);
        let keypoints = KeypointSegment::parse(write_keypoints(entries, &file).unwrap()).unwrap();
        let digest: [u8; 32] = Sha256::digest(&file).into();
        let index = Index::new(vec![Segment::parse(file).unwrap()], &Default::default());
        let keypoints = KeypointTier::new(&index, &[digest], vec![keypoints]).unwrap();
        Self { index, keypoints }
    }

    /// The entries that are named at level `match`, in the order of their ids.
    fn matches(&self, bytes: &[u8], sensitivity: Sensitivity) -> Vec<String> {
        let key = common::key().public().into();
        let head: Head = common::head_of(b"", 1);
        let searched = Searched {
            key: &key,
            catalogue_name: None,
            head: &head,
            index: &self.index,
            keypoints: Some(&self.keypoints),
        };
        let verdict = check_bytes(bytes, &[searched], Manner { sensitivity, language: "en", now: 0 });
        let certain = verdict.matches.into_iter().filter(|found| found.level == Level::Match);
        let mut ids: Vec<String> = certain.map(|found| found.entry).collect();
        ids.sort();
        ids
    }
}

type Copy = (&'static str, fn(&RgbImage) -> RgbImage, u8);

const COPIES: [Copy; 3] = [
    ("compressed again", RgbImage::clone, 60),
    ("80 % of both sides", |frame| imageops::crop_imm(frame, 96, 84, 768, 432).to_image(), 85),
    ("half the size", |frame| imageops::resize(frame, 480, 270, FilterType::Triangle), 85),
];

/// 40 % more contrast; dark scenes, which it turns black, are left out.
const HARDER: Copy = ("more contrast", |frame| imageops::contrast(frame, 18.3), 85);

const SENSITIVITIES: [Sensitivity; 2] = [Sensitivity::Cautious, Sensitivity::Balanced];

type Template = (&'static str, fn(&str) -> RgbImage);

const NIGHT: Template = ("game by night", night);
const DAY: Template = ("game by day", day);
const NEWS: Template = ("news", news);

#[test]
fn what_two_known_frames_share_names_neither_and_copies_are_still_named() {
    for (template, frame) in [NIGHT, NEWS] {
        let source = Source::of(&KNOWN.map(|name| entry(name, &frame(name))));
        for (what, copy, quality) in COPIES.into_iter().chain([HARDER]) {
            for name in KNOWN {
                let found = source.matches(&jpeg(&copy(&frame(name)), quality), Sensitivity::default());
                assert_eq!(found, [name], "{template}: {name}, {what}");
            }
            for name in OTHERS {
                let asked = jpeg(&copy(&frame(name)), quality);
                for sensitivity in SENSITIVITIES {
                    let found = source.matches(&asked, sensitivity);
                    assert!(found.is_empty(), "{template}: {name}, {what}, {sensitivity:?}: {found:?}");
                }
            }
        }
    }
}

#[test]
fn one_known_frame_is_not_named_for_its_overlay() {
    // By night there is so little but the display that another frame is taken for it: it takes a second one to tell.
    for (template, frame) in [DAY, NEWS] {
        let source = Source::of(&[entry(KNOWN[0], &frame(KNOWN[0]))]);
        for (what, copy, quality) in COPIES.into_iter().chain([HARDER]) {
            for name in OTHERS {
                let found = source.matches(&jpeg(&copy(&frame(name)), quality), Sensitivity::default());
                assert!(found.is_empty(), "{template}: {name}, {what}");
            }
        }
    }
}

type Scene = (&'static str, fn(f32, f32) -> f32);

const SCENES: [Scene; 3] = [
    ("nothing", |_, _| 16.0),
    ("lit-from-below", |_, y| 12.0 + 70.0 * y * y),
    ("lit-from-the-side", |x, _| 12.0 + 60.0 * x),
];

#[test]
fn of_dark_scenes_under_one_overlay_none_is_named_for_another_by_hashes_or_by_keypoints() {
    for (known, scene) in SCENES {
        let source = Source::of(&[entry(known, &dark(scene))]);
        for (what, copy, quality) in COPIES {
            for (asked, scene) in SCENES {
                let bytes = jpeg(&copy(&dark(scene)), quality);
                let found = source.matches(&bytes, Sensitivity::default());
                assert_eq!(found.contains(&known.to_owned()), known == asked, "{known}, asked {asked}: {what}");
            }
        }
    }
}

#[test]
fn one_picture_in_two_entries_is_a_match_of_both() {
    let picture = picture("harbour");
    let part = |left: u32| imageops::crop_imm(&picture, left, 0, 840, 800).to_image();
    let pairs = [
        ("the picture twice", [entry("first", &picture), entry("second", &imageops::brighten(&picture, 12))]),
        ("the picture and a part of it", [entry("first", &picture), entry("second", &part(180))]),
        ("two parts that overlap", [entry("first", &part(0)), entry("second", &part(360))]),
    ];
    // What all of them show a good part of, with a plate over it: much agrees, but not nearly everything.
    let mut asked = imageops::crop_imm(&picture, 200, 0, 800, 800).to_image();
    fill(&mut asked, [480, 300, 240, 300], [240, 210, 40]);
    for (what, entries) in pairs {
        let found = Source::of(&entries).matches(&jpeg(&asked, 85), Sensitivity::default());
        assert_eq!(found, ["first", "second"], "{what}");
    }
}
