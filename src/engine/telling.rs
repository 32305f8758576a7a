//! Which of an entry's pictures an image is, where several are near: the doctored one or its original.

use super::check::{Relations, Searched};
use super::relation::{LOOK_RADIUS, Relation};
use crate::fingerprint::difference::compare::{Comparison, Told, compare};
use crate::image::Pixels;
use crate::index::Role;
use crate::protocol::{Level, Sensitivity};

/// An edited picture and its original may differ by so few bits that the nearer one is a matter of compression. Where
/// both are within this many bits of one another, we only ask.
const TELL_APART: u32 = 6;
/// An original that is nearer than the known picture by more bits than this is what the image shows, even where the place
/// of the edit cannot be seen.
const FAR_APART: u32 = 24;
/// Known pictures of an entry that are held against an image, the nearest.
const MOST_COMPARED: usize = 8;

/// What there is of an image to look at.
#[derive(Clone, Copy)]
pub enum Shown<'a> {
    /// Its pixels.
    Pixels(&'a Pixels),
    /// Nothing any more.
    Nothing,
}

/// The pixels are needed, and are not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PixelsNeeded;

/// For each entry the picture that speaks for it, and how certain it is; none where the image is the unedited original.
/// `relations` come nearest first.
///
/// # Errors
/// When a difference must be looked at, and there are no pixels.
pub fn speaking(
    relations: &[Relation],
    source: &Searched<'_>,
    shown: Shown<'_>,
    sensitivity: Sensitivity,
) -> Result<Relations, PixelsNeeded> {
    let mut speaking = Relations::new();
    let mut heard: Vec<(usize, usize)> = Vec::new();
    for relation in relations {
        let entry = (relation.segment, relation.entry);
        if relation.level(sensitivity).is_none() || heard.contains(&entry) {
            continue;
        }
        heard.push(entry);
        let own: Vec<&Relation> = relations.iter().filter(|other| (other.segment, other.entry) == entry).collect();
        let by_distance = nearest(relation, &own, sensitivity);
        speaking.extend(match relation.role {
            Role::Debunk => by_distance,
            Role::Known | Role::Original => told(by_distance, &own, source, shown, sensitivity)?,
        });
    }
    Ok(speaking)
}

/// What distances say: the nearest picture speaks, unless it is the original.
fn nearest(relation: &Relation, own: &[&Relation], sensitivity: Sensitivity) -> Option<(Relation, Level)> {
    let level = relation.level(sensitivity)?;
    let rival_role = if relation.role == Role::Original { Role::Known } else { Role::Original };
    let rival = own
        .iter()
        .filter(|other| other.role == rival_role)
        .find(|other| other.level(sensitivity).is_some())
        .filter(|rival| rival.farness() - relation.farness() <= TELL_APART);
    match (relation.role, rival) {
        (Role::Known, None) | (Role::Debunk, _) => Some((*relation, level)),
        (Role::Known, Some(_)) => Some((*relation, Level::Possible)),
        (Role::Original, Some(known)) => Some((**known, Level::Possible)),
        (Role::Original, None) => None,
    }
}

/// What the image itself says, in the places where a known picture differs from its original.
fn told(
    by_distance: Option<(Relation, Level)>,
    own: &[&Relation],
    source: &Searched<'_>,
    shown: Shown<'_>,
    sensitivity: Sensitivity,
) -> Result<Option<(Relation, Level)>, PixelsNeeded> {
    let mut compared = Vec::new();
    for relation in own.iter().filter(|relation| relation.role == Role::Known).take(MOST_COMPARED) {
        let Some(difference) = source.index.difference(relation.segment, relation.media) else { continue };
        let Shown::Pixels(pixels) = shown else { return Err(PixelsNeeded) };
        let comparisons = relation.maps().into_iter().flatten().map(|map| compare(&difference, pixels, &map));
        let best = comparisons.reduce(better);
        let all = usize::from(difference.originals) >= source.index.originals(relation.segment, relation.entry);
        compared.extend(best.map(|best| (**relation, best.told, all)));
    }
    if compared.is_empty() {
        // Nothing to tell them apart by, where they look alike: then it is a question.
        let alike =
            |relation: &Relation| source.index.resembles_original(relation.segment, relation.media, LOOK_RADIUS);
        return Ok(by_distance.map(|(relation, level)| {
            (relation, if relation.role == Role::Known && alike(&relation) { Level::Possible } else { level })
        }));
    }
    if let Some((relation, _, all)) = compared.iter().find(|(_, told, _)| *told == Told::Known) {
        // An original that the difference does not know may be what is shown: then distances have their say.
        return Ok(if *all {
            Some((*relation, relation.level(sensitivity).unwrap_or(Level::Possible)))
        } else {
            by_distance
        });
    }
    if compared.iter().all(|(_, told, _)| *told == Told::Original) {
        return Ok(None);
    }
    // Distances tell an edit of a large part only: near ones say nothing of a place that is not seen.
    let farness = own.first().map_or(0, |nearest| nearest.farness());
    let undecided = compared.iter().map(|(relation, ..)| relation).find(|relation| {
        relation.level(sensitivity).is_some() && relation.farness().saturating_sub(farness) <= FAR_APART
    });
    let speaks = by_distance.map(|(relation, _)| relation).or(undecided.copied());
    Ok(speaks.map(|relation| (relation, Level::Possible)))
}

/// Of two maps the one along which the image looks more like either picture.
fn better(one: Comparison, other: Comparison) -> Comparison {
    if other.rest < one.rest { other } else { one }
}
