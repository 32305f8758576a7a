//! What a publisher has: the files of a source, and the command line that makes them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed expectation is what ends a test")]

mod ceremonies;
mod cli;
#[path = "../common/mod.rs"]
mod common;
mod eval;
#[path = "../common/folder.rs"]
mod folder;
mod format;
#[path = "../common/parts.rs"]
mod parts;
#[path = "../common/photographs.rs"]
mod photographs;
#[cfg(unix)]
mod publishing;
mod publishing_history;
mod segments;
mod video;
