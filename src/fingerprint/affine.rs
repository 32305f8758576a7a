//! Affine maps of the plane: how one picture lies in another.

use super::{Region, Turn};

/// `x' = xx x + xy y + x0`, `y' = yx x + yy y + y0`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Affine {
    /// Both rows: `[[xx, xy, x0], [yx, yy, y0]]`.
    pub rows: [[f32; 3]; 2],
}

impl Affine {
    /// Everything stays where it is.
    pub const IDENTITY: Self = Self { rows: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]] };

    /// A map that stretches by `x` and `y`.
    pub const fn stretch(x: f32, y: f32) -> Self {
        Self { rows: [[x, 0.0, 0.0], [0.0, y, 0.0]] }
    }

    /// Where a point goes.
    pub fn of(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        self.rows.map(|[a, b, c]| a * x + b * y + c)
    }

    /// Where a direction goes.
    pub fn turned(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        self.rows.map(|[a, b, _]| a * x + b * y)
    }

    /// The area of what the unit square becomes; negative where it is mirrored.
    pub fn determinant(&self) -> f32 {
        let [[a, b, _], [c, d, _]] = self.rows;
        a * d - b * c
    }

    /// First `self`, then `next`.
    pub fn then(&self, next: &Self) -> Self {
        let [[a, b, e], [c, d, f]] = self.rows;
        Self { rows: next.rows.map(|[p, q, r]| [p * a + q * c, p * b + q * d, p * e + q * f + r]) }
    }

    /// The way back, or `None` where there is none.
    pub fn inverse(&self) -> Option<Self> {
        let determinant = self.determinant();
        if determinant.abs() < 1e-12 || !determinant.is_finite() {
            return None;
        }
        let [[a, b, e], [c, d, f]] = self.rows;
        let (a, b, c, d) = (d / determinant, -b / determinant, -c / determinant, a / determinant);
        Some(Self { rows: [[a, b, -(a * e + b * f)], [c, d, -(c * e + d * f)]] })
    }

    /// The upright rectangle, by two corners, around what one becomes.
    pub fn around(&self, [[left, top], [right, bottom]]: [[f32; 2]; 2]) -> [[f32; 2]; 2] {
        let corners = [[left, top], [right, top], [right, bottom], [left, bottom]].map(|corner| self.of(corner));
        let edge = |pick: fn(f32, f32) -> f32, from: f32| {
            corners.into_iter().fold([from; 2], |[x, y], [u, v]| [pick(x, u), pick(y, v)])
        };
        [edge(f32::min, f32::MAX), edge(f32::max, f32::MIN)]
    }

    /// From fractions of one picture to fractions of another, when `turn` of what `region` shows of the first is what
    /// `known` shows of the second.
    pub fn between(region: Region, turn: Turn, known: Region) -> Self {
        let part = |side: u16| f32::from(side) / f32::from(u16::MAX);
        let [x, y, width, height] = region.map(part);
        let [known_x, known_y, known_width, known_height] = known.map(part);
        let (width, height) = (width.max(1e-6), height.max(1e-6));
        let into = Self { rows: [[1.0 / width, 0.0, -x / width], [0.0, 1.0 / height, -y / height]] };
        let out = Self { rows: [[known_width, 0.0, known_x], [0.0, known_height, known_y]] };
        into.then(&turn.map()).then(&out)
    }
}

impl Turn {
    /// Where the points of the unit square go, y down.
    pub fn map(self) -> Affine {
        let rows = match self {
            Self::None => [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
            Self::Left => [[0.0, 1.0, 0.0], [-1.0, 0.0, 1.0]],
            Self::Half => [[-1.0, 0.0, 1.0], [0.0, -1.0, 1.0]],
            Self::Right => [[0.0, -1.0, 1.0], [1.0, 0.0, 0.0]],
            Self::Flip => [[1.0, 0.0, 0.0], [0.0, -1.0, 1.0]],
            Self::Mirror => [[-1.0, 0.0, 1.0], [0.0, 1.0, 0.0]],
            Self::Transpose => [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]],
            Self::AntiTranspose => [[0.0, -1.0, 1.0], [-1.0, 0.0, 1.0]],
        };
        Affine { rows }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fingerprint::WHOLE;

    fn near(a: [f32; 2], b: [f32; 2]) -> bool {
        (a[0] - b[0]).abs() < 1e-3 && (a[1] - b[1]).abs() < 1e-3
    }

    #[test]
    fn a_quarter_turn_to_the_left_takes_the_right_edge_to_the_top() {
        assert!(near(Affine::between(WHOLE, Turn::Left, WHOLE).of([1.0, 0.3]), [0.3, 0.0]));
        assert!(near(Affine::between(WHOLE, Turn::Mirror, WHOLE).of([0.2, 0.3]), [0.8, 0.3]));
    }

    #[test]
    fn the_rectangle_around_what_is_turned_is_larger() {
        let eighth = Affine { rows: [[1.0, -1.0, 0.5], [1.0, 1.0, 0.0]] };
        let [first, last] = eighth.around([[0.0, 0.0], [1.0, 1.0]]);
        assert!(near(first, [-0.5, 0.0]) && near(last, [1.5, 2.0]), "{first:?} {last:?}");
        assert_eq!(Turn::Half.map().around([[0.0, 0.25], [0.5, 1.0]]), [[0.5, 0.0], [1.0, 0.75]]);
    }

    proptest! {
        #[test]
        fn there_and_back(values in prop::array::uniform6(-3.0_f32..3.0), x in 0.0_f32..1.0, y in 0.0_f32..1.0) {
            let [a, b, c, d, e, f] = values;
            let map = Affine { rows: [[a, b, c], [d, e, f]] };
            prop_assume!(map.determinant().abs() > 0.1);
            let back = map.inverse().expect("it can be turned back");
            prop_assert!(near(back.of(map.of([x, y])), [x, y]));
            prop_assert!(near(map.then(&back).of([x, y]), [x, y]));
        }
    }
}
