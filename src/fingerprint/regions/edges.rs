//! Step edges: where pictures meet without a gap.

use super::grid::{AXES, Area, Grid};

/// Levels by which luma jumps over two samples at an edge.
pub const STEP: u8 = 18;
/// Samples along an edge that must jump, in hundredths.
pub const SUPPORT: usize = 72;
/// Most edges of an area along one axis.
const MAX_EDGES: usize = 3;

/// The areas between edges that run all across; nothing where there is none.
pub fn split(grid: &Grid, area: &Area) -> Vec<Area> {
    for axis in AXES {
        let [from, to] = area.0[axis];
        let across = area.lines(1 - axis);
        let margin = super::MIN_SIDE.div_ceil(grid.stride);
        let mut edges: Vec<(usize, usize)> = Vec::new();
        for at in from + margin..(to + 1).saturating_sub(margin) {
            // Between lines `at - 1` and `at`, one line further on the far side.
            if at + 1 >= to {
                break;
            }
            let (before, after) = (grid.line(area, axis, at - 1), grid.line(area, axis, at + 1));
            let jumps = before.iter().zip(after).filter(|(a, b)| a.abs_diff(**b) > STEP).count();
            if jumps * 100 < SUPPORT * across {
                continue;
            }
            match edges.last_mut() {
                Some(last) if at - last.0 <= 3 => {
                    if jumps > last.1 {
                        *last = (at, jumps);
                    }
                }
                _ => edges.push((at, jumps)),
            }
        }
        if !edges.is_empty() && edges.len() <= MAX_EDGES {
            let mut cuts: Vec<usize> = vec![from];
            cuts.extend(edges.iter().map(|edge| edge.0));
            cuts.push(to);
            return cuts.windows(2).map(|pair| area.with(axis, [pair[0], pair[1]])).collect();
        }
    }
    Vec::new()
}
