//! Turning by any angle, and views from aside.

use super::canvas::{Canvas, Colour, level};

/// A canvas of another size whose pixels come from where `source` says; what lies outside is `fill`.
pub fn warp(from: &Canvas, size: [f32; 2], fill: Colour, source: impl Fn([f32; 2]) -> [f32; 2]) -> Canvas {
    Canvas::plain(size[0], size[1], fill).each(|x, y, _| sample(from, source([x, y]), fill))
}

/// The colour between four pixels.
fn sample(from: &Canvas, [x, y]: [f32; 2], fill: Colour) -> [f32; 3] {
    let (x, y) = (x - 0.5, y - 0.5);
    let (left, top) = (x.floor(), y.floor());
    let (right_part, lower_part) = (x - left, y - top);
    let mut sum = [0.0; 3];
    for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
        let across = if dx == 1 { right_part } else { 1.0 - right_part };
        let down = if dy == 1 { lower_part } else { 1.0 - lower_part };
        let colour = from.at(left as i64 + dx, top as i64 + dy).unwrap_or(fill);
        for (sum, channel) in sum.iter_mut().zip(colour) {
            *sum += across * down * f32::from(channel);
        }
    }
    sum
}

/// Turned by so many degrees, anticlockwise, on a canvas that holds all of it.
pub fn turned(from: &Canvas, degrees: f32, fill: Colour) -> Canvas {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (width, height) = (from.width(), from.height());
    let size = [width * cos.abs() + height * sin.abs(), width * sin.abs() + height * cos.abs()];
    about_the_middle(from, degrees, size, fill)
}

/// Turned, and cut to the largest part of the same shape that has no corner to fill.
pub fn turned_inside(from: &Canvas, degrees: f32) -> Canvas {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (sin, cos, width, height) = (sin.abs(), cos.abs(), from.width(), from.height());
    let part = (width / (width * cos + height * sin)).min(height / (width * sin + height * cos));
    about_the_middle(from, degrees, [width * part, height * part], [0; 3])
}

fn about_the_middle(from: &Canvas, degrees: f32, size: [f32; 2], fill: Colour) -> Canvas {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let size = size.map(f32::floor);
    warp(from, size, fill, |[x, y]| {
        let (x, y) = (x - size[0] / 2.0, y - size[1] / 2.0);
        [x * cos - y * sin + from.width() / 2.0, x * sin + y * cos + from.height() / 2.0]
    })
}

/// Seen from aside: the corners of the result, clockwise from the upper left, show these places of the picture, given as
/// fractions of its sides. After P. Heckbert, "Fundamentals of Texture Mapping and Image Warping" (1989), 2.2.3.
pub fn seen_from_aside(from: &Canvas, corners: [[f32; 2]; 4], fill: Colour) -> Canvas {
    let size = [from.width(), from.height()];
    let [p0, p1, p2, p3] = corners;
    let sum = [p0[0] - p1[0] + p2[0] - p3[0], p0[1] - p1[1] + p2[1] - p3[1]];
    let (d1, d2) = ([p1[0] - p2[0], p1[1] - p2[1]], [p3[0] - p2[0], p3[1] - p2[1]]);
    let cross = d1[0] * d2[1] - d2[0] * d1[1];
    let g = (sum[0] * d2[1] - d2[0] * sum[1]) / cross;
    let h = (d1[0] * sum[1] - sum[0] * d1[1]) / cross;
    warp(from, size, fill, |[x, y]| {
        let (u, v) = (x / size[0], y / size[1]);
        let depth = g * u + h * v + 1.0;
        std::array::from_fn(|i| {
            let across = (p1[i] - p0[i] + g * p1[i]) * u + (p3[i] - p0[i] + h * p3[i]) * v + p0[i];
            across / depth * size[i]
        })
    })
}

/// Noise of a sensor or a scan.
pub fn grainy(canvas: Canvas, deviation: f32, chance: &mut super::chance::Chance) -> Canvas {
    canvas.each(|_, _, colour| colour.map(|channel| f32::from(level(channel + deviation * chance.grain()))))
}

#[cfg(test)]
mod tests {
    use super::super::canvas::{BLACK, WHITE};
    use super::*;

    fn ramp(width: f32, height: f32) -> Canvas {
        Canvas::plain(width, height, BLACK).each(|x, y, _| [x, y, 0.0])
    }

    fn near(a: Option<Colour>, b: Option<Colour>) -> bool {
        let (a, b) = (a.unwrap(), b.unwrap());
        a.iter().zip(b).all(|(&a, b)| a.abs_diff(b) <= 2)
    }

    #[test]
    fn no_turn_and_the_same_corners_change_nothing() {
        let picture = ramp(40.0, 30.0);
        let square = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
        for same in
            [turned(&picture, 0.0, WHITE), turned_inside(&picture, 0.0), seen_from_aside(&picture, square, WHITE)]
        {
            assert_eq!((same.width(), same.height()), (40.0, 30.0));
            for (x, y) in [(0, 0), (39, 0), (17, 23), (39, 29)] {
                assert!(near(same.at(x, y), picture.at(x, y)), "{x} {y}");
            }
        }
    }

    #[test]
    fn a_turn_by_90_degrees_is_a_quarter_turn() {
        let picture = ramp(40.0, 30.0);
        let (warped, quarter) = (turned(&picture, 90.0, WHITE), picture.quarter(false));
        for (x, y) in [(1, 1), (28, 1), (15, 22), (1, 38)] {
            assert!(near(warped.at(x, y), quarter.at(x, y)), "{x} {y}");
        }
    }

    #[test]
    fn corners_are_filled_outside_and_cut_away_inside() {
        let picture = Canvas::plain(80.0, 60.0, [9, 9, 9]);
        let outside = turned(&picture, 10.0, WHITE);
        assert!(outside.width() > 80.0 && outside.height() > 60.0);
        assert_eq!((outside.at(0, 0), outside.at(44, 36)), (Some(WHITE), Some([9, 9, 9])));
        let inside = turned_inside(&Canvas::plain(80.0, 60.0, WHITE), 10.0);
        assert!(inside.width() < 80.0);
        let (right, bottom) = (inside.width() as i64 - 1, inside.height() as i64 - 1);
        for corner in [inside.at(0, 0), inside.at(right, 0), inside.at(0, bottom), inside.at(right, bottom)] {
            assert!(near(corner, Some(WHITE)), "{corner:?}");
        }
    }

    #[test]
    fn corners_seen_from_aside_show_what_they_are_told_to() {
        let picture = ramp(200.0, 100.0);
        let corners = [[0.1, 0.05], [0.95, 0.1], [0.9, 0.9], [0.05, 0.95]];
        let seen = seen_from_aside(&picture, corners, WHITE);
        for ((x, y), [u, v]) in [(0, 0), (199, 0), (199, 99), (0, 99)].into_iter().zip(corners) {
            let [red, green, _] = seen.at(x, y).unwrap().map(f32::from);
            assert!((red - u * 200.0).abs() < 3.0 && (green - v * 100.0).abs() < 3.0, "{x} {y}: {red} {green}");
        }
    }
}
