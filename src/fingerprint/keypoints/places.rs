//! Where in a picture something was seen, so finely that it can be asked of a small part of it: of a post in a screenshot.

/// Cells along a side of the picture.
const FINE: usize = 32;
/// Cells along a side of a part that is asked for.
const SIDE: usize = 8;
/// All columns of a part's grid but the leftmost.
const BUT_LEFTMOST: u64 = 0xfefe_fefe_fefe_fefe;

/// Cells of a 32x32 grid over a picture that something was seen in: a row each, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Places([u32; FINE]);

impl Places {
    /// Corners of all of the picture.
    pub const ALL: [[f32; 2]; 2] = [[0.0, 0.0], [1.0, 1.0]];

    /// Of points, in fractions of the picture's sides; those at or beyond an edge are in the cells there.
    pub fn of(points: impl Iterator<Item = [f32; 2]>) -> Self {
        let cell = |at: f32| ((at * FINE as f32) as usize).min(FINE - 1);
        let mut rows = [0; FINE];
        for [x, y] in points {
            rows[cell(y)] |= 1 << cell(x);
        }
        Self(rows)
    }

    /// Cells of an 8x8 grid over the part between two corners, in fractions of the picture's sides: row after row, as bits.
    pub fn within(&self, [[left, top], [right, bottom]]: [[f32; 2]; 2]) -> u64 {
        // Where a cell's middle lies in the part; nothing where that is beside it.
        let place = |cell: usize, from: f32, to: f32| {
            let at = ((cell as f32 + 0.5) / FINE as f32 - from) / (to - from);
            (0.0..1.0).contains(&at).then_some((at * SIDE as f32) as usize)
        };
        let mut cells = 0;
        for (y, row) in self.0.iter().enumerate() {
            let Some(down) = place(y, top, bottom) else { continue };
            for x in (0..FINE).filter(|x| row >> x & 1 == 1) {
                cells |= place(x, left, right).map_or(0, |across| 1_u64 << (SIDE * down + across));
            }
        }
        cells
    }
}

/// Cells of an 8x8 grid and those around them.
pub fn with_neighbours(cells: u64) -> u64 {
    let across = cells | (cells << 1) & BUT_LEFTMOST | (cells & BUT_LEFTMOST) >> 1;
    across | across << SIDE | across >> SIDE
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [[f32; 2]; 2] = Places::ALL;

    fn cell(x: u32, y: u32) -> u64 {
        1 << (8 * y + x)
    }

    #[test]
    fn neighbours_stop_at_the_edges() {
        let around = |x: u32, y: u32| with_neighbours(cell(x, y));
        assert_eq!(around(0, 0), cell(0, 0) | cell(1, 0) | cell(0, 1) | cell(1, 1));
        assert_eq!(around(7, 7), cell(7, 7) | cell(6, 7) | cell(7, 6) | cell(6, 6));
        assert_eq!((around(7, 3).count_ones(), around(0, 3).count_ones(), around(3, 3).count_ones()), (6, 6, 9));
    }

    #[test]
    fn a_part_has_a_grid_of_its_own() {
        let places = Places::of([[0.05, 0.05], [0.55, 0.3], [0.7, 0.45], [0.99, 0.99]].into_iter());
        assert_eq!(places.within(ALL), cell(0, 0) | cell(4, 2) | cell(5, 3) | cell(7, 7));
        // A quarter of the width and of the height.
        assert_eq!(places.within([[0.5, 0.25], [0.75, 0.5]]), cell(1, 1) | cell(6, 6));
        assert_eq!(places.within([[0.1, 0.5], [0.9, 0.9]]), 0);
    }

    #[test]
    fn what_is_at_the_edge_or_beyond_is_in_the_cells_there() {
        let places = Places::of([[-0.1, 0.0], [1.0, 1.2]].into_iter());
        assert_eq!(places.within(ALL), cell(0, 0) | cell(7, 7));
    }

    #[test]
    fn a_part_that_is_none_has_nothing() {
        let places = Places::of([[0.5, 0.5]].into_iter());
        for part in [[[0.5, 0.5], [0.5, 0.5]], [[f32::NAN, 0.0], [1.0, 1.0]]] {
            assert_eq!(places.within(part), 0, "{part:?}");
        }
    }
}
