//! Entries, the immutable segments that hold them, and the search over their hashes.
//!
//! An [`Index`] is what one source knows, ready to be searched. It is never changed: an update builds another one.

mod block;
mod catalogue;
mod date;
mod entry;
mod jsonl;
mod keypoint_table;
mod keypoint_tier;
mod link;
mod search;
mod template;
mod text;

pub mod segment;

pub use catalogue::{Changes, Hit, Index, IndexCounts, Newest};
pub use date::{is_date, utc_date};
pub use entry::{
    CATEGORIES, Correction, Entry, EntryError, Media, Original, Review, Role, Scope, Status, Texts, is_id, pick_text,
};
pub use jsonl::{LineError, parse_entries, to_line};
pub use keypoint_tier::{KeypointHit, KeypointTier};
#[cfg(test)]
pub(crate) use link::OTHER_NUMBERS;
pub use link::{is_link_host, link_host, offered_link, web_link};
pub use search::{Found, HashColumns, Row};
pub use text::{clean, is_disturbing};
