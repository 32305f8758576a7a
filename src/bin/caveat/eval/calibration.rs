//! How often Caveat would be wrong: what was measured, and what follows for other sizes of an index.

use caveat::engine::Relation;
use caveat::fingerprint::{Turn, WHOLE};
use caveat::index::segment::HashGroup;
use caveat::index::{Hit, Role};
use caveat::protocol::{Level, Sensitivity};
use serde::Serialize;

use super::distractors::Kind;
use super::quantiles::Spread;
use super::study::{BARS, Bar, KINDS, Seen, Study};
use super::tail::{Tail, Value};

/// Sizes of an index for which the report says what to expect.
const SIZES: [usize; 3] = [1000, 100_000, 1_000_000];
/// From this part of a demand on, a wrong picture counts as near to being named.
const NEAR: f32 = 0.6;
/// Which of [`BARS`] that is measured at: what a warning takes by default.
const DEFAULT: usize = 1;

/// Wrong pictures that came nearest to being named, that are told.
const TOLD: usize = 20;

/// All that the studies of a run showed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Calibration {
    /// Questions about pictures that are not in the index, and how many pictures those were made of.
    pub questions: usize,
    pub pictures: usize,
    pub right: Spread,
    pub wrong: Spread,
    pub kinds: Vec<KindLine>,
    pub nearest: Vec<Near>,
}

/// How near known pictures of one kind come, and what follows.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KindLine {
    pub kind: &'static str,
    pub entries: usize,
    /// Of a million questions of one entry: how many come to verification, and how many near to being named.
    pub verified_per_million: f64,
    pub near_per_million: f64,
    /// The most of the demand for `match` that one showed, and the nearest hash.
    pub most: f64,
    pub nearest_hash: Option<u32>,
    pub expected: Vec<Expected>,
}

/// Wrong answers of one level.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Expected {
    pub sensitivity: Sensitivity,
    pub level: Level,
    /// Questions of this run that were answered wrongly at this level or a surer one.
    pub seen: usize,
    /// Wrong answers in a million pictures, at the size of this run, and were there more such entries.
    pub here: PerMillion,
    pub sizes: Vec<PerMillion>,
}

/// Wrong answers in a million pictures: expected, and between what, for nine in ten sets of as many pictures.
#[derive(Serialize, Clone, Copy)]
#[serde(rename_all = "camelCase")]
pub struct PerMillion {
    pub entries: usize,
    pub expected: f64,
    pub low: f64,
    pub high: f64,
    /// What hashes would give by themselves.
    pub by_hash: f64,
}

impl PerMillion {
    fn raise_to(&mut self, other: &Self) {
        self.expected = self.expected.max(other.expected);
        self.low = self.low.max(other.low);
        self.high = self.high.max(other.high);
        self.by_hash = self.by_hash.max(other.by_hash);
    }
}

/// A wrong picture that came near to being named.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Near {
    pub edit: String,
    pub file: String,
    pub near: String,
    pub pairs: u32,
    pub inliers: u32,
    pub spread: u32,
    pub agreement: f32,
    /// Of what is demanded for `match`.
    pub part: f32,
}

impl Near {
    /// The nearest of a question.
    pub fn of(asked: &Asked, edit: &str, file: &str, name: impl Fn(usize) -> String) -> Option<Self> {
        let part = |seen: &&Seen| seen.parts[DEFAULT];
        let seen = asked.study.wrong.iter().max_by(|a, b| part(a).total_cmp(&part(b)))?;
        let Seen { entry, pairs, inliers, spread, agreement, .. } = *seen;
        let (edit, file, near) = (edit.to_owned(), file.to_owned(), name(entry));
        Some(Self { edit, file, near, pairs, inliers, spread, agreement, part: part(&seen) })
    }
}

/// A question, as far as this is concerned: the picture, whether it is in the index, and what was seen.
pub struct Asked {
    pub picture: usize,
    pub known: bool,
    pub study: Study,
}

impl Calibration {
    /// `entries` says how many known pictures there are of each kind.
    pub fn of(asked: &[Asked], mut nearest: Vec<Near>, entries: [usize; KINDS]) -> Self {
        let unknown: Vec<&Asked> = asked.iter().filter(|asked| !asked.known).collect();
        let mut pictures: Vec<usize> = unknown.iter().map(|asked| asked.picture).collect();
        pictures.sort_unstable();
        pictures.dedup();
        let known = asked.iter().filter(|asked| asked.known);
        let right = known.map(|asked| (asked.study.right, asked.study.right_distance));
        let wrong = unknown.iter().flat_map(|asked| asked.study.wrong.iter().map(|seen| (Some(*seen), None)));
        let hashes = unknown.iter().map(|asked| (None, asked.study.nearest_wrong()));
        nearest.sort_by(|a, b| b.part.total_cmp(&a.part));
        nearest.truncate(TOLD);
        let kinds = Kind::ALL.into_iter().zip(entries).filter(|(_, entries)| *entries > 0);
        Self {
            questions: unknown.len(),
            pictures: pictures.len(),
            right: Spread::of(right),
            wrong: Spread::of(wrong.chain(hashes)),
            kinds: kinds.map(|(kind, entries)| KindLine::of(kind, entries, &unknown)).collect(),
            nearest,
        }
    }
}

impl KindLine {
    fn of(kind: Kind, entries: usize, unknown: &[&Asked]) -> Self {
        let seen = unknown.iter().flat_map(|asked| asked.study.wrong.iter().filter(|seen| seen.kind == kind));
        let parts: Vec<f32> = seen.map(|seen| seen.parts[DEFAULT]).collect();
        let per_million = |count: usize| count as f64 * 1e6 / (unknown.len() * entries).max(1) as f64;
        Self {
            kind: kind.name(),
            entries,
            verified_per_million: per_million(parts.len()),
            near_per_million: per_million(parts.iter().filter(|part| **part >= NEAR).count()),
            most: f64::from(parts.iter().copied().fold(0.0, f32::max)),
            nearest_hash: unknown.iter().filter_map(|asked| asked.study.wrong_distance[kind as usize]).min(),
            expected: all_expected(kind, unknown, entries),
        }
    }
}

fn all_expected(kind: Kind, unknown: &[&Asked], entries: usize) -> Vec<Expected> {
    let mut lines: Vec<Expected> = Vec::new();
    for bar in 0..BARS.len() {
        let mut line = expected(bar, kind, unknown, entries);
        // Tails are fitted one by one; what is demanded less of is not rarer.
        if let Some(surer) = lines.last() {
            line.here.raise_to(&surer.here);
            line.sizes.iter_mut().zip(&surer.sizes).for_each(|(at, surer)| at.raise_to(surer));
        }
        lines.push(line);
    }
    lines
}

fn expected(bar: usize, kind: Kind, unknown: &[&Asked], entries: usize) -> Expected {
    let (sensitivity, level) = BARS[bar];
    let radius = radius(BARS[bar]);
    let parts = |asked: &Asked| {
        let of_kind = asked.study.wrong.iter().filter(|seen| seen.kind == kind);
        of_kind.map(|seen| f64::from(seen.parts[bar])).collect::<Vec<_>>()
    };
    let distance = |asked: &Asked| asked.study.wrong_distance[kind as usize];
    let shown: Vec<Value> =
        unknown.iter().flat_map(|asked| parts(asked).into_iter().map(|part| (asked.picture, part))).collect();
    // The nearest of all entries, turned about so that the near is large.
    let nearness = unknown.iter().filter_map(|asked| Some((asked.picture, -f64::from(distance(asked)?))));
    let nearness: Vec<Value> = nearness.collect();
    let chances = (unknown.len() * entries) as f64;
    let tails = [(Tail::fit(&shown, chances), 1.0), (Tail::fit(&nearness, chances), -f64::from(radius) - 0.5)];
    let at = |entries: usize| {
        let rates = tails.each_ref().map(|(tail, value)| match tail {
            Some(tail) => (tail.rate(*value), tail.between(*value)),
            None => (0.0, [0.0; 2]),
        });
        let million = |rate: f64| 1e6 * -(-rate * entries as f64).exp_m1();
        let sum = |of: fn(&(f64, [f64; 2])) -> f64| million(rates.iter().map(of).sum());
        let by_hash = million(rates[1].0);
        PerMillion {
            entries,
            expected: sum(|(rate, _)| *rate),
            low: sum(|(_, [low, _])| *low),
            high: sum(|(_, [_, high])| *high),
            by_hash,
        }
    };
    let is_wrong = |asked: &&&Asked| {
        distance(asked).is_some_and(|bits| bits <= radius) || parts(asked).iter().any(|part| *part >= 1.0)
    };
    let seen = unknown.iter().filter(is_wrong).count();
    Expected { sensitivity, level, seen, here: at(entries), sizes: SIZES.map(at).to_vec() }
}

/// Bits up to which a hash alone reaches a level: as the engine says.
fn radius((sensitivity, level): Bar) -> u32 {
    let reaches = |distance: &u32| {
        let hit = Hit {
            segment: 0,
            entry: 0,
            media: 0,
            role: Role::Known,
            group: HashGroup::Canonical,
            distance: *distance,
            turn: Turn::None,
            region: WHOLE,
            inner: false,
            known_region: WHOLE,
        };
        let reached = Relation::by_hash(hit).level(sensitivity);
        reached.is_some_and(|reached| reached <= level)
    };
    (0..=256).rev().find(reaches).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readier_level_reaches_farther() {
        let [cautious, balanced, possible, keen] = BARS.map(radius);
        assert!(cautious > 0 && cautious <= balanced && balanced < possible && possible < keen && keen < 100);
    }

    #[test]
    fn what_is_seen_is_counted_and_more_entries_give_more_errors() {
        let seen = |part: f32| Seen {
            entry: 0,
            kind: Kind::Real,
            pairs: 4,
            inliers: 3,
            spread: 2,
            agreement: 0.5,
            parts: [part; 4],
        };
        let asked: Vec<Asked> = (0..400_u16)
            .map(|i| {
                let wrong = vec![seen(f32::from(i % 97) / 200.0), seen(if i == 5 { 1.0 } else { 0.1 })];
                let study =
                    Study { wrong, wrong_distance: [Some(90 - u32::from(i % 40)), None, None], ..Study::default() };
                Asked { picture: usize::from(i), known: false, study }
            })
            .collect();
        let calibration = Calibration::of(&asked, Vec::new(), [1000, 0, 0]);
        assert_eq!((calibration.questions, calibration.pictures), (400, 400));
        assert_eq!(calibration.kinds.len(), 1);
        for line in &calibration.kinds[0].expected {
            assert_eq!(line.seen, if line.sensitivity == Sensitivity::Keen { 1 + 40 } else { 1 }, "{:?}", line.level);
            let sizes: Vec<f64> = line.sizes.iter().map(|at| at.expected).collect();
            assert!(sizes[0] > 0.0 && sizes[0] < sizes[1] && sizes[1] < sizes[2] && sizes[2] <= 1e6, "{sizes:?}");
            assert!(line.here.low <= line.here.expected && line.here.expected <= line.here.high);
        }
        assert!((calibration.kinds[0].most - 1.0).abs() < 1e-6);
    }
}
