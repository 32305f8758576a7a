//! What the table costs: the same votes, once over the descriptors that it names and once over all. For the bench.

use super::{Asked, KeypointTier};
use crate::fingerprint::keypoints::Sight;
use crate::index::Index;

impl KeypointTier {
    /// Whether a known picture is among those that go on after the votes; `None` where it has no keypoints. `exhaustive`
    /// holds every descriptor against every other, which takes seconds with a hundred thousand pictures.
    pub fn goes_on(
        &self,
        index: &Index,
        sight: &Sight,
        segment: usize,
        media: usize,
        exhaustive: bool,
    ) -> Option<bool> {
        let part = self.segments.iter().position(|part| part.owner == segment)?;
        let picture = self.segments[part].keypoints.picture_of_media(media)?;
        let goes_on = |mirrored| {
            let (candidates, _) = self.candidates(index, Asked { features: sight.features(), mirrored, exhaustive });
            candidates.iter().any(|one| (one.part, one.picture) == (part, picture))
        };
        Some(goes_on(false) || goes_on(true))
    }
}
