//! Caveat: fingerprints pictures on the device and looks them up in a signed index of known misattributed media.
//!
//! The layers, from the bottom up (dependencies point down only, `tests/repository/layering.rs` holds them to it):
//! [`image`] bytes to pixels, [`fingerprint`] pixels to fingerprints, [`index`] entries and the segments that hold
//! them, [`source`] signed heads and updates, [`engine`] verdicts, [`protocol`] messages, `web` the browser.

#![warn(missing_docs)]

/// Bytes to pixels, with limits that are checked before anything is allocated.
pub mod image;

/// Pixels to fingerprints: exact PDQ, the canonical hash, mirrors and rotations, trimmed borders.
pub mod fingerprint;

/// Entries, the immutable segments that hold them, and the search over their hashes.
pub mod index;

/// Publishers of entries: keys, signed heads, and the update that replaces an index in one step.
pub mod source;

/// Verdicts on images, and the state of the extension's background.
pub mod engine;

/// Messages between the extension's parts.
pub mod protocol;

/// Numbers that look random and are the same in every run.
#[cfg(any(feature = "builder", test))]
pub mod chance;

/// Fakes for tests: a clock, a store and a server in memory.
#[cfg(feature = "builder")]
pub mod testing;

/// An index of many known pictures, to measure look-ups in.
#[cfg(feature = "bench")]
pub mod bench;

#[cfg(target_family = "wasm")]
mod web;
