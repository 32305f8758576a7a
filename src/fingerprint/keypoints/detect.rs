//! Where a picture has something to recognise: blobs and corners, as maxima of the determinant of the Hessian over
//! place and size (Lindeberg 1998).

use super::angle::Direction;
use super::scale_space::{Level, ScaleSpace};

/// A place in a picture with a size and a direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Keypoint {
    /// Columns from the left edge, in pixels of the base picture.
    pub x: f32,
    /// Rows from the top edge.
    pub y: f32,
    /// Size: pixels of the base picture in a pixel of the level that it was found in, refined.
    pub scale: f32,
    /// Where the brightness grows most.
    pub direction: Direction,
    /// How strong it is.
    pub response: f32,
}

/// Least response: contrast of about three levels of luma.
const MIN_RESPONSE: f32 = 1500.0;
/// Keypoints keep this distance from the edges, in pixels of their level.
const MARGIN: usize = 5;

struct Responses<'a> {
    level: &'a Level,
    values: Vec<f32>,
}

fn responses(level: &Level) -> Responses<'_> {
    let (width, height) = (level.width, level.height);
    let mut values = vec![0.0_f32; width * height];
    // A picture that is too thin to have a place in its middle has nothing to recognise.
    if width <= 4 {
        return Responses { level, values };
    }
    for y in 2..height.saturating_sub(2) {
        let row = |dy: usize| &level.coarse[(y + dy - 2) * width..(y + dy - 1) * width];
        let (above2, above, here, below, below2) = (row(0), row(1), row(2), row(3), row(4));
        let out = &mut values[y * width + 2..][..width - 4];
        // Slices of one length are taken four pixels at a time.
        let centres = here[2..].iter().zip(here).zip(&here[4..]);
        let columns = above2[2..].iter().zip(&below2[2..]);
        let corners = above[1..].iter().zip(&above[3..]).zip(&below[1..]).zip(&below[3..]);
        for (((value, ((&centre, &left), &right)), (&top, &bottom)), (((&a, &b), &c), &d)) in
            out.iter_mut().zip(centres).zip(columns).zip(corners)
        {
            let [left, right, top, bottom] = [left, right, top, bottom].map(f32::from);
            let [a, b, c, d] = [a, b, c, d].map(f32::from);
            let centre = 2.0 * f32::from(centre);
            let (xx, yy) = (left + right - centre, top + bottom - centre);
            let xy = a + d - b - c;
            *value = xx * yy - xy * xy;
        }
    }
    Responses { level, values }
}

/// The keypoints of a picture, strongest first, without directions.
pub fn detect(space: &ScaleSpace) -> Vec<Keypoint> {
    let maps: Vec<Responses<'_>> = space.levels.iter().map(responses).collect();
    let mut found = Vec::new();
    for (i, map) in maps.iter().enumerate() {
        let above = i.checked_sub(1).map(|above| &maps[above]);
        let below = maps.get(i + 1);
        maxima(map, above, below, &mut found);
    }
    found.sort_by(|a, b| b.response.total_cmp(&a.response).then(a.y.total_cmp(&b.y)).then(a.x.total_cmp(&b.x)));
    found
}

fn maxima(
    map: &Responses<'_>,
    above: Option<&Responses<'_>>,
    below: Option<&Responses<'_>>,
    found: &mut Vec<Keypoint>,
) {
    let (width, height) = (map.level.width, map.level.height);
    for y in MARGIN..height.saturating_sub(MARGIN) {
        for x in MARGIN..width.saturating_sub(MARGIN) {
            let at = |dx: usize, dy: usize| map.values[(y + dy - 1) * width + x + dx - 1];
            let value = at(1, 1);
            if value < MIN_RESPONSE {
                continue;
            }
            let highest = value > at(0, 0)
                && value > at(1, 0)
                && value > at(2, 0)
                && value > at(0, 1)
                && value >= at(2, 1)
                && value >= at(0, 2)
                && value >= at(1, 2)
                && value >= at(2, 2);
            if !highest {
                continue;
            }
            let near = |other: Option<&Responses<'_>>| other.map(|other| other.near(map.level, x, y));
            let (finer, coarser) = (near(above), near(below));
            if finer.is_some_and(|other| other > value) || coarser.is_some_and(|other| other > value) {
                continue;
            }
            let offset = |before: f32, after: f32| {
                let bend = before + after - 2.0 * value;
                if bend < 0.0 { ((before - after) / (2.0 * bend)).clamp(-0.5, 0.5) } else { 0.0 }
            };
            let (dx, dy) = (offset(at(0, 1), at(2, 1)), offset(at(1, 0), at(1, 2)));
            let size = match (finer, coarser) {
                (Some(finer), Some(coarser)) => offset(finer, coarser),
                _ => 0.0,
            };
            let scale = map.level.scale;
            found.push(Keypoint {
                x: (x as f32 + 0.5 + dx) * scale,
                y: (y as f32 + 0.5 + dy) * scale,
                scale: scale * refined(size),
                direction: [1.0, 0.0],
                response: value,
            });
        }
    }
}

/// 2^(offset / LEVELS_PER_OCTAVE) for an offset of at most half a level, by its series.
fn refined(offset: f32) -> f32 {
    let z = offset * (std::f32::consts::LN_2 / super::scale_space::LEVELS_PER_OCTAVE as f32);
    1.0 + z * (1.0 + z * (0.5 + z * (1.0 / 6.0)))
}

impl Responses<'_> {
    /// The highest response around the place of a neighbouring level's pixel.
    fn near(&self, from: &Level, x: usize, y: usize) -> f32 {
        let ratio = from.scale / self.level.scale;
        let place = |at: usize, side: usize| (((at as f32 + 0.5) * ratio) as usize).clamp(1, side - 2);
        let (x, y) = (place(x, self.level.width), place(y, self.level.height));
        let mut highest = f32::MIN;
        for row in y - 1..=y + 1 {
            for &value in &self.values[row * self.level.width + x - 1..=row * self.level.width + x + 1] {
                // `f32::max` is a call on wasm32.
                highest = if value > highest { value } else { highest };
            }
        }
        highest
    }
}
