//! From an image's bytes to a verdict. The command line, the check page and the extension all go through here.

#[cfg(feature = "builder")]
mod evidence;

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

use crate::fingerprint::keypoints::Sight;
use crate::fingerprint::{MIN_QUALITY, Query};
use crate::image::{DecodeError, Limits, Orientation, Pixels, decode};
use crate::index::{Hit, Index, KeypointTier, Role};
use crate::protocol::{Finding, Level, Reason, ReasonCode, Sensitivity, Verdict, VerdictKind};
use crate::source::{Anchor, Head};

use super::failure::reason_of;
use super::finding;
use super::relation::{KEEN_RADIUS, LOOK_RADIUS, Relation};
use super::telling::{PixelsNeeded, Shown, speaking};

/// A source that is searched.
#[derive(Clone, Copy)]
pub struct Searched<'a> {
    /// What it is trusted by.
    pub key: &'a Anchor,
    /// What our catalogue calls it.
    pub catalogue_name: Option<&'a str>,
    /// Its head.
    pub head: &'a Head,
    /// Its index.
    pub index: &'a Index,
    /// Its keypoints, where they are loaded.
    pub keypoints: Option<&'a KeypointTier>,
}

/// How an answer is given.
#[derive(Debug, Clone, Copy)]
pub struct Manner<'a> {
    /// How readily.
    pub sensitivity: Sensitivity,
    /// Language of the texts, BCP 47.
    pub language: &'a str,
    /// The time, in milliseconds since 1970.
    pub now: i64,
}

/// An image that is looked up.
pub struct Looked {
    pixels: Pixels,
    query: Query,
    near: Vec<Near>,
    sight: Option<Sight>,
}

/// The known pictures of a source near an image by their hashes. They are looked for once, though asked for again when
/// keypoints are there: a scan of all hashes is no small part of a look-up.
struct Near {
    /// Which index.
    index: u64,
    hits: Vec<Hit>,
}

impl Near {
    fn of(query: &Query, source: &Searched<'_>) -> Self {
        Self { index: source.index.serial(), hits: source.index.search(query, LOOK_RADIUS, MIN_QUALITY) }
    }
}

impl Looked {
    /// Decodes an image and takes its hashes.
    ///
    /// # Errors
    /// When it cannot be decoded.
    pub fn of(bytes: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self::at(decode(bytes, &Limits::default(), Orientation::Apply)?))
    }

    fn at(pixels: Pixels) -> Self {
        let query = Query::of(&pixels);
        Self { pixels, query, near: Vec::new(), sight: None }
    }

    /// What can be looked up again without the image: its hashes.
    pub fn into_query(self) -> Query {
        self.query
    }

    /// How it relates to the known pictures of each source; by exact PDQ too, if an index asks for it.
    pub fn relate(&mut self, sources: &[Searched<'_>], sensitivity: Sensitivity) -> Vec<Relations> {
        if want_pdq(sources) {
            self.query.add_pdq(&self.pixels);
        }
        let mut before = std::mem::take(&mut self.near);
        let near =
            sources.iter().map(|source| match before.iter().position(|near| near.index == source.index.serial()) {
                Some(at) => before.swap_remove(at),
                None => Near::of(&self.query, source),
            });
        self.near = near.collect();
        // With pixels at hand nothing is missing.
        relate(&self.near, self.sight.as_ref(), Shown::Pixels(&self.pixels), sources, sensitivity).unwrap_or_default()
    }

    /// Looks at its keypoints too.
    pub fn look(&mut self) {
        if self.sight.is_none() {
            self.sight = Some(Sight::of(&self.pixels));
        }
    }
}

/// The verdict on an image's bytes.
pub fn check_bytes(bytes: &[u8], sources: &[Searched<'_>], manner: Manner<'_>) -> Verdict {
    match Looked::of(bytes) {
        Ok(looked) => judge(looked, sources, manner),
        Err(error) => unreadable(reason_of(&error)),
    }
}

/// The verdict on an image's pixels.
#[cfg(feature = "bench")]
pub fn check_pixels(pixels: Pixels, sources: &[Searched<'_>], manner: Manner<'_>) -> Verdict {
    judge(Looked::at(pixels), sources, manner)
}

fn want_pdq(sources: &[Searched<'_>]) -> bool {
    sources.iter().any(|source| source.index.counts().pdq_only > 0)
}

fn judge(mut looked: Looked, sources: &[Searched<'_>], manner: Manner<'_>) -> Verdict {
    let relations = looked.relate(sources, manner.sensitivity);
    if needs_look(&relations) && sources.iter().any(|source| source.keypoints.is_some()) {
        looked.look();
        let relations = looked.relate(sources, manner.sensitivity);
        return word(&relations, looked.query.quality(), sources, &Texts::default(), manner);
    }
    word(&relations, looked.query.quality(), sources, &Texts::default(), manner)
}

/// The verdict on an image that could not be read.
pub fn unreadable(reason: Reason) -> Verdict {
    Verdict { verdict: VerdictKind::Unreadable, reason: Some(reason), generation: 0, matches: Vec::new() }
}

/// Whether keypoints could change what hashes say. Not where a warning is certain already: where a source has one, of a
/// picture that is near without doubt, and no source has another. Overlays and dark scenes bring different pictures near one
/// another, and where a picture is in the picture, keypoints may know other parts of a collage.
pub fn needs_look(relations: &[Relations]) -> bool {
    let mut certain = false;
    for of_source in relations {
        let mut warnings =
            of_source.iter().filter(|(relation, level)| relation.role == Role::Known && *level == Level::Match);
        match (warnings.next(), warnings.next()) {
            (None, _) => {}
            (Some((relation, _)), None) if relation.is_clear() => certain = true,
            _ => return true,
        }
    }
    !certain
}

/// What speaks for each entry of a source, and how certain it is.
pub type Relations = Vec<(Relation, Level)>;

/// How an image relates to the known pictures of each source, by its hashes alone: the nearest picture of each entry
/// speaks for it.
///
/// # Errors
/// When hashes are not enough: the image itself must be seen.
pub fn relate_hashes(
    query: &Query,
    sources: &[Searched<'_>],
    sensitivity: Sensitivity,
) -> Result<Vec<Relations>, PixelsNeeded> {
    let near: Vec<Near> = sources.iter().map(|source| Near::of(query, source)).collect();
    relate(&near, None, Shown::Nothing, sources, sensitivity)
}

fn relate(
    near: &[Near],
    sight: Option<&Sight>,
    shown: Shown<'_>,
    sources: &[Searched<'_>],
    sensitivity: Sensitivity,
) -> Result<Vec<Relations>, PixelsNeeded> {
    let one = |(source, near): (&Searched<'_>, &Near)| {
        speaking(&candidates(&near.hits, sight, source), source, shown, sensitivity)
    };
    sources.iter().zip(near).map(one).collect()
}

/// Hash hits beyond this are not looked at again.
const MAX_CONFIRMED: usize = 8;

fn candidates(hits: &[Hit], sight: Option<&Sight>, source: &Searched<'_>) -> Vec<Relation> {
    let sight = sight.and_then(|sight| Some((sight, source.keypoints?)));
    // What is further away needs keypoints to speak for it.
    let radius = if sight.is_some() { LOOK_RADIUS } else { KEEN_RADIUS };
    let mut near: Vec<Hit> = Vec::new();
    for hit in hits.iter().take_while(|hit| hit.distance <= radius) {
        if !near.iter().any(|other| (other.segment, other.media) == (hit.segment, hit.media)) {
            near.push(*hit);
        }
    }
    let mut relations: Vec<Relation> = near.iter().map(|hit| Relation::by_hash(*hit)).collect();
    near.truncate(MAX_CONFIRMED);
    for hit in sight.map_or_else(Vec::new, |(sight, tier)| tier.search(source.index, sight, &near)) {
        match relations.iter_mut().find(|other| (other.segment, other.media) == (hit.segment, hit.media)) {
            Some(other) => other.saw(&hit),
            None => relations.push(Relation::by_keypoints(hit)),
        }
    }
    relations.sort_by_key(|relation| {
        // Of equally near ones the known picture: a tie is no reason to be silent.
        (relation.farness(), relation.role as u8, relation.segment, relation.media)
    });
    relations
}

/// Text blocks that are not in memory, by source, segment and entry.
pub type Texts = HashMap<(usize, usize, usize), Vec<u8>>;

/// Most entries of a source that are told of one picture, the nearest: more would push the other sources off the card.
const MAX_TOLD: usize = 8;

/// The text blocks that must be read before relations can be worded: for each its source, segment, entry, and place in the
/// segment's file.
pub fn texts_on_disk(
    relations: &[Relations],
    indexes: impl Iterator<Item: std::ops::Deref<Target = Index>>,
) -> Vec<((usize, usize, usize), Range<usize>)> {
    let mut places = Vec::new();
    for (source, (relations, index)) in relations.iter().zip(indexes).enumerate() {
        for (relation, _) in relations.iter().take(MAX_TOLD) {
            if let Some(place) = index.text_on_disk(relation.segment, relation.entry) {
                places.push(((source, relation.segment, relation.entry), place));
            }
        }
    }
    places.sort_by_key(|(key, _)| *key);
    places.dedup();
    places
}

/// The verdict that relations amount to; `texts` are the blocks that [`texts_on_disk`] names.
pub fn word(
    relations: &[Relations],
    quality: u8,
    sources: &[Searched<'_>],
    texts: &Texts,
    manner: Manner<'_>,
) -> Verdict {
    let mut matches: Vec<Finding> = Vec::new();
    for (at, (source, relations)) in sources.iter().zip(relations).enumerate() {
        for (relation, level) in relations.iter().take(MAX_TOLD) {
            let (segment, row) = (relation.segment, relation.entry);
            let entry = match texts.get(&(at, segment, row)) {
                Some(block) => source.index.entry_in(segment, row, block),
                None => source.index.entry(segment, row),
            };
            // An entry whose text is damaged can say nothing; the segment's digest makes this all but impossible.
            if let Ok(entry) = entry {
                let found = finding::of(&entry, relation, *level, source, manner);
                let at = matches.partition_point(|other| rank(other) <= rank(&found));
                matches.insert(at, found);
            }
        }
    }
    let verdict = if sources.is_empty() {
        VerdictKind::NoIndex
    } else if quality < MIN_QUALITY {
        VerdictKind::TooPlain
    } else {
        VerdictKind::None
    };
    let mut verdict = Verdict { verdict, reason: None, generation: 0, matches };
    settle(&mut verdict);
    verdict
}

/// An index that expired so long ago warns on, but that it knows nothing of a picture says nothing any more: milliseconds.
/// That is for who keeps an index up to date, the extension: a tool that is given a file says what is in the file.
const OUT_OF_DATE: i64 = 60 * 86_400_000;

/// Takes back the word that nothing is known of a picture, where all sources have expired long ago.
pub fn claim_nothing_when_out_of_date(verdict: &mut Verdict, sources: &[Searched<'_>], now: i64) {
    let expired = |source: &Searched<'_>| (source.head.expires as i64) * 1000 < now.saturating_sub(OUT_OF_DATE);
    if verdict.verdict == VerdictKind::None && !sources.is_empty() && sources.iter().all(expired) {
        verdict.verdict = VerdictKind::NoIndex;
        let message = "every source in use is out of date for more than 60 days: update them".to_owned();
        verdict.reason = Some(Reason { code: ReasonCode::OutOfDate, message });
    }
}

/// Warnings before quiet notes, the certain before the possible, the near before the far.
fn rank(found: &Finding) -> (bool, Level, u32, Reverse<Option<u32>>) {
    (found.role == Role::Debunk, found.level, found.distance.unwrap_or(u32::MAX), Reverse(found.inliers))
}

/// Makes the word of a verdict follow from its matches; one without a match that counts keeps a word that says so.
pub fn settle(verdict: &mut Verdict) {
    let known = |level| verdict.matches.iter().any(|found| found.role == Role::Known && found.level == level);
    verdict.verdict = if known(Level::Match) {
        VerdictKind::Match
    } else if known(Level::Possible) {
        VerdictKind::Possible
    } else {
        match verdict.verdict {
            VerdictKind::Match | VerdictKind::Possible => VerdictKind::None,
            other => other,
        }
    };
}
