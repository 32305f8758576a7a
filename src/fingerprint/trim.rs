//! Flat borders and letterbox bars: finds the rectangle inside them.

use crate::image::Pixels;

use super::luma;

/// A rectangle of a picture, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rect {
    /// Columns left of it.
    pub x: usize,
    /// Rows above it.
    pub y: usize,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl Rect {
    /// All of a picture.
    pub fn whole(pixels: &Pixels) -> Self {
        Self { x: 0, y: 0, width: pixels.width(), height: pixels.height() }
    }
}

/// Levels of luma by which a border's pixels may differ: JPEG noise around a flat colour stays below.
const TOLERANCE: f32 = 14.0;
/// Pixels of a line that must lie within the tolerance, in thousandths.
const FLAT_SHARE: usize = 985;
/// A line is looked at in at most so many places.
const SAMPLES: usize = 512;
/// What is left must keep so many hundredths of the area, or it is no picture in a border.
const MIN_AREA: usize = 20;
/// And this many pixels a side.
const MIN_SIDE: usize = 48;
/// Borders thinner than this many thousandths of the side change a hash too little to be worth another one.
const MIN_BORDER: usize = 6;

/// The rectangle inside flat borders, or `None` where there are none worth trimming.
///
/// Each side is trimmed while its lines are flat and of the colour of its outermost line (so a sky that fades stays);
/// bars inside bars are trimmed in a second and third round.
pub fn content(pixels: &Pixels) -> Option<Rect> {
    let whole = Rect::whole(pixels);
    if whole.width < MIN_SIDE || whole.height < MIN_SIDE {
        return None;
    }
    let mut luma = LumaRows::of(pixels);
    let mut rect = whole;
    for _ in 0..3 {
        let before = rect;
        for side in [Side::Top, Side::Bottom, Side::Left, Side::Right] {
            rect = trim(&mut luma, rect, side);
        }
        if rect == before {
            break;
        }
    }
    let area = |rect: Rect| rect.width * rect.height;
    let thin = |left: usize, of: usize| (of - left) * 1000 < MIN_BORDER * of;
    let kept = area(rect) * 100 >= MIN_AREA * area(whole) && rect.width >= MIN_SIDE && rect.height >= MIN_SIDE;
    (kept && !(thin(rect.width, whole.width) && thin(rect.height, whole.height))).then_some(rect)
}

#[derive(Clone, Copy)]
enum Side {
    Top,
    Bottom,
    Left,
    Right,
}

fn trim(luma: &mut LumaRows<'_>, rect: Rect, side: Side) -> Rect {
    let lines = match side {
        Side::Top | Side::Bottom => rect.height,
        Side::Left | Side::Right => rect.width,
    };
    let mut samples = Vec::with_capacity(SAMPLES);
    let mut border = None;
    let mut flat = 0;
    while flat + MIN_SIDE < lines {
        luma.sample(rect, side, flat, &mut samples);
        let reference = *border.get_or_insert_with(|| median(&mut samples));
        let within = samples.iter().filter(|&&value| (value - reference).abs() <= TOLERANCE).count();
        if within * 1000 < FLAT_SHARE * samples.len() {
            break;
        }
        flat += 1;
    }
    if flat == 0 {
        return rect;
    }
    // The line where border and picture meet is a blend of both, made by whoever scaled the copy.
    let cut = flat + 1;
    match side {
        Side::Top => Rect { y: rect.y + cut, height: rect.height - cut, ..rect },
        Side::Bottom => Rect { height: rect.height - cut, ..rect },
        Side::Left => Rect { x: rect.x + cut, width: rect.width - cut, ..rect },
        Side::Right => Rect { width: rect.width - cut, ..rect },
    }
}

fn median(samples: &mut [f32]) -> f32 {
    let middle = samples.len() / 2;
    *samples.select_nth_unstable_by(middle, f32::total_cmp).1
}

/// Luma of single lines; the rows of the columns that are asked for are computed once.
struct LumaRows<'a> {
    pixels: &'a Pixels,
    row: Vec<f32>,
}

impl<'a> LumaRows<'a> {
    fn of(pixels: &'a Pixels) -> Self {
        Self { pixels, row: vec![0.0; pixels.width()] }
    }

    /// Luma along the `line`th line from `side` of `rect`, evenly spaced.
    fn sample(&mut self, rect: Rect, side: Side, line: usize, out: &mut Vec<f32>) {
        out.clear();
        match side {
            Side::Top | Side::Bottom => {
                let y = if matches!(side, Side::Top) { rect.y + line } else { rect.y + rect.height - 1 - line };
                luma::row(self.pixels, y, &mut self.row);
                let step = rect.width.div_ceil(SAMPLES);
                out.extend(self.row[rect.x..rect.x + rect.width].iter().step_by(step));
            }
            Side::Left | Side::Right => {
                let x = if matches!(side, Side::Left) { rect.x + line } else { rect.x + rect.width - 1 - line };
                let step = rect.height.div_ceil(SAMPLES);
                out.extend((rect.y..rect.y + rect.height).step_by(step).map(|y| luma::at(self.pixels, x, y)));
            }
        }
    }
}
