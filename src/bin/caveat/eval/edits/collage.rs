//! The picture together with others.

use super::super::canvas::{BLACK, Canvas, WHITE};
use super::super::score::Group::Collage;
use super::{Edit, Hand};

pub const EDITS: &[Edit] = &[
    Edit::new("side-by-side", Collage, "beside another picture, as high", side_by_side),
    Edit::new("stacked", Collage, "above or below another picture, as wide", stacked),
    Edit::new("two-by-two", Collage, "one of four, each cut to 4:3", two_by_two),
    Edit::new("inset-host", Collage, "another picture in a corner of it", host),
    Edit::new("inset", Collage, "in a corner of another picture", inset),
];

fn side_by_side(picture: &Canvas, by: &mut Hand<'_>) -> Canvas {
    let (own, other) = (picture.to_height(520.0), by.other(0).to_height(520.0));
    let (left, right) = if by.chance.coin() { (own, other) } else { (other, own) };
    let mut canvas = Canvas::plain(left.width() + 8.0 + right.width(), 520.0, WHITE);
    canvas.lay(&left, 0.0, 0.0);
    canvas.lay(&right, left.width() + 8.0, 0.0);
    canvas
}

fn stacked(picture: &Canvas, by: &mut Hand<'_>) -> Canvas {
    let (own, other) = (picture.to_width(640.0), by.other(0).to_width(640.0));
    let (upper, lower) = if by.chance.coin() { (own, other) } else { (other, own) };
    let mut canvas = Canvas::plain(640.0, upper.height() + 6.0 + lower.height(), WHITE);
    canvas.lay(&upper, 0.0, 0.0);
    canvas.lay(&lower, 0.0, upper.height() + 6.0);
    canvas
}

fn two_by_two(picture: &Canvas, by: &mut Hand<'_>) -> Canvas {
    let (width, height, gap) = (520.0, 390.0, 6.0);
    let ground = by.chance.pick([WHITE, BLACK]);
    let mut canvas = Canvas::plain(2.0 * width + gap, 2.0 * height + gap, ground);
    let own = by.chance.below(4);
    for cell in 0..4 {
        let shown = if cell == own { picture.filling(width, height) } else { by.other(cell).filling(width, height) };
        let (x, y) = ((cell % 2) as f32 * (width + gap), (cell / 2) as f32 * (height + gap));
        canvas.lay(&shown, x, y);
    }
    canvas
}

/// Lays a picture with a white rim in a corner.
fn in_a_corner(ground: &mut Canvas, picture: &Canvas, by: &mut Hand<'_>) {
    let mut framed = Canvas::plain(picture.width() + 6.0, picture.height() + 6.0, WHITE);
    framed.lay(picture, 3.0, 3.0);
    let rim = ground.width() * 0.015;
    let x = if by.chance.coin() { rim } else { ground.width() - framed.width() - rim };
    let y = if by.chance.coin() { rim } else { ground.height() - framed.height() - rim };
    ground.lay(&framed, x, y);
}

fn host(picture: &Canvas, by: &mut Hand<'_>) -> Canvas {
    let mut canvas = picture.clone();
    let other = by.other(0).filling(picture.width() * 0.32, picture.height() * 0.32);
    in_a_corner(&mut canvas, &other, by);
    canvas
}

fn inset(picture: &Canvas, by: &mut Hand<'_>) -> Canvas {
    let mut canvas = by.other(0).filling(960.0, 640.0);
    in_a_corner(&mut canvas, &picture.fitted(432.0, 352.0), by);
    canvas
}
