//! An index of many known pictures, to measure look-ups in: for `benches/` and, in WebAssembly, `tests/bench/`.

mod multi_index;

use std::collections::HashMap;

use sha2::{Digest, Sha256};

pub use self::multi_index::MultiIndex;
use crate::chance::Chance;
use crate::engine::{Manner, Searched, check_pixels};
use crate::fingerprint::keypoints::describe::Descriptor;
use crate::fingerprint::keypoints::known::{FRAME, KnownKeypoints, Place};
use crate::fingerprint::keypoints::select::DEFAULT_KEYPOINTS;
use crate::fingerprint::keypoints::thumbnail::{LENGTH, Thumbnail};
use crate::fingerprint::keypoints::{Feature, Sight};
use crate::fingerprint::{Fingerprint, Hash, HashedRegion, WHOLE, encoding};
use crate::image::Pixels;
use crate::index::segment::{self, KeypointSegment, Segment, SegmentError};
use crate::index::{Entry, Index, KeypointTier, Media, Role, Texts};
use crate::protocol::{Sensitivity, VerdictKind};
use crate::source::{Anchor, Head, SecretKey};
use crate::testing::unsigned_head;

/// Of a descriptor's 128 bits each is another one in a known picture with this probability, in 1/256: the same corner
/// seen elsewhere looks alike, but not equal.
const NOISE: u64 = 16;

/// An index of many known pictures that show none of those it is asked for.
pub struct Crowd {
    index: Index,
    keypoints: KeypointTier,
    head: Head,
    key: Anchor,
}

impl Crowd {
    /// `entries` known pictures, each of [`DEFAULT_KEYPOINTS`] keypoints that are drawn from those of `pictures`, in random
    /// places: descriptors as real pictures have them, in their real crowds, without a real picture's geometry.
    ///
    /// # Errors
    /// When there are too many for a segment.
    pub fn of(pictures: &[Pixels], entries: usize) -> Result<Self, SegmentError> {
        let pool: Vec<Feature> = pictures.iter().flat_map(|picture| Sight::of(picture).features().to_vec()).collect();
        let mut chance = Chance(1);
        let entries: Vec<Entry> = (0..entries).map(|number| entry(number, &pool, &mut chance)).collect();
        let file = segment::write(&entries);
        let keypoints = segment::write_keypoints(&entries, &file).map(KeypointSegment::parse).transpose()?;
        drop(entries);
        let digest = Sha256::digest(&file).into();
        let index = Index::new(vec![Segment::parse(file)?], &HashMap::new());
        let keypoints = KeypointTier::new(&index, &[digest], keypoints.into_iter().collect())?;
        let key = Anchor::from(SecretKey::from_seed(&[1; 32]).public());
        Ok(Self { index, keypoints, head: unsigned_head(&key), key })
    }

    /// Bytes of both tiers in memory.
    pub fn lengths(&self) -> [usize; 2] {
        [self.index.length(), self.keypoints.length()]
    }

    /// A whole check of a decoded picture, keypoints included.
    pub fn check(&self, pixels: Pixels) -> VerdictKind {
        let keypoints = Some(&self.keypoints);
        let sources =
            [Searched { key: &self.key, catalogue_name: None, head: &self.head, index: &self.index, keypoints }];
        let manner = Manner { sensitivity: Sensitivity::default(), language: "en", now: 0 };
        check_pixels(pixels, &sources, manner).verdict
    }
}

fn entry(number: usize, pool: &[Feature], chance: &mut Chance) -> Entry {
    let keypoints = (0..DEFAULT_KEYPOINTS)
        .filter_map(|_| {
            let feature = pool.get(chance.below(pool.len()))?;
            let Place([.., size, direction]) = Place::of(&feature.at, FRAME as f32, FRAME as f32);
            let place = Place([chance.number() as u8, chance.number() as u8, size, direction]);
            Some((Descriptor(feature.descriptor.0.map(|word| word ^ flips(chance))), place))
        })
        .collect();
    let known = KnownKeypoints {
        frame: [FRAME as u16, 288],
        region: WHOLE,
        thumbnail: Thumbnail([chance.number() as u8; LENGTH]),
        keypoints,
    };
    let hash = Hash(std::array::from_fn(|_| chance.number() as u8));
    let fingerprint = Fingerprint {
        regions: vec![HashedRegion { region: WHOLE, quality: 100, hash }],
        keypoints: Some(known),
        ..Fingerprint::default()
    };
    let media = Media {
        file: None,
        role: Role::Known,
        pdq: None,
        quality: None,
        fingerprint: Some(encoding::to_base64(&fingerprint)),
        extra: std::collections::BTreeMap::new(),
    };
    Entry {
        id: number.to_string(),
        rev: 1,
        status: Default::default(),
        category: Vec::new(),
        scope: Default::default(),
        claim: Texts::new(),
        truth: [("en".to_owned(), "Made to measure".to_owned())].into(),
        claim_date: None,
        original: None,
        correction: None,
        reviews: Vec::new(),
        media: vec![media],
        extra: serde_json::Map::new(),
    }
}

fn flips(chance: &mut Chance) -> u64 {
    (0..64).fold(0, |flips, bit| flips | u64::from(u64::from(chance.number() & 255) < NOISE) << bit)
}
