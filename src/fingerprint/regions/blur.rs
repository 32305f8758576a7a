//! Blurred bars: a picture in the middle of its own blurred enlargement.

use super::grid::{AXES, Area, Grid};

/// A bar's detail, as a part of the middle's, in hundredths.
const DULL: u32 = 40;
/// Bars are at least so many hundredths of the side each.
const MIN_BAR: usize = 3;
/// And at most so many.
const MAX_BAR: usize = 42;

/// What lies between two bars that are blurred, where there are such.
pub fn middle(grid: &Grid) -> Option<Area> {
    let whole = grid.whole();
    AXES.into_iter().find_map(|axis| {
        let lines = whole.lines(axis);
        let detail: Vec<u32> = (0..lines).map(|at| detail(grid.line(&whole, axis, at))).collect();
        let mut inner = detail.get(lines / 3..lines * 2 / 3)?.to_vec();
        if inner.is_empty() {
            return None;
        }
        let half = inner.len() / 2;
        let bound = *inner.select_nth_unstable(half).1 * DULL / 100;
        let before = detail.iter().take_while(|&&detail| detail < bound).count();
        let after = detail.iter().rev().take_while(|&&detail| detail < bound).count();
        let fits = |bar: usize| bar * 100 >= MIN_BAR * lines && bar * 100 <= MAX_BAR * lines;
        // The picture lies in the middle: bars of a photograph's own making are seldom equal.
        (fits(before) && fits(after) && before.abs_diff(after) * 100 <= 2 * lines + 200)
            .then(|| whole.with(axis, [before, lines - after]))
            .filter(|area| grid.is_worth(area))
    })
}

/// Mean difference of neighbours along a line, in 1/64 levels.
fn detail(line: &[u8]) -> u32 {
    let sum: u32 = line.windows(2).map(|pair| u32::from(pair[0].abs_diff(pair[1]))).sum();
    sum * 64 / (line.len() as u32).max(1)
}
