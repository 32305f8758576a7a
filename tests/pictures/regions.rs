//! Pictures inside pictures, found by hashes alone. Keypoints find the same copies, so where they are in the index nothing
//! would tell that a kind of region is lost.

use std::collections::HashMap;
use std::sync::LazyLock;

use caveat::fingerprint::{Fingerprint, Query};
use caveat::index::Entry;
use caveat::protocol::{Finding, Level, Sensitivity, Via};
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};

use crate::photographs::{Area, Colour, Source, entry_with, fill, filling, jpeg, pixels, write_text};

type Name = &'static str;
type Size = [u32; 2];
/// A page, and where the pictures on it lie.
type Dressed = (RgbImage, Vec<Area>);

const WIDE: Size = [480, 270];
const TALL: Size = [270, 480];

/// What the index knows, in both shapes.
const KNOWN: [Name; 4] = ["map", "volcano-small", "cat", "pizza"];
/// What it does not know.
const OTHERS: [Name; 4] = ["crowd", "spheres", "dunes", "wave"];
/// Rows of one colour lie in these.
const BANDED: [Name; 2] = ["lake-small", "pitch"];

/// Made once: to shrink a photograph takes longer than to ask for it.
static PHOTOGRAPHS: LazyLock<HashMap<(Name, Size), RgbImage>> = LazyLock::new(|| {
    let names = KNOWN.into_iter().chain(OTHERS).chain(BANDED);
    names.flat_map(|name| [WIDE, TALL].map(|shape| ((name, shape), filling(name, shape)))).collect()
});

/// Of each known picture the hash of all of it alone: what finds it is the part of a page that shows all of it.
static WHOLES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let whole = |name, shape| {
        let mut print = print_of(photo(name, shape));
        print.regions.truncate(1);
        print
    };
    let entry = |name| entry_with(name, &[("known", &whole(name, WIDE)), ("known", &whole(name, TALL))]);
    KNOWN.into_iter().map(entry).collect()
});

fn photo(name: Name, shape: Size) -> &'static RgbImage {
    &PHOTOGRAPHS[&(name, shape)]
}

fn shown(name: Name, shape: Size, [width, height]: Size) -> RgbImage {
    imageops::resize(photo(name, shape), width, height, FilterType::Triangle)
}

/// As `caveat build --keypoints 0` takes it.
fn print_of(picture: &RgbImage) -> Fingerprint {
    Fingerprint::of(&pixels(&jpeg(picture, 88)))
}

fn findings(source: &Source, picture: &RgbImage) -> Vec<Finding> {
    source.verdict(&jpeg(picture, 70), Sensitivity::default(), false).matches
}

/// Whether fractions of a page are this part of it, but for the line or two that are trimmed with a border.
fn is_part(page: &RgbImage, fractions: Option<[f64; 4]>, [left, top, width, height]: Area) -> bool {
    let (across, down) = (f64::from(page.width()), f64::from(page.height()));
    let wanted = [left, top, left + width, top + height].map(f64::from);
    fractions.is_some_and(|[x, y, wide, high]| {
        let sides = [x * across, y * down, (x + wide) * across, (y + high) * down];
        sides.iter().zip(wanted).all(|(side, wanted)| (side - wanted).abs() <= 3.0)
    })
}

/// In this dress, so many on a page, each known picture is found where it lies, and of others nothing is said.
#[track_caller]
fn are_found(known: &[Name], together: usize, dress: impl Fn(&[Name]) -> Dressed) {
    let source = Source::of(&WHOLES);
    for names in known.chunks_exact(together) {
        let (page, areas) = dress(names);
        let found = findings(&source, &page);
        for (name, area) in names.iter().zip(areas) {
            let one = found.iter().find(|one| one.entry == *name);
            let said = one.map(|one| (one.level, one.via, one.known_region));
            assert_eq!(said, Some((Level::Match, Via::Region, None)), "{name}");
            assert!(is_part(&page, one.and_then(|one| one.region), area), "{name} is at {area:?}: {one:?}");
        }
        assert_eq!(found.len(), names.len(), "{names:?}: {found:?}");
    }
    for names in OTHERS.chunks_exact(together).take(2) {
        assert_eq!(findings(&source, &dress(names).0), [], "{names:?}");
    }
}

/// Where pages in this dress are known, each is found by the picture on it. Another picture is not, and in the same dress
/// at most a question: pages are near one another.
#[track_caller]
fn are_found_by_what_they_show(shape: Size, dress: impl Fn(&[Name]) -> Dressed) {
    let pages: Vec<(Name, Dressed)> = KNOWN.iter().take(2).map(|name| (*name, dress(&[*name]))).collect();
    let entry = |(name, (page, _)): &(Name, Dressed)| entry_with(name, &[("known", &print_of(page))]);
    let source = Source::of(&pages.iter().map(entry).collect::<Vec<_>>());
    for (name, (page, areas)) in &pages {
        let found = findings(&source, &shown(name, shape, shape.map(|side| side * 3 / 4)));
        let said: Vec<_> = found.iter().map(|one| (one.entry.as_str(), one.level, one.via, one.region)).collect();
        assert_eq!(said, [(*name, Level::Match, Via::Region, None)]);
        assert!(is_part(page, found[0].known_region, areas[0]), "{name} is at {areas:?}: {found:?}");
    }
    for name in OTHERS.into_iter().take(2) {
        assert_eq!(findings(&source, photo(name, shape)), [], "{name}");
        let found = findings(&source, &dress(&[name]).0);
        assert!(found.iter().all(|one| one.level == Level::Possible), "{name}: {found:?}");
    }
}

const PAPER: Colour = [255; 3];
const INK: Colour = [20; 3];
const NIGHT: Colour = [20, 23, 28];
const CHALK: Colour = [232; 3];
const FAINT: Colour = [120; 3];
const BLUE: Colour = [60, 120, 180];
const BROWN: Colour = [180, 90, 60];

fn plain([width, height]: Size, colour: Colour) -> RgbImage {
    RgbImage::from_pixel(width, height, Rgb(colour))
}

fn show(page: &mut RgbImage, name: Name, shape: Size, [left, top, width, height]: Area) {
    imageops::overlay(page, &shown(name, shape, [width, height]), left.into(), top.into());
}

/// With words on bars so high, above and below.
fn captioned(name: Name, [above, below]: Size, [paper, ink]: [Colour; 2]) -> Dressed {
    let [width, height] = WIDE;
    let mut page = plain([width, above + height + below], paper);
    let area = [0, above, width, height];
    show(&mut page, name, WIDE, area);
    if above > 0 {
        write_text(&mut page, "NOBODY WILL TELL YOU", 30, 14, 3, ink);
        write_text(&mut page, "WHAT HAPPENED HERE", 30, 44, 3, ink);
    }
    if below > 0 {
        write_text(&mut page, "SHARE IT WITH ALL", 30, above + height + 22, 3, ink);
    }
    (page, vec![area])
}

/// Between bars so thick: left and right, above and below.
fn barred(name: Name, [across, down]: Size, colour: Colour) -> Dressed {
    let [width, height] = WIDE;
    let mut page = plain([width + 2 * across, height + 2 * down], colour);
    let area = [across, down, width, height];
    show(&mut page, name, WIDE, area);
    (page, vec![area])
}

/// On a screen of the other shape, which its own enlargement fills, blurred.
fn on_its_blur(name: Name, shape: Size) -> Dressed {
    let [width, height] = shape;
    let (screen, area) =
        if shape == WIDE { ([288, 512], [0, 175, 288, 162]) } else { ([512, 288], [175, 0, 162, 288]) };
    let [across, down] = [width.min(height * screen[0] / screen[1]), height.min(width * screen[1] / screen[0])];
    let middle = imageops::crop_imm(photo(name, shape), (width - across) / 2, (height - down) / 2, across, down);
    let enlarged = imageops::resize(&middle.to_image(), screen[0], screen[1], FilterType::Triangle);
    let mut page = imageops::fast_blur(&enlarged, 10.0);
    show(&mut page, name, shape, area);
    (page, vec![area])
}

fn round_corners(page: &mut RgbImage, [left, top, width, height]: Area, colour: Colour) {
    const RADIUS: u32 = 5;
    for (x, y) in (0..RADIUS).flat_map(|x| (0..RADIUS).map(move |y| (x, y))) {
        if (RADIUS - x).pow(2) + (RADIUS - y).pow(2) > RADIUS.pow(2) {
            let (right, bottom) = (width - 1 - x, height - 1 - y);
            for (x, y) in [(x, y), (right, y), (x, bottom), (right, bottom)] {
                fill(page, [left + x, top + y, 1, 1], colour);
            }
        }
    }
}

/// In a post on a phone, so far from the screen's sides.
fn on_a_phone(name: Name, margin: u32, [paper, ink]: [Colour; 2]) -> Dressed {
    let [width, height] = [450, 760];
    let mut page = plain([width, height], paper);
    write_text(&mut page, "9 41", 20, 14, 3, ink);
    fill(&mut page, [390, 14, 40, 18], ink);
    fill(&mut page, [20, 60, 40, 40], BLUE);
    write_text(&mut page, "A NAME", 72, 64, 3, ink);
    write_text(&mut page, "SEE WHAT THEY DID HERE", 20, 114, 3, ink);
    write_text(&mut page, "LAST NIGHT", 20, 142, 3, ink);
    let across = width - 2 * margin;
    let area = [margin, 176, across, across * 9 / 16];
    show(&mut page, name, WIDE, area);
    if margin > 0 {
        round_corners(&mut page, area, paper);
    }
    let below = area[1] + area[3] + 16;
    write_text(&mut page, "LIKE   REPLY   SHARE", 40, below, 3, FAINT);
    for top in (below + 52..height - 80).step_by(84) {
        fill(&mut page, [20, top, 32, 32], BROWN);
        write_text(&mut page, "ANOTHER ONE", 64, top, 2, ink);
        write_text(&mut page, "I WAS THERE TOO", 64, top + 24, 3, ink);
    }
    (page, vec![area])
}

/// In the middle column of a page in a wide window.
fn on_a_desktop(name: Name) -> Dressed {
    let mut page = plain([960, 600], [238, 240, 243]);
    fill(&mut page, [0, 0, 960, 44], [36, 92, 178]);
    write_text(&mut page, "A SITE", 20, 14, 2, PAPER);
    for top in (70..400).step_by(44) {
        fill(&mut page, [20, top, 20, 20], BROWN);
        write_text(&mut page, "SOME PAGE", 50, top + 4, 2, INK);
    }
    for top in [64, 234, 404] {
        fill(&mut page, [740, top, 200, 150], PAPER);
        fill(&mut page, [752, top + 12, 176, 70], BLUE);
        write_text(&mut page, "ANOTHER STORY", 752, top + 96, 2, FAINT);
    }
    fill(&mut page, [210, 64, 500, 536], PAPER);
    fill(&mut page, [226, 80, 34, 34], BLUE);
    write_text(&mut page, "A NAME", 272, 84, 2, INK);
    write_text(&mut page, "SEE WHAT THEY DID HERE LAST NIGHT", 226, 130, 2, INK);
    let area = [226, 160, 468, 263];
    show(&mut page, name, WIDE, area);
    write_text(&mut page, "LIKE   REPLY   SHARE", 226, 440, 2, FAINT);
    (page, vec![area])
}

fn collage(names: &[Name], size: Size, cells: &[(Size, Area)]) -> Dressed {
    let mut page = plain(size, PAPER);
    for (name, (shape, area)) in names.iter().zip(cells) {
        show(&mut page, name, *shape, *area);
    }
    (page, cells.iter().map(|(_, area)| *area).collect())
}

/// Two as high as one another, so far apart.
fn side_by_side(names: &[Name], gap: u32) -> Dressed {
    collage(names, [640 + gap, 180], &[(WIDE, [0, 0, 320, 180]), (WIDE, [320 + gap, 0, 320, 180])])
}

/// Two as wide as one another, so far apart.
fn stacked(names: &[Name], gap: u32) -> Dressed {
    collage(names, [320, 360 + gap], &[(WIDE, [0, 0, 320, 180]), (WIDE, [0, 180 + gap, 320, 180])])
}

/// Over a part of another picture, with a white rim so wide.
fn inset(name: Name, host: Name, [left, top]: Size, rim: u32) -> Dressed {
    let mut page = shown(host, WIDE, [640, 360]);
    let [width, height] = [240, 135];
    fill(&mut page, [left - rim, top - rim, width + 2 * rim, height + 2 * rim], PAPER);
    let area = [left, top, width, height];
    show(&mut page, name, WIDE, area);
    (page, vec![area])
}

#[test]
fn a_picture_below_a_caption() {
    are_found(&KNOWN, 1, |names| captioned(names[0], [78, 0], [PAPER, INK]));
}

#[test]
fn a_picture_above_a_caption() {
    are_found(&KNOWN, 1, |names| captioned(names[0], [0, 66], [PAPER, INK]));
}

#[test]
fn a_picture_between_captions() {
    are_found(&KNOWN, 1, |names| captioned(names[0], [78, 66], [NIGHT, CHALK]));
}

/// By what trims flat borders: such a region is asked for in eight turns, not in two.
#[test]
fn a_picture_between_bars_in_one_colour_is_trimmed() {
    for (bars, colour) in [([0, 60], [0; 3]), ([90, 0], [0; 3]), ([0, 60], PAPER), ([90, 0], PAPER)] {
        are_found(&KNOWN, 1, |names| barred(names[0], bars, colour));
        let (page, areas) = barred(KNOWN[0], bars, colour);
        let query = Query::of(&pixels(&jpeg(&page, 70)));
        let fraction = |side| f64::from(side) / f64::from(u16::MAX);
        let mut outer = query.regions.iter().filter(|region| !region.inner);
        assert!(outer.any(|outer| is_part(&page, Some(outer.region.map(fraction)), areas[0])), "{bars:?} {colour:?}");
    }
}

#[test]
fn a_wide_picture_on_a_tall_screen_above_and_below_it_its_blur() {
    are_found(&KNOWN, 1, |names| on_its_blur(names[0], WIDE));
}

#[test]
fn a_tall_picture_on_a_wide_screen_beside_it_its_blur() {
    are_found(&KNOWN, 1, |names| on_its_blur(names[0], TALL));
}

#[test]
fn the_picture_in_a_light_screenshot_of_a_phone() {
    are_found(&KNOWN, 1, |names| on_a_phone(names[0], 20, [PAPER, INK]));
}

#[test]
fn the_picture_in_a_dark_screenshot_of_a_phone() {
    are_found(&KNOWN, 1, |names| on_a_phone(names[0], 20, [NIGHT, CHALK]));
}

#[test]
fn a_picture_as_wide_as_the_phone() {
    are_found(&KNOWN, 1, |names| on_a_phone(names[0], 0, [PAPER, INK]));
    are_found(&KNOWN, 1, |names| on_a_phone(names[0], 0, [NIGHT, CHALK]));
}

#[test]
fn the_picture_in_a_screenshot_of_a_desktop() {
    are_found(&KNOWN, 1, |names| on_a_desktop(names[0]));
}

#[test]
fn two_pictures_side_by_side() {
    are_found(&KNOWN, 2, |names| side_by_side(names, 6));
}

#[test]
fn two_pictures_one_above_the_other() {
    are_found(&KNOWN, 2, |names| stacked(names, 6));
}

#[test]
fn two_pictures_of_unequal_widths() {
    let cells = [(WIDE, [0, 0, 480, 270]), (TALL, [486, 0, 152, 270])];
    are_found(&KNOWN, 2, |names| collage(names, [638, 270], &cells));
}

#[test]
fn a_large_picture_beside_two_small_ones() {
    let cells = [(WIDE, [0, 0, 480, 270]), (WIDE, [486, 0, 235, 132]), (WIDE, [486, 138, 235, 132])];
    are_found(&KNOWN, 3, |names| collage(names, [721, 270], &cells));
}

#[test]
fn two_pictures_that_touch() {
    are_found(&KNOWN, 2, |names| side_by_side(names, 0));
    are_found(&KNOWN, 2, |names| stacked(names, 0));
}

#[test]
fn four_pictures_that_touch() {
    let cell = |left, top| (WIDE, [left, top, 320, 180]);
    let cells = [cell(0, 0), cell(320, 0), cell(0, 180), cell(320, 180)];
    are_found(&KNOWN, 4, |names| collage(names, [640, 360], &cells));
}

#[test]
fn a_picture_over_another() {
    // The map is as bright as the sky around it.
    are_found(&KNOWN[1..], 1, |names| inset(names[0], "dunes", [384, 16], 0));
}

#[test]
fn a_picture_with_a_rim_over_another() {
    are_found(&KNOWN, 1, |names| inset(names[0], "spheres", [384, 209], 4));
}

#[test]
fn a_known_picture_with_captions_is_found_without_them() {
    are_found_by_what_they_show(WIDE, |names| captioned(names[0], [78, 0], [PAPER, INK]));
    are_found_by_what_they_show(WIDE, |names| captioned(names[0], [0, 66], [PAPER, INK]));
    are_found_by_what_they_show(WIDE, |names| captioned(names[0], [78, 66], [NIGHT, CHALK]));
}

#[test]
fn a_known_picture_between_bars_is_found_without_them() {
    are_found_by_what_they_show(WIDE, |names| barred(names[0], [0, 60], [0; 3]));
    are_found_by_what_they_show(WIDE, |names| barred(names[0], [90, 0], PAPER));
    are_found_by_what_they_show(WIDE, |names| on_its_blur(names[0], WIDE));
    are_found_by_what_they_show(TALL, |names| on_its_blur(names[0], TALL));
}

#[test]
fn a_known_screenshot_is_found_by_the_picture_in_it() {
    are_found_by_what_they_show(WIDE, |names| on_a_phone(names[0], 20, [PAPER, INK]));
    are_found_by_what_they_show(WIDE, |names| on_a_phone(names[0], 20, [NIGHT, CHALK]));
    are_found_by_what_they_show(WIDE, |names| on_a_phone(names[0], 0, [PAPER, INK]));
}
