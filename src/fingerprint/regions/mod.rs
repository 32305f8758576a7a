//! Pictures in a picture: inside borders, captions and screenshots, the parts of a collage, an inset.
//!
//! Rectangles are found on a coarse grid ([`grid`]) by bands of one colour ([`cut`]), by edges right across ([`edges`]),
//! by closed edges ([`inset`]) and by blurred bars ([`blur`]); then their sides are put right to the pixel ([`refine`]).
//! What is found need not be right: a rectangle that is no picture matches nothing. Those of known pictures also tell what is
//! inside a picture from what surrounds it ([`crate::fingerprint::keypoints::sight`]).

mod blur;
mod cut;
mod edges;
mod grid;
mod inset;
mod refine;
#[cfg(test)]
mod tests;

use crate::image::Pixels;

use super::Rect;
use cut::{Part, Rank};

/// Least side of a picture in a picture, in pixels.
const MIN_SIDE: usize = 64;
/// Least area, in hundredths of the picture.
const MIN_AREA: usize = 4;
/// Longer side to shorter, in hundredths.
const MAX_RATIO: usize = 450;
/// Most rectangles that are given, before their limits are asked for.
const MAX_FOUND: usize = 16;
/// Rectangles that share so many hundredths are one.
const SAME: usize = 94;

/// The rectangles in a picture, the most likely first, of equally likely ones the largest.
pub fn regions(pixels: &Pixels) -> Vec<Rect> {
    if pixels.width() < MIN_SIDE || pixels.height() < MIN_SIDE {
        return Vec::new();
    }
    let grid = grid::Grid::of(pixels);
    let mut parts = cut::parts(&grid);
    parts.extend(blur::middle(&grid).map(|area| Part { area, rank: Rank::Barred }));
    parts.extend(inset::insets(&grid).into_iter().map(|area| Part { area, rank: Rank::Closed }));
    parts.retain(|part| grid.is_worth(&part.area));
    parts.sort_by_key(|part| (part.rank, std::cmp::Reverse(part.area.lines(0) * part.area.lines(1))));
    let mut found: Vec<Rect> = Vec::new();
    for part in parts {
        let rect = refine::refine(pixels, &grid, &part.area);
        if found.len() < MAX_FOUND && !found.iter().any(|other| are_same(*other, rect)) {
            found.push(rect);
        }
    }
    found
}

/// Whether two rectangles are all but the same.
pub fn are_same(a: Rect, b: Rect) -> bool {
    let shared = |a: usize, a_length: usize, b: usize, b_length: usize| {
        (a + a_length).min(b + b_length).saturating_sub(a.max(b))
    };
    let both = shared(a.x, a.width, b.x, b.width) * shared(a.y, a.height, b.y, b.height);
    both * 100 > SAME * (a.width * a.height + b.width * b.height - both)
}
