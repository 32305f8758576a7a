//! A segment: an immutable file of entries, named by its SHA-256. `docs/index-format.md` documents it byte by byte.
//!
//! A header, a table of sections, and the sections: typed columns. A reader passes over sections that it does not know
//! unless they are marked as needed, so that later versions can add columns. The keypoints of a segment's media are a segment of their own,
//! which is loaded apart.

mod alike;
mod assembly;
mod columns;
mod differences;
mod ids;
mod keypoints;
mod layout;
mod merge;
mod reader;
mod records;
#[cfg(feature = "builder")]
mod writer;

pub use assembly::{at_once, digest, unbroken};
pub use ids::IdsInOrder;
pub use keypoints::KeypointSegment;
pub use layout::{MAGIC, MAGIC_PHRASE, MAJOR, MAX_LENGTH, MAX_START, SegmentError};
pub use merge::{merge, merge_keypoints, superseded};
pub use reader::{HashGroup, Segment};
#[cfg(feature = "builder")]
pub use writer::{write, write_keypoints};
