//! Distractors of pixels: parts of real pictures, and what is drawn over or beside them where people share pictures.

use super::super::canvas::{Area, BLACK, Canvas, Colour, WHITE};
use super::super::chance::Chance;
use super::super::draw::{self, Ink};
use super::super::edits;
use super::super::pictures::Picture;
use super::super::text::{self, Style};

type Make = fn(&Canvas, &Canvas, &mut Chance) -> Canvas;

/// In turn: half of them photographs, half of them what has letters, lines and dots in common with others.
const KINDS: [(&str, Make); 8] = [
    ("crop", |one, _, chance| part_of(one, chance)),
    ("text card", text_card),
    ("blend", blend),
    ("screen", screen),
    ("recoloured crop", recoloured),
    ("grid", grid),
    ("collage", collage),
    ("halftone", halftone),
];

/// A distractor and what it is called; nothing where the pictures cannot be read.
pub fn make(number: usize, from: &[Picture], chance: &mut Chance) -> Option<(&'static str, Canvas)> {
    let (kind, make) = KINDS[number % KINDS.len()];
    let mut pick = || from.get(chance.below(from.len())).and_then(Picture::companion);
    let (one, other) = (pick()?, pick()?);
    Some((kind, make(&one, &other, chance)))
}

/// A part of a picture, mirrored or not.
fn part_of(picture: &Canvas, chance: &mut Chance) -> Canvas {
    let share = chance.between(0.25, 0.75);
    let part = edits::crop_to(picture, share, chance);
    if chance.coin() { part.mirrored() } else { part }
}

fn blend(one: &Canvas, other: &Canvas, chance: &mut Chance) -> Canvas {
    let one = part_of(one, chance);
    let other = part_of(other, chance).filling(one.width(), one.height());
    let part = chance.between(0.3, 0.7);
    one.each(|x, y, colour| {
        let below = other.at(x as i64, y as i64).unwrap_or(BLACK);
        std::array::from_fn(|i| colour[i] * part + f32::from(below[i]) * (1.0 - part))
    })
}

fn recoloured(one: &Canvas, _: &Canvas, chance: &mut Chance) -> Canvas {
    let part = part_of(one, chance);
    let (gamma, invert) = (chance.between(0.5, 1.8), chance.below(4) == 0);
    let part = part.each(|_, _, colour| {
        colour.map(|channel| {
            let light = (channel / 255.0).powf(gamma) * 255.0;
            if invert { 255.0 - light } else { light }
        })
    });
    if chance.below(3) == 0 { part.quarter(chance.coin()) } else { part }
}

fn collage(one: &Canvas, other: &Canvas, chance: &mut Chance) -> Canvas {
    let ground = chance.pick([WHITE, BLACK]);
    let (one, other) = (part_of(one, chance), part_of(other, chance));
    if chance.coin() {
        let (one, other) = (one.to_height(480.0), other.to_height(480.0));
        let mut canvas = Canvas::plain(one.width() + 6.0 + other.width(), 480.0, ground);
        canvas.lay(&one, 0.0, 0.0);
        canvas.lay(&other, one.width() + 6.0, 0.0);
        return canvas;
    }
    let (one, other) = (one.to_width(560.0), other.to_width(560.0));
    let mut canvas = Canvas::plain(560.0, one.height() + 6.0 + other.height(), ground);
    canvas.lay(&one, 0.0, 0.0);
    canvas.lay(&other, 0.0, one.height() + 6.0);
    canvas
}

/// A page of text, or a darkened picture with a saying on it.
fn text_card(one: &Canvas, _: &Canvas, chance: &mut Chance) -> Canvas {
    let (width, height) = (chance.between(480.0, 800.0), chance.between(400.0, 800.0));
    let size = chance.between(12.0, 44.0);
    if chance.coin() {
        let dim = chance.between(0.2, 0.6);
        let mut canvas = part_of(one, chance).filling(width, height).each(|_, _, colour| colour.map(|c| c * dim));
        let words = text::words(chance, 8 + (400.0 / size) as usize);
        let area = canvas.area().inset(width * 0.08);
        text::centred(&mut canvas, &words, area, Style::plain(size, WHITE));
        return canvas;
    }
    let (ground, ink): (Colour, Colour) = if chance.coin() { (WHITE, [20; 3]) } else { ([24, 26, 32], [230; 3]) };
    let mut canvas = Canvas::plain(width, height, ground);
    let words = text::words(chance, (width * height / (size * size * 3.0)) as usize);
    let area = canvas.area().inset(width * 0.05);
    text::block(&mut canvas, &words, area, Style::plain(size, ink));
    canvas
}

/// A post on a phone or a page with cards: mostly flat, with a part of a picture.
fn screen(one: &Canvas, _: &Canvas, chance: &mut Chance) -> Canvas {
    let part = part_of(one, chance);
    let screen = if chance.coin() { edits::any_phone(&part, chance) } else { edits::desktop(&part, chance) };
    screen.at_most(1000.0, 1000.0)
}

/// A table or a chart: lines, digits and bars on a plain ground.
fn grid(_: &Canvas, _: &Canvas, chance: &mut Chance) -> Canvas {
    let (columns, rows) = (3 + chance.below(7), 4 + chance.below(12));
    let (wide, high) = (chance.between(60.0, 110.0), chance.between(28.0, 60.0));
    let mut canvas = Canvas::plain(columns as f32 * wide, rows as f32 * high, WHITE);
    let (line, filled) = (Ink::solid([150; 3]), Ink::solid(chance.colour()));
    let bars = chance.coin();
    for row in 0..rows {
        for column in 0..columns {
            let cell = Area::new(column as f32 * wide, row as f32 * high, wide, high);
            if bars {
                let part = chance.unit();
                draw::rectangle(&mut canvas, Area { width: (wide - 8.0) * part, ..cell.inset(4.0) }, 0.0, filled);
            } else {
                text::centred(
                    &mut canvas,
                    &chance.below(9999).to_string(),
                    cell.inset(6.0),
                    Style::plain(high * 0.4, BLACK),
                );
            }
            draw::outline(&mut canvas, cell, 0.0, 2.0, 0.0, line);
        }
    }
    canvas
}

/// A picture as it is printed: dots in a lattice, the larger the darker.
fn halftone(one: &Canvas, _: &Canvas, chance: &mut Chance) -> Canvas {
    let picture = part_of(one, chance).at_most(560.0, 560.0);
    let pitch = chance.between(5.0, 12.0);
    let mut canvas = Canvas::plain(picture.width(), picture.height(), WHITE);
    let (columns, rows) = ((picture.width() / pitch) as usize, (picture.height() / pitch) as usize);
    for row in 0..rows {
        for column in 0..columns {
            let centre = [(column as f32 + 0.5) * pitch, (row as f32 + 0.5) * pitch];
            let colour = picture.at(centre[0] as i64, centre[1] as i64).unwrap_or(WHITE);
            let dark = 1.0 - f32::from(colour[1]) / 255.0;
            draw::disc(&mut canvas, centre, pitch * 0.62 * dark.sqrt(), Ink::solid(BLACK));
        }
    }
    canvas
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_a_picture_and_chance_changes_it() {
        let photo = |seed: f32| {
            Canvas::plain(500.0, 400.0, BLACK)
                .each(|x, y, _| [x * seed % 255.0, y * 5.0 % 255.0, (x + y * seed) % 255.0])
        };
        let (one, other) = (photo(3.0), photo(7.0));
        for (name, make) in KINDS {
            let made = |seed| make(&one, &other, &mut Chance::of(seed, &[name])).jpeg(90);
            assert!(made(1).len() > 1000, "{name}");
            assert_eq!(made(1), made(1), "{name}");
            assert_ne!(made(1), made(2), "{name}");
        }
    }
}
