//! A picture that is looked up, with its keypoints.

use super::KnownKeypoints;
use super::describe::Descriptor;
use super::features::{Feature, features};
use super::matching::{Consensus, consensus};
use super::scale_space::ScaleSpace;
use super::verify::{Evidence, verify};
use crate::fingerprint::grey::Grey;
use crate::fingerprint::{Affine, Rect};
use crate::image::Pixels;
use sha2::{Digest, Sha256};

/// Longer side in which a picture is looked at, in pixels.
const SIDE: usize = 512;
/// Most keypoints of a picture; some have two directions.
const KEYPOINTS: usize = 500;

/// A picture that is looked up, with its keypoints.
#[derive(Debug, Clone)]
pub struct Sight {
    space: ScaleSpace,
    features: Vec<Feature>,
    /// The features' descriptors, side by side: they are compared much more often than anything else is looked at.
    descriptors: Vec<Descriptor>,
}

/// A known picture in a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sighting {
    /// Pairs of keypoints that agree on one transform.
    pub pairs: u32,
    /// What was seen where it leads.
    pub evidence: Evidence,
    /// From fractions of the picture to fractions of the known picture.
    pub map: Affine,
}

impl Sighting {
    /// How much of the known picture agrees, where the picture shows it: the share of its keypoints that were found again,
    /// plus that of the thumbnail's blocks that look alike. 0.0..=2.0.
    pub fn agreement(&self) -> f32 {
        let evidence = &self.evidence;
        evidence.inliers as f32 / evidence.visible.max(1) as f32 + evidence.thumbnail.varied.share()
    }
}

impl Sight {
    /// The keypoints of a picture.
    pub fn of(pixels: &Pixels) -> Self {
        let space = ScaleSpace::of(&Grey::of(pixels, Rect::whole(pixels), SIDE));
        let features = features(&space, KEYPOINTS);
        let descriptors = features.iter().map(|feature| feature.descriptor).collect();
        Self { space, features, descriptors }
    }

    /// Its keypoints.
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// SHA-256 of all keypoints to the last bit.
    pub fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        for Feature { at, descriptor, doubts } in &self.features {
            for value in [at.x, at.y, at.scale, at.direction[0], at.direction[1], at.response] {
                digest.update(value.to_le_bytes());
            }
            digest.update(descriptor.bytes());
            digest.update(doubts);
        }
        digest.finalize().into()
    }

    /// How a known picture's keypoints lie in the picture; `mirrored` for its mirror image.
    pub fn consensus(&self, known: &KnownKeypoints, mirrored: bool) -> Option<Consensus> {
        consensus(known, &self.features, &self.descriptors, mirrored, self.space.width as f32)
    }

    /// Looks at the picture again where a consensus leads.
    pub fn look(&self, known: &KnownKeypoints, found: &Consensus) -> Option<Sighting> {
        self.look_at(known, &found.map, found.pairs)
    }

    /// Looks where a map from fractions of the picture to fractions of the known picture leads.
    pub fn look_along(&self, known: &KnownKeypoints, map: &Affine) -> Option<Sighting> {
        let into = known.frame_to_picture().then(&map.inverse()?);
        self.look_at(known, &into.then(&Affine::stretch(self.space.width as f32, self.space.height as f32)), 0)
    }

    fn look_at(&self, known: &KnownKeypoints, map: &Affine, pairs: u32) -> Option<Sighting> {
        let evidence = verify(known, map, &self.space)?;
        let map = Affine::stretch(self.space.width as f32, self.space.height as f32)
            .then(&evidence.map.inverse()?)
            .then(&known.frame_to_picture());
        Some(Sighting { pairs, evidence, map })
    }
}
