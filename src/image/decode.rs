//! Decodes JPEG, PNG, WebP and GIF.

use std::io::Cursor;

use image::codecs::{gif::GifDecoder, jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder};
use image::{DynamicImage, ImageDecoder, ImageError};
use thiserror::Error;

use super::{Channels, Format, Limits, Pixels};

/// Whether the EXIF orientation turns the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Orientation {
    /// As people see it: what the extension and the index builder use.
    Apply,
    /// As stored: what the PDQ reference does.
    Ignore,
}

/// Why a picture could not be decoded. The message says what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// No bytes at all.
    #[error("the file is empty: download it again")]
    Empty,
    /// More bytes than [`Limits::max_bytes`].
    #[error("the file has {actual} bytes, the limit is {limit}: use a smaller copy")]
    TooManyBytes {
        /// Bytes of the file.
        actual: usize,
        /// Most that is allowed.
        limit: usize,
    },
    /// A side or the area is over the limit; told from the header alone.
    #[error("the picture is {width}x{height} pixels, over the limit: use a smaller copy")]
    TooManyPixels {
        /// Columns that the header claims.
        width: u32,
        /// Rows that the header claims.
        height: u32,
    },
    /// A format that we name and do not decode.
    #[error("the format is {0}, only JPEG, PNG, WebP and GIF are read: convert it")]
    Unsupported(Format),
    /// The decoder gave up.
    #[error("the {format} data is damaged ({detail}): get another copy")]
    Corrupt {
        /// What it claims to be.
        format: Format,
        /// The decoder's words.
        detail: String,
    },
}

/// Decodes a picture: its first frame, alpha laid over white, colour profile ignored, 8 bits a channel.
///
/// # Errors
/// Each [`DecodeError`]; limits are checked on the header, before pixels are allocated.
pub fn decode(bytes: &[u8], limits: &Limits, orientation: Orientation) -> Result<Pixels, DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    if bytes.len() > limits.max_bytes {
        return Err(DecodeError::TooManyBytes { actual: bytes.len(), limit: limits.max_bytes });
    }
    let format = Format::of(bytes);
    let corrupt = |error: ImageError| DecodeError::Corrupt { format, detail: error.to_string() };
    let input = Cursor::new(bytes);
    // Behind one pointer, so that what follows is compiled once and not for each format.
    let decoder: Box<dyn ImageDecoder + '_> = match format {
        Format::Jpeg => Box::new(JpegDecoder::new(input).map_err(corrupt)?),
        // The PNG decoder reserves its line buffers early, so it is told the bound at once.
        Format::Png => Box::new(PngDecoder::with_limits(input, decoder_limits(limits)).map_err(corrupt)?),
        Format::WebP => Box::new(WebPDecoder::new(input).map_err(corrupt)?),
        Format::Gif => Box::new(GifDecoder::new(input).map_err(corrupt)?),
        other => return Err(DecodeError::Unsupported(other)),
    };
    read(decoder, format, limits, orientation)
}

fn decoder_limits(limits: &Limits) -> image::Limits {
    let mut ours = image::Limits::default();
    // Up to four channels of 16 bits, and as much again for the decoder's own buffers.
    ours.max_alloc = Some(limits.max_pixels.saturating_mul(16));
    ours
}

fn read(
    mut decoder: Box<dyn ImageDecoder + '_>,
    format: Format,
    limits: &Limits,
    orientation: Orientation,
) -> Result<Pixels, DecodeError> {
    let corrupt = |error: ImageError| DecodeError::Corrupt { format, detail: error.to_string() };
    let (width, height) = decoder.dimensions();
    if width.max(height) > limits.max_side || u64::from(width) * u64::from(height) > limits.max_pixels {
        return Err(DecodeError::TooManyPixels { width, height });
    }
    decoder.set_limits(decoder_limits(limits)).map_err(corrupt)?;
    let turn = match orientation {
        // A damaged EXIF block is no reason to lose the picture.
        Orientation::Apply => decoder.orientation().ok(),
        Orientation::Ignore => None,
    };
    let mut picture = DynamicImage::from_decoder(decoder).map_err(corrupt)?;
    if let Some(turn) = turn {
        picture.apply_orientation(turn);
    }
    Ok(flatten(picture))
}

/// Drops alpha over white and narrows to 8 bits.
fn flatten(picture: DynamicImage) -> Pixels {
    let (width, height) = (picture.width(), picture.height());
    let (channels, data) = match picture {
        DynamicImage::ImageLuma8(grey) => (Channels::Grey, grey.into_raw()),
        DynamicImage::ImageRgb8(rgb) => (Channels::Rgb, rgb.into_raw()),
        DynamicImage::ImageLumaA8(grey) => (Channels::Grey, over_white::<2>(grey.as_raw())),
        DynamicImage::ImageRgba8(rgba) => (Channels::Rgb, over_white::<4>(rgba.as_raw())),
        grey @ DynamicImage::ImageLuma16(_) => (Channels::Grey, grey.into_luma8().into_raw()),
        grey @ DynamicImage::ImageLumaA16(_) => (Channels::Grey, over_white::<2>(grey.into_luma_alpha8().as_raw())),
        other => (Channels::Rgb, over_white::<4>(other.into_rgba8().as_raw())),
    };
    Pixels::new(width, height, channels, data).expect("the decoder fills the size it states")
}

/// Composites samples of `N` channels, the last one alpha, over white.
fn over_white<const N: usize>(samples: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(samples.len() / N * (N - 1));
    for pixel in samples.as_chunks::<N>().0 {
        let alpha = u32::from(pixel[N - 1]);
        for &value in &pixel[..N - 1] {
            out.push(((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8);
        }
    }
    out
}
