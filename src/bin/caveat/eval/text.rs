//! Text on a canvas, at any size and angle.

use super::canvas::{Area, Canvas, Colour};
use super::chance::Chance;
use super::draw::{Ink, about, paint};
use super::glyphs;

/// Points from one letter to the next.
const ADVANCE: i64 = glyphs::WIDTH + 1;
/// Between the points of a letter its form is interpolated, and inked above this: slightly bold.
const EDGE: f32 = 0.42;
/// What lies above this belongs to a letter's outline.
const OUTLINE_EDGE: f32 = 0.08;
/// Height from one line to the next, in heights of a capital.
const LEADING: f32 = 1.55;

/// How a text looks.
#[derive(Clone, Copy)]
pub struct Style {
    /// Height of a capital, in pixels.
    pub size: f32,
    pub ink: Ink,
    pub outline: Option<Colour>,
}

impl Style {
    pub fn plain(size: f32, colour: Colour) -> Self {
        Self { size, ink: Ink::solid(colour), outline: None }
    }
}

/// How wide a line is, in pixels.
pub fn width(text: &str, size: f32) -> f32 {
    (text.chars().count() as i64 * ADVANCE - 1).max(0) as f32 * size / glyphs::HEIGHT as f32
}

/// A line whose upper left corner is at `x`, `y`.
pub fn line(canvas: &mut Canvas, text: &str, x: f32, y: f32, style: Style) {
    let wide = width(text, style.size);
    tilted(canvas, text, [x + wide / 2.0, y + style.size / 2.0], 0.0, style);
}

/// A line about a centre, turned by so many degrees, anticlockwise.
pub fn tilted(canvas: &mut Canvas, text: &str, centre: [f32; 2], degrees: f32, style: Style) {
    let rows: Vec<[u8; 7]> = text.chars().map(glyphs::rows).collect();
    let (wide, point) = (width(text, style.size), style.size / glyphs::HEIGHT as f32);
    let (sin, cos) = degrees.to_radians().sin_cos();
    let half = [
        (wide * cos.abs() + style.size * sin.abs()) / 2.0 + point,
        (wide * sin.abs() + style.size * cos.abs()) / 2.0 + point,
    ];
    let bounds = Area::new(centre[0] - half[0], centre[1] - half[1], 2.0 * half[0], 2.0 * half[1]);
    let cover = |at: [f32; 2], edge: f32| {
        let [x, y] = about(centre, degrees, at);
        let at = [(x - centre[0] + wide / 2.0) / point, (y - centre[1] + style.size / 2.0) / point];
        // As steep as makes the edge one pixel wide, however large the letters are.
        ((form(&rows, at) - edge) * point.max(1.0) + 0.5).clamp(0.0, 1.0)
    };
    if let Some(colour) = style.outline {
        paint(canvas, bounds, Ink { colour, ..style.ink }, |at| cover(at, OUTLINE_EDGE));
    }
    paint(canvas, bounds, style.ink, |at| cover(at, EDGE));
}

/// The letters' form between their points, 0 to 1.
fn form(rows: &[[u8; 7]], [x, y]: [f32; 2]) -> f32 {
    let (x, y) = (x - 0.5, y - 0.5);
    let (left, top) = (x.floor(), y.floor());
    let (across, down) = (x - left, y - top);
    let lit = |dx: i64, dy: i64| f32::from(u8::from(is_lit(rows, left as i64 + dx, top as i64 + dy)));
    let upper = lit(0, 0) * (1.0 - across) + lit(1, 0) * across;
    let lower = lit(0, 1) * (1.0 - across) + lit(1, 1) * across;
    upper * (1.0 - down) + lower * down
}

fn is_lit(rows: &[[u8; 7]], x: i64, y: i64) -> bool {
    let (letter, point) = (x.div_euclid(ADVANCE), x.rem_euclid(ADVANCE));
    let letter = usize::try_from(letter).ok().and_then(|letter| rows.get(letter));
    let row = usize::try_from(y).ok().and_then(|y| letter?.get(y).copied());
    point < glyphs::WIDTH && row.is_some_and(|row| (row >> (glyphs::WIDTH - 1 - point)) & 1 == 1)
}

/// The text in lines that are at most so wide.
pub fn wrap(text: &str, size: f32, wide: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line, size) + width(word, size) + size <= wide => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Lines from the left edge of an area, and no lower than its end; returns where the next one would start.
pub fn block(canvas: &mut Canvas, text: &str, area: Area, style: Style) -> f32 {
    let mut y = area.y;
    for words in wrap(text, style.size, area.width) {
        if y + style.size > area.bottom() {
            break;
        }
        line(canvas, &words, area.x, y, style);
        y += style.size * LEADING;
    }
    y
}

/// Lines in the middle of an area, smaller if they do not fit.
pub fn centred(canvas: &mut Canvas, text: &str, area: Area, style: Style) {
    let mut style = style;
    let mut lines = wrap(text, style.size, area.width);
    let height = |lines: &[String], size: f32| size * (LEADING * (lines.len() as f32 - 1.0) + 1.0);
    let too_wide = |lines: &[String], size: f32| lines.iter().any(|words| width(words, size) > area.width);
    while style.size > 4.0 && (height(&lines, style.size) > area.height || too_wide(&lines, style.size)) {
        style.size *= 0.9;
        lines = wrap(text, style.size, area.width);
    }
    let [x, middle] = area.centre();
    let mut y = middle - height(&lines, style.size) / 2.0 + style.size / 2.0;
    for words in &lines {
        tilted(canvas, words, [x, y], 0.0, style);
        y += style.size * LEADING;
    }
}

const WORDS: [&str; 48] = [
    "after", "again", "ashore", "boats", "bridge", "cannot", "coast", "crowds", "dawn", "empty", "ferry", "first",
    "found", "gone", "harbour", "heard", "hours", "island", "just", "last", "light", "march", "market", "moments",
    "mountain", "never", "night", "north", "nobody", "only", "people", "rain", "river", "roof", "scenes", "share",
    "shore", "shown", "square", "still", "storm", "street", "this", "today", "tower", "unreal", "video", "winter",
];

/// So many words, as people write over pictures.
pub fn words(chance: &mut Chance, count: usize) -> String {
    let words: Vec<&str> = (0..count).map(|_| chance.pick(WORDS)).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::canvas::{BLACK, WHITE};
    use super::*;

    fn inked(canvas: &Canvas) -> Vec<(i64, i64)> {
        let pixels = (0..canvas.height() as i64).flat_map(|y| (0..canvas.width() as i64).map(move |x| (x, y)));
        pixels.filter(|&(x, y)| canvas.at(x, y).is_some_and(|colour| colour[0] > 127)).collect()
    }

    #[test]
    fn a_letter_has_its_points() {
        let mut canvas = Canvas::plain(60.0, 80.0, BLACK);
        line(&mut canvas, "L", 5.0, 5.0, Style::plain(70.0, WHITE));
        let lit = |x, y| canvas.at(x, y) == Some(WHITE);
        assert!(lit(10, 10) && lit(10, 70) && lit(50, 70), "the stem and the foot");
        assert!(!lit(50, 10) && !lit(30, 40), "and nothing else");
        assert!(inked(&canvas).iter().all(|&(x, y)| (4..=56).contains(&x) && (4..=76).contains(&y)));
    }

    #[test]
    fn every_word_has_letters_and_a_size_too_small_to_read_is_no_trouble() {
        for letter in WORDS.iter().flat_map(|word| word.chars()).chain("0123456789.,:!?-+/%#@'".chars()) {
            assert_ne!(glyphs::rows(letter), glyphs::rows('~'), "{letter}");
        }
        let mut canvas = Canvas::plain(10.0, 10.0, BLACK);
        line(&mut canvas, "TINY", -3.0, 2.0, Style::plain(0.5, WHITE));
        line(&mut canvas, "", 2.0, 2.0, Style::plain(5.0, WHITE));
        centred(&mut canvas, "a sentence that cannot fit", Area::new(2.0, 2.0, 5.0, 1.0), Style::plain(20.0, WHITE));
    }

    #[test]
    fn lines_keep_to_their_width_and_blocks_to_their_area() {
        let text = words(&mut Chance::of(1, &[]), 40);
        let lines = wrap(&text, 10.0, 200.0);
        assert!(lines.len() > 3 && lines.iter().all(|words| width(words, 10.0) <= 200.0));
        assert_eq!(lines.join(" "), text);
        let mut canvas = Canvas::plain(240.0, 100.0, BLACK);
        block(&mut canvas, &text, Area::new(20.0, 20.0, 200.0, 40.0), Style::plain(10.0, WHITE));
        let drawn = inked(&canvas);
        assert!(!drawn.is_empty() && drawn.iter().all(|&(x, y)| (19..=221).contains(&x) && (19..=61).contains(&y)));
    }

    #[test]
    fn a_tilted_line_rises_to_the_right() {
        let mut canvas = Canvas::plain(200.0, 200.0, BLACK);
        tilted(&mut canvas, "HHHHHHHH", [100.0, 100.0], 30.0, Style::plain(14.0, WHITE));
        let drawn = inked(&canvas);
        let mean = |part: &dyn Fn(i64) -> bool| {
            let rows: Vec<i64> = drawn.iter().filter(|(x, _)| part(*x)).map(|(_, y)| *y).collect();
            rows.iter().sum::<i64>() / rows.len() as i64
        };
        assert!(mean(&|x| x > 130) + 20 < mean(&|x| x < 70));
    }
}
