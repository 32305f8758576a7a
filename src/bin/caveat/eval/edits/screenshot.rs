//! The picture in somebody's post, as a screenshot.

use super::super::canvas::{Area, Canvas, Colour, WHITE};
use super::super::chance::Chance;
use super::super::draw::{self, Ink};
use super::super::score::Group::Screenshot;
use super::super::text::{self, Style};
use super::Edit;

pub const EDITS: &[Edit] = &[
    Edit::new("phone-light", Screenshot, "a post on a phone, dark on light", |picture, by| {
        phone(picture, &LIGHT, false, &mut by.chance)
    }),
    Edit::new("phone-dark", Screenshot, "a post on a phone, light on dark", |picture, by| {
        phone(picture, &DARK, false, &mut by.chance)
    }),
    Edit::new("phone-edge", Screenshot, "a post on a phone, the picture from edge to edge", |picture, by| {
        phone(picture, &LIGHT, true, &mut by.chance)
    }),
    Edit::new("desktop", Screenshot, "a page with cards in a wide window", |picture, by| {
        desktop(picture, &mut by.chance)
    }),
];

struct Look {
    ground: Colour,
    ink: Colour,
    faint: Colour,
}

const LIGHT: Look = Look { ground: WHITE, ink: [17, 20, 24], faint: [104, 112, 122] };
const DARK: Look = Look { ground: [20, 23, 28], ink: [232, 233, 236], faint: [132, 138, 146] };

/// A phone's screen, in the pixels that it is drawn in.
const PHONE: [f32; 2] = [1080.0, 1920.0];

/// A post on a phone, in one of two looks.
pub fn any_phone(picture: &Canvas, chance: &mut Chance) -> Canvas {
    let look = if chance.coin() { &LIGHT } else { &DARK };
    phone(picture, look, false, chance)
}

fn phone(picture: &Canvas, look: &Look, edge: bool, chance: &mut Chance) -> Canvas {
    let [width, height] = PHONE;
    let mut canvas = Canvas::plain(width, height, look.ground);
    status_bar(&mut canvas, look, chance);
    let mut y = author(&mut canvas, 120.0 + chance.between(0.0, 100.0), 100.0, look, chance) + 24.0;
    let count = 6 + chance.below(16);
    let post = Area::new(44.0, y, width - 88.0, 420.0);
    y = text::block(&mut canvas, &text::words(chance, count), post, Style::plain(29.0, look.ink)) + 10.0;
    let (shown, radius) = match edge {
        true => (from_edge_to_edge(picture, width), 0.0),
        false => (picture.fitted(width - 88.0, height * 0.5), 28.0),
    };
    draw::rounded_picture(&mut canvas, &shown, (width - shown.width()) / 2.0, y, radius);
    y = actions(&mut canvas, y + shown.height() + 28.0, look, chance);
    while y < height - 240.0 {
        y = reply(&mut canvas, y, look, chance);
    }
    draw::rectangle(&mut canvas, Area::new(width * 0.35, height - 26.0, width * 0.3, 10.0), 5.0, Ink::solid(look.ink));
    canvas
}

/// As wide as the screen; of a tall picture the middle, no taller than 4:5, as feeds show it.
fn from_edge_to_edge(picture: &Canvas, width: f32) -> Canvas {
    let height = width * (picture.height() / picture.width()).min(1.25);
    picture.filling(width, height.round())
}

fn status_bar(canvas: &mut Canvas, look: &Look, chance: &mut Chance) {
    let time = format!("{}:{:02}", 1 + chance.below(23), chance.below(60));
    text::line(canvas, &time, 44.0, 32.0, Style::plain(26.0, look.ink));
    for i in 0..4_u8 {
        let x = canvas.width() - 60.0 - f32::from(i) * 52.0;
        draw::rectangle(canvas, Area::new(x, 32.0, 34.0, 24.0), 5.0, Ink::solid(look.ink));
    }
}

/// Who posts: a face, a name, a handle; returns where that ends.
fn author(canvas: &mut Canvas, y: f32, size: f32, look: &Look, chance: &mut Chance) -> f32 {
    let centre = [44.0 + size / 2.0, y + size / 2.0];
    draw::disc(canvas, centre, size / 2.0, Ink::solid(chance.colour()));
    draw::disc(canvas, [centre[0], centre[1] - size * 0.08], size * 0.2, Ink::solid([238, 214, 192]));
    let x = 44.0 + size * 1.25;
    text::line(canvas, &text::words(chance, 2), x, y + size * 0.14, Style::plain(size * 0.27, look.ink));
    let handle = format!("@{}{} - {} H", text::words(chance, 1), chance.below(999), 1 + chance.below(23));
    text::line(canvas, &handle, x, y + size * 0.6, Style::plain(size * 0.22, look.faint));
    y + size
}

fn actions(canvas: &mut Canvas, y: f32, look: &Look, chance: &mut Chance) -> f32 {
    for i in 0..4_u8 {
        let x = 66.0 + f32::from(i) * 258.0;
        draw::ring(canvas, [x, y + 22.0], 20.0, 4.0, Ink::solid(look.faint));
        text::line(canvas, &(1 + chance.below(9999)).to_string(), x + 36.0, y + 10.0, Style::plain(24.0, look.faint));
    }
    draw::rectangle(canvas, Area::new(0.0, y + 66.0, canvas.width(), 2.0), 0.0, Ink::solid(look.faint));
    y + 96.0
}

fn reply(canvas: &mut Canvas, y: f32, look: &Look, chance: &mut Chance) -> f32 {
    let below = author(canvas, y, 84.0, look, chance) + 6.0;
    let count = 3 + chance.below(14);
    let area = Area::new(150.0, below, canvas.width() - 200.0, 200.0);
    text::block(canvas, &text::words(chance, count), area, Style::plain(26.0, look.ink)) + 34.0
}

/// A page with cards in a wide window.
pub fn desktop(picture: &Canvas, chance: &mut Chance) -> Canvas {
    let mut canvas = Canvas::plain(1366.0, 768.0, [238, 240, 243]);
    draw::rectangle(&mut canvas, Area::new(0.0, 0.0, 1366.0, 56.0), 0.0, Ink::solid([36, 92, 178]));
    text::line(&mut canvas, &text::words(chance, 1), 24.0, 20.0, Style::plain(17.0, WHITE));
    for i in 0..11_u8 {
        let y = 96.0 + f32::from(i) * 58.0;
        draw::disc(&mut canvas, [40.0, y + 7.0], 15.0, Ink::solid(chance.colour()));
        text::line(&mut canvas, &text::words(chance, 2), 68.0, y, Style::plain(13.0, LIGHT.ink));
    }
    for i in 0..3_u8 {
        let card = Area::new(1050.0, 84.0 + f32::from(i) * 220.0, 290.0, 200.0);
        draw::rectangle(&mut canvas, card, 8.0, Ink::solid(WHITE));
        draw::rectangle(&mut canvas, Area { height: 90.0, ..card.inset(14.0) }, 6.0, Ink::solid(chance.colour()));
        let area = Area::new(card.x + 14.0, card.y + 118.0, card.width - 28.0, 70.0);
        text::block(&mut canvas, &text::words(chance, 7), area, Style::plain(12.0, LIGHT.faint));
    }
    let column = Area::new(373.0, 76.0, 620.0, 692.0);
    draw::rectangle(&mut canvas, column, 8.0, Ink::solid(WHITE));
    draw::disc(&mut canvas, [column.x + 40.0, column.y + 38.0], 22.0, Ink::solid(chance.colour()));
    text::line(&mut canvas, &text::words(chance, 3), column.x + 76.0, column.y + 32.0, Style::plain(14.0, LIGHT.ink));
    let area = Area::new(column.x + 18.0, column.y + 76.0, column.width - 36.0, 80.0);
    let y = text::block(&mut canvas, &text::words(chance, 14), area, Style::plain(14.0, LIGHT.ink)) + 6.0;
    let shown = picture.fitted(column.width, 730.0 - y);
    canvas.lay(&shown, column.x + (column.width - shown.width()) / 2.0, y);
    let below = y + shown.height() + 14.0;
    text::line(&mut canvas, &text::words(chance, 5), column.x + 18.0, below, Style::plain(13.0, LIGHT.faint));
    canvas
}
