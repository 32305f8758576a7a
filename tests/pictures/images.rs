//! Decoding: formats, limits, orientation, alpha, hostile files.

use std::io::Cursor;

use caveat::image::{Channels, DecodeError, Format, Limits, Orientation, Pixels, decode};
use image::{DynamicImage, GrayImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use proptest::prelude::*;

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn gradient() -> RgbImage {
    RgbImage::from_fn(48, 32, |x, y| Rgb([(x * 5) as u8, (y * 7) as u8, (x + y) as u8]))
}

fn read(bytes: &[u8]) -> Result<Pixels, DecodeError> {
    decode(bytes, &Limits::default(), Orientation::Apply)
}

#[test]
fn lossless_formats_give_the_pixels_that_went_in() {
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let pixels = read(&encoded(gradient(), format)).unwrap();
        assert_eq!((pixels.width(), pixels.height(), pixels.channels()), (48, 32, Channels::Rgb));
        assert_eq!(pixels.data(), gradient().as_raw(), "{format:?}");
    }
}

#[test]
fn jpeg_and_gif_give_nearly_the_pixels_that_went_in() {
    let smooth = RgbImage::from_fn(64, 64, |x, _| if x < 32 { Rgb([200, 30, 30]) } else { Rgb([20, 20, 220]) });
    for format in [ImageFormat::Jpeg, ImageFormat::Gif] {
        let pixels = read(&encoded(smooth.clone(), format)).unwrap();
        let off = pixels.data().iter().zip(smooth.as_raw()).filter(|(a, b)| a.abs_diff(**b) > 40).count();
        assert!(off < 64 * 64 * 3 / 20, "{format:?}: {off} samples are far off");
    }
}

#[test]
fn grey_stays_grey_and_sixteen_bits_become_eight() {
    let pixels =
        read(&encoded(GrayImage::from_fn(9, 7, |x, y| image::Luma([(x * y) as u8])), ImageFormat::Png)).unwrap();
    assert_eq!((pixels.channels(), pixels.row(3)[5]), (Channels::Grey, 15));
    let deep = image::ImageBuffer::from_fn(8, 8, |x, _| image::Luma([(x * 257) as u16]));
    assert_eq!(read(&encoded(DynamicImage::ImageLuma16(deep), ImageFormat::Png)).unwrap().row(0)[7], 7);
}

#[test]
fn alpha_lies_over_white() {
    let glass = RgbaImage::from_fn(8, 8, |x, _| Rgba([100, 0, 200, if x < 4 { 0 } else { 128 }]));
    let pixels = read(&encoded(glass, ImageFormat::Png)).unwrap();
    assert_eq!(&pixels.row(0)[..3], [255, 255, 255]);
    assert_eq!(&pixels.row(0)[21..], [177, 127, 227]);
}

/// A JPEG with an EXIF block that says how it is turned.
fn turned_jpeg(orientation: u8) -> Vec<u8> {
    let two_halves = RgbImage::from_fn(64, 32, |x, _| if x < 32 { Rgb([255, 255, 255]) } else { Rgb([0, 0, 0]) });
    let jpeg = encoded(two_halves, ImageFormat::Jpeg);
    let tiff: Vec<u8> =
        [&b"MM\0\x2a\0\0\0\x08"[..], &[0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0], &[0, 0, 0, 0]]
            .concat();
    let length = (tiff.len() + 8) as u16;
    [&jpeg[..2], &[0xFF, 0xE1], &length.to_be_bytes(), b"Exif\0\0", &tiff, &jpeg[2..]].concat()
}

#[test]
fn exif_turns_the_picture_as_people_see_it_unless_told_otherwise() {
    let turned = turned_jpeg(6);
    let seen = read(&turned).unwrap();
    assert_eq!((seen.width(), seen.height()), (32, 64));
    assert!(seen.row(2)[48] > 200 && seen.row(61)[48] < 50, "orientation 6: the left half belongs on top");
    let stored = decode(&turned, &Limits::default(), Orientation::Ignore).unwrap();
    assert_eq!((stored.width(), stored.height()), (64, 32));
}

fn png_that_claims(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = encoded(gradient(), ImageFormat::Png);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let checksum = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&checksum.to_be_bytes());
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[test]
fn a_small_file_that_claims_a_huge_picture_is_refused_by_its_header() {
    assert_eq!(
        read(&png_that_claims(60_000, 60_000)),
        Err(DecodeError::TooManyPixels { width: 60_000, height: 60_000 })
    );
    assert_eq!(read(&png_that_claims(16_385, 1)), Err(DecodeError::TooManyPixels { width: 16_385, height: 1 }));
    let mut gif = encoded(gradient(), ImageFormat::Gif);
    gif[6..10].copy_from_slice(&[0xFF; 4]);
    assert_eq!(read(&gif), Err(DecodeError::TooManyPixels { width: 65_535, height: 65_535 }));
    let mut jpeg = encoded(gradient(), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xEA, 0x60, 0xEA, 0x60]);
    assert_eq!(read(&jpeg), Err(DecodeError::TooManyPixels { width: 60_000, height: 60_000 }));
}

#[test]
fn what_is_no_picture_of_ours_is_named() {
    assert_eq!(read(b""), Err(DecodeError::Empty));
    let limits = Limits { max_bytes: 10, ..Limits::default() };
    let long = decode(&[0; 11], &limits, Orientation::Apply);
    assert_eq!(long, Err(DecodeError::TooManyBytes { actual: 11, limit: 10 }));
    for (bytes, format) in [
        (&b"\0\0\0\x1cftypavif\0\0\0\0"[..], Format::Avif),
        (b"\0\0\0\x18ftypheic\0\0\0\0", Format::Heic),
        (b"BM______", Format::Bmp),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", Format::Svg),
        (b" \n<!DOCTYPE html><html>", Format::Html),
        (b"\xFF\x0A____", Format::JpegXl),
        (b"hello, I am a text", Format::Unknown),
    ] {
        assert_eq!(read(bytes), Err(DecodeError::Unsupported(format)));
    }
}

#[test]
fn damaged_files_say_so() {
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif] {
        let bytes = encoded(gradient(), format);
        let cut = read(&bytes[..bytes.len() / 3]);
        assert!(matches!(cut, Err(DecodeError::Corrupt { .. })), "{format:?}: {cut:?}");
    }
    assert!(matches!(read(&[0xFF, 0xD8, 0xFF, 0xE0, 0, 0]), Err(DecodeError::Corrupt { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever happens to a file, decoding it ends in pixels that fill their size, or in a named error.
    #[test]
    fn no_damage_panics(
        format in prop::sample::select(vec![ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif]),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        length in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let mut bytes = encoded(gradient(), format);
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if cut {
            bytes.truncate(length.index(bytes.len()));
        }
        let limits = Limits { max_pixels: 1 << 20, ..Limits::default() };
        if let Ok(pixels) = decode(&bytes, &limits, Orientation::Apply) {
            prop_assert_eq!(pixels.data().len(), pixels.width() * pixels.height() * pixels.channels().count());
        }
    }
}
