//! The comparisons of a descriptor: part of the format, other boxes are another descriptor.

use super::describe::BITS;

/// Two boxes of a neighbourhood: left, top, side; left, top, side; in samples.
pub type Comparison = [u8; 6];

/// The comparisons of the first half, chosen by learning (`docs/decisions/0008-learned-comparisons.md`). The first ten are
/// those by which an index files descriptors, at most: they agree least with one another.
#[rustfmt::skip]
pub static COMPARISONS: [Comparison; BITS / 2] = [
    [10, 1, 6, 7, 7, 6],
    [0, 1, 5, 3, 9, 5],
    [7, 1, 6, 8, 0, 4],
    [7, 4, 2, 6, 7, 4],
    [1, 2, 4, 0, 0, 3],
    [9, 10, 3, 8, 9, 6],
    [2, 3, 6, 4, 2, 3],
    [10, 5, 5, 11, 6, 2],
    [12, 4, 4, 11, 2, 3],
    [1, 0, 5, 6, 0, 3],
    [7, 6, 2, 6, 8, 4],
    [5, 11, 5, 4, 7, 6],
    [10, 0, 4, 10, 4, 6],
    [9, 4, 3, 12, 1, 4],
    [7, 4, 2, 4, 3, 6],
    [4, 4, 3, 0, 1, 4],
    [6, 10, 3, 6, 8, 6],
    [9, 7, 5, 10, 6, 2],
    [3, 5, 3, 1, 5, 6],
    [6, 3, 6, 8, 3, 3],
    [0, 6, 3, 0, 1, 4],
    [12, 5, 2, 9, 4, 6],
    [7, 12, 2, 7, 7, 3],
    [3, 7, 4, 3, 10, 2],
    [14, 2, 2, 12, 6, 3],
    [7, 12, 2, 6, 13, 3],
    [8, 11, 3, 9, 9, 5],
    [5, 10, 2, 3, 7, 5],
    [10, 8, 4, 12, 6, 4],
    [3, 12, 4, 2, 8, 4],
    [6, 5, 2, 5, 3, 5],
    [9, 7, 5, 11, 10, 2],
    [0, 3, 4, 1, 2, 5],
    [11, 2, 4, 11, 0, 4],
    [10, 6, 3, 7, 7, 2],
    [4, 11, 5, 4, 8, 6],
    [0, 8, 6, 2, 9, 3],
    [4, 6, 3, 2, 8, 6],
    [7, 10, 2, 6, 11, 4],
    [14, 4, 2, 6, 0, 6],
    [10, 10, 2, 10, 7, 2],
    [4, 0, 3, 5, 3, 2],
    [10, 14, 2, 9, 11, 4],
    [0, 5, 3, 0, 8, 5],
    [6, 2, 3, 4, 3, 6],
    [8, 8, 3, 8, 6, 3],
    [13, 14, 2, 6, 9, 6],
    [8, 13, 2, 6, 9, 6],
    [1, 6, 5, 5, 6, 2],
    [0, 11, 2, 1, 7, 2],
    [7, 6, 4, 6, 8, 5],
    [6, 8, 6, 7, 9, 3],
    [6, 6, 3, 7, 4, 3],
    [12, 3, 4, 11, 7, 4],
    [3, 11, 3, 0, 11, 5],
    [4, 8, 3, 4, 3, 3],
    [9, 5, 3, 9, 7, 2],
    [6, 11, 5, 3, 13, 3],
    [7, 3, 6, 9, 2, 2],
    [10, 1, 6, 11, 2, 4],
    [2, 14, 2, 0, 10, 5],
    [1, 4, 6, 4, 6, 2],
    [9, 7, 4, 14, 14, 2],
    [6, 5, 4, 7, 0, 2],
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::keypoints::describe::GRID;

    #[test]
    fn boxes_lie_in_the_neighbourhood_and_none_is_compared_with_itself() {
        for &[ax, ay, a, bx, by, b] in &COMPARISONS {
            assert!(a > 0 && b > 0 && [ax, ay, a] != [bx, by, b]);
            for (at, side) in [(ax, a), (ay, a), (bx, b), (by, b)] {
                assert!(usize::from(at) + usize::from(side) <= GRID);
            }
        }
    }

    #[test]
    fn no_comparison_is_another_one_or_its_mirror_image() {
        let mirrored = |[ax, ay, a, bx, by, b]: Comparison| {
            let top = |at: u8, side: u8| GRID as u8 - side - at;
            [ax, top(ay, a), a, bx, top(by, b), b]
        };
        let swapped = |[ax, ay, a, bx, by, b]: Comparison| [bx, by, b, ax, ay, a];
        for (i, one) in COMPARISONS.iter().enumerate() {
            for other in &COMPARISONS[..i] {
                for form in [*one, swapped(*one), mirrored(*one), mirrored(swapped(*one))] {
                    assert_ne!(form, *other);
                }
            }
        }
    }
}
