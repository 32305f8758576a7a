//! Header and section table.

use sha2::{Digest, Sha256};
use thiserror::Error;

/// What [`MAGIC`] is made from.
pub const MAGIC_PHRASE: &str = "caveat segment";
/// The first eight bytes of a segment: the start of the SHA-256 of [`MAGIC_PHRASE`].
pub const MAGIC: [u8; 8] = [0x4b, 0xd1, 0xb5, 0x7b, 0xef, 0x9b, 0xaf, 0xbd];
/// A reader refuses another major version.
pub const MAJOR: u16 = 1;
/// A reader passes over a higher minor version.
pub const MINOR: u16 = 0;
/// Bytes of the header, and of a row of the section table.
pub const ROW: usize = 64;
/// Most sections.
pub const MAX_SECTIONS: usize = 256;
/// Bytes at the start of a file that hold header and table, whatever the number of sections.
pub const MAX_START: usize = ROW + MAX_SECTIONS * ROW;
/// Longest segment, in bytes.
pub const MAX_LENGTH: usize = 256 << 20;
/// Sections start at multiples of this.
pub const ALIGNMENT: usize = 16;
/// Flag: a reader that does not know the section must refuse the segment.
pub const NEEDED: u32 = 1;

/// The kinds of section of version 1, with their element's size in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Kind {
    /// Where each entry's id ends in `Ids`: u32.
    IdEnds = 1,
    /// All ids, one after the other, ascending.
    Ids = 2,
    /// Revisions: u32.
    Revisions = 3,
    /// Status: 0 active, 1 corrected, 2 retracted.
    Status = 4,
    /// Where an entry's text is: block (u32), offset in the opened block (u32).
    Texts = 5,
    /// Where each block ends in `BlockBytes` (u32) and how long it is opened (u32).
    Blocks = 6,
    /// Compressed text blocks.
    BlockBytes = 7,
    /// The entry that a media item belongs to: u32, ascending.
    MediaEntry = 8,
    /// Role: 0 known, 1 original, 2 debunk.
    MediaRole = 9,
    /// First halves of the canonical hashes.
    CanonicalFirst = 16,
    /// Second halves.
    CanonicalSecond = 17,
    /// The media item of a canonical hash: u32, ascending.
    CanonicalMedia = 18,
    /// Its region: four u16.
    CanonicalRegion = 19,
    /// Its quality.
    CanonicalQuality = 20,
    /// First halves of exact PDQ of media that have no canonical hash.
    PdqFirst = 32,
    /// Second halves.
    PdqSecond = 33,
    /// The media item of a PDQ hash: u32, ascending.
    PdqMedia = 34,
    /// Its quality.
    PdqQuality = 35,
    /// Exact PDQ of media that do have a canonical hash: for export, never searched.
    KeptPdq = 48,
    /// The media item of a kept PDQ hash: u32, ascending.
    KeptPdqMedia = 49,
    /// Its quality.
    KeptPdqQuality = 50,
    /// The media item of a difference: u32, ascending, each once. These four are there if any media item has one.
    DifferenceMedia = 56,
    /// How many originals it tells apart.
    DifferenceOriginals = 57,
    /// Where its spots end in `Spot`: u32.
    DifferenceEnds = 58,
    /// Spots.
    Spot = 59,
    /// SHA-256 of the segment of entries that the keypoints belong to; one row. From here on: segments of keypoints.
    KeypointOwner = 64,
    /// The media item of that segment: u32, ascending, each at most once.
    KeypointMedia = 65,
    /// Where a media item's keypoints end in `Descriptor` and `Place`: u32.
    KeypointEnds = 66,
    /// Frame and region: width, height, x, y, width, height, each u16.
    Frame = 67,
    /// Thumbnails.
    Thumbnail = 68,
    /// Descriptors.
    Descriptor = 69,
    /// Places.
    Place = 70,
}

impl Kind {
    /// The kinds of a segment of entries, in the order in which they are written.
    pub const ENTRIES: [Self; 21] = [
        Self::IdEnds,
        Self::Ids,
        Self::Revisions,
        Self::Status,
        Self::Texts,
        Self::Blocks,
        Self::BlockBytes,
        Self::MediaEntry,
        Self::MediaRole,
        Self::CanonicalFirst,
        Self::CanonicalSecond,
        Self::CanonicalMedia,
        Self::CanonicalRegion,
        Self::CanonicalQuality,
        Self::PdqFirst,
        Self::PdqSecond,
        Self::PdqMedia,
        Self::PdqQuality,
        Self::KeptPdq,
        Self::KeptPdqMedia,
        Self::KeptPdqQuality,
    ];

    /// Kinds that a segment of entries has all of, or none.
    pub const DIFFERENCES: [Self; 4] =
        [Self::DifferenceMedia, Self::DifferenceOriginals, Self::DifferenceEnds, Self::Spot];

    /// The kinds of a segment of keypoints.
    pub const KEYPOINTS: [Self; 7] = [
        Self::KeypointOwner,
        Self::KeypointMedia,
        Self::KeypointEnds,
        Self::Frame,
        Self::Thumbnail,
        Self::Descriptor,
        Self::Place,
    ];

    /// Bytes of an element.
    pub const fn element(self) -> usize {
        match self {
            Self::Ids
            | Self::Status
            | Self::BlockBytes
            | Self::MediaRole
            | Self::CanonicalQuality
            | Self::PdqQuality
            | Self::KeptPdqQuality
            | Self::DifferenceOriginals => 1,
            Self::IdEnds
            | Self::Revisions
            | Self::MediaEntry
            | Self::CanonicalMedia
            | Self::PdqMedia
            | Self::KeptPdqMedia
            | Self::DifferenceMedia
            | Self::DifferenceEnds
            | Self::KeypointMedia
            | Self::KeypointEnds
            | Self::Place => 4,
            Self::Texts | Self::Blocks | Self::CanonicalRegion => 8,
            Self::Frame => 12,
            Self::CanonicalFirst | Self::CanonicalSecond | Self::PdqFirst | Self::PdqSecond | Self::Descriptor => 16,
            Self::KeptPdq | Self::KeypointOwner => 32,
            Self::Spot => crate::fingerprint::difference::encoding::SPOT,
            Self::Thumbnail => crate::fingerprint::keypoints::thumbnail::LENGTH,
        }
    }
}

/// Why bytes are no segment.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SegmentError {
    /// Shorter than it says, or than a header.
    #[error("the segment is cut short: it has {actual} bytes of {expected}")]
    CutShort {
        /// Bytes needed.
        expected: usize,
        /// Bytes there.
        actual: usize,
    },
    /// Longer than it says, or than [`MAX_LENGTH`].
    #[error("the segment has {actual} bytes, {expected} are allowed")]
    TooLong {
        /// Bytes allowed.
        expected: usize,
        /// Bytes there.
        actual: usize,
    },
    /// Does not start with [`MAGIC`].
    #[error("this is no segment")]
    BadMagic,
    /// Another major version.
    #[error("the segment has format {0}, this program reads 1: update it")]
    UnsupportedVersion(u16),
    /// A needed section that we do not know.
    #[error("the segment needs section {0}, which this program does not know: update it")]
    UnsupportedSection(u16),
    /// A digest does not fit.
    #[error("{0} of the segment is damaged: download it again")]
    BadDigest(&'static str),
    /// The table contradicts itself or the file.
    #[error("the segment's table is wrong: {0}")]
    BadTable(&'static str),
    /// A needed column is not there.
    #[error("the segment has no column {0:?}")]
    Missing(Kind),
    /// A column contradicts another one.
    #[error("the segment's columns contradict each other: {0}")]
    BadColumn(&'static str),
    /// A text block does not open.
    #[error(transparent)]
    Block(#[from] crate::index::block::BlockError),
    /// A text is not the entry that the columns say.
    #[error("the text of an entry is not that entry")]
    BadText,
}

/// A row of the section table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    pub kind: u16,
    pub element: u16,
    pub flags: u32,
    pub count: u64,
    pub offset: u64,
    pub length: u64,
    pub digest: [u8; 32],
}

impl Section {
    pub fn bytes(&self) -> [u8; ROW] {
        let mut row = [0; ROW];
        row[0..2].copy_from_slice(&self.kind.to_le_bytes());
        row[2..4].copy_from_slice(&self.element.to_le_bytes());
        row[4..8].copy_from_slice(&self.flags.to_le_bytes());
        row[8..16].copy_from_slice(&self.count.to_le_bytes());
        row[16..24].copy_from_slice(&self.offset.to_le_bytes());
        row[24..32].copy_from_slice(&self.length.to_le_bytes());
        row[32..].copy_from_slice(&self.digest);
        row
    }

    fn parse(row: &[u8; ROW]) -> Self {
        Self {
            kind: u16_at(row, 0),
            element: u16_at(row, 2),
            flags: u32_at(row, 4),
            count: u64_at(row, 8),
            offset: u64_at(row, 16),
            length: u64_at(row, 24),
            digest: std::array::from_fn(|i| row[32 + i]),
        }
    }
}

/// The header of a segment with this section table.
pub fn header(table: &[u8], file_length: usize) -> [u8; ROW] {
    let mut header = [0; ROW];
    header[0..8].copy_from_slice(&MAGIC);
    header[8..10].copy_from_slice(&MAJOR.to_le_bytes());
    header[10..12].copy_from_slice(&MINOR.to_le_bytes());
    header[12..16].copy_from_slice(&((table.len() / ROW) as u32).to_le_bytes());
    header[16..24].copy_from_slice(&(file_length as u64).to_le_bytes());
    header[32..].copy_from_slice(&Sha256::digest(table));
    header
}

/// Reads header and table from the start of a file of `length` bytes. The digests of the sections and the padding between
/// them are left to [`check_contents`].
///
/// # Errors
/// Each [`SegmentError`] but those of columns.
pub fn parse(start: &[u8], length: usize) -> Result<Vec<Section>, SegmentError> {
    let header: &[u8; ROW] = start.first_chunk().ok_or(SegmentError::CutShort { expected: ROW, actual: length })?;
    if header[..8] != MAGIC {
        return Err(SegmentError::BadMagic);
    }
    let major = u16_at(header, 8);
    if major != MAJOR {
        return Err(SegmentError::UnsupportedVersion(major));
    }
    let stated = usize::try_from(u64_at(header, 16)).unwrap_or(usize::MAX);
    if stated > MAX_LENGTH || length > stated {
        return Err(SegmentError::TooLong { expected: stated.min(MAX_LENGTH), actual: length.max(stated) });
    }
    if length < stated {
        return Err(SegmentError::CutShort { expected: stated, actual: length });
    }
    if header[24..32] != [0; 8] {
        return Err(SegmentError::BadTable("reserved bytes are not zero"));
    }
    let end = table_end(start).ok_or(SegmentError::BadTable("too many sections"))?;
    let table = start.get(ROW..end).ok_or(SegmentError::CutShort { expected: end, actual: start.len() })?;
    if Sha256::digest(table)[..] != header[32..] {
        return Err(SegmentError::BadDigest("the table"));
    }
    let sections: Vec<Section> = table.as_chunks::<ROW>().0.iter().map(Section::parse).collect();
    check_sections(length, &sections, end)?;
    Ok(sections)
}

/// Where the section table ends, by a file's header; `None` when that is none of ours or over the limit.
pub fn table_end(start: &[u8]) -> Option<usize> {
    let header: &[u8; ROW] = start.first_chunk()?;
    let count = u32_at(header, 12) as usize;
    (count <= MAX_SECTIONS).then_some(ROW + count * ROW)
}

/// Sections follow one another in ascending order of kind, aligned, up to the end of the file.
fn check_sections(file: usize, sections: &[Section], mut end: usize) -> Result<(), SegmentError> {
    let mut last_kind = 0;
    for section in sections {
        let start = end.next_multiple_of(ALIGNMENT);
        if section.offset != start as u64 {
            return Err(SegmentError::BadTable("a section is not where it belongs"));
        }
        if section.kind <= last_kind {
            return Err(SegmentError::BadTable("sections are out of order"));
        }
        last_kind = section.kind;
        if section.element == 0 || section.count.checked_mul(u64::from(section.element)) != Some(section.length) {
            return Err(SegmentError::BadTable("a section's length is not its count of elements"));
        }
        let length = usize::try_from(section.length).unwrap_or(usize::MAX);
        let stop = start.checked_add(length).filter(|&stop| stop <= file);
        let stop = stop.ok_or(SegmentError::BadTable("a section ends behind the file"))?;
        let known = Kind::ENTRIES
            .iter()
            .chain(&Kind::DIFFERENCES)
            .chain(&Kind::KEYPOINTS)
            .find(|kind| **kind as u16 == section.kind);
        match known {
            Some(kind) if kind.element() != usize::from(section.element) => {
                return Err(SegmentError::BadTable("a column has elements of a wrong size"));
            }
            None if section.flags & NEEDED != 0 => return Err(SegmentError::UnsupportedSection(section.kind)),
            _ => {}
        }
        end = stop;
    }
    if end != file {
        return Err(SegmentError::BadTable("bytes behind the last section"));
    }
    Ok(())
}

/// Holds every digest, and the zeros of the padding, against the whole file that [`parse`] took.
pub async fn check_contents(
    file: &[u8],
    sections: &[Section],
    pause: &mut impl AsyncFnMut(),
) -> Result<(), SegmentError> {
    let mut end = table_end(file).unwrap_or_default();
    for section in sections {
        let [start, stop] = [section.offset, section.offset + section.length].map(|at| at as usize);
        if file[end..start].iter().any(|&byte| byte != 0) {
            return Err(SegmentError::BadTable("padding is not zero"));
        }
        if super::assembly::digest(&file[start..stop], pause).await != section.digest {
            return Err(SegmentError::BadDigest("a section"));
        }
        end = stop;
    }
    Ok(())
}

fn u16_at(bytes: &[u8; ROW], at: usize) -> u16 {
    u16::from_le_bytes(std::array::from_fn(|i| bytes[at + i]))
}

fn u32_at(bytes: &[u8; ROW], at: usize) -> u32 {
    u32::from_le_bytes(std::array::from_fn(|i| bytes[at + i]))
}

fn u64_at(bytes: &[u8; ROW], at: usize) -> u64 {
    u64::from_le_bytes(std::array::from_fn(|i| bytes[at + i]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_magic_is_what_it_is_said_to_be() {
        assert_eq!(Sha256::digest(MAGIC_PHRASE)[..8], MAGIC);
    }

    #[test]
    fn kinds_are_listed_once_and_in_order() {
        let all: Vec<Kind> = [&Kind::ENTRIES[..], &Kind::DIFFERENCES, &Kind::KEYPOINTS].concat();
        assert!(all.windows(2).all(|pair| (pair[0] as u16) < pair[1] as u16));
    }
}
