//! Which way a keypoint points: the strongest mode of the gradients around it (Lowe 2004, section 5).

use super::angle::{Direction, direction_of, turns_of};
use super::detect::Keypoint;
use super::scale_space::ScaleSpace;

/// Radius of the neighbourhood that gives the direction, in pixels of the level.
const RADIUS: i32 = 8;
const BINS: usize = 36;
/// A second direction is kept from this share of the first one's strength.
const SECOND: f32 = 0.8;

/// The directions of a keypoint: the strongest mode of the gradients around it, and a second one that is nearly as strong.
pub fn directions(space: &ScaleSpace, keypoint: &Keypoint) -> (Direction, Option<Direction>) {
    let level = space.level_near(keypoint.scale);
    let step = keypoint.scale / level.scale;
    let (cx, cy) = (keypoint.x / level.scale - 0.5, keypoint.y / level.scale - 0.5);
    let mut bins = [0.0_f32; BINS];
    let (last_x, last_y) = (level.width as f32 - 2.0, level.height as f32 - 2.0);
    for j in -RADIUS..=RADIUS {
        for i in -RADIUS..=RADIUS {
            let square = i * i + j * j;
            if square > RADIUS * RADIUS {
                continue;
            }
            let x = (cx + i as f32 * step + 0.5).clamp(1.0, last_x) as usize;
            let y = (cy + j as f32 * step + 0.5).clamp(1.0, last_y) as usize;
            let at = |x: usize, y: usize| f32::from(level.coarse[y * level.width + x]);
            let (dx, dy) = (at(x + 1, y) - at(x - 1, y), at(x, y + 1) - at(x, y - 1));
            let fall = 1.0 - square as f32 / ((RADIUS + 1) * (RADIUS + 1)) as f32;
            let weight = (dx * dx + dy * dy).sqrt() * fall * fall;
            let place = turns_of(dx, dy) * BINS as f32;
            let bin = place as usize % BINS;
            let part = place - place.floor();
            bins[bin] += weight * (1.0 - part);
            bins[(bin + 1) % BINS] += weight * part;
        }
    }
    for _ in 0..3 {
        let before = bins;
        for (i, bin) in bins.iter_mut().enumerate() {
            *bin = (before[(i + BINS - 1) % BINS] + 2.0 * before[i] + before[(i + 1) % BINS]) / 4.0;
        }
    }
    let peak = |i: usize| {
        let (before, here, after) = (bins[(i + BINS - 1) % BINS], bins[i], bins[(i + 1) % BINS]);
        let bend = before + after - 2.0 * here;
        let offset = if bend < 0.0 { (before - after) / (2.0 * bend) } else { 0.0 };
        let turns = (i as f32 + offset) / BINS as f32;
        direction_of(turns - turns.floor())
    };
    let best = (0..BINS).max_by(|&a, &b| bins[a].total_cmp(&bins[b]).then(b.cmp(&a))).unwrap_or_default();
    let second = (0..BINS)
        .filter(|&i| i != best)
        .filter(|&i| bins[i] > bins[(i + 1) % BINS] && bins[i] > bins[(i + BINS - 1) % BINS])
        .max_by(|&a, &b| bins[a].total_cmp(&bins[b]).then(b.cmp(&a)))
        .filter(|&i| bins[i] > SECOND * bins[best]);
    (peak(best), second.map(peak))
}
