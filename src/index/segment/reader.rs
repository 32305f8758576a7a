//! Reads a segment. Nothing in it is believed: every column is held against the others before the first look-up.

use super::columns::Columns;
use super::layout::{Kind, SegmentError};
use super::records;
use crate::fingerprint::{Fingerprint, Hash, HashedRegion, Region, WHOLE, encoding};
use crate::index::entry::is_id;
use crate::index::search::{Half, HashColumns};
use crate::index::{Entry, Role, Status, block};

/// A checked segment, held as the bytes of its file.
#[derive(Debug)]
pub struct Segment {
    pub(super) columns: Columns,
}

/// Which hashes of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashGroup {
    /// Canonical hashes.
    Canonical,
    /// Exact PDQ of media that have no canonical hash.
    Pdq,
}

impl Segment {
    /// Checks and wraps the bytes of a file.
    ///
    /// # Errors
    /// Each [`SegmentError`].
    pub fn parse(file: Vec<u8>) -> Result<Self, SegmentError> {
        let segment = Self { columns: Columns::parse(file, &Kind::ENTRIES, &Kind::DIFFERENCES)? };
        segment.check_entries()?;
        segment.check_media()?;
        segment.check_differences()?;
        Ok(segment)
    }

    fn column(&self, kind: Kind) -> &[u8] {
        self.columns.bytes(kind)
    }

    fn elements<const N: usize>(&self, kind: Kind) -> &[[u8; N]] {
        self.columns.elements(kind)
    }

    fn number(&self, kind: Kind, row: usize) -> Option<usize> {
        self.columns.number(kind, row)
    }

    fn check_entries(&self) -> Result<(), SegmentError> {
        let count = self.entries();
        if self.elements::<4>(Kind::Revisions).len() != count
            || self.column(Kind::Status).len() != count
            || self.elements::<8>(Kind::Texts).len() != count
        {
            return Err(SegmentError::BadColumn("entries"));
        }
        let ids = self.column(Kind::Ids);
        let (mut start, mut last) = (0, "");
        for row in 0..count {
            let end = self.number(Kind::IdEnds, row).unwrap_or_default();
            let id = ids.get(start..end).and_then(|bytes| str::from_utf8(bytes).ok()).filter(|id| is_id(id));
            let id = id.ok_or(SegmentError::BadColumn("an id is no id"))?;
            if row > 0 && id <= last {
                return Err(SegmentError::BadColumn("ids are out of order"));
            }
            (start, last) = (end, id);
        }
        if start != ids.len() {
            return Err(SegmentError::BadColumn("bytes behind the last id"));
        }
        if self.column(Kind::Status).iter().any(|&status| status > 2) {
            return Err(SegmentError::BadColumn("a status that does not exist"));
        }
        if self.elements::<4>(Kind::Revisions).contains(&[0; 4]) {
            return Err(SegmentError::BadColumn("a revision of 0"));
        }
        self.check_blocks()
    }

    fn check_blocks(&self) -> Result<(), SegmentError> {
        let blocks = self.elements::<8>(Kind::Blocks);
        let mut last = 0;
        for block in blocks {
            let [end, length] = pair(block);
            if end < last || length == 0 || length > block::MAX_LENGTH {
                return Err(SegmentError::BadColumn("text blocks"));
            }
            last = end;
        }
        if last != self.column(Kind::BlockBytes).len() {
            return Err(SegmentError::BadColumn("bytes behind the last text block"));
        }
        for text in self.elements::<8>(Kind::Texts) {
            let [block, offset] = pair(text);
            if blocks.get(block).is_none_or(|block| pair(block)[1] <= offset) {
                return Err(SegmentError::BadColumn("a text outside its block"));
            }
        }
        Ok(())
    }

    fn check_media(&self) -> Result<(), SegmentError> {
        let media = self.elements::<4>(Kind::MediaEntry).len();
        if self.column(Kind::MediaRole).len() != media {
            return Err(SegmentError::BadColumn("media"));
        }
        if self.column(Kind::MediaRole).iter().any(|&role| role > 2) {
            return Err(SegmentError::BadColumn("a role that does not exist"));
        }
        self.columns.check_references(Kind::MediaEntry, self.entries())?;
        for (members, owner) in [
            (
                &[Kind::CanonicalFirst, Kind::CanonicalSecond, Kind::CanonicalRegion, Kind::CanonicalQuality][..],
                Kind::CanonicalMedia,
            ),
            (&[Kind::PdqFirst, Kind::PdqSecond, Kind::PdqQuality][..], Kind::PdqMedia),
            (&[Kind::KeptPdq, Kind::KeptPdqQuality][..], Kind::KeptPdqMedia),
        ] {
            let count = self.elements::<4>(owner).len();
            if members.iter().any(|kind| self.column(*kind).len() / kind.element() != count) {
                return Err(SegmentError::BadColumn("hashes"));
            }
            self.columns.check_references(owner, media)?;
        }
        Ok(())
    }

    /// How many entries, tombstones among them.
    pub fn entries(&self) -> usize {
        self.elements::<4>(Kind::IdEnds).len()
    }

    /// How many hashes of a group.
    pub fn hashes(&self, group: HashGroup) -> usize {
        self.elements::<4>(group.media()).len()
    }

    /// Bytes of the file.
    pub fn length(&self) -> usize {
        self.columns.length()
    }

    /// An entry's id. Empty when there is no such row.
    pub fn id(&self, row: usize) -> &str {
        let start = row.checked_sub(1).map_or(0, |before| self.number(Kind::IdEnds, before).unwrap_or_default());
        let end = self.number(Kind::IdEnds, row).unwrap_or_default();
        self.column(Kind::Ids).get(start..end).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    /// An entry's revision.
    pub fn revision(&self, row: usize) -> u32 {
        self.number(Kind::Revisions, row).unwrap_or_default() as u32
    }

    /// An entry's status.
    pub fn status(&self, row: usize) -> Status {
        match self.column(Kind::Status).get(row) {
            Some(0) => Status::Active,
            Some(1) => Status::Corrected,
            _ => Status::Retracted,
        }
    }

    /// The columns to search.
    pub fn columns(&self, group: HashGroup) -> HashColumns<'_> {
        let (first, second) = match group {
            HashGroup::Canonical => (Kind::CanonicalFirst, Kind::CanonicalSecond),
            HashGroup::Pdq => (Kind::PdqFirst, Kind::PdqSecond),
        };
        let half = |kind| -> &[Half] { self.elements::<16>(kind) };
        HashColumns { first: half(first), second: half(second) }
    }

    /// What a hash belongs to: its media item, its region and quality.
    pub fn owner(&self, group: HashGroup, hash: usize) -> Option<(usize, Region, u8)> {
        let media = self.number(group.media(), hash)?;
        match group {
            HashGroup::Canonical => Some((media, self.region(hash)?, *self.column(Kind::CanonicalQuality).get(hash)?)),
            HashGroup::Pdq => Some((media, WHOLE, *self.column(Kind::PdqQuality).get(hash)?)),
        }
    }

    /// How many media items.
    pub fn media(&self) -> usize {
        self.column(Kind::MediaRole).len()
    }

    /// The media items of an entry.
    pub fn media_of(&self, row: usize) -> std::ops::Range<usize> {
        self.columns.rows_of(Kind::MediaEntry, row)
    }

    /// The entry of a media item.
    pub fn entry_of(&self, media: usize) -> Option<usize> {
        self.number(Kind::MediaEntry, media)
    }

    /// What a media item is.
    pub fn role(&self, media: usize) -> Role {
        match self.column(Kind::MediaRole).get(media) {
            Some(0) => Role::Known,
            Some(1) => Role::Original,
            _ => Role::Debunk,
        }
    }

    /// The canonical hashes of a media item.
    pub fn canonical_of(&self, media: usize) -> impl Iterator<Item = Hash> {
        self.columns.rows_of(Kind::CanonicalMedia, media).map(|row| self.hash(HashGroup::Canonical, row))
    }

    fn region(&self, hash: usize) -> Option<Region> {
        let bytes = self.elements::<8>(Kind::CanonicalRegion).get(hash)?;
        Some(std::array::from_fn(|i| u16::from_le_bytes([bytes[2 * i], bytes[2 * i + 1]])))
    }

    /// An entry with all its texts and fingerprints. Opens one text block.
    ///
    /// # Errors
    /// When the block does not open or its text is not the entry that the columns say.
    pub fn entry(&self, row: usize) -> Result<Entry, SegmentError> {
        let text = self.elements::<8>(Kind::Texts).get(row).ok_or(SegmentError::BadText)?;
        let [index, offset] = pair(text);
        let opened = self.open_block(index)?;
        let line = opened.get(offset..).ok_or(SegmentError::BadText)?;
        let line = line.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let mut entry: Entry = serde_json::from_slice(line).map_err(|_| SegmentError::BadText)?;
        let media = self.columns.rows_of(Kind::MediaEntry, row);
        if entry.id != self.id(row)
            || entry.rev != self.revision(row)
            || entry.status != self.status(row)
            || entry.media.len() != media.len()
        {
            return Err(SegmentError::BadText);
        }
        for (media, at) in entry.media.iter_mut().zip(media) {
            if media.role != self.role(at) {
                return Err(SegmentError::BadText);
            }
            records::restore(media, &self.fingerprint(at));
            if let Some((pdq, quality)) = self.pdq(at) {
                (media.pdq, media.quality) = (Some(pdq), Some(quality));
            }
        }
        entry.validate().map_err(|_| SegmentError::BadText)?;
        Ok(entry)
    }

    fn open_block(&self, index: usize) -> Result<Vec<u8>, SegmentError> {
        let blocks = self.elements::<8>(Kind::Blocks);
        let [end, length] = pair(blocks.get(index).ok_or(SegmentError::BadText)?);
        let start = index.checked_sub(1).map_or(0, |before| pair(&blocks[before])[0]);
        let bytes = self.column(Kind::BlockBytes).get(start..end).ok_or(SegmentError::BadText)?;
        Ok(block::open(bytes, length)?)
    }

    fn hash(&self, group: HashGroup, row: usize) -> Hash {
        let HashColumns { first, second } = self.columns(group);
        let halves = [first.get(row), second.get(row)].map(|half| half.copied().unwrap_or_default());
        Hash(std::array::from_fn(|i| halves[i / 16][i % 16]))
    }

    fn fingerprint(&self, media: usize) -> Fingerprint {
        let regions =
            self.columns.rows_of(Kind::CanonicalMedia, media).take(encoding::MAX_REGIONS).map(|row| HashedRegion {
                region: self.region(row).unwrap_or(WHOLE),
                quality: self.column(Kind::CanonicalQuality)[row],
                hash: self.hash(HashGroup::Canonical, row),
            });
        Fingerprint { regions: regions.collect(), difference: self.difference(media), ..Fingerprint::default() }
    }

    fn pdq(&self, media: usize) -> Option<(Hash, u8)> {
        if let Some(row) = self.columns.rows_of(Kind::PdqMedia, media).next() {
            return Some((self.hash(HashGroup::Pdq, row), self.column(Kind::PdqQuality)[row]));
        }
        let row = self.columns.rows_of(Kind::KeptPdqMedia, media).next()?;
        Some((Hash(self.elements::<32>(Kind::KeptPdq)[row]), self.column(Kind::KeptPdqQuality)[row]))
    }
}

impl HashGroup {
    const fn media(self) -> Kind {
        match self {
            Self::Canonical => Kind::CanonicalMedia,
            Self::Pdq => Kind::PdqMedia,
        }
    }
}

fn pair(bytes: &[u8; 8]) -> [usize; 2] {
    let (words, _) = bytes.as_chunks::<4>();
    [u32::from_le_bytes(words[0]) as usize, u32::from_le_bytes(words[1]) as usize]
}
