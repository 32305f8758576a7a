//! A frame, or bars at two sides.

use super::super::canvas::{BLACK, Canvas, WHITE};
use super::super::chance::Chance;
use super::super::score::Group::Border;
use super::Edit;

pub const EDITS: &[Edit] = &[
    Edit::new("border-5", Border, "a flat frame, 5 % of the sides", |picture, by| frame(picture, 0.05, &mut by.chance)),
    Edit::new("border-10", Border, "a flat frame, 10 % of the sides", |picture, by| {
        frame(picture, 0.1, &mut by.chance)
    }),
    Edit::new("border-20", Border, "a flat frame, 20 % of the sides", |picture, by| {
        frame(picture, 0.2, &mut by.chance)
    }),
    Edit::new("letterbox", Border, "black or white bars at two sides", |picture, by| {
        letterbox(picture, &mut by.chance)
    }),
    Edit::new("blurred-bars", Border, "a square, filled with the picture itself, blurred", |picture, _| bars(picture)),
];

/// A frame in one colour, as wide as this part of the sides.
pub fn frame(picture: &Canvas, part: f32, chance: &mut Chance) -> Canvas {
    let own = chance.colour();
    let colour = chance.pick([WHITE, BLACK, own]);
    on_ground(picture, picture.width() * part, picture.height() * part, colour)
}

fn letterbox(picture: &Canvas, chance: &mut Chance) -> Canvas {
    let colour = chance.pick([BLACK, BLACK, WHITE]);
    let part = chance.between(0.08, 0.2);
    match chance.coin() {
        true => on_ground(picture, 0.0, picture.height() * part, colour),
        false => on_ground(picture, picture.width() * part, 0.0, colour),
    }
}

fn on_ground(picture: &Canvas, across: f32, down: f32, colour: [u8; 3]) -> Canvas {
    let (across, down) = (across.round(), down.round());
    let mut canvas = Canvas::plain(picture.width() + 2.0 * across, picture.height() + 2.0 * down, colour);
    canvas.lay(picture, across, down);
    canvas
}

/// A square, or a taller shape where the picture is nearly square itself.
fn bars(picture: &Canvas) -> Canvas {
    let (width, height) = (picture.width(), picture.height());
    let long = width.max(height);
    let size = if width.min(height) > 0.9 * long { [long, long * 1.25] } else { [long, long] };
    // Blurred small and enlarged: the same look as a wide blur, in a fraction of the time.
    let ground = picture.filling(size[0] / 16.0, size[1] / 16.0).blurred(1.6);
    let mut canvas = ground.scaled(size[0], size[1]).each(|_, _, colour| colour.map(|channel| channel * 0.85));
    canvas.lay(picture, (canvas.width() - width) / 2.0, (canvas.height() - height) / 2.0);
    canvas
}
