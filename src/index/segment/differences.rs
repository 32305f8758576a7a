//! The columns of a segment that tell known pictures from their originals.

use super::layout::{Kind, SegmentError};
use super::reader::Segment;
use crate::fingerprint::Difference;
use crate::fingerprint::difference::encoding::{SPOT, decode_spot};

impl Segment {
    pub(super) fn check_differences(&self) -> Result<(), SegmentError> {
        let media = self.columns.elements::<4>(Kind::DifferenceMedia);
        let counts = [
            self.columns.bytes(Kind::DifferenceOriginals).len(),
            self.columns.elements::<4>(Kind::DifferenceEnds).len(),
        ];
        if counts != [media.len(); 2] {
            return Err(SegmentError::BadColumn("differences"));
        }
        self.columns.check_references(Kind::DifferenceMedia, self.media())?;
        if media.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(SegmentError::BadColumn("a media item with two differences"));
        }
        let mut start = 0;
        for row in 0..media.len() {
            let end = self.columns.number(Kind::DifferenceEnds, row).unwrap_or_default();
            if end < start || self.difference_at(row).is_none() {
                return Err(SegmentError::BadColumn("a difference that no picture has"));
            }
            start = end;
        }
        if start != self.columns.elements::<SPOT>(Kind::Spot).len() {
            return Err(SegmentError::BadColumn("spots of no difference"));
        }
        Ok(())
    }

    /// What tells a media item from its original.
    pub fn difference(&self, media: usize) -> Option<Difference> {
        self.difference_at(self.columns.rows_of(Kind::DifferenceMedia, media).next()?)
    }

    fn difference_at(&self, row: usize) -> Option<Difference> {
        let spots = self.columns.elements::<SPOT>(Kind::Spot).get(self.columns.span(Kind::DifferenceEnds, row))?;
        // Before anything is made of them: a row may claim them all.
        if spots.len() > crate::fingerprint::difference::MAX_SPOTS {
            return None;
        }
        let difference = Difference {
            originals: *self.columns.bytes(Kind::DifferenceOriginals).get(row)?,
            spots: spots.iter().map(decode_spot).collect::<Option<_>>()?,
        };
        difference.is_sound().then_some(difference)
    }
}
