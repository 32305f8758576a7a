//! The browser: bindings and adapters. The only module that knows of it; nothing here decides anything.

mod background;
mod checker;
mod clock;
mod fetcher;
mod idb_store;
mod start;
mod stream;
mod turns;
mod value;

#[cfg(feature = "bench")]
mod bench;
