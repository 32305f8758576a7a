//! What the table costs: the same votes, once over the descriptors that it names and once over all. For the bench.

use super::KeypointTier;
use crate::fingerprint::keypoints::Sight;

impl KeypointTier {
    /// Whether a known picture is among those that go on after the votes; `None` where it has no keypoints. `exhaustive`
    /// holds every descriptor against every other, which takes seconds with a hundred thousand pictures.
    pub fn goes_on(&self, sight: &Sight, segment: usize, media: usize, exhaustive: bool) -> Option<bool> {
        let part = self.segments.iter().find(|part| part.owner == segment)?;
        let picture = part.keypoints.picture_of_media(media)?;
        Some([false, true].into_iter().any(|mirrored| part.voted(sight, mirrored, exhaustive).contains(&picture)))
    }
}
