//! Reads a segment of keypoints. As little is believed of it as of any other.

use super::assembly::{at_once, unbroken};
use super::columns::Columns;
use super::layout::{Kind, SegmentError};
use super::reader::Segment;
use crate::fingerprint::keypoints::describe::Descriptor;
use crate::fingerprint::keypoints::encoding::MAX_KEYPOINTS;
use crate::fingerprint::keypoints::known::{KnownKeypoints, PLACE, Place};
use crate::fingerprint::keypoints::thumbnail::{LENGTH, Thumbnail};

/// Pictures checked between two pauses.
const CHECK_STEP: usize = 256;

/// The keypoints of the media of one segment of entries.
#[derive(Debug)]
pub struct KeypointSegment {
    pub(super) columns: Columns,
}

impl KeypointSegment {
    /// Checks and wraps the bytes of a file.
    ///
    /// # Errors
    /// Each [`SegmentError`].
    pub fn parse(file: Vec<u8>) -> Result<Self, SegmentError> {
        unbroken(Self::verify(file, at_once))
    }

    /// As [`Self::parse`]; `pause` is called between slices of work.
    ///
    /// # Errors
    /// Each [`SegmentError`].
    pub async fn verify(file: Vec<u8>, mut pause: impl AsyncFnMut()) -> Result<Self, SegmentError> {
        let segment = Self { columns: Columns::parse(file, &Kind::KEYPOINTS, &[], &mut pause).await? };
        let pictures = segment.pictures();
        let counts = [
            segment.columns.elements::<4>(Kind::KeypointEnds).len(),
            segment.columns.elements::<12>(Kind::Frame).len(),
            segment.columns.elements::<LENGTH>(Kind::Thumbnail).len(),
        ];
        if counts != [pictures; 3] || segment.columns.elements::<32>(Kind::KeypointOwner).len() != 1 {
            return Err(SegmentError::BadColumn("keypoints"));
        }
        if segment.columns.elements::<4>(Kind::Place).len() != segment.descriptors().len() {
            return Err(SegmentError::BadColumn("keypoints"));
        }
        let mut start = 0;
        for picture in 0..pictures {
            let end = segment.columns.number(Kind::KeypointEnds, picture).unwrap_or_default();
            if end < start || end - start > MAX_KEYPOINTS {
                return Err(SegmentError::BadColumn("a picture with too many keypoints"));
            }
            start = end;
        }
        if start != segment.descriptors().len() {
            return Err(SegmentError::BadColumn("keypoints of no picture"));
        }
        for picture in 0..pictures {
            if picture % CHECK_STEP == 0 {
                pause().await;
            }
            if !segment.picture(picture).is_some_and(|known| known.is_sound()) {
                return Err(SegmentError::BadColumn("a frame that no picture has"));
            }
        }
        Ok(segment)
    }

    /// Wraps a file that was checked before it was stored. Digests and columns are not checked again.
    ///
    /// # Errors
    /// When header or table do not hold.
    pub fn open(file: Vec<u8>) -> Result<Self, SegmentError> {
        Ok(Self { columns: Columns::open(file.len(), vec![(0, file)], &Kind::KEYPOINTS, &[])? })
    }

    /// Whether the keypoints are of this segment's media.
    ///
    /// # Errors
    /// When they are of media that it does not have.
    pub fn check_owner(&self, segment: &Segment) -> Result<(), SegmentError> {
        self.columns.check_references(Kind::KeypointMedia, segment.media())
    }

    /// SHA-256 of the segment of entries that it belongs to.
    pub fn owner(&self) -> [u8; 32] {
        self.columns.elements(Kind::KeypointOwner).first().copied().unwrap_or_default()
    }

    /// Bytes of the file.
    pub fn length(&self) -> usize {
        self.columns.length()
    }

    /// How many pictures have keypoints.
    pub fn pictures(&self) -> usize {
        self.columns.elements::<4>(Kind::KeypointMedia).len()
    }

    /// All descriptors, picture by picture.
    pub fn descriptors(&self) -> &[[u8; 16]] {
        self.columns.elements(Kind::Descriptor)
    }

    /// Where the keypoint of each descriptor is, as [`Place`] has it.
    pub fn places(&self) -> &[[u8; PLACE]] {
        self.columns.elements(Kind::Place)
    }

    /// For each picture the number of descriptors of it and of those before it.
    pub fn ends(&self) -> impl Iterator<Item = u32> {
        self.columns.elements::<4>(Kind::KeypointEnds).iter().map(|end| u32::from_le_bytes(*end))
    }

    /// The media item of a picture.
    pub fn media(&self, picture: usize) -> Option<usize> {
        self.columns.number(Kind::KeypointMedia, picture)
    }

    /// The picture of a media item.
    pub fn picture_of_media(&self, media: usize) -> Option<usize> {
        self.columns.rows_of(Kind::KeypointMedia, media).next()
    }

    /// The keypoints of a picture.
    pub fn picture(&self, picture: usize) -> Option<KnownKeypoints> {
        let frame = self.columns.elements::<12>(Kind::Frame).get(picture)?;
        let number = |i: usize| u16::from_le_bytes([frame[2 * i], frame[2 * i + 1]]);
        let range = self.columns.span(Kind::KeypointEnds, picture);
        let descriptors = self.descriptors().get(range.clone())?;
        let places = self.places().get(range)?;
        Some(KnownKeypoints {
            frame: std::array::from_fn(number),
            region: std::array::from_fn(|i| number(2 + i)),
            thumbnail: Thumbnail(*self.columns.elements(Kind::Thumbnail).get(picture)?),
            keypoints: descriptors
                .iter()
                .zip(places)
                .map(|(descriptor, place)| (Descriptor::from_bytes(descriptor), Place(*place)))
                .collect(),
        })
    }
}
