//! A file's columns, by their kinds.

use std::ops::Range;

use super::layout::{self, Kind, SegmentError};

/// The bytes of a file, whose header, table and digests hold, and where its columns lie.
#[derive(Debug)]
pub struct Columns {
    file: Vec<u8>,
    places: Vec<(Kind, Range<usize>)>,
}

impl Columns {
    /// The columns of a file, which must have all of `kinds`, and all or none of `optional`.
    pub fn parse(file: Vec<u8>, kinds: &[Kind], optional: &[Kind]) -> Result<Self, SegmentError> {
        let sections = layout::parse(&file)?;
        let there = |kind: &Kind| sections.iter().any(|section| section.kind == *kind as u16);
        let optional = if optional.iter().any(there) { optional } else { &[] };
        let place = |kind: &Kind| -> Result<(Kind, Range<usize>), SegmentError> {
            let section = sections.iter().find(|section| section.kind == *kind as u16);
            let section = section.ok_or(SegmentError::Missing(*kind))?;
            Ok((*kind, section.offset as usize..(section.offset + section.length) as usize))
        };
        let places = kinds.iter().chain(optional).map(place).collect::<Result<_, _>>()?;
        Ok(Self { file, places })
    }

    /// Bytes of the file.
    pub fn length(&self) -> usize {
        self.file.len()
    }

    /// A column's bytes.
    pub fn bytes(&self, kind: Kind) -> &[u8] {
        let place = self.places.iter().find(|(other, _)| *other == kind);
        place.map_or(&[], |(_, place)| &self.file[place.clone()])
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
