//! Whether two segments say the same of an entry.

use super::HashGroup;
use super::reader::Segment;

impl Segment {
    /// Whether an entry is the same as one of another segment: its status, and what its media are, look like and differ from.
    /// Texts are not compared, which are not in memory, nor keypoints, which are another tier's.
    pub fn is_alike(&self, row: usize, other: &Self, other_row: usize) -> bool {
        let (own, others) = (self.media_of(row), other.media_of(other_row));
        self.status(row) == other.status(other_row)
            && own.len() == others.len()
            && own.zip(others).all(|(own, others)| self.is_media_alike(own, other, others))
    }

    fn is_media_alike(&self, media: usize, other: &Self, other_media: usize) -> bool {
        self.role(media) == other.role(other_media)
            && self.difference(media) == other.difference(other_media)
            && [HashGroup::Canonical, HashGroup::Pdq].into_iter().all(|group| {
                let (own, others) = (self.hashes_of(group, media), other.hashes_of(group, other_media));
                let says = |segment: &Self, row| {
                    let place = segment.owner(group, row).map(|(_, region, quality)| (region, quality));
                    (segment.hash(group, row), place)
                };
                own.len() == others.len() && own.zip(others).all(|(own, others)| says(self, own) == says(other, others))
            })
    }
}
