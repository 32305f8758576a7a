//! Bars of text beside the picture.

use super::super::canvas::{Area, BLACK, Canvas, Colour, WHITE};
use super::super::chance::Chance;
use super::super::draw::{self, Ink};
use super::super::score::Group::Caption;
use super::super::text::{self, Style};
use super::Edit;

pub const EDITS: &[Edit] = &[
    Edit::new("caption-20", Caption, "text above, 20 % of the height", |picture, by| {
        bars(picture, 0.2, 0.0, &mut by.chance)
    }),
    Edit::new("caption-15-15", Caption, "text above and below, 15 % of the height each", |picture, by| {
        bars(picture, 0.15, 0.15, &mut by.chance)
    }),
    Edit::new("caption-25-20", Caption, "text above and below, 25 and 20 % of the height", |picture, by| {
        bars(picture, 0.25, 0.2, &mut by.chance)
    }),
];

/// Bars above and below, as high as these parts of the picture.
pub fn bars(picture: &Canvas, above: f32, below: f32, chance: &mut Chance) -> Canvas {
    let (width, height) = (picture.width(), picture.height());
    let (above, below) = ((height * above).round(), (height * below).round());
    let (ground, ink) = chance.pick([(WHITE, BLACK), (WHITE, [30, 30, 40]), (BLACK, WHITE)]);
    let mut canvas = Canvas::plain(width, above + height + below, ground);
    canvas.lay(picture, 0.0, above);
    bar(&mut canvas, Area::new(0.0, 0.0, width, above), ink, 10, chance);
    bar(&mut canvas, Area::new(0.0, above + height, width, below), ink, 8, chance);
    canvas
}

fn bar(canvas: &mut Canvas, area: Area, colour: Colour, count: usize, chance: &mut Chance) {
    if area.height < 1.0 {
        return;
    }
    let rim = area.height * 0.12;
    text::centred(canvas, &text::words(chance, count), area.inset(rim), Style::plain(area.height * 0.3, colour));
    if chance.unit() < 0.3 {
        let rule = Area::new(area.x + rim, area.bottom() - rim * 0.6, area.width - 2.0 * rim, rim * 0.2);
        draw::rectangle(canvas, rule, 0.0, Ink::solid(colour));
    }
}
