//! Verdicts on images, and the state of the extension's background.

mod background;
mod cache;
mod check;
mod failure;
mod finding;
mod relation;
mod state;

pub use background::{Background, Embedded, EventSink};
#[cfg(feature = "builder")]
pub use check::Looked;
pub use check::{MIN_QUALITY, Manner, Searched, check_bytes};
pub use failure::{Coded, reason_of};
#[cfg(feature = "builder")]
pub use relation::Relation;
pub use relation::{MATCH_RADIUS, POSSIBLE_RADIUS};
