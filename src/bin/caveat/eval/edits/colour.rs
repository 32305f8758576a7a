//! Light, colour, sharpness.

use super::super::canvas::Canvas;
use super::super::score::Group::Colour;
use super::super::warp::grainy;
use super::Edit;

pub const EDITS: &[Edit] = &[
    Edit::new("brighter", Colour, "a third brighter", |picture, _| levels(picture, |level| level * 1.33 + 10.0)),
    Edit::new("darker", Colour, "40 % darker", |picture, _| levels(picture, |level| level * 0.6)),
    Edit::new("contrast", Colour, "60 % more contrast", |picture, _| contrast(picture, 1.6)),
    Edit::new("saturate", Colour, "colours nearly twice as strong", |picture, _| saturated(picture, 1.9)),
    Edit::new("grey", Colour, "without colours", |picture, _| saturated(picture, 0.0)),
    Edit::new("sepia", Colour, "brown, as if old", |picture, _| sepia(picture)),
    Edit::new("filter", Colour, "warm, faded, darker at the corners", |picture, _| filtered(picture)),
    Edit::new("blur-1.5", Colour, "blurred by 1.5 pixels in 800", |picture, _| blurred(picture, 1.5)),
    Edit::new("blur-3", Colour, "blurred by 3 pixels in 800", |picture, _| blurred(picture, 3.0)),
    Edit::new("noise-12", Colour, "noise of 12 levels", |picture, by| grainy(picture.clone(), 12.0, &mut by.chance)),
    Edit::new("noise-25", Colour, "noise of 25 levels", |picture, by| grainy(picture.clone(), 25.0, &mut by.chance)),
];

fn levels(picture: &Canvas, change: impl Fn(f32) -> f32) -> Canvas {
    picture.clone().each(|_, _, colour| colour.map(&change))
}

/// So many times the contrast, about the middle.
pub fn contrast(picture: &Canvas, factor: f32) -> Canvas {
    levels(picture, |level| (level - 128.0) * factor + 128.0)
}

/// Luma by ITU-R BT.601, as JPEG has it.
pub fn luma([red, green, blue]: [f32; 3]) -> f32 {
    0.299 * red + 0.587 * green + 0.114 * blue
}

fn saturated(picture: &Canvas, factor: f32) -> Canvas {
    picture.clone().each(|_, _, colour| {
        let grey = luma(colour);
        colour.map(|channel| grey + (channel - grey) * factor)
    })
}

fn sepia(picture: &Canvas) -> Canvas {
    picture.clone().each(|_, _, colour| {
        let grey = luma(colour);
        [grey * 1.07 + 18.0, grey * 0.92 + 8.0, grey * 0.7]
    })
}

/// The look of a phone's filter.
pub fn filtered(picture: &Canvas) -> Canvas {
    let (width, height) = (picture.width(), picture.height());
    picture.clone().each(|x, y, colour| {
        let away = (x / width - 0.5).powi(2) + (y / height - 0.5).powi(2);
        let light = 1.0 - 0.9 * away;
        let faded = colour.map(|channel| (channel / 255.0).powf(0.85) * 205.0 + 24.0);
        [faded[0] * 1.08 * light, faded[1] * light, faded[2] * 0.86 * light]
    })
}

fn blurred(picture: &Canvas, pixels: f32) -> Canvas {
    picture.blurred(pixels * picture.width().max(picture.height()) / 800.0)
}
