//! From an image's bytes to a verdict. The command line, the check page and the extension all go through here.

use crate::fingerprint::{Affine, Query, Region, WHOLE};
use crate::image::{DecodeError, Limits, Orientation, decode};
use crate::index::segment::HashGroup;
use crate::index::{Hit, Index, Role};
use crate::protocol::{Finding, Level, Reason, Verdict, VerdictKind, Via};
use crate::source::{Head, PublicKey};

use super::failure::reason_of;
use super::finding;

/// Bits up to which a match is certain enough to warn: the distance that PDQ's authors recommend, also for the
/// canonical hash, whose false matches begin no earlier (`docs/matching.md`).
pub const MATCH_RADIUS: u32 = 31;
/// Bits up to which a match is worth a question.
pub const POSSIBLE_RADIUS: u32 = 48;
/// Least quality of a hash on either side: PDQ's authors discard what is at most 49.
pub const MIN_QUALITY: u8 = 50;
/// An edited picture and its original may differ by so few bits that the nearer one is a matter of compression. Where
/// both are within this many bits of one another, we only ask.
const TELL_APART: u32 = 6;

/// A source that is searched.
#[derive(Clone, Copy)]
pub struct Searched<'a> {
    /// Its key.
    pub key: &'a PublicKey,
    /// Its head.
    pub head: &'a Head,
    /// Its index.
    pub index: &'a Index,
}

/// The query for an image.
///
/// # Errors
/// When it cannot be decoded.
pub fn query_of(bytes: &[u8], with_pdq: bool) -> Result<Query, DecodeError> {
    Ok(Query::of(&decode(bytes, &Limits::default(), Orientation::Apply)?, with_pdq))
}

/// The verdict on an image's bytes; `now` in milliseconds since 1970.
pub fn check_bytes(bytes: &[u8], sources: &[Searched<'_>], language: &str, now: i64) -> Verdict {
    let with_pdq = sources.iter().any(|source| source.index.counts().pdq_only > 0);
    match query_of(bytes, with_pdq) {
        Ok(query) => decide(&query, sources, language, now),
        Err(error) => unreadable(reason_of(&error)),
    }
}

/// The verdict on an image that could not be read.
pub fn unreadable(reason: Reason) -> Verdict {
    Verdict { verdict: VerdictKind::Unreadable, reason: Some(reason), generation: 0, matches: Vec::new() }
}

/// The verdict on a query: the nearest picture of each entry speaks for it.
pub fn decide(query: &Query, sources: &[Searched<'_>], language: &str, now: i64) -> Verdict {
    let mut matches: Vec<Finding> = Vec::new();
    for source in sources {
        let hits = source.index.search(query, POSSIBLE_RADIUS, MIN_QUALITY);
        for (hit, level) in speaking(&hits) {
            let relation = finding::Relation {
                level,
                via: via(&hit),
                region: fractions(hit.region),
                known_region: fractions(hit.known_region),
                outline: corners(&Affine::between(hit.region, hit.turn, hit.known_region)),
            };
            // An entry whose text is damaged can say nothing; the segment's digest makes this all but impossible.
            if let Ok(entry) = source.index.entry(&hit) {
                let found = finding::of(&entry, &hit, relation, source, language, now);
                let at = matches.partition_point(|other| rank(other) <= rank(&found));
                matches.insert(at, found);
            }
        }
    }
    let verdict = if sources.is_empty() {
        VerdictKind::NoIndex
    } else if query.quality() < MIN_QUALITY {
        VerdictKind::TooPlain
    } else {
        VerdictKind::None
    };
    let mut verdict = Verdict { verdict, reason: None, generation: 0, matches };
    settle(&mut verdict);
    verdict
}

/// Warnings before quiet notes, the certain before the possible, the near before the far.
fn rank(found: &Finding) -> (bool, Level, Option<u32>) {
    (found.role == Role::Debunk, found.level, found.distance)
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

/// For each entry its nearest hit, unless that is the unedited original; and how certain it is. `hits` come nearest
/// first.
fn speaking(hits: &[Hit]) -> Vec<(Hit, Level)> {
    let mut speaking: Vec<(Hit, Level)> = Vec::new();
    let mut heard: Vec<(usize, usize)> = Vec::new();
    for hit in hits {
        let entry = (hit.segment, hit.entry);
        if heard.contains(&entry) {
            continue;
        }
        heard.push(entry);
        let rival_role = if hit.role == Role::Original { Role::Known } else { Role::Original };
        let rival = hits.iter().find(|other| (other.segment, other.entry) == entry && other.role == rival_role);
        let rival = rival.filter(|rival| rival.distance - hit.distance <= TELL_APART);
        let level = if hit.distance <= MATCH_RADIUS { Level::Match } else { Level::Possible };
        match (hit.role, rival) {
            (Role::Known, None) | (Role::Debunk, _) => speaking.push((*hit, level)),
            (Role::Known, Some(_)) => speaking.push((*hit, Level::Possible)),
            (Role::Original, Some(known)) => speaking.push((*known, Level::Possible)),
            (Role::Original, None) => {}
        }
    }
    speaking
}

fn via(hit: &Hit) -> Via {
    match hit.group {
        HashGroup::Pdq => Via::Pdq,
        HashGroup::Canonical if hit.region == WHOLE && hit.known_region == WHOLE => Via::Canonical,
        HashGroup::Canonical => Via::Region,
    }
}

/// Where the corners of the unit square go.
fn corners(map: &Affine) -> [[f64; 2]; 4] {
    [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]].map(|corner| map.of(corner).map(f64::from))
}

fn fractions(region: Region) -> Option<[f64; 4]> {
    (region != WHOLE).then(|| region.map(|side| f64::from(side) / f64::from(u16::MAX)))
}
