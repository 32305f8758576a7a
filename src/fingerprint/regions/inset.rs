//! Picture in picture: rectangles closed from long edges.

use super::edges::{STEP, SUPPORT};
use super::grid::{Area, Grid};

/// Lines with the longest edges, along each axis.
const MAX_LINES: usize = 20;
/// An edge is compared with the lines so far beside it.
const BESIDE: usize = 6;
/// Most rectangles that are given.
const MAX_FOUND: usize = 4;

/// Where luma jumps across lines along one axis: for each line, how many jumps there are up to each place, and the
/// longest stretch that is an edge nearly all along.
struct Jumps {
    across: usize,
    sums: Vec<u16>,
    longest: Vec<u16>,
}

impl Jumps {
    fn of(grid: &Grid, axis: usize, least: usize) -> Self {
        let whole = grid.whole();
        let (lines, across) = (whole.lines(axis), whole.lines(1 - axis));
        let mut sums = Vec::with_capacity(lines * (across + 1));
        let mut longest = Vec::with_capacity(lines);
        for at in 0..lines {
            let before = grid.line(&whole, axis, at.saturating_sub(1));
            let after = grid.line(&whole, axis, (at + 1).min(lines - 1));
            // Most lines of most pictures have too few jumps to be looked at one by one.
            let total: usize = before.iter().zip(after).map(|(a, b)| usize::from(a.abs_diff(*b) > STEP)).sum();
            if total < least {
                sums.resize(sums.len() + across + 1, 0);
                longest.push(0);
                continue;
            }
            let (mut sum, mut run, mut best) = (0_u16, 0_i32, 0_i32);
            sums.push(sum);
            for (a, b) in before.iter().zip(after) {
                let jumps = u16::from(a.abs_diff(*b) > STEP);
                sum += jumps;
                sums.push(sum);
                // A running sum that falls to nothing where fewer than the supported share jump.
                run = (run + 100 * i32::from(jumps) - SUPPORT as i32).max(0);
                best = best.max(run);
            }
            longest.push((best / (100 - SUPPORT as i32)) as u16);
        }
        Self { across, sums, longest }
    }

    fn count(&self, at: usize, from: usize, to: usize) -> usize {
        let sums = &self.sums[at * (self.across + 1)..][..=self.across];
        usize::from(sums[to] - sums[from])
    }

    /// Whether line `at` is an edge from `from` to `to`: how many jumps there are, if enough, and clearly more than
    /// beside it: in a hedge luma jumps everywhere.
    fn support(&self, at: usize, from: usize, to: usize) -> Option<usize> {
        let jumps = self.count(at, from, to);
        let beside = [at.saturating_sub(BESIDE), (at + BESIDE).min(self.longest.len() - 1)];
        let clear = || beside.into_iter().all(|beside| self.count(beside, from, to) * 6 <= jumps * 5);
        (jumps * 100 >= SUPPORT * (to - from) && clear()).then_some(jumps)
    }

    /// The lines with the longest edges, none close to a better one.
    fn strongest(&self, least: usize) -> Vec<usize> {
        let mut lines: Vec<(usize, usize)> =
            self.longest.iter().enumerate().map(|(at, &longest)| (usize::from(longest), at)).collect();
        lines.retain(|line| line.0 >= least);
        lines.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut kept: Vec<usize> = Vec::new();
        for (_, at) in lines {
            if kept.len() < MAX_LINES && kept.iter().all(|other| other.abs_diff(at) > 2) {
                kept.push(at);
            }
        }
        kept.sort_unstable();
        kept
    }
}

/// Rectangles with an edge on each side, best supported first.
pub fn insets(grid: &Grid) -> Vec<Area> {
    let least = super::MIN_SIDE.div_ceil(grid.stride) * 2 / 3;
    let jumps = [Jumps::of(grid, 0, least), Jumps::of(grid, 1, least)];
    let [columns, rows] = [jumps[0].strongest(least), jumps[1].strongest(least)];
    let mut found: Vec<(usize, Area)> = Vec::new();
    for (i, &left) in columns.iter().enumerate() {
        for &right in &columns[i + 1..] {
            for (j, &top) in rows.iter().enumerate() {
                let Some(above) = jumps[1].support(top, left, right) else { continue };
                for &bottom in &rows[j + 1..] {
                    let area = Area([[left, right], [top, bottom]]);
                    if !grid.is_worth(&area) {
                        continue;
                    }
                    let sides = || {
                        let below = jumps[1].support(bottom, left, right)?;
                        let beside = jumps[0].support(left, top, bottom)? + jumps[0].support(right, top, bottom)?;
                        Some(above + below + beside)
                    };
                    if let Some(support) = sides() {
                        // Long edges count, but not as much as edges without gaps.
                        let around = 2 * (right - left + bottom - top);
                        found.push((support * support / around, area));
                    }
                }
            }
        }
    }
    found.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.0.cmp(&b.1.0)));
    let mut kept: Vec<Area> = Vec::new();
    for (_, area) in found {
        let near =
            |other: &Area| (0..2).all(|axis| (0..2).all(|end| other.0[axis][end].abs_diff(area.0[axis][end]) <= 4));
        if kept.len() < MAX_FOUND && !kept.iter().any(near) {
            kept.push(area);
        }
    }
    kept
}
