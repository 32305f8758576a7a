//! Distributions, by a few of their quantiles.

use serde::Serialize;

use super::study::Seen;

/// Parts of the values that lie at or below what is told.
const TOLD: [f64; 6] = [0.01, 0.1, 0.5, 0.9, 0.99, 1.0];
/// How many quantiles that is.
pub const QUANTILES: usize = TOLD.len();
/// What heads them in a table.
pub const HEADS: [&str; QUANTILES] = ["1 %", "10 %", "half", "90 %", "99 %", "all"];

/// Values at or below which 1 %, 10 %, half, 90 %, 99 % and all lie.
pub type Quantiles = Option<[f64; QUANTILES]>;

/// Evidence that was seen for some known pictures.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Spread {
    /// How many came to verification.
    pub verified: usize,
    pub pairs: Quantiles,
    pub inliers: Quantiles,
    pub spread: Quantiles,
    pub agreement: Quantiles,
    /// Bits to the hash.
    pub distance: Quantiles,
}

impl Spread {
    pub fn of(all: impl Iterator<Item = (Option<Seen>, Option<u32>)>) -> Self {
        let (seen, distances): (Vec<_>, Vec<_>) = all.unzip();
        let seen: Vec<Seen> = seen.into_iter().flatten().collect();
        let column = |of: fn(&Seen) -> f64| quantiles(seen.iter().map(of).collect());
        Self {
            verified: seen.len(),
            pairs: column(|seen| f64::from(seen.pairs)),
            inliers: column(|seen| f64::from(seen.inliers)),
            spread: column(|seen| f64::from(seen.spread)),
            agreement: column(|seen| (f64::from(seen.agreement) * 1000.0).round() / 1000.0),
            distance: quantiles(distances.into_iter().flatten().map(f64::from).collect()),
        }
    }

    /// Its lines of a table.
    pub fn lines(&self) -> [(&'static str, Quantiles); 5] {
        [
            ("pairs", self.pairs),
            ("inliers", self.inliers),
            ("spread", self.spread),
            ("agreement", self.agreement),
            ("hash, bits", self.distance),
        ]
    }
}

fn quantiles(mut values: Vec<f64>) -> Quantiles {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    Some(TOLD.map(|part| values[((values.len() as f64 * part).ceil() as usize).saturating_sub(1).min(last)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_where_they_say() {
        let values = (1..=200).rev().map(f64::from).collect();
        assert_eq!(quantiles(values), Some([2.0, 20.0, 100.0, 180.0, 198.0, 200.0]));
        assert_eq!(quantiles(vec![7.0]), Some([7.0; 6]));
        assert_eq!(quantiles(Vec::new()), None);
    }
}
