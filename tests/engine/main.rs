//! The background of the extension on a simulated device: what it answers, what it updates, and what may befall it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed expectation is what ends a test")]

mod at_every_operation;
mod attacks;
mod background;
#[path = "../common/mod.rs"]
mod common;
mod desk;
mod device;
mod earlier_states;
mod hostile;
mod interruption;
mod keypoints_follow;
mod long_downloads;
mod news;
#[path = "../common/parts.rs"]
mod parts;
mod policy;
mod sources;
mod starting;
mod textured;
mod trust;
