//! Another compression, another size.

use super::super::score::Group::Codec;
use super::Edit;

pub const EDITS: &[Edit] = &[
    Edit::new("jpeg-75", Codec, "JPEG of quality 75", |picture, _| picture.clone()).quality(75),
    Edit::new("jpeg-50", Codec, "JPEG of quality 50", |picture, _| picture.clone()).quality(50),
    Edit::new("jpeg-30", Codec, "JPEG of quality 30", |picture, _| picture.clone()).quality(30),
    Edit::new("scale-50", Codec, "half as wide and high", |picture, _| picture.times(0.5)),
    Edit::new("scale-25", Codec, "a quarter as wide and high", |picture, _| picture.times(0.25)),
    Edit::new("width-320", Codec, "320 pixels wide", |picture, _| picture.to_width(320.0)),
];
