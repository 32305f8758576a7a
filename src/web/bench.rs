//! Kernels for `tests/bench/`: what `benches/` measures natively, in WebAssembly. Only in builds with feature `bench`.

use wasm_bindgen::prelude::*;

use crate::bench::{Crowd, MultiIndex};
use crate::chance::Chance;
use crate::fingerprint::{Fingerprint, Hash, Query, pdq};
use crate::image::{Channels, Limits, Orientation, Pixels, decode};
use crate::index::HashColumns;

/// A picture, decoded, and hash columns to search.
#[wasm_bindgen]
pub struct Kernels {
    pixels: Pixels,
    first: Vec<[u8; 16]>,
    second: Vec<[u8; 16]>,
}

#[wasm_bindgen]
impl Kernels {
    /// A picture of `width * height * 3` bytes, and `rows` random hashes.
    #[wasm_bindgen(constructor)]
    pub fn new(rgb: Vec<u8>, width: u32, height: u32, rows: usize) -> Result<Kernels, JsError> {
        let pixels = Pixels::new(width, height, Channels::Rgb, rgb)?;
        let mut chance = Chance(1);
        let (first, second) = (0..rows).map(|_| (chance.bytes(), chance.bytes())).unzip();
        Ok(Kernels { pixels, first, second })
    }

    /// Exact PDQ.
    pub fn pdq(&self) -> u8 {
        pdq::pdq(&self.pixels).quality
    }

    /// The fingerprint of the index side.
    pub fn fingerprint(&self) -> usize {
        Fingerprint::of(&self.pixels).regions.len()
    }

    /// The query, all turns.
    pub fn query(&self) -> usize {
        Query::of(&self.pixels).regions.len()
    }

    /// The keypoints of a look-up.
    pub fn sight(&self) -> usize {
        crate::fingerprint::keypoints::Sight::of(&self.pixels).features().len()
    }

    /// The picture as a JPEG file of quality 85.
    pub fn jpeg(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let (width, height) = (self.pixels.width() as u32, self.pixels.height() as u32);
        let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 85);
        match encoder.encode(self.pixels.data(), width, height, image::ExtendedColorType::Rgb8) {
            Ok(()) => bytes,
            Err(_) => Vec::new(),
        }
    }

    /// Decoding alone.
    pub fn decode(bytes: &[u8]) -> usize {
        decode(bytes, &Limits::default(), Orientation::Apply).map_or(0, |pixels| pixels.width())
    }

    /// A look-up of `queries` hashes within 31 bits.
    pub fn search(&self, queries: usize) -> usize {
        let hashes: Vec<Hash> = (0..queries).map(|i| Hash([i as u8; 32])).collect();
        HashColumns { first: &self.first, second: &self.second }.within(&hashes, 31).len()
    }
}

/// Hashes and multi-index tables over them.
#[wasm_bindgen]
pub struct Tables(MultiIndex);

#[wasm_bindgen]
impl Tables {
    /// Of `rows` random hashes.
    #[wasm_bindgen(constructor)]
    pub fn new(rows: usize) -> Tables {
        let mut chance = Chance(1);
        let (first, second) = (0..rows).map(|_| (chance.bytes(), chance.bytes())).unzip();
        Self(MultiIndex::new(first, second))
    }

    /// Bytes of the tables.
    pub fn length(&self) -> usize {
        self.0.length()
    }

    /// A look-up of one hash by the scan.
    pub fn scan(&self, radius: u32) -> usize {
        self.0.columns().within(&[Hash([7; 32])], radius).len()
    }

    /// A look-up of one hash by the tables.
    #[wasm_bindgen(js_name = lookUp)]
    pub fn look_up(&self, radius: u32) -> usize {
        self.0.within(&Hash([7; 32]), radius).len()
    }
}

/// An index of many known pictures.
#[wasm_bindgen]
pub struct Lookups {
    crowd: Crowd,
    picture: Pixels,
}

#[wasm_bindgen]
impl Lookups {
    /// `entries` known pictures drawn from the keypoints of `files`, and the picture that is looked up.
    #[wasm_bindgen(constructor)]
    pub fn new(files: Vec<js_sys::Uint8Array>, entries: usize, picture: &[u8]) -> Result<Lookups, JsError> {
        let pixels = |file: &[u8]| decode(file, &Limits::default(), Orientation::Apply);
        let pictures = files.iter().map(|file| pixels(&file.to_vec())).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { crowd: Crowd::of(&pictures, entries)?, picture: pixels(picture)? })
    }

    /// Bytes of the tier of entries and of that of keypoints, tables included.
    pub fn lengths(&self) -> Vec<usize> {
        self.crowd.lengths().to_vec()
    }

    /// A whole check of the picture, decoding left out: whether nothing is found.
    pub fn check(&self) -> bool {
        self.crowd.check(self.picture.clone()) == crate::protocol::VerdictKind::None
    }

    /// Exact PDQ of it.
    pub fn pdq(&self) -> u8 {
        pdq::pdq(&self.picture).quality
    }
}
