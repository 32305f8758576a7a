//! The demo feed's pictures, things drawn over them, and an index that knows some and is asked for others.

#![allow(dead_code, reason = "each test program uses a part")]

use std::io::Cursor;

use caveat::engine::{Manner, Searched, check_bytes};
use caveat::fingerprint::{Fingerprint, encoding};
use caveat::image::{Limits, Orientation, Pixels, decode};
use caveat::index::segment::{KeypointSegment, Segment, write, write_keypoints};
use caveat::index::{Entry, Index, KeypointTier, parse_entries};
use caveat::protocol::{Level, Sensitivity, Verdict};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use sha2::{Digest, Sha256};

use crate::common::{head_of, key};

pub fn photograph(name: &str) -> RgbImage {
    image::open(format!("www/feed/pictures/{name}.jpg")).unwrap().to_rgb8()
}

/// The middle of a picture, as large as a frame.
pub fn filling(name: &str, [width, height]: [u32; 2]) -> RgbImage {
    let picture = photograph(name);
    let grown = (width as f32 / picture.width() as f32).max(height as f32 / picture.height() as f32);
    let side = |length: u32, least: u32| ((length as f32 * grown).round() as u32).max(least);
    let (across, down) = (side(picture.width(), width), side(picture.height(), height));
    let scaled = imageops::resize(&picture, across, down, FilterType::Triangle);
    imageops::crop_imm(&scaled, (across - width) / 2, (down - height) / 2, width, height).to_image()
}

pub fn jpeg(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(picture).unwrap();
    bytes.into_inner()
}

pub fn pixels(bytes: &[u8]) -> Pixels {
    decode(bytes, &Limits::default(), Orientation::Apply).unwrap()
}

pub type Colour = [u8; 3];
/// Left, top, width, height.
pub type Area = [u32; 4];

pub fn fill(frame: &mut RgbImage, [left, top, width, height]: Area, colour: Colour) {
    for y in top..(top + height).min(frame.height()) {
        for x in left..(left + width).min(frame.width()) {
            frame.put_pixel(x, y, Rgb(colour));
        }
    }
}

pub fn outline(frame: &mut RgbImage, [left, top, width, height]: Area, thick: u32, colour: Colour) {
    for area in [
        [left, top, width, thick],
        [left, top + height - thick, width, thick],
        [left, top, thick, height],
        [left + width - thick, top, thick, height],
    ] {
        fill(frame, area, colour);
    }
}

/// Strokes like those of letters: a letter always has the same ones, in a grid of 5 x 7.
pub fn write_text(frame: &mut RgbImage, words: &str, left: u32, top: u32, size: u32, colour: Colour) {
    for (column, letter) in (0_u32..).zip(words.bytes()).filter(|(_, letter)| *letter != b' ') {
        let strokes = u64::from(letter).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
        for cell in (0..35_u32).filter(|cell| strokes >> cell & 1 == 1) {
            fill(frame, [left + (column * 6 + cell % 5) * size, top + cell / 5 * size, size, size], colour);
        }
    }
}

/// Numbers below 8, of each seed others.
pub fn numbers(seed: u32) -> impl Iterator<Item = u32> {
    let step = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    std::iter::successors(Some(seed), step).skip(1).map(|state| state >> 29)
}

/// An entry of media with these roles and fingerprints.
pub fn entry_with(id: &str, media: &[(&str, &Fingerprint)]) -> Entry {
    let media: Vec<String> = media
        .iter()
        .map(|(role, print)| format!(r#"{{"role":"{role}","fingerprint":"{}"}}"#, encoding::to_base64(print)))
        .collect();
    let line = format!(r#"{{"id":"{id}","rev":1,"truth":{{"en":"."}},"media":[{}]}}"#, media.join(","));
    parse_entries(&line).unwrap().remove(0)
}

/// An entry that knows one picture, as a JPEG of it.
pub fn known(id: &str, picture: &RgbImage) -> Entry {
    entry_with(id, &[("known", &Fingerprint::with_keypoints(&pixels(&jpeg(picture, 88)), 44))])
}

pub struct Source {
    index: Index,
    /// None where no picture has any.
    keypoints: Option<KeypointTier>,
}

impl Source {
    pub fn of(entries: &[Entry]) -> Self {
        let file = write(entries);
        let keypoints = write_keypoints(entries, &file).map(|file| KeypointSegment::parse(file).unwrap());
        let digest: [u8; 32] = Sha256::digest(&file).into();
        let index = Index::new(vec![Segment::parse(file).unwrap()], &Default::default());
        let keypoints = keypoints.map(|of| KeypointTier::new(&index, &[digest], vec![of]).unwrap());
        Self { index, keypoints }
    }

    /// What is said of a file, by hashes alone or by keypoints too.
    pub fn verdict(&self, bytes: &[u8], sensitivity: Sensitivity, with_keypoints: bool) -> Verdict {
        let searched = Searched {
            key: &key().public().into(),
            catalogue_name: None,
            head: &head_of(b"", 1),
            index: &self.index,
            keypoints: self.keypoints.as_ref().filter(|_| with_keypoints),
        };
        check_bytes(bytes, &[searched], Manner { sensitivity, language: "en", now: 0 })
    }

    /// The entries that are named at level `match`, in the order of their ids.
    pub fn matches(&self, bytes: &[u8], sensitivity: Sensitivity) -> Vec<String> {
        let found = self.verdict(bytes, sensitivity, true).matches;
        let certain = found.into_iter().filter(|found| found.level == Level::Match);
        let mut ids: Vec<String> = certain.map(|found| found.entry).collect();
        ids.sort();
        ids
    }
}
