//! Known pictures beside the real ones: an index as large as one in use, of pictures that nobody asks for.
//!
//! A wrong answer needs known pictures that are hard to tell apart from the one that is asked for. Random bits are not: real
//! keypoints crowd where corners, letters and windows look alike, and real hashes where pictures have one composition. So
//! all of this is made of real pictures, which are used for nothing else in the run.

mod made;
mod parts;

use caveat::fingerprint::{Fingerprint, pdq};
use caveat::image::{Limits, Orientation, decode};
use indicatif::ProgressBar;

use super::canvas::Canvas;
use super::chance::Chance;
use super::pictures::Picture;
use super::pool;
use crate::fingerprint::Fingerprinted;

/// One in so many is a picture, made of pixels; the others are made of parts, which costs no more than copying.
const ONE_PICTURE_IN: usize = 100;
/// Most of those: each takes a fifth of a second.
const MOST_PICTURES: usize = 3000;
/// Keypoints that a picture lends: more than an index keeps, so that not all take the same.
const LENT: usize = 255;
/// JPEG quality of what is made.
const QUALITY: u8 = 88;

/// What a known picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A picture as it is: one of the folders, or one that distractors are made of.
    Real,
    /// A distractor made of pixels, as the builder takes it.
    Made,
    /// A distractor made of keypoints and hashes.
    Parts,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Real, Self::Made, Self::Parts];

    pub fn name(self) -> &'static str {
        match self {
            Self::Real => "real pictures",
            Self::Made => "distractors of pixels",
            Self::Parts => "distractors of parts",
        }
    }
}

/// Distractors, by number from 0.
pub struct Distractors {
    count: usize,
    keypoints: usize,
    seed: u64,
    /// What lends its parts, with its name: the pictures themselves, then what was made of pixels.
    lenders: Vec<(String, Fingerprinted)>,
    /// How many of them are pictures as they are.
    sources: usize,
    /// How many of those are known pictures too: they come first. Then what was made, then what is made of parts.
    real: usize,
}

impl Distractors {
    /// None.
    pub fn none() -> Self {
        Self { count: 0, keypoints: 0, seed: 0, lenders: Vec::new(), sources: 0, real: 0 }
    }

    /// So many, of `from`, each with at most so many keypoints. `fresh` says that those pictures are not in the index
    /// already: then up to half of the distractors are these as they are.
    pub fn of(from: &[Picture], fresh: bool, count: usize, how: &How<'_>) -> Self {
        let How { keypoints, seed, threads, bar } = *how;
        let sources = pool::map(from, threads, |_, picture| {
            bar.inc(1);
            Some((picture.name.clone(), fingerprint(&picture.companion()?)?))
        });
        let numbers: Vec<usize> = (0..pictures(count)).collect();
        let made = pool::map(&numbers, threads, |_, number| {
            bar.inc(1);
            let mut chance = Chance::of(seed, &["made", &number.to_string()]);
            let (kind, canvas) = made::make(*number, from, &mut chance)?;
            Some((kind.to_owned(), fingerprint(&canvas)?))
        });
        let mut lenders: Vec<_> = sources.into_iter().flatten().collect();
        let sources = lenders.len();
        lenders.extend(made.into_iter().flatten());
        Self { count, keypoints, seed, lenders, sources, real: if fresh { sources.min(count / 2) } else { 0 } }
    }

    /// Steps of the bar that making so many takes.
    pub fn steps(from: usize, count: usize) -> usize {
        if count == 0 { 0 } else { from + pictures(count) }
    }

    pub fn count(&self) -> usize {
        self.count
    }

    /// How many there are of a kind.
    pub fn count_of(&self, kind: Kind) -> usize {
        let made = (self.lenders.len() - self.sources).min(self.count - self.real);
        match kind {
            Kind::Real => self.real,
            Kind::Made => made,
            Kind::Parts => self.count - self.real - made,
        }
    }

    pub fn kind(&self, number: usize) -> Kind {
        match self.lender(number) {
            Some(_) if number < self.real => Kind::Real,
            Some(_) => Kind::Made,
            None => Kind::Parts,
        }
    }

    /// What the report calls it.
    pub fn name(&self, number: usize) -> String {
        let kind = self.lender(number).map_or("parts", |(name, _)| name);
        format!("distractor {number} ({kind})")
    }

    /// What it is, unless it is made of parts.
    fn lender(&self, number: usize) -> Option<&(String, Fingerprinted)> {
        let at = if number < self.real { number } else { number - self.real + self.sources };
        self.lenders.get(at)
    }

    /// One of them; nothing where no source can be read.
    pub fn get(&self, number: usize) -> Option<Fingerprinted> {
        let Some((_, found)) = self.lender(number) else {
            return parts::parts(
                &self.lenders,
                self.keypoints,
                &mut Chance::of(self.seed, &["parts", &number.to_string()]),
            );
        };
        let mut fingerprint = found.fingerprint.clone();
        if let Some(known) = &mut fingerprint.keypoints {
            // The first so many of a selection are the selection of so many.
            known.keypoints.truncate(self.keypoints);
        }
        fingerprint.keypoints = fingerprint.keypoints.filter(|known| !known.keypoints.is_empty());
        Some(Fingerprinted { fingerprint, sight: [0; 32], frame_ms: None, ..*found })
    }
}

/// How distractors are made.
pub struct How<'a> {
    pub keypoints: usize,
    pub seed: u64,
    pub threads: usize,
    pub bar: &'a ProgressBar,
}

fn pictures(count: usize) -> usize {
    count.div_ceil(ONE_PICTURE_IN).min(MOST_PICTURES)
}

/// What `caveat build` keeps of it, with keypoints to lend.
fn fingerprint(canvas: &Canvas) -> Option<Fingerprinted> {
    let pixels = decode(&canvas.jpeg(QUALITY), &Limits::default(), Orientation::Apply).ok()?;
    let fingerprint = Fingerprint::with_keypoints(&pixels, LENT);
    Some(Fingerprinted { pdq: pdq::pdq(&pixels), fingerprint, sight: [0; 32], frame_ms: None })
}
