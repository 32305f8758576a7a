//! Mirrored, turned, stretched, photographed from a screen.

use super::super::canvas::{BLACK, Canvas, WHITE};
use super::super::chance::Chance;
use super::super::score::Group::Geometry;
use super::super::warp;
use super::{Edit, crop};

pub const EDITS: &[Edit] = &[
    Edit::new("mirror", Geometry, "left and right exchanged", |picture, _| picture.mirrored()),
    Edit::new("mirror-crop-80", Geometry, "mirrored, and 80 % of the area", |picture, by| {
        crop::keep(&picture.mirrored(), 0.8, &mut by.chance)
    })
    .quality(60),
    Edit::new("rotate-2", Geometry, "turned by 2 degrees, corners filled", |picture, by| {
        turned(picture, 2.0, &mut by.chance)
    }),
    Edit::new("rotate-5", Geometry, "turned by 5 degrees, corners filled", |picture, by| {
        turned(picture, 5.0, &mut by.chance)
    }),
    Edit::new("rotate-10", Geometry, "turned by 10 degrees, corners filled", |picture, by| {
        turned(picture, 10.0, &mut by.chance)
    }),
    Edit::new("rotate-5-inside", Geometry, "turned by 5 degrees, corners cut away", |picture, by| {
        warp::turned_inside(picture, 5.0 * by.chance.sign())
    }),
    Edit::new("quarter-turn", Geometry, "turned by 90 degrees", |picture, by| picture.quarter(by.chance.coin())),
    Edit::new("stretch-10", Geometry, "10 % wider or higher", |picture, by| stretched(picture, 1.1, &mut by.chance)),
    Edit::new("stretch-20", Geometry, "20 % wider or higher", |picture, by| stretched(picture, 1.2, &mut by.chance)),
    Edit::new("screen-photo", Geometry, "photographed from a screen, not quite from the front", |picture, by| {
        screen_photo(picture, &mut by.chance)
    })
    .quality(75),
];

fn turned(picture: &Canvas, degrees: f32, chance: &mut Chance) -> Canvas {
    let fill = chance.pick([BLACK, WHITE]);
    warp::turned(picture, degrees * chance.sign(), fill)
}

fn stretched(picture: &Canvas, factor: f32, chance: &mut Chance) -> Canvas {
    match chance.coin() {
        true => picture.scaled(picture.width() * factor, picture.height()),
        false => picture.scaled(picture.width(), picture.height() * factor),
    }
}

/// How far a corner of the photograph may lie outside the screen, as a part of its sides.
const ASIDE: f32 = 0.05;

fn screen_photo(picture: &Canvas, chance: &mut Chance) -> Canvas {
    let outward = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]];
    let corners = outward.map(|way: [f32; 2]| way.map(|way| way.max(0.0) + way * chance.between(0.0, ASIDE)));
    let seen = warp::seen_from_aside(picture, corners, [18, 18, 20]);
    let blur = 1.2 * picture.width().max(picture.height()) / 1000.0;
    // Screens are lit from behind: black is no longer black.
    let lit = seen
        .blurred(blur)
        .each(|_, _, [red, green, blue]| [red * 0.84 + 12.0, green * 0.85 + 13.0, blue * 0.86 + 16.0]);
    warp::grainy(lit, 6.0, chance)
}
