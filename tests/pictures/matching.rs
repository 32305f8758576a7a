//! What people do to pictures, and pictures that look like what they are not: by the bench's edits, and by drawings of our own.

use std::fs;

use caveat::protocol::Sensitivity;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};

use crate::folder::{Folder, lines};
use crate::photographs::{Colour, Source, fill, jpeg, known, numbers, photograph, write_text};

/// No two are copies of one another.
const PICTURES: [&str; 14] = [
    "cat",
    "city-original",
    "crowd",
    "dunes",
    "flood",
    "forest",
    "harbour",
    "lake",
    "map",
    "pitch",
    "pizza",
    "spheres",
    "volcano",
    "wave",
];

#[test]
fn each_of_the_worst_edits_is_found_in_most_photographs_and_no_other_is_named() {
    let folder = Folder::new("worst-edits");
    for name in PICTURES.map(|name| format!("{name}.jpg")) {
        fs::copy(format!("www/feed/pictures/{name}"), folder.0.join("images").join(&name)).unwrap();
    }
    let edits = "crop-50,phone-light,phone-dark,desktop,caption-20,two-by-two,rotate-10,screen-photo";
    let said = folder.ok(&["eval", "images", "--indexed", "7", "--queries", "7", "--only", edits, "--json"]);
    let report = lines(&said).remove(0);
    for line in report["edits"].as_array().unwrap() {
        assert_eq!((&line["known"], &line["falseMatches"]), (&7.into(), &0.into()), "{line}");
        assert!(line["match"].as_f64().unwrap() >= 0.85, "{line}");
    }
    assert_eq!(report["edits"].as_array().unwrap().len(), 8);
}

const INK: Colour = [20; 3];

/// A screenshot with words around a picture.
fn screenshot(picture: &RgbImage) -> RgbImage {
    let (width, height) = picture.dimensions();
    let mut page = RgbImage::from_pixel(width + 80, height + 400, Rgb([255; 3]));
    write_text(&mut page, "A NAME", 120, 40, 5, INK);
    write_text(&mut page, "SEE WHAT THEY DID HERE", 40, 120, 4, INK);
    write_text(&mut page, "LAST NIGHT", 40, 170, 4, INK);
    imageops::overlay(&mut page, picture, 40, 240);
    write_text(&mut page, "REPLY  SHARE  LIKE", 40, height + 290, 4, [120; 3]);
    page
}

#[test]
fn a_known_screenshot_is_found_by_the_picture_in_it_and_the_other_way_round() {
    let picture = photograph("harbour");
    let other = photograph("volcano");
    let of_screenshot = Source::of(&[known("post", &screenshot(&picture))]);
    let of_picture = Source::of(&[known("post", &picture)]);
    let smaller = imageops::resize(&picture, picture.width() / 2, picture.height() / 2, FilterType::Triangle);
    for (source, asked, not) in
        [(&of_screenshot, smaller, other.clone()), (&of_picture, screenshot(&picture), screenshot(&other))]
    {
        assert_eq!(source.matches(&jpeg(&asked, 70), Sensitivity::default()), ["post"]);
        assert_eq!(source.matches(&jpeg(&not, 70), Sensitivity::default()), Vec::<String>::new());
    }
}

/// Lines of words; of each seed others.
fn text(seed: u32) -> RgbImage {
    let mut page = RgbImage::from_pixel(800, 600, Rgb([250; 3]));
    let mut letters = numbers(seed).map(|number| b" ETAOINS"[number as usize]);
    for line in 0..14 {
        let words: String = letters.by_ref().take(40).map(char::from).collect();
        write_text(&mut page, &words, 30, 20 + 40 * line, 3, INK);
    }
    page
}

/// A table; of each seed with other cells filled.
fn grid(seed: u32) -> RgbImage {
    let mut page = RgbImage::from_pixel(800, 600, Rgb([250; 3]));
    for line in 0..=20 {
        fill(&mut page, [0, line * 30, 800, 2], INK);
        fill(&mut page, [line * 40, 0, 2, 600], INK);
    }
    for (cell, _) in (0..400).zip(numbers(seed)).filter(|(_, number)| *number < 2) {
        fill(&mut page, [cell % 20 * 40 + 10, cell / 20 * 30 + 8, 20, 14], [60, 90, 160]);
    }
    page
}

/// Dots as large as a scene is dark.
fn halftone(name: &str) -> RgbImage {
    let scene = imageops::resize(&photograph(name), 100, 75, FilterType::Triangle);
    RgbImage::from_fn(800, 600, |x, y| {
        let dark = 255.0 - f32::from(scene.get_pixel(x / 8, y / 8).0[1]);
        let (dx, dy) = ((x % 8) as f32 - 3.5, (y % 8) as f32 - 3.5);
        Rgb([if dx * dx + dy * dy < dark / 255.0 * 24.0 { 20 } else { 245 }; 3])
    })
}

#[test]
fn text_tables_and_halftones_are_found_again_and_not_taken_for_their_siblings() {
    let kinds: [(&str, Vec<RgbImage>); 3] = [
        ("text", (1..=8).map(text).collect()),
        ("table", (1..=8).map(grid).collect()),
        ("halftone", PICTURES[..8].iter().map(|name| halftone(name)).collect()),
    ];
    let ids: Vec<String> =
        kinds.iter().flat_map(|(kind, _)| (0..4).map(move |number| format!("{kind}-{number}"))).collect();
    let pictures = kinds.iter().flat_map(|(_, pictures)| &pictures[..4]);
    let source = Source::of(&ids.iter().zip(pictures).map(|(id, picture)| known(id, picture)).collect::<Vec<_>>());
    for (kind, pictures) in &kinds {
        for (number, picture) in pictures.iter().enumerate() {
            let expected: Vec<String> = (number < 4).then(|| format!("{kind}-{number}")).into_iter().collect();
            let found = source.matches(&jpeg(picture, 70), Sensitivity::default());
            assert_eq!(found, expected, "{kind} {number}");
        }
    }
}
