//! What is drawn over the picture.

use super::super::canvas::{Area, BLACK, Canvas, Colour, WHITE};
use super::super::chance::Chance;
use super::super::draw::{self, Ink};
use super::super::score::Group::Overlay;
use super::super::text::{self, Style};
use super::Edit;

const RED: Colour = [214, 22, 28];

pub const EDITS: &[Edit] = &[
    Edit::new("watermark", Overlay, "an agency's name all over, half seen through", |picture, _| watermark(picture)),
    Edit::new("logo", Overlay, "a channel's logo in a corner", |picture, by| logo(picture, &mut by.chance)),
    Edit::new("lower-third-20", Overlay, "a news bar over the lowest 20 %", |picture, by| {
        headline(picture, 0.2, &mut by.chance)
    }),
    Edit::new("lower-third-30", Overlay, "a news bar over the lowest 30 %", |picture, by| {
        headline(picture, 0.3, &mut by.chance)
    }),
    Edit::new("meme-text", Overlay, "large white text above and below", |picture, by| meme(picture, &mut by.chance)),
    Edit::new("stamp", Overlay, "a slanted stamp over the middle", |picture, by| stamp(picture, &mut by.chance)),
    Edit::new("red-cross", Overlay, "crossed out in red", |picture, _| crossed(picture)),
    Edit::new("circles-arrow", Overlay, "two red circles and an arrow", |picture, by| marked(picture, &mut by.chance)),
    Edit::new("emoji-1", Overlay, "a large face", |picture, by| faces(picture, 1, 0.17, &mut by.chance)),
    Edit::new("emoji-4", Overlay, "four faces", |picture, by| faces(picture, 4, 0.12, &mut by.chance)),
];

fn shorter(picture: &Canvas) -> f32 {
    picture.width().min(picture.height())
}

fn watermark(picture: &Canvas) -> Canvas {
    let mut canvas = picture.clone();
    let size = picture.width().max(picture.height()) / 32.0;
    let style = Style { ink: Ink { colour: WHITE, opacity: 0.4 }, ..Style::plain(size, WHITE) };
    let words = "EXAMPLE PICTURES";
    let (step, rise) = (text::width(words, size) * 1.4, size * 5.0);
    let reach = picture.width().hypot(picture.height()) / 2.0;
    let (rows, columns) = ((reach / rise) as i32 + 1, (reach / step) as i32 + 1);
    let middle = picture.area().centre();
    for row in -rows..=rows {
        for column in -columns..=columns {
            let shift = if row % 2 == 0 { 0.0 } else { 0.5 };
            let flat = [middle[0] + (column as f32 + shift) * step, middle[1] + row as f32 * rise];
            text::tilted(&mut canvas, words, draw::about(middle, -25.0, flat), 25.0, style);
        }
    }
    canvas
}

fn logo(picture: &Canvas, chance: &mut Chance) -> Canvas {
    let mut canvas = picture.clone();
    let side = shorter(picture) * 0.15;
    let rim = side * 0.3;
    let x = if chance.coin() { rim } else { picture.width() - side - rim };
    let y = if chance.coin() { rim } else { picture.height() - side - rim };
    channel_logo(&mut canvas, Area::new(x, y, side, side));
    canvas
}

/// The mark of a channel that does not exist.
pub fn channel_logo(canvas: &mut Canvas, area: Area) {
    let side = area.width;
    draw::rectangle(canvas, area, side * 0.2, Ink::solid(RED));
    let upper = Area::new(area.x, area.y, side, side * 0.62).inset(side * 0.08);
    text::centred(canvas, "TV9", upper, Style::plain(side * 0.34, WHITE));
    let lower = Area::new(area.x + side * 0.1, area.y + side * 0.65, side * 0.8, side * 0.2);
    draw::rectangle(canvas, lower, 0.0, Ink::solid(WHITE));
    text::centred(canvas, "LIVE", lower.inset(side * 0.03), Style::plain(side * 0.12, RED));
}

/// A news bar over the lowest part, with other words each time.
pub fn headline(picture: &Canvas, part: f32, chance: &mut Chance) -> Canvas {
    let (upper, lower) = (text::words(chance, 4), text::words(chance, 9));
    lower_third(picture, part, &upper, &lower)
}

/// A news bar over the lowest part.
pub fn lower_third(picture: &Canvas, part: f32, upper: &str, lower: &str) -> Canvas {
    let mut canvas = picture.clone();
    let (width, height) = (picture.width(), picture.height() * part);
    let bar = Area::new(0.0, picture.height() - height, width, height);
    let band = Area { height: height * 0.42, ..bar };
    draw::rectangle(&mut canvas, bar, 0.0, Ink::solid([168, 12, 20]));
    draw::rectangle(&mut canvas, band, 0.0, Ink::solid(WHITE));
    text::centred(&mut canvas, upper, band.inset(height * 0.08), Style::plain(height * 0.2, BLACK));
    let rest = Area::new(0.0, band.bottom(), width, bar.bottom() - band.bottom());
    text::centred(&mut canvas, lower, rest.inset(height * 0.08), Style::plain(height * 0.15, WHITE));
    canvas
}

fn meme(picture: &Canvas, chance: &mut Chance) -> Canvas {
    let mut canvas = picture.clone();
    let style = Style { outline: Some(BLACK), ..Style::plain(picture.height() * 0.09, WHITE) };
    let (width, height) = (picture.width(), picture.height());
    for y in [0.02, 0.74] {
        let words = text::words(chance, 4);
        let area = Area::new(width * 0.03, height * y, width * 0.94, height * 0.24);
        text::centred(&mut canvas, &words, area, style);
    }
    canvas
}

fn stamp(picture: &Canvas, chance: &mut Chance) -> Canvas {
    let mut canvas = picture.clone();
    let word = chance.pick(["FALSE", "NOT TRUE", "ALTERED", "HOAX"]);
    let size = (picture.width() * 0.7 / text::width(word, 1.0)).min(picture.height() * 0.4);
    let (wide, rim, tilt) = (text::width(word, size), size * 0.35, chance.between(8.0, 25.0));
    let [x, y] = picture.area().centre();
    let ink = Ink { colour: RED, opacity: 0.92 };
    let frame = Area::new(x - wide / 2.0, y - size / 2.0, wide, size).inset(-rim);
    draw::outline(&mut canvas, frame, rim, size * 0.12, tilt, ink);
    text::tilted(&mut canvas, word, [x, y], tilt, Style { ink, ..Style::plain(size, RED) });
    canvas
}

fn crossed(picture: &Canvas) -> Canvas {
    let mut canvas = picture.clone();
    let (width, height, thickness) = (picture.width(), picture.height(), shorter(picture) * 0.05);
    draw::line(&mut canvas, [0.0, 0.0], [width, height], thickness, Ink::solid(RED));
    draw::line(&mut canvas, [0.0, height], [width, 0.0], thickness, Ink::solid(RED));
    canvas
}

fn marked(picture: &Canvas, chance: &mut Chance) -> Canvas {
    let mut canvas = picture.clone();
    let (short, ink) = (shorter(picture), Ink::solid([240, 16, 16]));
    let thickness = (short * 0.02).max(2.0);
    let mut last = ([0.0; 2], 0.0);
    for _ in 0..2 {
        let centre = [chance.between(0.25, 0.75) * picture.width(), chance.between(0.25, 0.75) * picture.height()];
        last = (centre, chance.between(0.1, 0.2) * short);
        draw::ring(&mut canvas, centre, last.1, thickness, ink);
    }
    let ([x, y], radius) = last;
    let way = chance.between(0.0, std::f32::consts::TAU);
    let along = |far: f32| [x + way.cos() * far, y + way.sin() * far];
    draw::arrow(&mut canvas, along(radius * 3.0), along(radius * 1.15), thickness, ink);
    canvas
}

fn faces(picture: &Canvas, count: usize, part: f32, chance: &mut Chance) -> Canvas {
    let mut canvas = picture.clone();
    for _ in 0..count {
        let centre = [chance.between(0.12, 0.88) * picture.width(), chance.between(0.12, 0.88) * picture.height()];
        face(&mut canvas, centre, shorter(picture) * part * chance.between(0.85, 1.15));
    }
    canvas
}

fn face(canvas: &mut Canvas, [x, y]: [f32; 2], radius: f32) {
    draw::disc(canvas, [x, y], radius, Ink::solid([255, 204, 51]));
    draw::ring(canvas, [x, y], radius * 0.97, radius * 0.06, Ink::solid([206, 142, 8]));
    let dark = Ink::solid([70, 44, 8]);
    for side in [-1.0, 1.0] {
        draw::disc(canvas, [x + side * radius * 0.36, y - radius * 0.22], radius * 0.15, dark);
    }
    let mouth = Area::new(x - radius * 0.5, y + radius * 0.2, radius, radius * 0.4);
    draw::rectangle(canvas, mouth, radius * 0.2, dark);
    let teeth = Area { height: radius * 0.12, ..mouth.inset(radius * 0.06) };
    draw::rectangle(canvas, teeth, radius * 0.05, Ink::solid(WHITE));
}
