//! Frames that all bear one overlay: a game's display, a channel's news. What they have in common must not make them one
//! picture.

use super::canvas::{Area, Canvas, Colour, WHITE};
use super::chance::Chance;
use super::draw::{self, Ink};
use super::edits::{self, QUALITY};
use super::text::{self, Style};
use super::warp;

/// Size of a frame.
const FRAME: [f32; 2] = [960.0, 540.0];

/// An overlay that many frames share.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// An infrared sight, as games and drones show it.
    Game,
    /// News with a bar, a logo and a clock.
    Broadcast,
}

impl Template {
    pub const ALL: [Self; 2] = [Self::Game, Self::Broadcast];

    pub fn name(self) -> &'static str {
        match self {
            Self::Game => "game",
            Self::Broadcast => "broadcast",
        }
    }

    /// A picture as a frame of this kind.
    pub fn frame(self, picture: &Canvas, chance: &mut Chance) -> Canvas {
        let frame = picture.filling(FRAME[0], FRAME[1]);
        match self {
            Self::Game => sight(infrared(frame, chance), chance),
            Self::Broadcast => broadcast(frame, chance),
        }
    }
}

/// What is done to a frame before it is asked for.
pub struct Copy {
    pub name: &'static str,
    pub what: &'static str,
    make: fn(&Canvas, &mut Chance) -> Canvas,
    quality: u8,
}

impl Copy {
    pub fn apply(&self, frame: &Canvas, chance: &mut Chance) -> Vec<u8> {
        (self.make)(frame, chance).jpeg(self.quality)
    }
}

pub const COPIES: [Copy; 4] = [
    Copy { name: "same", what: "compressed again", make: |frame, _| frame.clone(), quality: QUALITY },
    Copy {
        name: "crop-80",
        what: "80 % of the area",
        make: |frame, by| edits::crop_to(frame, 0.8, by),
        quality: QUALITY,
    },
    Copy { name: "small", what: "480 pixels wide, JPEG 40", make: |frame, _| frame.to_width(480.0), quality: 40 },
    Copy {
        name: "contrast",
        what: "40 % more contrast",
        make: |frame, _| edits::contrast(frame, 1.4),
        quality: QUALITY,
    },
];

/// Grey, hard, soft at the edges, noisy.
fn infrared(frame: Canvas, chance: &mut Chance) -> Canvas {
    let grey = frame.blurred(1.0).each(|x, y, [red, green, blue]| {
        let heat = (0.5 * red + 0.4 * green + 0.1 * blue) / 255.0;
        let away = (x / FRAME[0] - 0.5).powi(2) + (y / FRAME[1] - 0.5).powi(2);
        [(heat.powf(1.2) * 235.0 + 12.0) * (1.0 - 0.7 * away); 3]
    });
    warp::grainy(grey, 5.0, chance)
}

const LIT: Colour = [226, 240, 226];

/// The same lines on every frame; only the digits differ.
fn sight(mut frame: Canvas, chance: &mut Chance) -> Canvas {
    let ink = Ink { colour: LIT, opacity: 0.92 };
    crosshair(&mut frame, ink);
    for (x, across) in [(60.0, 1.0), (900.0, -1.0)] {
        for (y, down) in [(50.0, 1.0), (490.0, -1.0)] {
            draw::line(&mut frame, [x, y], [x + across * 70.0, y], 3.0, ink);
            draw::line(&mut frame, [x, y], [x, y + down * 50.0], 3.0, ink);
        }
    }
    tape(&mut frame, ink, chance);
    let style = Style { ink, ..Style::plain(15.0, LIT) };
    let mut digits = |label: &str, most: usize| format!("{label} {:04}", chance.below(most));
    let lines = [digits("ALT", 9999), digits("SPD", 900), digits("HDG", 360), digits("RNG", 9999)];
    for (i, words) in lines.iter().enumerate() {
        text::line(&mut frame, words, 84.0, 70.0 + 26.0 * i as f32, style);
    }
    text::line(&mut frame, "WHT HOT", 740.0, 70.0, style);
    text::line(&mut frame, "AUTO TRK", 740.0, 96.0, style);
    text::line(&mut frame, "ALL CONTENT IN THIS VIDEO IS FICTIONAL", 260.0, 500.0, style);
    frame
}

fn crosshair(frame: &mut Canvas, ink: Ink) {
    let [x, y] = frame.area().centre();
    for (dx, dy) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
        draw::line(frame, [x + dx * 24.0, y + dy * 24.0], [x + dx * 120.0, y + dy * 120.0], 3.0, ink);
        draw::line(
            frame,
            [x + dx * 120.0 - dy * 12.0, y + dy * 120.0 - dx * 12.0],
            [x + dx * 120.0 + dy * 12.0, y + dy * 120.0 + dx * 12.0],
            3.0,
            ink,
        );
    }
    draw::outline(frame, Area::around([x, y], 60.0), 0.0, 2.0, 0.0, ink);
    draw::disc(frame, [x, y], 3.0, ink);
}

/// The scale of altitudes at the right.
fn tape(frame: &mut Canvas, ink: Ink, chance: &mut Chance) {
    let lowest = chance.below(40) * 100;
    draw::line(frame, [840.0, 150.0], [840.0, 390.0], 2.0, ink);
    for tick in 0..=12_u8 {
        let y = 150.0 + 20.0 * f32::from(tick);
        let long = if tick % 3 == 0 { 18.0 } else { 9.0 };
        draw::line(frame, [840.0, y], [840.0 + long, y], 2.0, ink);
        if tick % 3 == 0 {
            let height = lowest + 100 * usize::from(12 - tick);
            text::line(frame, &format!("{height:04}"), 864.0, y - 5.0, Style { ink, ..Style::plain(10.0, LIT) });
        }
    }
}

fn broadcast(frame: Canvas, chance: &mut Chance) -> Canvas {
    let mut frame = edits::lower_third(&frame, 0.2, "special report", "viewers send in their pictures - more at nine");
    edits::channel_logo(&mut frame, Area::new(840.0, 24.0, 96.0, 96.0));
    let clock = format!("{:02}:{:02}", chance.below(24), chance.below(60));
    let plate = Area::new(24.0, 24.0, 110.0, 40.0);
    draw::rectangle(&mut frame, plate, 4.0, Ink { colour: [12, 16, 30], opacity: 0.8 });
    text::centred(&mut frame, &clock, plate.inset(8.0), Style::plain(20.0, WHITE));
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_frames_share_their_overlay() {
        for (template, marked) in [(Template::Game, (480, 270)), (Template::Broadcast, (850, 60))] {
            let make =
                |grey: u8, seed| template.frame(&Canvas::plain(300.0, 200.0, [grey; 3]), &mut Chance::of(seed, &[]));
            let (dark, light) = (make(20, 1), make(200, 2));
            assert_eq!((dark.width(), dark.height()), (960.0, 540.0));
            let (x, y) = marked;
            assert!(dark.at(x, y).unwrap()[0].abs_diff(light.at(x, y).unwrap()[0]) < 20, "{}", template.name());
            assert!(dark.at(300, 200).unwrap()[0].abs_diff(light.at(300, 200).unwrap()[0]) > 100);
        }
    }
}
