//! A part of the picture.

use super::super::canvas::{Area, Canvas};
use super::super::chance::Chance;
use super::super::score::Group::Crop;
use super::Edit;

pub const EDITS: &[Edit] = &[
    Edit::new("crop-95", Crop, "95 % of the area, anywhere", |picture, by| keep(picture, 0.95, &mut by.chance)),
    Edit::new("crop-90", Crop, "90 % of the area, anywhere", |picture, by| keep(picture, 0.9, &mut by.chance)),
    Edit::new("crop-80", Crop, "80 % of the area, anywhere", |picture, by| keep(picture, 0.8, &mut by.chance)),
    Edit::new("crop-70", Crop, "70 % of the area, anywhere", |picture, by| keep(picture, 0.7, &mut by.chance)),
    Edit::new("crop-50", Crop, "half of the area, anywhere", |picture, by| keep(picture, 0.5, &mut by.chance)),
    Edit::new("crop-30", Crop, "30 % of the area, anywhere", |picture, by| keep(picture, 0.3, &mut by.chance)),
    Edit::new("crop-side-15", Crop, "one side less by 15 %", |picture, by| side(picture, 0.15, &mut by.chance)),
    Edit::new("crop-square", Crop, "a square from the middle", |picture, _| square(picture)),
];

/// At most so much wider or higher than the picture's own shape.
const STRETCH: f32 = 1.15;

/// Keeps this part of the area, about in the picture's shape.
pub fn keep(picture: &Canvas, part: f32, chance: &mut Chance) -> Canvas {
    let side = part.sqrt();
    let most = STRETCH.min(1.0 / side).ln();
    let stretch = chance.between(-most, most).exp();
    let (width, height) = (picture.width() * side * stretch, picture.height() * side / stretch);
    let x = chance.between(0.0, (picture.width() - width).max(0.0));
    let y = chance.between(0.0, (picture.height() - height).max(0.0));
    picture.cut(Area::new(x, y, width, height))
}

fn side(picture: &Canvas, part: f32, chance: &mut Chance) -> Canvas {
    let (mut area, which) = (picture.area(), chance.below(4));
    if which < 2 {
        area.width *= 1.0 - part;
    } else {
        area.height *= 1.0 - part;
    }
    match which {
        0 => area.x = picture.width() - area.width,
        2 => area.y = picture.height() - area.height,
        _ => {}
    }
    picture.cut(area)
}

fn square(picture: &Canvas) -> Canvas {
    let side = picture.width().min(picture.height());
    picture.filling(side, side)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crop_keeps_the_part_it_says() {
        let picture = Canvas::plain(400.0, 300.0, [0; 3]);
        for (i, part) in [0.95, 0.8, 0.5, 0.3].into_iter().enumerate() {
            let cut = keep(&picture, part, &mut Chance::of(i as u64, &[]));
            let kept = cut.width() * cut.height() / 120_000.0;
            assert!((kept - part).abs() < 0.01, "{part} {kept}");
        }
        let cut = side(&picture, 0.15, &mut Chance::of(1, &[]));
        assert!(((cut.width() * cut.height()) / 120_000.0 - 0.85).abs() < 0.01);
        assert_eq!((square(&picture).width(), square(&picture).height()), (300.0, 300.0));
    }
}
