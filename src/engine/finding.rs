//! What a card says of an entry: its texts, picked by language and made harmless.

use crate::index::{Correction, Entry, Texts, clean, offered_link, pick_text};
use crate::protocol::{CardCorrection, CardOriginal, CardReview, CardText, Finding, Level};
use crate::source::SourceName;

use super::check::{Manner, Searched};
use super::relation::Relation;

const DAY: i64 = 86_400_000;

/// The finding of an entry.
pub fn of(entry: &Entry, relation: &Relation, level: Level, source: &Searched<'_>, manner: Manner<'_>) -> Finding {
    let Manner { language, now, .. } = manner;
    let [region, known_region] = relation.regions();
    let issued = source.head.issued as i64 * 1000;
    let original = entry.original.clone().unwrap_or_default();
    let name = SourceName::of(source.catalogue_name, &source.head.name);
    let offered = |url: &str| offered_link(url, &source.head.hosts).map(str::to_owned);
    Finding {
        source: source.head.source.clone(),
        source_name: name.text,
        self_declared: name.self_declared,
        mixed_scripts: name.mixed_scripts,
        key_fingerprint: source.key.fingerprint(),
        development: source.key.is_development(),
        issued,
        age_days: age_days(issued, now),
        entry: entry.id.clone(),
        rev: entry.rev,
        level,
        role: relation.role,
        via: relation.via(),
        distance: relation.distance(),
        inliers: relation.inliers(),
        mirrored: relation.mirrored(),
        rotated: relation.rotated(),
        region,
        known_region,
        outline: relation.outline(),
        scope: entry.scope,
        category: entry.category.iter().map(|name| clean(name)).collect(),
        status: entry.status,
        claim: text(&entry.claim, language),
        truth: text(&entry.truth, language),
        claim_date: entry.claim_date.clone(),
        correction: entry.correction.as_ref().map(|held| correction(held, language)),
        original: CardOriginal {
            date: original.date,
            place: original.place.as_deref().map(clean),
            creator: original.creator.as_deref().map(clean),
            url: original.url.as_deref().and_then(offered),
        },
        reviews: entry
            .reviews
            .iter()
            .map(|review| CardReview {
                publisher: clean(&review.publisher),
                url: offered(&review.url),
                title: review.title.as_deref().map(clean),
                date: review.date.clone(),
                language: review.language.clone(),
                rating: review.rating.as_deref().map(clean),
            })
            .collect(),
    }
}

/// Whole days from one time to another, in milliseconds; none when the clock was set back.
pub fn age_days(issued: i64, now: i64) -> u32 {
    ((now - issued).max(0) / DAY).min(i64::from(u32::MAX)) as u32
}

/// A correction in a language.
pub fn correction(correction: &Correction, language: &str) -> CardCorrection {
    let CardText { text, language } = text(&correction.text, language);
    CardCorrection { text, language, date: correction.date.clone() }
}

/// A text in a language, made harmless.
pub fn text(texts: &Texts, language: &str) -> CardText {
    pick_text(texts, language)
        .map(|(text, language)| CardText { text: clean(text), language: language.to_owned() })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_back_gives_no_age() {
        assert_eq!((age_days(10 * DAY, 9 * DAY), age_days(0, 3 * DAY + 1)), (0, 3));
    }
}
