//! Recursive XY-cut: bands of one colour separate what lies between them, first rows, then columns, then again.

use super::edges;
use super::grid::{AXES, Area, Grid, Span};

/// Levels of luma by which a band's samples may differ: JPEG noise around a flat colour stays below.
pub const TOLERANCE: u8 = 14;
/// Samples of a line that must lie within the tolerance, in thousandths.
const FLAT_SHARE: usize = 985;
/// Bands that touch and differ by less are a gradient, as a sky is: no border.
const GRADIENT: u8 = 40;
/// Cuts within cuts: a page, its column, its card, its picture, and what that is made of.
const DEPTH: usize = 7;
/// Most areas that are looked into.
const MAX_AREAS: usize = 48;

/// A rectangle that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Where.
    pub area: Area,
    /// How likely it is a picture.
    pub rank: Rank,
}

/// What is known of a rectangle, the most likely picture first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Blurred bars are around it.
    Barred,
    /// Bands of one colour are around it and none are in it.
    Separate,
    /// Edges close it.
    Closed,
    /// It lies between edges right across.
    Split,
    /// It is made of such.
    Composed,
}

/// The colour of a line of one colour.
pub fn flat(line: &[u8]) -> Option<u8> {
    // Few lines of a photograph pass sixteen samples; only those are looked at whole.
    const FEW: usize = 16;
    if line.len() > 4 * FEW {
        let mut few = [0_u8; FEW];
        for (i, sample) in few.iter_mut().enumerate() {
            *sample = line[i * line.len() / FEW];
        }
        let median = *few.select_nth_unstable(FEW / 2).1;
        if few.iter().filter(|sample| sample.abs_diff(median) <= TOLERANCE).count() < FEW - 2 {
            return None;
        }
    }
    let mut counts = [0_usize; 256];
    line.iter().for_each(|&sample| counts[usize::from(sample)] += 1);
    let mut below = 0;
    let median = counts.iter().position(|count| {
        below += count;
        below * 2 > line.len()
    })?;
    let tolerance = usize::from(TOLERANCE);
    let within: usize = counts[median.saturating_sub(tolerance)..=(median + tolerance).min(255)].iter().sum();
    (within * 1000 >= FLAT_SHARE * line.len()).then_some(median as u8)
}

/// Lines of one colour, side by side.
#[derive(Debug, Clone, Copy)]
struct Band {
    span: Span,
    colour: u8,
}

fn bands(grid: &Grid, area: &Area, axis: usize) -> Vec<Band> {
    let [from, to] = area.0[axis];
    let mut bands: Vec<Band> = Vec::new();
    for at in from..to {
        let Some(colour) = flat(grid.line(area, axis, at)) else { continue };
        match bands.last_mut() {
            Some(band) if band.span[1] == at && band.colour.abs_diff(colour) <= TOLERANCE => band.span[1] = at + 1,
            _ => bands.push(Band { span: [at, at + 1], colour }),
        }
    }
    bands
}

/// The bands that separate: not those of a gradient, and at the rim of a part only those of what is around it.
fn separators(grid: &Grid, area: &Area, axis: usize, around: Around) -> Vec<Band> {
    let [from, to] = area.0[axis];
    let all = bands(grid, area, axis);
    let touches = |a: &Band, b: &Band| a.span[1] == b.span[0] && a.colour.abs_diff(b.colour) < GRADIENT;
    let mut kept = Vec::new();
    for (i, band) in all.iter().enumerate() {
        let gradient = i > 0 && touches(&all[i - 1], band) || all.get(i + 1).is_some_and(|next| touches(band, next));
        let same = matches!(around, Around::Colour(colour) if colour.abs_diff(band.colour) <= TOLERANCE);
        let rim = band.span[0] == from || band.span[1] == to;
        let allowed = match around {
            Around::Nothing => true,
            _ => same || !rim,
        };
        let thick = band.span[1] - band.span[0] >= 2 || same || !(16..240).contains(&band.colour);
        if allowed && thick && (same || !gradient) {
            kept.push(*band);
        }
    }
    kept
}

/// What an area lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Around {
    /// Nothing: it is the picture itself, less borders.
    Nothing,
    /// A colour.
    Colour(u8),
    /// Other pictures.
    Pictures,
}

/// All rectangles that bands and edges separate, but for the whole picture.
pub fn parts(grid: &Grid) -> Vec<Part> {
    let mut found = Vec::new();
    let mut open = vec![(grid.whole(), Around::Nothing, 0)];
    let mut looked = 0;
    while let Some((area, around, depth)) = open.pop() {
        looked += 1;
        if looked > MAX_AREAS {
            break;
        }
        let pieces = if depth < DEPTH { pieces(grid, &area, around) } else { Vec::new() };
        if area != grid.whole() {
            let rank = match (pieces.is_empty(), around) {
                (false, _) => Rank::Composed,
                (true, Around::Pictures) => Rank::Split,
                (true, _) => Rank::Separate,
            };
            found.push(Part { area, rank });
        }
        let next = if pieces.is_empty() && depth < DEPTH {
            edges::split(grid, &area).into_iter().map(|piece| (piece, Around::Pictures)).collect()
        } else {
            pieces
        };
        open.extend(
            next.into_iter().filter(|(piece, _)| grid.is_worth(piece)).map(|(piece, by)| (piece, by, depth + 1)),
        );
    }
    found
}

fn pieces(grid: &Grid, area: &Area, around: Around) -> Vec<(Area, Around)> {
    for axis in AXES {
        let between = separators(grid, area, axis, around);
        if between.is_empty() {
            continue;
        }
        let [start, to] = area.0[axis];
        let mut from = start;
        let mut before: Option<Band> = None;
        let mut pieces = Vec::new();
        let end = Band { span: [to, to], colour: 0 };
        for (band, last) in between.iter().map(|band| (band, false)).chain([(&end, true)]) {
            if band.span[0] > from {
                // Of the bands on both sides one between pieces tells what is around, else the thicker.
                let after = (!last).then_some(*band);
                let weight = |band: &Band| (!is_rim(band, area, axis), band.span[1] - band.span[0]);
                let thicker = [before, after].into_iter().flatten().max_by_key(weight);
                let piece = area.with(axis, [from, band.span[0]]);
                let inside = match (around, thicker) {
                    // A border taken off the picture: there may be another one of another colour inside.
                    (Around::Nothing, _) if between.iter().all(|band| is_rim(band, area, axis)) => Around::Nothing,
                    (_, Some(band)) => Around::Colour(band.colour),
                    (around, None) => around,
                };
                pieces.push((piece, inside));
                // What separates has one colour. A rim of another may be a plain sky or road: the piece with it counts too.
                if let (Around::Nothing, Around::Colour(colour)) = (around, inside) {
                    let other = |band: &Band| is_rim(band, area, axis) && band.colour.abs_diff(colour) > TOLERANCE;
                    let first = if before.as_ref().is_some_and(other) { start } else { from };
                    let end = if !last && other(band) { to } else { band.span[0] };
                    if [first, end] != [from, band.span[0]] {
                        pieces.push((area.with(axis, [first, end]), inside));
                    }
                }
            }
            from = band.span[1];
            before = Some(*band);
        }
        return pieces;
    }
    Vec::new()
}

fn is_rim(band: &Band, area: &Area, axis: usize) -> bool {
    band.span[0] == area.0[axis][0] || band.span[1] == area.0[axis][1]
}
