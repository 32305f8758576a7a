//! Reads a segment. Nothing in it is believed: every column is held against the others before the first look-up.

use std::collections::VecDeque;
use std::ops::Range;

use super::assembly::{at_once, unbroken};
use super::columns::Columns;
use super::ids::Ids;
use super::layout::{self, Kind, SegmentError};
use super::records;
use crate::fingerprint::{Fingerprint, Hash, HashedRegion, Region, WHOLE, encoding};
use crate::index::entry::is_id;
use crate::index::search::{Half, HashColumns};
use crate::index::{Entry, Role, Status, block};

/// Text blocks kept open while all entries are read: merged segments take them from several parts in turn.
const OPEN_BLOCKS: usize = 16;
/// Rows checked between two pauses.
const CHECK_STEP: usize = 4096;

/// A checked segment, held as the bytes of its file, or without its text blocks.
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
        unbroken(Self::verify(file, at_once))
    }

    /// As [`Self::parse`]; `pause` is called between slices of work.
    ///
    /// # Errors
    /// Each [`SegmentError`].
    pub async fn verify(file: Vec<u8>, mut pause: impl AsyncFnMut()) -> Result<Self, SegmentError> {
        let columns = Columns::parse(file, &Kind::ENTRIES, &Kind::DIFFERENCES, &mut pause).await?;
        let segment = Self { columns };
        segment.check_entries(&mut pause).await?;
        pause().await;
        segment.check_blocks(&mut pause).await?;
        segment.check_media(&mut pause).await?;
        segment.check_differences()?;
        Ok(segment)
    }

    /// The parts of a file of `length` bytes to hold in memory for [`Self::open`]: all but its text blocks and the exact PDQ
    /// that is only exported. `start` is its first [`layout::MAX_START`] bytes, or all of it.
    ///
    /// # Errors
    /// When header or table do not hold.
    pub fn parts_to_hold(start: &[u8], length: usize) -> Result<Vec<Range<usize>>, SegmentError> {
        let sections = layout::parse(start, length)?;
        let place = |kind: Kind| -> Result<Range<usize>, SegmentError> {
            let section = sections.iter().find(|section| section.kind == kind as u16);
            let section = section.ok_or(SegmentError::Missing(kind))?;
            Ok(section.offset as usize..(section.offset + section.length) as usize)
        };
        let text = place(Kind::BlockBytes)?;
        let exported = place(Kind::KeptPdq)?.start..place(Kind::KeptPdqQuality)?.end;
        let held = [0..text.start, text.end..exported.start, exported.end..length];
        Ok(held.into_iter().filter(|part| !part.is_empty()).collect())
    }

    /// Wraps the parts of a file that was checked before it was stored, each with its place in the file. Digests and
    /// columns are not checked again; what was damaged since gives wrong answers until it is found out, never an end.
    ///
    /// # Errors
    /// When header or table do not hold.
    pub fn open(length: usize, parts: Vec<(usize, Vec<u8>)>) -> Result<Self, SegmentError> {
        Ok(Self { columns: Columns::open(length, parts, &Kind::ENTRIES, &Kind::DIFFERENCES)? })
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

    async fn check_entries(&self, pause: &mut impl AsyncFnMut()) -> Result<(), SegmentError> {
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
            if row % CHECK_STEP == 0 {
                pause().await;
            }
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
        Ok(())
    }

    async fn check_blocks(&self, pause: &mut impl AsyncFnMut()) -> Result<(), SegmentError> {
        let blocks = self.elements::<8>(Kind::Blocks);
        let mut last = 0;
        for block in blocks {
            let [end, length] = pair(block);
            if end < last || length == 0 || length > block::MAX_LENGTH {
                return Err(SegmentError::BadColumn("text blocks"));
            }
            last = end;
        }
        if last != self.columns.place(Kind::BlockBytes).len() {
            return Err(SegmentError::BadColumn("bytes behind the last text block"));
        }
        for (row, text) in self.elements::<8>(Kind::Texts).iter().enumerate() {
            if row % CHECK_STEP == 0 {
                pause().await;
            }
            let [block, offset] = pair(text);
            if blocks.get(block).is_none_or(|block| pair(block)[1] <= offset) {
                return Err(SegmentError::BadColumn("a text outside its block"));
            }
        }
        Ok(())
    }

    async fn check_media(&self, pause: &mut impl AsyncFnMut()) -> Result<(), SegmentError> {
        let media = self.elements::<4>(Kind::MediaEntry).len();
        if self.column(Kind::MediaRole).len() != media {
            return Err(SegmentError::BadColumn("media"));
        }
        if self.column(Kind::MediaRole).iter().any(|&role| role > 2) {
            return Err(SegmentError::BadColumn("a role that does not exist"));
        }
        self.columns.check_references(Kind::MediaEntry, self.entries())?;
        pause().await;
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
            pause().await;
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

    /// The entries' ids.
    pub fn ids(&self) -> Ids<'_> {
        Ids { names: self.column(Kind::Ids), ends: self.elements(Kind::IdEnds) }
    }

    /// An entry's id. Empty when there is no such row.
    pub fn id(&self, row: usize) -> &str {
        str::from_utf8(self.ids().get(row)).unwrap_or_default()
    }

    /// The row of an id.
    pub fn row_of(&self, id: &str) -> Option<usize> {
        self.ids().row_of(id.as_bytes())
    }

    /// An entry's revision.
    pub fn revision(&self, row: usize) -> u32 {
        self.number(Kind::Revisions, row).unwrap_or_default() as u32
    }

    /// The rows of retracted entries.
    pub fn tombstones(&self) -> impl Iterator<Item = usize> {
        let entries = self.entries();
        let statuses = self.column(Kind::Status).iter().take(entries).enumerate();
        statuses.filter(|(_, status)| **status > 1).map(|(row, _)| row)
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
    pub fn media_of(&self, row: usize) -> Range<usize> {
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

    /// The rows of the hashes of a media item.
    pub(super) fn hashes_of(&self, group: HashGroup, media: usize) -> Range<usize> {
        self.columns.rows_of(group.media(), media)
    }

    /// The canonical hashes of a media item.
    pub fn canonical_of(&self, media: usize) -> impl Iterator<Item = Hash> {
        self.columns.rows_of(Kind::CanonicalMedia, media).map(|row| self.hash(HashGroup::Canonical, row))
    }

    /// The parts of a media item that they are of.
    pub fn regions_of(&self, media: usize) -> impl Iterator<Item = Region> {
        let rows = self.columns.rows_of(Kind::CanonicalMedia, media);
        rows.take(encoding::MAX_REGIONS).filter_map(|row| self.region(row))
    }

    fn region(&self, hash: usize) -> Option<Region> {
        let bytes = self.elements::<8>(Kind::CanonicalRegion).get(hash)?;
        Some(std::array::from_fn(|i| u16::from_le_bytes([bytes[2 * i], bytes[2 * i + 1]])))
    }

    /// How many text blocks.
    pub(super) fn blocks(&self) -> usize {
        self.elements::<8>(Kind::Blocks).len()
    }

    /// A text block, compressed, and how long it is opened; `None` where blocks stay on the disk.
    pub(super) fn block(&self, index: usize) -> Option<(&[u8], usize)> {
        let (place, length) = self.block_place(index)?;
        Some((self.column(Kind::BlockBytes).get(place)?, length))
    }

    /// An entry's text: the number of its block, and where in the opened block it is.
    pub(super) fn text_place(&self, row: usize) -> Option<[usize; 2]> {
        self.elements::<8>(Kind::Texts).get(row).map(pair)
    }

    /// Bytes that are held in memory.
    pub fn held(&self) -> usize {
        self.columns.held()
    }

    /// Where the text block of an entry lies in the file, compressed; `None` when it is in memory, or there is no such row.
    pub fn text_on_disk(&self, row: usize) -> Option<Range<usize>> {
        if self.columns.holds(Kind::BlockBytes) {
            return None;
        }
        let blocks = self.columns.place(Kind::BlockBytes);
        let (Range { start, end }, _) = self.block_place(self.text_place(row)?[0])?;
        (end <= blocks.len()).then(|| blocks.start + start..blocks.start + end)
    }

    /// Where a text block lies among the blocks, and how long it is opened.
    fn block_place(&self, index: usize) -> Option<(Range<usize>, usize)> {
        let blocks = self.elements::<8>(Kind::Blocks);
        let [end, length] = pair(blocks.get(index)?);
        let start = match index.checked_sub(1) {
            Some(before) => pair(blocks.get(before)?)[0],
            None => 0,
        };
        (start <= end).then_some((start..end, length))
    }

    /// An entry with all its texts and fingerprints. Opens one text block.
    ///
    /// # Errors
    /// When the block is not in memory, does not open, or its text is not the entry that the columns say.
    pub fn entry(&self, row: usize) -> Result<Entry, SegmentError> {
        let block = self.text_place(row).and_then(|[block, _]| self.block(block));
        self.entry_in(row, block.ok_or(SegmentError::BadText)?.0)
    }

    /// As [`Self::entry`], from the bytes of the block that [`Self::text_on_disk`] names.
    ///
    /// # Errors
    /// As [`Self::entry`].
    pub fn entry_in(&self, row: usize, block: &[u8]) -> Result<Entry, SegmentError> {
        let [index, _] = self.text_place(row).ok_or(SegmentError::BadText)?;
        let (_, length) = self.block_place(index).ok_or(SegmentError::BadText)?;
        self.entry_in_opened(row, &block::open(block, length)?)
    }

    /// Entries row by row, in any order: a block that was opened for one is kept for the next ones.
    ///
    /// # Errors
    /// As [`Self::entry`].
    pub fn entries_of(&self, rows: impl Iterator<Item = usize>) -> Result<Vec<Entry>, SegmentError> {
        let mut opened: VecDeque<(usize, Vec<u8>)> = VecDeque::new();
        let mut entries = Vec::new();
        for row in rows {
            let [index, _] = self.text_place(row).ok_or(SegmentError::BadText)?;
            let at = match opened.iter().position(|(other, _)| *other == index) {
                Some(at) => at,
                None => {
                    let (block, length) = self.block(index).ok_or(SegmentError::BadText)?;
                    opened.truncate(OPEN_BLOCKS - 1);
                    opened.push_front((index, block::open(block, length)?));
                    0
                }
            };
            entries.push(self.entry_in_opened(row, &opened[at].1)?);
        }
        Ok(entries)
    }

    fn entry_in_opened(&self, row: usize, opened: &[u8]) -> Result<Entry, SegmentError> {
        let [_, offset] = self.text_place(row).ok_or(SegmentError::BadText)?;
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

    pub(super) fn hash(&self, group: HashGroup, row: usize) -> Hash {
        let HashColumns { first, second } = self.columns(group);
        let halves = [first.get(row), second.get(row)].map(|half| half.copied().unwrap_or_default());
        Hash(std::array::from_fn(|i| halves[i / 16][i % 16]))
    }

    fn fingerprint(&self, media: usize) -> Fingerprint {
        let regions =
            self.columns.rows_of(Kind::CanonicalMedia, media).take(encoding::MAX_REGIONS).map(|row| HashedRegion {
                region: self.region(row).unwrap_or(WHOLE),
                quality: self.column(Kind::CanonicalQuality).get(row).copied().unwrap_or_default(),
                hash: self.hash(HashGroup::Canonical, row),
            });
        Fingerprint { regions: regions.collect(), difference: self.difference(media), ..Fingerprint::default() }
    }

    fn pdq(&self, media: usize) -> Option<(Hash, u8)> {
        if let Some(row) = self.columns.rows_of(Kind::PdqMedia, media).next() {
            return Some((self.hash(HashGroup::Pdq, row), *self.column(Kind::PdqQuality).get(row)?));
        }
        let row = self.columns.rows_of(Kind::KeptPdqMedia, media).next()?;
        let hash = self.elements::<32>(Kind::KeptPdq).get(row)?;
        Some((Hash(*hash), *self.column(Kind::KeptPdqQuality).get(row)?))
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
