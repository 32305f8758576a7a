//! Several edits, one after the other, as copies of copies have them.

use super::super::score::Group::Combined;
use super::{Edit, border, caption, colour, crop, overlay, screenshot};

pub const EDITS: &[Edit] = &[
    Edit::new("crop-caption-small", Combined, "crop 80, text above, 600 pixels wide, JPEG 40", |picture, by| {
        let cut = crop::keep(picture, 0.8, &mut by.chance);
        caption::bars(&cut, 0.2, 0.0, &mut by.chance).to_width(600.0)
    })
    .quality(40),
    Edit::new("crop-news-phone", Combined, "crop 90, news bar, post on a phone, JPEG 50", |picture, by| {
        let cut = crop::keep(picture, 0.9, &mut by.chance);
        let news = overlay::headline(&cut, 0.18, &mut by.chance);
        screenshot::any_phone(&news, &mut by.chance)
    })
    .quality(50),
    Edit::new(
        "mirror-border-filter",
        Combined,
        "mirrored, framed, filtered, 480 pixels wide, JPEG 50",
        |picture, by| {
            let framed = border::frame(&picture.mirrored(), 0.08, &mut by.chance);
            colour::filtered(&framed).to_width(480.0)
        },
    )
    .quality(50),
];
