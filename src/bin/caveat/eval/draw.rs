//! Shapes with soft edges. Each is a distance: negative inside, positive outside, in pixels.

use super::canvas::{Area, Canvas, Colour, level};

/// What is painted with.
#[derive(Clone, Copy)]
pub struct Ink {
    pub colour: Colour,
    /// 0 leaves what is there, 1 covers it.
    pub opacity: f32,
}

impl Ink {
    pub fn solid(colour: Colour) -> Self {
        Self { colour, opacity: 1.0 }
    }
}

/// Paints where `cover` says how much, 0 to 1.
pub fn paint(canvas: &mut Canvas, bounds: Area, ink: Ink, cover: impl Fn([f32; 2]) -> f32) {
    canvas.within(bounds.inset(-1.0), |at, colour| blend(colour, ink.colour, ink.opacity * cover(at)));
}

fn blend(below: Colour, above: Colour, part: f32) -> Colour {
    std::array::from_fn(|i| level(f32::from(below[i]) + (f32::from(above[i]) - f32::from(below[i])) * part))
}

fn shape(canvas: &mut Canvas, bounds: Area, ink: Ink, distance: impl Fn([f32; 2]) -> f32) {
    paint(canvas, bounds, ink, |at| (0.5 - distance(at)).clamp(0.0, 1.0));
}

/// A rectangle with corners of this radius.
pub fn rectangle(canvas: &mut Canvas, area: Area, radius: f32, ink: Ink) {
    shape(canvas, area, ink, |at| outside(area, radius, at));
}

/// The outline of a rectangle, turned by so many degrees, anticlockwise.
pub fn outline(canvas: &mut Canvas, area: Area, radius: f32, thickness: f32, degrees: f32, ink: Ink) {
    let centre = area.centre();
    let reach = Area::around(centre, area.width.hypot(area.height) / 2.0 + thickness);
    shape(canvas, reach, ink, |at| outside(area, radius, about(centre, degrees, at)).abs() - thickness / 2.0);
}

fn outside(area: Area, radius: f32, [x, y]: [f32; 2]) -> f32 {
    let [cx, cy] = area.centre();
    let dx = (x - cx).abs() - area.width / 2.0 + radius;
    let dy = (y - cy).abs() - area.height / 2.0 + radius;
    dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0) - radius
}

/// Where a point was before a turn about `centre` by so many degrees, anticlockwise.
pub fn about(centre: [f32; 2], degrees: f32, at: [f32; 2]) -> [f32; 2] {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (x, y) = (at[0] - centre[0], at[1] - centre[1]);
    [x * cos - y * sin + centre[0], x * sin + y * cos + centre[1]]
}

/// A disc.
pub fn disc(canvas: &mut Canvas, centre: [f32; 2], radius: f32, ink: Ink) {
    shape(canvas, Area::around(centre, radius), ink, |[x, y]| (x - centre[0]).hypot(y - centre[1]) - radius);
}

/// A circle.
pub fn ring(canvas: &mut Canvas, centre: [f32; 2], radius: f32, thickness: f32, ink: Ink) {
    shape(canvas, Area::around(centre, radius + thickness), ink, |[x, y]| {
        ((x - centre[0]).hypot(y - centre[1]) - radius).abs() - thickness / 2.0
    });
}

/// A line with round ends.
pub fn line(canvas: &mut Canvas, from: [f32; 2], to: [f32; 2], thickness: f32, ink: Ink) {
    let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
    let square = (dx * dx + dy * dy).max(1e-6);
    let bounds = Area::new(from[0].min(to[0]), from[1].min(to[1]), dx.abs(), dy.abs()).inset(-thickness);
    shape(canvas, bounds, ink, |[x, y]| {
        let along = (((x - from[0]) * dx + (y - from[1]) * dy) / square).clamp(0.0, 1.0);
        (x - from[0] - along * dx).hypot(y - from[1] - along * dy) - thickness / 2.0
    });
}

/// An arrow.
pub fn arrow(canvas: &mut Canvas, from: [f32; 2], to: [f32; 2], thickness: f32, ink: Ink) {
    line(canvas, from, to, thickness, ink);
    let back = (from[1] - to[1]).atan2(from[0] - to[0]);
    for barb in [back - 0.5, back + 0.5] {
        let tip = [to[0] + barb.cos() * thickness * 5.0, to[1] + barb.sin() * thickness * 5.0];
        line(canvas, to, tip, thickness, ink);
    }
}

/// A picture with rounded corners.
pub fn rounded_picture(canvas: &mut Canvas, picture: &Canvas, x: f32, y: f32, radius: f32) {
    let (x, y) = (x.round(), y.round());
    let area = Area::new(x, y, picture.width(), picture.height());
    canvas.within(area, |at, below| {
        let above = picture.at((at[0] - x).floor() as i64, (at[1] - y).floor() as i64);
        above.map_or(below, |above| blend(below, above, (0.5 - outside(area, radius, at)).clamp(0.0, 1.0)))
    });
}

#[cfg(test)]
mod tests {
    use super::super::canvas::{BLACK, WHITE};
    use super::*;

    #[test]
    fn shapes_cover_what_they_should_and_no_more() {
        let white = Ink::solid(WHITE);
        let mut canvas = Canvas::plain(40.0, 40.0, BLACK);
        rectangle(&mut canvas, Area::new(10.0, 10.0, 10.0, 5.0), 0.0, white);
        assert_eq!(
            [(9, 12), (10, 10), (19, 14), (20, 14)].map(|(x, y)| canvas.at(x, y)),
            [BLACK, WHITE, WHITE, BLACK].map(Some)
        );
        let mut canvas = Canvas::plain(40.0, 40.0, BLACK);
        ring(&mut canvas, [20.0, 20.0], 10.0, 4.0, white);
        assert_eq!((canvas.at(20, 20), canvas.at(30, 20), canvas.at(34, 20)), (Some(BLACK), Some(WHITE), Some(BLACK)));
        let mut canvas = Canvas::plain(40.0, 40.0, BLACK);
        line(&mut canvas, [5.0, 5.0], [35.0, 35.0], 3.0, Ink { colour: WHITE, opacity: 0.5 });
        assert_eq!((canvas.at(20, 20), canvas.at(20, 30)), (Some([128; 3]), Some(BLACK)));
    }

    #[test]
    fn shapes_beyond_the_edge_are_cut() {
        let mut canvas = Canvas::plain(20.0, 20.0, BLACK);
        disc(&mut canvas, [0.0, 0.0], 5.0, Ink::solid(WHITE));
        outline(&mut canvas, Area::new(-50.0, -50.0, 500.0, 500.0), 9.0, 4.0, 30.0, Ink::solid(WHITE));
        rounded_picture(&mut canvas, &Canvas::plain(9.0, 9.0, WHITE), 15.0, 15.0, 3.0);
        assert_eq!((canvas.at(0, 0), canvas.at(10, 10), canvas.at(19, 19)), (Some(WHITE), Some(BLACK), Some(WHITE)));
    }
}
