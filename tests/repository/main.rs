//! The files of the repository, held against one another.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed expectation is what ends a test")]

mod layering;
mod threat_model;
mod translations;
