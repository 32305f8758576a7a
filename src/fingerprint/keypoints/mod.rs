//! Keypoints: places of a picture that are found again in a crop, a screenshot or a collage of it.
//!
//! Found as maxima of the determinant of the Hessian over place and size ([`detect`]), turned by the gradients around
//! them, described by 128 comparisons of brightness ([`describe`]). An index keeps the few of a known picture that survive
//! simulated edits ([`select`]); a look-up pairs them with those of a picture ([`matching`]) and then looks at the picture
//! where they ought to be ([`verify`]). All arithmetic is the same on every machine.

mod angle;
mod comparisons;
mod orient;
mod scale_space;

pub mod describe;
pub mod detect;
pub mod encoding;
pub mod features;
pub mod known;
pub mod matching;
pub mod places;
#[cfg(feature = "builder")]
pub mod select;
pub mod sight;
pub mod thumbnail;
pub mod verify;

pub use describe::Descriptor;
pub use features::{Feature, Pose};
pub use known::{KnownKeypoints, Place};
pub use scale_space::ScaleSpace;
pub use sight::Sight;
pub use verify::Evidence;
