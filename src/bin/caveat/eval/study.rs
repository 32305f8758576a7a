//! How near the right and the wrong known pictures come to being named.

use caveat::engine::{Looked, Relation};
use caveat::protocol::{Level, Sensitivity};

use super::chance::Chance;
use super::distractors::{Distractors, Kind};
use super::index::Held;

/// Bits up to which the nearest wrong hash is looked for.
const FAR: u32 = 110;

/// What is wanted to be known besides the answers.
#[derive(Clone, Copy)]
pub struct Studies<'a> {
    /// The evidence for each known picture that comes to verification.
    pub evidence: bool,
    /// The number of the first distractor, and what they are.
    pub known: usize,
    pub distractors: &'a Distractors,
    /// The share of questions of known pictures for which the search is held against one without an index.
    pub search: f32,
    pub seed: u64,
}

impl Studies<'_> {
    /// Whether a question is in the sample.
    pub fn samples(&self, name: &str) -> bool {
        self.search > 0.0 && Chance::of(self.seed, &["search", name]).unit() < self.search
    }

    fn kind(&self, entry: usize) -> Kind {
        entry.checked_sub(self.known).map_or(Kind::Real, |number| self.distractors.kind(number))
    }
}

/// A level that a reader may be spoken to at, and how readily.
pub type Bar = (Sensitivity, Level);

/// What false answers are counted by. At `keen`, `match` is what it is at `balanced`; `cautious` knows no `possible`.
pub const BARS: [Bar; 4] = [
    (Sensitivity::Cautious, Level::Match),
    (Sensitivity::Balanced, Level::Match),
    (Sensitivity::Balanced, Level::Possible),
    (Sensitivity::Keen, Level::Possible),
];

/// A known picture whose keypoints were held against a picture.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// Its number.
    pub entry: usize,
    pub kind: Kind,
    pub pairs: u32,
    pub inliers: u32,
    pub spread: u32,
    pub agreement: f32,
    /// For each of [`BARS`], the part of what is demanded that was shown: of the demand that is met least. From 1.0 on it is
    /// named.
    pub parts: [f32; BARS.len()],
}

impl Seen {
    fn of(entry: usize, kind: Kind, relation: &Relation) -> Option<Self> {
        let sighting = relation.sighting?;
        Some(Self {
            entry,
            kind,
            pairs: sighting.pairs,
            inliers: sighting.evidence.inliers,
            spread: sighting.evidence.spread,
            agreement: relation.agreement()?,
            parts: BARS.map(|(sensitivity, level)| {
                let part = |level| relation.part_of_demand(sensitivity, level).unwrap_or(0.0);
                // What is a match is more than possible.
                if level == Level::Match { part(level) } else { part(level).max(part(Level::Match)) }
            }),
        })
    }
}

/// One question's evidence.
#[derive(Debug, Default)]
pub struct Study {
    /// The picture's own entry, if it has one and it came to verification.
    pub right: Option<Seen>,
    /// Bits to its own entry's hash, where it is within the radius that is looked at.
    pub right_distance: Option<u32>,
    /// The other known pictures that came to verification.
    pub wrong: Vec<Seen>,
    /// Bits to the nearest of the others' hashes, of each kind.
    pub wrong_distance: [Option<u32>; KINDS],
}

/// How many kinds of known pictures there are.
pub const KINDS: usize = Kind::ALL.len();

impl Study {
    pub fn of(held: &Held, looked: &Looked, own: Option<usize>, studies: &Studies<'_>) -> Self {
        let mut study = Self::default();
        for (entry, distance) in held.near(looked, FAR).into_iter().filter(|(entry, _)| Some(*entry) != own) {
            study.wrong_distance[studies.kind(entry) as usize].get_or_insert(distance);
        }
        for (entry, relation) in held.evidence(looked) {
            let seen = Seen::of(entry, studies.kind(entry), &relation);
            if Some(entry) == own {
                study.right = seen;
                study.right_distance = relation.distance();
            } else {
                study.wrong.extend(seen);
            }
        }
        study
    }

    /// The nearest of the others' hashes.
    pub fn nearest_wrong(&self) -> Option<u32> {
        self.wrong_distance.into_iter().flatten().min()
    }
}
