//! Verdicts on images, and the state of the extension's background.

mod background;
mod cache;
mod check;
mod failure;
mod finding;
mod state;

pub use background::{Background, Embedded, EventSink};
pub use check::{MATCH_RADIUS, MIN_QUALITY, POSSIBLE_RADIUS, Searched, check_bytes, decide, query_of};
pub use failure::{Coded, reason_of};
