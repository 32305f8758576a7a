//! Verdicts on images, and the state of the extension's background.

mod background;
mod cache;
mod check;
mod failure;
mod finding;
mod log;
mod policy;
mod quota;
mod relation;
mod state;
mod telling;

pub use background::{Background, Embedded, EventSink, MAX_SOURCES};
#[cfg(feature = "builder")]
pub use check::Looked;
#[cfg(feature = "bench")]
pub use check::check_pixels;
pub use check::{Manner, Searched, check_bytes};
pub use failure::{Coded, reason_of};
#[cfg(feature = "builder")]
pub use log::{NoticeLog, SeenPicture, ShownLog, decode_part, encode_part};
#[cfg(feature = "builder")]
pub use policy::Policy;
pub use relation::POSSIBLE_RADIUS;
#[cfg(feature = "builder")]
pub use relation::Relation;
#[cfg(feature = "builder")]
pub use state::State;
