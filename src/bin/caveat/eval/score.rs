//! Counting: what was found, and what was taken for something else.

use caveat::protocol::Level;
use serde::{Serialize, Serializer};

use super::ask::Answer;

/// What kind of question it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    Codec,
    Crop,
    Border,
    Geometry,
    Colour,
    Overlay,
    Caption,
    Screenshot,
    Collage,
    Combined,
    /// Copies of frames that all bear one overlay.
    TemplateCopies,
    /// Other frames with that overlay.
    TemplateOthers,
    /// Copies of edited pictures that show the edit.
    EditedCopies,
    /// Crops of them that do not.
    EditedAway,
    /// Copies of their originals.
    OriginalCopies,
    /// Crops of those without the place of the edit.
    OriginalAway,
    /// Pictures that nobody knows, as they are.
    Negatives,
}

impl Group {
    pub fn name(self) -> &'static str {
        match self {
            Self::Codec => "codec",
            Self::Crop => "crop",
            Self::Border => "border",
            Self::Geometry => "geometry",
            Self::Colour => "colour",
            Self::Overlay => "overlay",
            Self::Caption => "caption",
            Self::Screenshot => "screenshot",
            Self::Collage => "collage",
            Self::Combined => "combined",
            Self::TemplateCopies => "template copies",
            Self::TemplateOthers => "template others",
            Self::EditedCopies => "edited copies",
            Self::EditedAway => "edited, cut away",
            Self::OriginalCopies => "original copies",
            Self::OriginalAway => "original, cut away",
            Self::Negatives => "negatives",
        }
    }
}

impl Serialize for Group {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

/// Counts of some questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Questions whose picture is in the index.
    pub known: usize,
    /// Questions whose picture is not.
    pub unknown: usize,
    /// Of the known ones: named at level `match`.
    pub matched: usize,
    /// Of the known ones: named at all.
    pub found: usize,
    /// Another picture was named at level `match`.
    pub false_matches: usize,
    /// Another picture was named, at level `possible` only.
    pub false_possibles: usize,
    /// PDQ alone named the picture.
    pub pdq_matched: usize,
    /// PDQ alone named another one.
    pub pdq_false: usize,
}

impl Tally {
    pub fn count(&mut self, answer: &Answer) {
        let own = answer.entry.and_then(|entry| answer.named.iter().find(|(named, _)| *named == entry));
        let wrong = wrong(answer);
        let others_by_pdq = answer.named_by_pdq.iter().any(|&named| Some(named) != answer.entry);
        let own_by_pdq = answer.named_by_pdq.iter().any(|&named| Some(named) == answer.entry);
        *self = self.and(&Self {
            known: usize::from(answer.entry.is_some()),
            unknown: usize::from(answer.entry.is_none()),
            matched: usize::from(own.is_some_and(|(_, level)| *level == Level::Match)),
            found: usize::from(own.is_some()),
            false_matches: usize::from(matches!(wrong, Some((_, Level::Match)))),
            false_possibles: usize::from(matches!(wrong, Some((_, Level::Possible)))),
            pdq_matched: usize::from(own_by_pdq),
            pdq_false: usize::from(others_by_pdq),
        });
    }

    pub fn and(&self, other: &Self) -> Self {
        Self {
            known: self.known + other.known,
            unknown: self.unknown + other.unknown,
            matched: self.matched + other.matched,
            found: self.found + other.found,
            false_matches: self.false_matches + other.false_matches,
            false_possibles: self.false_possibles + other.false_possibles,
            pdq_matched: self.pdq_matched + other.pdq_matched,
            pdq_false: self.pdq_false + other.pdq_false,
        }
    }
}

/// The surest of the wrong names that were given.
pub fn wrong(answer: &Answer) -> Option<(usize, Level)> {
    let wrong = answer.named.iter().filter(|(named, _)| Some(*named) != answer.entry);
    wrong.min_by_key(|(_, level)| *level).copied()
}

/// Half of the values are at most this.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(entry: Option<usize>, named: &[(usize, Level)], named_by_pdq: &[usize]) -> Answer {
        let (named, named_by_pdq) = (named.to_vec(), named_by_pdq.to_vec());
        Answer { row: 0, subject: 0, entry, named, named_by_pdq, study: None, chosen: None, ms: [0.0; 3] }
    }

    #[test]
    fn a_picture_that_is_found_beside_a_wrong_one_counts_both_ways() {
        let mut tally = Tally::default();
        tally.count(&answer(Some(1), &[(2, Level::Possible), (1, Level::Match), (3, Level::Match)], &[1, 2]));
        tally.count(&answer(Some(1), &[(1, Level::Possible)], &[]));
        tally.count(&answer(Some(1), &[], &[]));
        tally.count(&answer(None, &[(4, Level::Possible)], &[4]));
        tally.count(&answer(None, &[], &[]));
        let expected = Tally {
            known: 3,
            unknown: 2,
            matched: 1,
            found: 2,
            false_matches: 1,
            false_possibles: 1,
            pdq_matched: 1,
            pdq_false: 2,
        };
        assert_eq!(tally, expected);
    }

    #[test]
    fn the_median_of_nothing_is_nothing() {
        assert_eq!((median(vec![3.0, 1.0, 2.0]), median(Vec::new())), (2.0, 0.0));
    }
}
