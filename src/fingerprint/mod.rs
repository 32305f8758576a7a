//! Pixels to fingerprints.
//!
//! Two global hashes of 256 bits each: exact [`pdq`], which interoperates with other people's hash lists, and the
//! [`canonical`] hash, which we match with. Both come from the same 16x16 block of DCT coefficients, so mirrors and
//! rotations follow from the signs of those ([`Turn`]). The canonical hash is also taken of the picture without its flat
//! borders ([`trim`]) and of pictures inside it (`regions`).

mod affine;
mod dct;
pub mod difference;
mod grey;
mod hash;
pub mod keypoints;
mod luma;
mod regions;
mod turn;

pub mod canonical;
pub mod encoding;
pub mod pdq;
pub mod trim;

mod whole;

pub use affine::Affine;
pub use dct::{Coefficients, table as dct_table};
pub use difference::Difference;
pub use hash::{Hash, HashError, MATCH_RADIUS};
pub use trim::Rect;
pub use turn::Turn;
pub use whole::{Fingerprint, HashedRegion, MIN_QUALITY, Query, QueryRegion, Region, WHOLE};
