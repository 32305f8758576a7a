//! Which way a keypoint points: the strongest mode of the gradients around it (Lowe 2004, section 5).

use super::angle::{Direction, direction_of, turns_of};
use super::detect::Keypoint;
use super::scale_space::ScaleSpace;

/// Radius of the neighbourhood that gives the direction, in pixels of the level.
const RADIUS: i32 = 8;
const BINS: usize = 36;
const SIDE: usize = 2 * RADIUS as usize + 1;
/// What a place of the neighbourhood counts, row after row; nothing outside its circle.
const WEIGHTS: [f32; SIDE * SIDE] = weights();
/// A second direction is kept from this share of the first one's strength.
const SECOND: f32 = 0.8;

const fn weights() -> [f32; SIDE * SIDE] {
    let mut weights = [0.0; SIDE * SIDE];
    let mut at = 0;
    while at < weights.len() {
        let (x, y) = ((at % SIDE) as i32 - RADIUS, (at / SIDE) as i32 - RADIUS);
        let square = x * x + y * y;
        if square <= RADIUS * RADIUS {
            weights[at] = 1.0 - square as f32 / ((RADIUS + 1) * (RADIUS + 1)) as f32;
        }
        at += 1;
    }
    weights
}

/// The directions of a keypoint: the strongest mode of the gradients around it, and a second one that is nearly as strong.
pub fn directions(space: &ScaleSpace, keypoint: &Keypoint) -> (Direction, Option<Direction>) {
    let level = space.level_near(keypoint.scale);
    let step = keypoint.scale / level.scale;
    let (cx, cy) = (keypoint.x / level.scale - 0.5, keypoint.y / level.scale - 0.5);
    let mut bins = [0.0_f32; BINS];
    let (last_x, last_y) = (level.width as f32 - 2.0, level.height as f32 - 2.0);
    let place = |centre: f32, i: i32, last: f32| (centre + i as f32 * step + 0.5).clamp(1.0, last) as usize;
    let columns: [usize; SIDE] = std::array::from_fn(|i| place(cx, i as i32 - RADIUS, last_x));
    for (j, falls) in (-RADIUS..=RADIUS).zip(WEIGHTS.as_chunks::<SIDE>().0) {
        let y = place(cy, j, last_y);
        let row = |y: usize| &level.coarse[y * level.width..][..level.width];
        let (above, here, below) = (row(y - 1), row(y), row(y + 1));
        let mut gradients = [[0.0_f32; SIDE]; 2];
        let [across, down] = &mut gradients;
        for ((across, down), &x) in across.iter_mut().zip(down).zip(&columns) {
            *across = f32::from(here[x + 1]) - f32::from(here[x - 1]);
            *down = f32::from(below[x]) - f32::from(above[x]);
        }
        let (weights, places) = weights_and_places(&gradients, falls);
        for ((&weight, &place), _) in weights.iter().zip(&places).zip(falls).filter(|(_, fall)| **fall > 0.0) {
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

/// What gradients count and where among the bins they belong. Without branches, so that four are taken at a time.
fn weights_and_places([across, down]: &[[f32; SIDE]; 2], falls: &[f32; SIDE]) -> ([f32; SIDE], [f32; SIDE]) {
    let (mut weights, mut places) = ([0.0_f32; SIDE], [0.0_f32; SIDE]);
    for i in 0..SIDE {
        let (dx, dy) = (across[i], down[i]);
        weights[i] = (dx * dx + dy * dy).sqrt() * falls[i] * falls[i];
        places[i] = turns_of(dx, dy) * BINS as f32;
    }
    (weights, places)
}
