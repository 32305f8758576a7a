//! Bytes that come piece by piece.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader};

use super::turns;

/// The one who reads a stream.
pub struct Pieces(ReadableStreamDefaultReader);

impl Pieces {
    /// Begins to read.
    pub fn of(stream: &ReadableStream) -> Self {
        Self(stream.get_reader().unchecked_into())
    }

    /// The next piece; `None` at the end.
    pub async fn next(&self) -> Result<Option<Uint8Array>, JsValue> {
        // Pieces that have come already follow one another without anybody else having a turn.
        turns::pause().await;
        let read = JsFuture::from(self.0.read()).await?;
        if Reflect::get(&read, &"done".into())?.is_truthy() {
            return Ok(None);
        }
        Ok(Some(Reflect::get(&read, &"value".into())?.unchecked_into()))
    }
}

/// Adds a piece.
pub fn append(bytes: &mut Vec<u8>, piece: &Uint8Array) {
    let start = bytes.len();
    bytes.resize(start + piece.length() as usize, 0);
    piece.copy_to(&mut bytes[start..]);
}
