//! A file's columns, by their kinds.

use std::ops::Range;

use super::layout::{self, Kind, SegmentError};

/// What is held of a file, and where its columns lie in that.
#[derive(Debug)]
pub struct Columns {
    length: usize,
    /// The whole file, or the parts of it that are kept in memory.
    chunks: Vec<Vec<u8>>,
    places: Vec<Place>,
}

#[derive(Debug)]
struct Place {
    kind: Kind,
    /// From where to where in the file.
    in_file: Range<usize>,
    /// Which chunk holds it, and where that begins in the file; `None` where it stays on the disk.
    chunk: Option<(usize, usize)>,
}

impl Columns {
    /// The columns of a whole file, which must have all of `kinds`, and all or none of `optional`. Every digest is
    /// checked.
    pub async fn parse(
        file: Vec<u8>,
        kinds: &[Kind],
        optional: &[Kind],
        pause: &mut impl AsyncFnMut(),
    ) -> Result<Self, SegmentError> {
        let sections = layout::parse(&file, file.len())?;
        layout::check_contents(&file, &sections, pause).await?;
        let length = file.len();
        Self::new(&sections, length, vec![(0, file)], kinds, optional)
    }

    /// The columns of a file of `length` bytes, of which a part is held: `chunks`, with their places in the file. The first
    /// begins at 0 and reaches beyond the table. For a file that was checked before it was stored: digests are not.
    pub fn open(
        length: usize,
        chunks: Vec<(usize, Vec<u8>)>,
        kinds: &[Kind],
        optional: &[Kind],
    ) -> Result<Self, SegmentError> {
        let start = chunks.first().map_or(&[][..], |(_, bytes)| bytes);
        let sections = layout::parse(start, length)?;
        Self::new(&sections, length, chunks, kinds, optional)
    }

    fn new(
        sections: &[layout::Section],
        length: usize,
        chunks: Vec<(usize, Vec<u8>)>,
        kinds: &[Kind],
        optional: &[Kind],
    ) -> Result<Self, SegmentError> {
        let there = |kind: &Kind| sections.iter().any(|section| section.kind == *kind as u16);
        let optional = if optional.iter().any(there) { optional } else { &[] };
        let place = |kind: &Kind| -> Result<Place, SegmentError> {
            let section = sections.iter().find(|section| section.kind == *kind as u16);
            let section = section.ok_or(SegmentError::Missing(*kind))?;
            let in_file = section.offset as usize..(section.offset + section.length) as usize;
            let holds =
                |(start, bytes): &(usize, Vec<u8>)| *start <= in_file.start && in_file.end <= start + bytes.len();
            let chunk = chunks.iter().position(holds).map(|chunk| (chunk, chunks[chunk].0));
            Ok(Place { kind: *kind, in_file, chunk })
        };
        let places = kinds.iter().chain(optional).map(place).collect::<Result<_, _>>()?;
        Ok(Self { length, chunks: chunks.into_iter().map(|(_, bytes)| bytes).collect(), places })
    }

    /// Bytes of the file.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Bytes that are held in memory.
    pub fn held(&self) -> usize {
        self.chunks.iter().map(Vec::len).sum()
    }

    /// Where a column lies in the file; empty when it has none of that kind.
    pub fn place(&self, kind: Kind) -> Range<usize> {
        self.find(kind).map_or(0..0, |place| place.in_file.clone())
    }

    /// Whether a column is held in memory.
    pub fn holds(&self, kind: Kind) -> bool {
        self.find(kind).is_some_and(|place| place.chunk.is_some())
    }

    fn find(&self, kind: Kind) -> Option<&Place> {
        self.places.iter().find(|place| place.kind == kind)
    }

    /// A column's bytes; none where it stays on the disk.
    pub fn bytes(&self, kind: Kind) -> &[u8] {
        let Some(Place { in_file, chunk: Some((chunk, start)), .. }) = self.find(kind) else { return &[] };
        &self.chunks[*chunk][in_file.start - start..in_file.end - start]
    }

    /// A column's elements.
    pub fn elements<const N: usize>(&self, kind: Kind) -> &[[u8; N]] {
        self.bytes(kind).as_chunks().0
    }

    /// A number of a column of u32.
    pub fn number(&self, kind: Kind, row: usize) -> Option<usize> {
        self.elements::<4>(kind).get(row).map(|bytes| u32::from_le_bytes(*bytes) as usize)
    }

    /// The rows of an ascending column of u32 that hold `value`.
    pub fn rows_of(&self, kind: Kind, value: usize) -> Range<usize> {
        let column = self.elements::<4>(kind);
        let first = column.partition_point(|bytes| (u32::from_le_bytes(*bytes) as usize) < value);
        let last = column.partition_point(|bytes| u32::from_le_bytes(*bytes) as usize <= value);
        first..last
    }

    /// The rows of another column that belong to `row`, by a column of u32 that says where they end.
    pub fn span(&self, ends: Kind, row: usize) -> Range<usize> {
        let before = row.checked_sub(1).and_then(|before| self.number(ends, before)).unwrap_or_default();
        before..self.number(ends, row).unwrap_or(before)
    }

    /// References ascend and stay below `count`.
    pub fn check_references(&self, kind: Kind, count: usize) -> Result<(), SegmentError> {
        let mut last = 0;
        for bytes in self.elements::<4>(kind) {
            let reference = u32::from_le_bytes(*bytes) as usize;
            if reference < last || reference >= count {
                return Err(SegmentError::BadColumn("a reference to nothing"));
            }
            last = reference;
        }
        Ok(())
    }
}
