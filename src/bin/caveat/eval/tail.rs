//! How often what was never seen is to be expected: the end of a distribution, continued.
//!
//! Above some value, most distributions fall about as an exponential does (Pickands 1975), and those whose logarithm bends
//! down, as those of counts of chance agreements do, fall faster: continued in a straight line, they are overestimated.

use super::chance::Chance;

/// The part of the values that a tail is fitted to, and the least and the most of them.
const PART: usize = 5;
const LEAST: usize = 30;
const MOST: usize = 500;
/// Samples drawn again to see how sure a tail is.
const RESAMPLED: usize = 200;

/// A value and the picture that it was seen at: values of one picture come together.
pub type Value = (usize, f64);

/// What exceeds a value, per chance, falls by a factor of e with every `scale`.
#[derive(Debug, Clone)]
pub struct Tail {
    from: f64,
    scale: f64,
    rate: f64,
    /// The same for pictures drawn again: excess and number of what exceeds.
    resampled: Vec<(f64, f64)>,
}

impl Tail {
    /// The tail of the values that so many chances gave; nothing where there are too few.
    pub fn fit(values: &[Value], chances: f64) -> Option<Self> {
        let mut sorted: Vec<f64> = values.iter().map(|(_, value)| *value).collect();
        sorted.sort_by(|a, b| b.total_cmp(a));
        if sorted.len() < LEAST || chances <= 0.0 {
            return None;
        }
        let last = sorted[(sorted.len() / PART).clamp(LEAST, MOST) - 1];
        let below = sorted.iter().copied().find(|value| *value < last)?;
        // Counts have steps: the tail begins between two of them.
        let from = f64::midpoint(last, below);
        let tail: Vec<Value> = values.iter().copied().filter(|(_, value)| *value > from).collect();
        let excess: f64 = tail.iter().map(|(_, value)| value - from).sum();
        let count = tail.len() as f64;
        Some(Self { from, scale: excess / count, rate: count / chances, resampled: resampled(&tail, from) })
    }

    /// How often a chance gives this value or more; fitted, so never quite nothing.
    pub fn rate(&self, value: f64) -> f64 {
        self.rate * ((self.from - value) / self.scale).exp()
    }

    /// Between which rates it lies, for nine in ten sets of as many pictures.
    pub fn between(&self, value: f64) -> [f64; 2] {
        let count: f64 =
            self.resampled.iter().map(|(_, count)| count).sum::<f64>() / self.resampled.len().max(1) as f64;
        let rate = |(excess, n): &(f64, f64)| {
            let scale = excess / n;
            self.rate * n / count * ((self.from - value) / scale).exp()
        };
        let mut rates: Vec<f64> = self.resampled.iter().filter(|(_, n)| *n > 0.0).map(rate).collect();
        rates.sort_by(f64::total_cmp);
        [5, 95].map(|percent| rates.get(rates.len() * percent / 100).copied().unwrap_or(0.0))
    }
}

/// What another set of as many pictures would have given: each drawn with replacement (Efron 1979).
fn resampled(tail: &[Value], from: f64) -> Vec<(f64, f64)> {
    let mut pictures: Vec<(usize, f64, f64)> = Vec::new();
    for &(picture, value) in tail {
        match pictures.iter_mut().find(|(other, ..)| *other == picture) {
            Some((_, excess, count)) => {
                *excess += value - from;
                *count += 1.0;
            }
            None => pictures.push((picture, value - from, 1.0)),
        }
    }
    let mut chance = Chance::of(0, &["resampled"]);
    let mut draw = || {
        let drawn = (0..pictures.len()).map(|_| pictures[chance.below(pictures.len())]);
        drawn.fold((0.0, 0.0), |(all, n), (_, excess, count)| (all + excess, n + count))
    };
    (0..RESAMPLED).map(|_| draw()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Exponential values of a known scale: the tail says how often one far beyond all of them comes.
    #[test]
    fn an_exponential_is_continued() {
        let mut chance = Chance::of(3, &["tail"]);
        let values: Vec<Value> = (0..4000).map(|i| (i, -f64::from(1.0 - chance.unit()).ln() * 0.1)).collect();
        let tail = Tail::fit(&values, 40_000.0).unwrap();
        let expected = 0.1 * (-15.0_f64).exp();
        let rate = tail.rate(1.5);
        assert!((0.1..10.0).contains(&(rate / expected)), "{rate} {expected}");
        let [low, high] = tail.between(1.5);
        assert!(low < rate && rate < high && low < expected && expected < high, "{low} {rate} {high} {expected}");
    }

    #[test]
    fn whole_numbers_are_no_trouble_and_few_values_say_nothing() {
        // Half of what is left at each step.
        let values: Vec<Value> =
            (0..10_u32).flat_map(|step| (0..512_usize >> step).map(move |i| (i, f64::from(step)))).collect();
        let tail = Tail::fit(&values, 1023.0).unwrap();
        let seen = tail.rate(7.5) * 1023.0;
        assert!((1.0..6.0).contains(&seen), "3 are at 8 or above, not {seen}");
        assert!(Tail::fit(&values[..10], 1023.0).is_none());
        assert!(Tail::fit(&[(1, 4.0); 100], 1000.0).is_none(), "all alike: nothing falls");
    }
}
