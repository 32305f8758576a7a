//! A picture's values in a grid that a map lays over it.

use super::Plane;
use crate::fingerprint::{Affine, luma};
use crate::image::{Channels, Pixels};

/// Most points along each side of a sample: enough for photographs of any size that is decoded, without counting each
/// of their pixels.
const MOST_POINTS: f32 = 4.0;

/// Values of a grid, row by row; nothing where it reaches outside the picture.
pub struct Grid {
    /// Columns.
    pub width: usize,
    /// `width` times its rows.
    pub values: Vec<Option<f32>>,
}

impl Grid {
    /// The mean value of each sample of a grid of `width` x `height`; `map` leads from the grid, whose sample `i`
    /// reaches from `i` to `i + 1`, to fractions of the picture.
    pub fn of(pixels: &Pixels, plane: Plane, map: &Affine, width: usize, height: usize) -> Self {
        let map = map.then(&Affine::stretch(pixels.width() as f32, pixels.height() as f32));
        let pitch = map.determinant().abs().sqrt();
        // Between pixels where the grid is finer than they are, else the mean of some.
        let points = if pitch <= 1.0 { 1 } else { (pitch + 0.999).min(MOST_POINTS) as usize };
        let mut values = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                values.push(mean(pixels, plane, &map, [x as f32, y as f32], points));
            }
        }
        Self { width, values }
    }
}

fn mean(pixels: &Pixels, plane: Plane, map: &Affine, [x, y]: [f32; 2], points: usize) -> Option<f32> {
    let mut sum = 0.0;
    let step = 1.0 / points as f32;
    for j in 0..points {
        for i in 0..points {
            let at = map.of([x + (i as f32 + 0.5) * step, y + (j as f32 + 0.5) * step]);
            sum += if points == 1 { between(pixels, plane, at)? } else { nearest(pixels, plane, at)? };
        }
    }
    Some(sum / (points * points) as f32)
}

fn inside(pixels: &Pixels, [x, y]: [f32; 2]) -> bool {
    x >= 0.0 && y >= 0.0 && x < pixels.width() as f32 && y < pixels.height() as f32
}

fn nearest(pixels: &Pixels, plane: Plane, at: [f32; 2]) -> Option<f32> {
    inside(pixels, at).then(|| value(pixels, plane, at[0] as usize, at[1] as usize))
}

/// Between the four pixels around a place.
fn between(pixels: &Pixels, plane: Plane, at: [f32; 2]) -> Option<f32> {
    if !inside(pixels, at) {
        return None;
    }
    let [x, y] = [(at[0] - 0.5).max(0.0), (at[1] - 0.5).max(0.0)];
    let (left, top) = (x as usize, y as usize);
    let (right, below) = ((left + 1).min(pixels.width() - 1), (top + 1).min(pixels.height() - 1));
    let (across, down) = (x - left as f32, y - top as f32);
    let row = |y: usize| value(pixels, plane, left, y) * (1.0 - across) + value(pixels, plane, right, y) * across;
    Some(row(top) * (1.0 - down) + row(below) * down)
}

fn value(pixels: &Pixels, plane: Plane, x: usize, y: usize) -> f32 {
    let channel = match (plane, pixels.channels()) {
        (Plane::Luma, _) => return luma::at(pixels, x, y),
        (_, Channels::Grey) => return 127.5,
        (Plane::Blue, _) => 2,
        (Plane::Red, _) => 0,
    };
    let colour = f32::from(pixels.row(y)[3 * x + channel]);
    (colour - luma::at(pixels, x, y)) * 0.5 + 127.5
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp() -> Pixels {
        let data = (0..40 * 30).flat_map(|i: u32| [(i % 40 * 6) as u8, (i / 40 * 8) as u8, 9]).collect();
        Pixels::new(40, 30, Channels::Rgb, data).expect("it is filled")
    }

    #[test]
    fn coarse_and_fine_grids_show_the_same_picture() {
        let pixels = ramp();
        let grid = |side: usize| {
            Grid::of(&pixels, Plane::Luma, &Affine::stretch(1.0 / side as f32, 1.0 / side as f32), side, side)
        };
        let (coarse, fine) = (grid(5), grid(120));
        let (a, b) = (coarse.values[2 * 5 + 2].expect("inside"), fine.values[60 * 120 + 60].expect("inside"));
        assert!((a - b).abs() < 3.0, "{a} {b}");
    }

    #[test]
    fn outside_there_is_nothing_and_grey_has_no_colour() {
        let map = Affine { rows: [[0.5, 0.0, -0.5], [0.0, 0.5, 0.0]] };
        let grid = Grid::of(&ramp(), Plane::Red, &map, 4, 1);
        assert_eq!(grid.values.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true, true, false]);
        let grey = Pixels::new(2, 2, Channels::Grey, vec![7; 4]).expect("it is filled");
        assert_eq!(Grid::of(&grey, Plane::Blue, &Affine::IDENTITY, 1, 1).values, [Some(127.5)]);
    }
}
