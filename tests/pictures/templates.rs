//! Frames that share an overlay, a game's display or a channel's news: what they have in common makes no match.

use caveat::protocol::Sensitivity;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};

use crate::photographs::{Colour, Source, fill, filling, jpeg, known, numbers, outline, photograph, write_text};

const FRAME: [u32; 2] = [960, 540];
/// Frames made of these are in the index, each in an entry of its own.
const KNOWN: [&str; 2] = ["harbour", "crowd"];
/// Frames made of these are not.
const OTHERS: [&str; 4] = ["volcano", "pitch", "dunes", "lake"];

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
    display(grey(filling(name, FRAME), 1.2), name)
}

/// A game by night, dim and soft: most of what is sharp is the display.
fn night(name: &str) -> RgbImage {
    display(grey(imageops::fast_blur(&filling(name, FRAME), 2.0), 1.8), name)
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
    let mut frame = imageops::fast_blur(&filling(name, FRAME), 2.0);
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

const INK: Colour = [24; 3];
const FAINT: Colour = [120, 128, 140];

/// A post on a phone: another page of the same site has another picture, another name and other words.
fn page(name: &str) -> RgbImage {
    let mut frame = post(name);
    let picture = filling(name, [492, 400]);
    imageops::overlay(&mut frame, &picture, 24, 270);
    frame
}

/// The same without a picture: the words are all there is.
fn words(name: &str) -> RgbImage {
    let mut frame = post(name);
    let mut numbers = numbers(name.bytes().fold(7, |seed: u32, letter| seed.wrapping_mul(31) + u32::from(letter)));
    for line in 0..4 + numbers.next().unwrap() {
        let length = 12 + 2 * numbers.next().unwrap();
        let letters = numbers.by_ref().take(length as usize).map(|number| char::from(b" ETAOINS"[number as usize]));
        write_text(&mut frame, &letters.collect::<String>(), 24, 280 + 36 * line, 3, INK);
    }
    frame
}

fn post(name: &str) -> RgbImage {
    let mut frame = RgbImage::from_pixel(540, 960, Rgb([255; 3]));
    write_text(&mut frame, "9:41", 24, 16, 3, INK);
    write_text(&mut frame, "LTE 87", 400, 16, 3, INK);
    fill(&mut frame, [0, 52, 540, 2], [225, 228, 232]);
    write_text(&mut frame, "POST", 220, 72, 4, INK);
    fill(&mut frame, [0, 112, 540, 2], [225, 228, 232]);
    fill(&mut frame, [24, 130, 56, 56], [70, 110, 180]);
    let author: String = name.chars().rev().collect();
    write_text(&mut frame, &author.to_uppercase(), 96, 134, 4, INK);
    write_text(&mut frame, &format!("AT {name}"), 96, 168, 2, FAINT);
    outline(&mut frame, [420, 136, 96, 40], 2, INK);
    write_text(&mut frame, "FOLLOW", 430, 150, 2, INK);
    write_text(&mut frame, &format!("LOOK AT THIS {name}"), 24, 206, 3, INK);
    write_text(&mut frame, &format!("{author} TODAY"), 24, 236, 3, INK);
    for (column, words) in (0_u32..).zip(["REPLY", "SHARE", "LIKE", "SAVE"]) {
        outline(&mut frame, [24 + 126 * column, 690, 40, 36], 4, FAINT);
        write_text(&mut frame, words, 24 + 126 * column, 740, 3, FAINT);
    }
    fill(&mut frame, [0, 790, 540, 2], [225, 228, 232]);
    write_text(&mut frame, "WRITE YOUR REPLY", 24, 820, 4, FAINT);
    for column in 0..5 {
        outline(&mut frame, [40 + 104 * column, 890, 44, 44], 5, INK);
    }
    frame
}

type Copy = (&'static str, fn(&RgbImage) -> RgbImage, u8);

fn four_fifths(frame: &RgbImage) -> RgbImage {
    let (width, height) = frame.dimensions();
    imageops::crop_imm(frame, width / 10, height * 7 / 45, width * 4 / 5, height * 4 / 5).to_image()
}

const COPIES: [Copy; 3] = [
    ("compressed again", RgbImage::clone, 60),
    ("80 % of both sides", four_fifths, 85),
    ("half the size", |frame| imageops::resize(frame, frame.width() / 2, frame.height() / 2, FilterType::Triangle), 85),
];

/// 40 % more contrast; dark scenes, which it turns black, are left out.
const HARDER: Copy = ("more contrast", |frame| imageops::contrast(frame, 18.3), 85);

const SENSITIVITIES: [Sensitivity; 2] = [Sensitivity::Cautious, Sensitivity::Balanced];

type Template = (&'static str, fn(&str) -> RgbImage);

const NIGHT: Template = ("game by night", night);
const DAY: Template = ("game by day", day);
const NEWS: Template = ("news", news);
const PAGE: Template = ("post", page);
const WORDS: Template = ("post of words", words);

#[test]
fn what_two_known_frames_share_names_neither_and_copies_are_still_named() {
    for (template, frame) in [NIGHT, NEWS, PAGE, WORDS] {
        let source = Source::of(&KNOWN.map(|name| known(name, &frame(name))));
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
    // By night there is so little but the display that another frame is taken for it, and so it is with a post of words alone:
    // it takes a second one to tell.
    for (template, frame) in [DAY, NEWS, PAGE] {
        let source = Source::of(&[known(KNOWN[0], &frame(KNOWN[0]))]);
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
    for (of, scene) in SCENES {
        let source = Source::of(&[known(of, &dark(scene))]);
        for (what, copy, quality) in COPIES {
            for (asked, scene) in SCENES {
                let bytes = jpeg(&copy(&dark(scene)), quality);
                let found = source.matches(&bytes, Sensitivity::default());
                assert_eq!(found.contains(&of.to_owned()), of == asked, "{of}, asked {asked}: {what}");
            }
        }
    }
}

#[test]
fn one_picture_in_two_entries_is_a_match_of_both() {
    let picture = photograph("harbour");
    let part = |left: u32| imageops::crop_imm(&picture, left, 0, 840, 800).to_image();
    let pairs = [
        ("the picture twice", [known("first", &picture), known("second", &imageops::brighten(&picture, 12))]),
        ("the picture and a part of it", [known("first", &picture), known("second", &part(180))]),
        ("two parts that overlap", [known("first", &part(0)), known("second", &part(360))]),
    ];
    // What all of them show a good part of, with a plate over it: much agrees, but not nearly everything.
    let mut asked = imageops::crop_imm(&picture, 200, 0, 800, 800).to_image();
    fill(&mut asked, [480, 300, 240, 300], [240, 210, 40]);
    for (what, entries) in pairs {
        let found = Source::of(&entries).matches(&jpeg(&asked, 85), Sensitivity::default());
        assert_eq!(found, ["first", "second"], "{what}");
    }
}
