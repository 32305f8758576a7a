//! Pictures: decoding, fingerprints, and which copies match.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed expectation is what ends a test")]

#[path = "../common/mod.rs"]
mod common;
mod demo_feed;
mod differences;
#[path = "../common/folder.rs"]
mod folder;
mod images;
mod matching;
mod pdq;
#[path = "../common/photographs.rs"]
mod photographs;
mod regions;
mod templates;
