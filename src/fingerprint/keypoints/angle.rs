//! Directions, by the same arithmetic on every machine: no call of the platform's mathematics.

/// A direction as a unit vector, x to the right and y down.
pub type Direction = [f32; 2];

/// The angle of a vector in turns, 0.0..1.0, from x towards y. Error below 2e-6 turns (Abramowitz and Stegun 4.4.49).
#[inline]
pub fn turns_of(x: f32, y: f32) -> f32 {
    // Comparisons, since `f32::max` is a call on wasm32, and no way out before the end, so that loops can take several at once.
    let is_steep = y.abs() > x.abs();
    let (steep, flat) = if is_steep { (y.abs(), x.abs()) } else { (x.abs(), y.abs()) };
    let t = if steep > 0.0 { flat / steep } else { 0.0 };
    let u = t * t;
    let arc = t * (0.999_866 + u * (-0.330_299_5 + u * (0.180_141 + u * (-0.085_133 + u * 0.020_835_1))));
    let eighth = arc * (0.5 / std::f32::consts::PI);
    let quarter = if is_steep { 0.25 - eighth } else { eighth };
    let half = if x < 0.0 { 0.5 - quarter } else { quarter };
    let turn = if y < 0.0 { 1.0 - half } else { half };
    if turn >= 1.0 { 0.0 } else { turn }
}

/// The unit vector of an angle in turns, 0.0..1.0. Error below 2e-6.
pub fn direction_of(turns: f32) -> Direction {
    let sine = |turns: f32| {
        // Into -1/4..=1/4, where the series is short.
        let turns = turns - (turns + 0.5).floor();
        let turns = if turns > 0.25 {
            0.5 - turns
        } else if turns < -0.25 {
            -0.5 - turns
        } else {
            turns
        };
        let z = turns * (2.0 * std::f32::consts::PI);
        let u = z * z;
        z * (1.0 + u * (-1.0 / 6.0 + u * (1.0 / 120.0 + u * (-1.0 / 5040.0 + u * (1.0 / 362_880.0)))))
    };
    [sine(turns + 0.25), sine(turns)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for i in 0..1000_u16 {
            let turns = f32::from(i) / 1000.0;
            let [x, y] = direction_of(turns);
            let (sine, cosine) = (f64::from(turns) * std::f64::consts::TAU).sin_cos();
            assert!((f64::from(x) - cosine).abs() < 1e-5 && (f64::from(y) - sine).abs() < 1e-5, "{turns}");
            let error = (turns_of(3.0 * x, 3.0 * y) - turns).abs();
            assert!(error.min(1.0 - error) < 1e-5, "{turns}");
        }
    }
}
