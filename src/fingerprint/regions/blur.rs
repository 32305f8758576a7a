//! Blurred bars: a picture in the middle of its own blurred enlargement.

use super::grid::{AXES, Area, Grid};

/// Least mean step where a bar ends, in 1/64 levels.
const LEAST_STEP: u32 = 128;
/// It is so many tenths of the steepest one within the bars.
const STEEPER: u32 = 22;
/// Bars without any steps in them are no blurred picture but of one colour.
const LEAST_WITHIN: u32 = 8;
/// Bars are at least so many hundredths of the side each.
const MIN_BAR: usize = 3;
/// And at most so many.
const MAX_BAR: usize = 42;

/// What lies between bars that are blurred, where there are such.
pub fn middle(grid: &Grid) -> Option<Area> {
    let whole = grid.whole();
    let mut area = whole;
    for axis in AXES {
        if let Some(bar) = bar(grid, &area, axis) {
            let [from, to] = area.0[axis];
            area = area.with(axis, [from + bar[0], to - bar[1]]);
        }
    }
    (area != whole).then_some(area)
}

/// Two bars of the same thickness, smooth up to a step on both sides: a sky fades on one side only.
fn bar(grid: &Grid, area: &Area, axis: usize) -> Option<[usize; 2]> {
    let [from, to] = area.0[axis];
    let lines = to - from;
    let step = |at: usize| {
        let (before, after) = (grid.line(area, axis, at - 1), grid.line(area, axis, at));
        let sum: u32 = before.iter().zip(after).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
        sum * 64 / (after.len() as u32).max(1)
    };
    // Step `i` of a side leads from its line `i` to the next.
    let most = lines * MAX_BAR / 100 + 2;
    if lines <= 2 * most {
        return None;
    }
    let before: Vec<u32> = (0..most).map(|i| step(from + i + 1)).collect();
    let after: Vec<u32> = (0..most).map(|i| step(to - 1 - i)).collect();
    let mut within = 0;
    for i in (lines * MIN_BAR / 100).max(3)..most - 1 {
        // Halves of odd numbers, and steps that a scaled copy has spread over two lines.
        let strongest = |side: &[u32]| (i - 1..=i + 1).max_by_key(|&at| (side[at], i == at)).unwrap_or(i);
        within = before[..i - 1].iter().chain(&after[..i - 1]).copied().max().unwrap_or(0).max(within);
        let (first, last) = (strongest(&before), strongest(&after));
        let weaker = before[first].min(after[last]);
        if weaker >= LEAST_STEP && weaker * 10 >= STEEPER * within && within >= LEAST_WITHIN {
            return Some([first + 1, last + 1]);
        }
    }
    None
}
