//! Pictures into which something small was put, and the originals: each must be told from the other.

use super::canvas::{Area, Canvas, Colour};
use super::chance::Chance;
use super::draw::{self, Ink};
use super::edits::{self, QUALITY};
use super::text::{self, Style};

/// Sides of what is changed, as part of the picture's geometric mean side.
const SIZE: [f32; 2] = [0.04, 0.15];

/// What is done to a small region.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Doctoring {
    /// A part of another picture.
    Pasted,
    /// Something drawn.
    Drawn,
    /// Blurred away.
    Erased,
    /// Covered with the picture's own surroundings.
    Cloned,
    /// Words on a plate.
    Sign,
    /// Another colour, about as bright.
    Tinted,
}

impl Doctoring {
    pub const ALL: [Self; 6] = [Self::Pasted, Self::Drawn, Self::Erased, Self::Cloned, Self::Sign, Self::Tinted];

    pub fn name(self) -> &'static str {
        match self {
            Self::Pasted => "pasted",
            Self::Drawn => "drawn",
            Self::Erased => "erased",
            Self::Cloned => "cloned",
            Self::Sign => "sign",
            Self::Tinted => "tinted",
        }
    }

    /// The doctored picture, and where it was changed.
    pub fn apply(self, picture: &Canvas, other: &Canvas, chance: &mut Chance) -> (Canvas, Area) {
        let side = (picture.width() * picture.height()).sqrt() * chance.between(SIZE[0], SIZE[1]);
        let shape = chance.between(0.7, 1.4);
        let (width, height) = if self == Self::Sign { (side * 1.5, side * 0.6) } else { (side * shape, side / shape) };
        let place = |chance: &mut Chance| {
            let x = chance.between(0.0, (picture.width() - width).max(0.0)).floor();
            let y = chance.between(0.0, (picture.height() - height).max(0.0)).floor();
            Area::new(x, y, width.floor().max(4.0), height.floor().max(4.0))
        };
        let mut doctored = picture.clone();
        // A plain place cannot be erased so that anybody would see it: the one with most structure of some.
        let mut area = place(chance);
        if matches!(self, Self::Erased | Self::Cloned | Self::Tinted) {
            for _ in 0..12 {
                let other = place(chance);
                if structure(picture, other) > structure(picture, area) {
                    area = other;
                }
            }
        }
        match self {
            Self::Pasted => {
                let cut = other.filling(other.width().min(area.width * 4.0), other.height().min(area.height * 4.0));
                draw::rounded_picture(&mut doctored, &cut.filling(area.width, area.height), area.x, area.y, side * 0.2);
            }
            Self::Drawn => drawing(&mut doctored, area, chance),
            Self::Erased => {
                let soft = picture.cut(area).blurred(side * 0.35);
                draw::rounded_picture(&mut doctored, &soft, area.x, area.y, side * 0.3);
            }
            Self::Cloned => {
                let (dx, dy) = (area.width * 1.2 * chance.sign(), area.height * 0.4 * chance.sign());
                let from = Area::new(area.x + dx, area.y + dy, area.width, area.height);
                draw::rounded_picture(&mut doctored, &picture.cut(from), area.x, area.y, side * 0.3);
            }
            Self::Sign => {
                draw::rectangle(&mut doctored, area, side * 0.05, Ink::solid([236, 232, 220]));
                text::centred(
                    &mut doctored,
                    "CLOSED",
                    area.inset(side * 0.08),
                    Style::plain(area.height * 0.7, [20; 3]),
                );
            }
            Self::Tinted => tint(&mut doctored, area, chance.between(0.3, 0.7)),
        }
        (doctored, area)
    }
}

/// Mean square of the levels about their mean.
fn structure(picture: &Canvas, area: Area) -> f32 {
    let part = picture.cut(area).at_most(16.0, 16.0);
    let (mut sum, mut squares) = (0.0, 0.0);
    for i in 0..256 {
        let level = part
            .at(i % 16, i / 16)
            .map_or(0.0, |[red, green, blue]| f32::from(red) * 0.3 + f32::from(green) * 0.6 + f32::from(blue) * 0.1);
        sum += level / 256.0;
        squares += level * level / 256.0;
    }
    squares - sum * sum
}

fn drawing(canvas: &mut Canvas, area: Area, chance: &mut Chance) {
    let ink = Ink::solid(chance.colour());
    let dark = Ink::solid([20, 20, 24]);
    let [x, y] = area.centre();
    let radius = area.width.min(area.height) / 2.0;
    match chance.below(3) {
        // A balloon.
        0 => {
            draw::disc(canvas, [x, y - radius * 0.2], radius * 0.8, ink);
            draw::line(canvas, [x, y + radius * 0.6], [x, area.bottom()], radius * 0.08, dark);
        }
        // A house.
        1 => {
            draw::rectangle(canvas, Area::new(area.x, y, area.width, area.height / 2.0), 0.0, ink);
            draw::line(canvas, [area.x, y], [x, area.y], radius * 0.2, dark);
            draw::line(canvas, [x, area.y], [area.right(), y], radius * 0.2, dark);
        }
        // A figure.
        _ => {
            draw::disc(canvas, [x, area.y + radius * 0.4], radius * 0.35, ink);
            draw::line(canvas, [x, y - radius * 0.2], [x, y + radius * 0.4], radius * 0.4, dark);
            draw::line(canvas, [x, y + radius * 0.4], [x - radius * 0.5, area.bottom()], radius * 0.2, dark);
            draw::line(canvas, [x, y + radius * 0.4], [x + radius * 0.5, area.bottom()], radius * 0.2, dark);
        }
    }
}

/// Moves red and blue apart and keeps the luma.
fn tint(canvas: &mut Canvas, area: Area, strength: f32) {
    canvas.within(area, |_, [red, green, blue]| -> Colour {
        let luma = 0.299 * f32::from(red) + 0.587 * f32::from(green) + 0.114 * f32::from(blue);
        let shift = 120.0 * strength;
        let (red, blue) = (luma + shift, luma - shift);
        let green = (luma - 0.299 * red - 0.114 * blue) / 0.587;
        [red, green, blue].map(super::canvas::level)
    });
}

/// What is done to both pictures before they are asked for. `away`: the place of the edit is cut away.
pub struct Copy {
    pub name: &'static str,
    pub what: &'static str,
    pub away: bool,
    make: fn(&Canvas, Area, &mut Chance) -> Canvas,
    quality: u8,
}

impl Copy {
    const fn new(name: &'static str, what: &'static str, make: fn(&Canvas, Area, &mut Chance) -> Canvas) -> Self {
        Self { name, what, away: false, make, quality: QUALITY }
    }

    pub fn apply(&self, picture: &Canvas, changed: Area, chance: &mut Chance) -> Vec<u8> {
        (self.make)(picture, changed, chance).jpeg(self.quality)
    }
}

pub const COPIES: [Copy; 10] = [
    Copy::new("same", "compressed again", |picture, _, _| picture.clone()),
    Copy { quality: 50, ..Copy::new("jpeg-50", "JPEG quality 50", |picture, _, _| picture.clone()) },
    Copy::new("half", "half the size", |picture, _, _| picture.times(0.5)),
    Copy::new("bright", "brighter, with more contrast", |picture, _, _| {
        edits::contrast(picture, 1.2).each(|_, _, colour| colour.map(|channel| channel + 20.0))
    }),
    Copy::new("dark", "darker, with less contrast", |picture, _, _| {
        edits::contrast(picture, 0.8).each(|_, _, colour| colour.map(|channel| channel - 20.0))
    }),
    Copy::new("mirror", "mirrored", |picture, _, _| picture.mirrored()),
    Copy::new("border", "a white border of 8 %", |picture, _, _| {
        let rim = picture.width().min(picture.height()) * 0.08;
        let mut framed = Canvas::plain(picture.width() + 2.0 * rim, picture.height() + 2.0 * rim, [250; 3]);
        framed.lay(picture, rim, rim);
        framed
    }),
    Copy::new("screenshot", "a post on a phone's screen", |picture, _, chance| edits::any_phone(picture, chance)),
    Copy::new("crop-80", "80 % of the area, with the place of the edit", crop_around),
    Copy { away: true, ..Copy::new("crop-away", "the largest part without the place of the edit", crop_away) },
];

/// A crop that keeps the changed place.
fn crop_around(picture: &Canvas, changed: Area, chance: &mut Chance) -> Canvas {
    let side = 0.8_f32.sqrt();
    let (width, height) = (picture.width() * side, picture.height() * side);
    let start = |from: f32, length: f32, kept: f32, whole: f32, part: f32| {
        let (least, most) = ((from + length - kept).max(0.0), from.min(whole - kept));
        least + (most - least).max(0.0) * part
    };
    let x = start(changed.x, changed.width, width, picture.width(), chance.unit());
    let y = start(changed.y, changed.height, height, picture.height(), chance.unit());
    picture.cut(Area::new(x, y, width, height))
}

/// What lies on the wider side of the changed place.
fn crop_away(picture: &Canvas, changed: Area, _: &mut Chance) -> Canvas {
    let (width, height) = (picture.width(), picture.height());
    let parts = [
        Area::new(0.0, 0.0, changed.x, height),
        Area::new(changed.right(), 0.0, width - changed.right(), height),
        Area::new(0.0, 0.0, width, changed.y),
        Area::new(0.0, changed.bottom(), width, height - changed.bottom()),
    ];
    let size = |area: &Area| area.width * area.height;
    let largest = parts.into_iter().reduce(|a, b| if size(&b) > size(&a) { b } else { a });
    largest.map_or_else(|| picture.clone(), |area| picture.cut(area))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_changed_place_changes_and_a_crop_can_leave_it_out() {
        let picture = Canvas::plain(300.0, 200.0, [90, 120, 60]).each(|x, y, _| [x * 0.8, y, (x * y) % 255.0]);
        let other = Canvas::plain(200.0, 200.0, [200, 20, 20]);
        for doctoring in Doctoring::ALL {
            let (doctored, area) = doctoring.apply(&picture, &other, &mut Chance::of(3, &[doctoring.name()]));
            assert!(area.right() <= 300.0 && area.bottom() <= 200.0, "{}", doctoring.name());
            let (mut inside, mut outside) = (0, 0);
            for i in 0..300 * 200 {
                let (x, y) = (i % 300, i / 300);
                let at = [x as f32 + 0.5, y as f32 + 0.5];
                let near = (area.x - 3.0..area.right() + 3.0).contains(&at[0])
                    && (area.y - 3.0..area.bottom() + 3.0).contains(&at[1]);
                let count = if near { &mut inside } else { &mut outside };
                *count += usize::from(picture.at(x, y) != doctored.at(x, y));
            }
            assert!(inside > 20 && outside == 0, "{}: {inside} {outside}", doctoring.name());
            let kept = crop_around(&doctored, area, &mut Chance::of(1, &[]));
            assert!((kept.width() * kept.height() / 60_000.0 - 0.8).abs() < 0.02);
            assert!(crop_away(&doctored, area, &mut Chance::of(1, &[])).width() > 100.0);
        }
    }
}
