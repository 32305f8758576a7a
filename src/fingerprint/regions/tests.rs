//! Synthetic pictures with rectangles that are known to the pixel.

use proptest::prelude::*;

use super::*;
use crate::image::Channels;

/// A canvas to draw on.
struct Canvas {
    width: usize,
    height: usize,
    data: Vec<u8>,
}

impl Canvas {
    fn new(width: usize, height: usize, colour: u8) -> Self {
        Self { width, height, data: vec![colour; width * height] }
    }

    fn paint(&mut self, rect: Rect, colour: impl Fn(usize, usize) -> u8) {
        for y in 0..rect.height {
            for x in 0..rect.width {
                self.data[(rect.y + y) * self.width + rect.x + x] = colour(x, y);
            }
        }
    }

    /// Waves and grain, as a photograph has; `seed` tells pictures apart.
    fn photo(&mut self, rect: Rect, seed: usize) {
        self.paint(rect, |x, y| photo(x, y, seed));
    }

    /// Lines of letter-like strokes.
    fn text(&mut self, rect: Rect, ink: u8) {
        for line in 0..rect.height / 24 {
            for letter in 0..rect.width / 12 {
                if (letter + line) % 6 != 5 {
                    let (x, y) = (rect.x + letter * 12, rect.y + line * 24 + 4);
                    self.paint(Rect { x, y, width: 3, height: 14 }, |_, _| ink);
                    self.paint(Rect { x, y: y + (letter * 5) % 12, width: 8, height: 3 }, |_, _| ink);
                }
            }
        }
    }

    fn regions(self) -> Vec<Rect> {
        regions(&Pixels::new(self.width as u32, self.height as u32, Channels::Grey, self.data).unwrap())
    }
}

fn photo(x: usize, y: usize, seed: usize) -> u8 {
    let (x, y) = (x + 37 * seed, y + 91 * seed);
    let wave = |at: usize, period: usize| {
        let at = at % period;
        (at.min(period - at) * 120 / period) as u8
    };
    let grain = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519)) >> 13;
    30 + wave(x + y / 2, 183) + wave(y + x / 3, 161) + wave(x * 2 + y, 350) + (grain % 13) as u8
}

fn rect(x: usize, y: usize, width: usize, height: usize) -> Rect {
    Rect { x, y, width, height }
}

/// Whether a rectangle is found, each side to within `slack` pixels.
fn found_within(slack: usize, found: &[Rect], wanted: Rect) -> bool {
    let near = |a: usize, b: usize| a.abs_diff(b) <= slack;
    found.iter().any(|rect| {
        near(rect.x, wanted.x)
            && near(rect.y, wanted.y)
            && near(rect.x + rect.width, wanted.x + wanted.width)
            && near(rect.y + rect.height, wanted.y + wanted.height)
    })
}

#[track_caller]
fn assert_found(found: &[Rect], wanted: Rect) {
    assert!(found_within(2, found, wanted), "{wanted:?} is not among {found:?}");
}

#[test]
fn a_frame_and_letterbox_bars() {
    let inside = rect(60, 45, 680, 410);
    let mut canvas = Canvas::new(800, 500, 255);
    canvas.photo(inside, 1);
    assert_found(&canvas.regions(), inside);
    let inside = rect(0, 75, 800, 350);
    let mut canvas = Canvas::new(800, 500, 0);
    canvas.photo(inside, 2);
    assert_found(&canvas.regions(), inside);
}

#[test]
fn captions_above_and_below() {
    for (paper, ink) in [(255, 0), (0, 255)] {
        let inside = rect(0, 130, 700, 420);
        let mut canvas = Canvas::new(700, 640, paper);
        canvas.photo(inside, 3);
        canvas.text(rect(30, 20, 640, 96), ink);
        canvas.text(rect(30, 570, 640, 48), ink);
        assert_eq!(canvas.regions().first(), Some(&inside));
    }
}

#[test]
fn the_picture_in_a_screenshot_with_rounded_corners() {
    for (paper, ink) in [(255, 15), (24, 235)] {
        let inside = rect(43, 420, 994, 663);
        let mut canvas = Canvas::new(1080, 1920, paper);
        canvas.text(rect(40, 20, 300, 48), ink);
        canvas.text(rect(40, 260, 1000, 120), ink);
        canvas.paint(inside, |x, y| {
            let corner = |at: usize, length: usize| 28_usize.saturating_sub(at.min(length - 1 - at));
            let (across, down) = (corner(x, inside.width), corner(y, inside.height));
            if across * across + down * down > 28 * 28 { paper } else { photo(x, y, 4) }
        });
        canvas.text(rect(60, 1110, 900, 48), ink);
        canvas.paint(rect(0, 1180, 1080, 1), |_, _| 128);
        canvas.text(rect(150, 1230, 800, 480), ink);
        assert_found(&canvas.regions(), inside);
    }
}

#[test]
fn the_parts_of_a_collage() {
    let parts = [rect(0, 0, 520, 390), rect(526, 0, 520, 390), rect(0, 396, 520, 390), rect(526, 396, 520, 390)];
    let mut canvas = Canvas::new(1046, 786, 255);
    parts.iter().enumerate().for_each(|(seed, part)| canvas.photo(*part, 5 + seed));
    let found = canvas.regions();
    parts.into_iter().for_each(|part| assert_found(&found, part));
}

#[test]
fn pictures_that_touch() {
    let parts = [rect(0, 0, 400, 500), rect(400, 0, 400, 500)];
    let mut canvas = Canvas::new(800, 500, 0);
    canvas.paint(parts[0], |x, y| photo(x, y, 9) / 2);
    canvas.paint(parts[1], |x, y| 130 + photo(x, y, 10) / 2);
    let found = canvas.regions();
    parts.into_iter().for_each(|part| assert_found(&found, part));
}

#[test]
fn a_picture_in_picture_with_and_without_a_border() {
    for border in [0, 3] {
        let inside = rect(430, 260, 360, 240);
        let mut canvas = Canvas::new(900, 600, 0);
        canvas.paint(rect(0, 0, 900, 600), |x, y| photo(x, y, 11) / 2);
        canvas.paint(
            rect(inside.x - border, inside.y - border, inside.width + 2 * border, inside.height + 2 * border),
            |_, _| 255,
        );
        canvas.paint(inside, |x, y| 130 + photo(x, y, 12) / 2);
        assert_found(&canvas.regions(), inside);
    }
}

#[test]
fn blurred_bars() {
    let inside = rect(110, 0, 380, 600);
    let mut canvas = Canvas::new(600, 600, 0);
    canvas.paint(rect(0, 0, 600, 600), |x, y| (60 + x / 20 + y / 30) as u8);
    canvas.photo(inside, 13);
    assert_eq!(canvas.regions().first(), Some(&inside));
}

#[test]
fn a_sky_is_no_border() {
    let mut canvas = Canvas::new(800, 600, 0);
    canvas.paint(rect(0, 0, 800, 300), |_, y| (240 - y / 3) as u8);
    canvas.photo(rect(0, 300, 800, 300), 14);
    let found = canvas.regions();
    assert!(!found.iter().any(|rect| rect.y > 20 && rect.y < 280), "{found:?}");
}

#[test]
fn a_plain_photograph_and_noise_have_none() {
    let mut canvas = Canvas::new(900, 600, 0);
    canvas.photo(rect(0, 0, 900, 600), 15);
    assert_eq!(canvas.regions(), []);
    let mut canvas = Canvas::new(900, 600, 0);
    canvas.paint(rect(0, 0, 900, 600), |x, y| ((x * 7919 + y * 104_729) ^ (x * y)) as u8);
    assert_eq!(canvas.regions(), []);
}

#[test]
fn odd_sizes_are_no_trouble() {
    for (width, height) in [(1, 1), (5, 2000), (2000, 5), (64, 64), (65, 16_000), (16_000, 65), (513, 1025)] {
        for colour in [0, 255] {
            let _ = Canvas::new(width, height, colour).regions();
        }
        let mut canvas = Canvas::new(width, height, 0);
        canvas.photo(rect(0, 0, width, height), 16);
        let _ = canvas.regions();
    }
}

proptest! {
    /// Whatever the pixels, rectangles lie inside the picture and are not too many.
    #[test]
    fn rectangles_lie_inside(
        width in 1_usize..320,
        height in 1_usize..320,
        colour in any::<u8>(),
        boxes in prop::collection::vec((0_usize..320, 0_usize..320, 1_usize..320, 1_usize..320, any::<u8>(), any::<bool>()), 0..12),
    ) {
        let mut canvas = Canvas::new(width, height, colour);
        for (x, y, wide, high, colour, plain) in boxes {
            let (x, y) = (x % width, y % height);
            let part = rect(x, y, wide.min(width - x), high.min(height - y));
            canvas.paint(part, |x, y| if plain { colour } else { photo(x, y, usize::from(colour)) });
        }
        let found = canvas.regions();
        prop_assert!(found.len() <= MAX_FOUND);
        for rect in found {
            prop_assert!(rect.width >= MIN_SIDE / 2 && rect.height >= MIN_SIDE / 2, "{rect:?}");
            prop_assert!(rect.x + rect.width <= width && rect.y + rect.height <= height, "{rect:?}");
        }
    }
}
