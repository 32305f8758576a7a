//! Tells a picture's format by its first bytes, never by its name or the server's word.

use std::fmt;

/// A picture format that we can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG (an animated one counts as its default image).
    Png,
    /// WebP (an animated one counts as its first frame).
    WebP,
    /// GIF (its first frame).
    Gif,
    /// AVIF: named, not decoded.
    Avif,
    /// HEIC or HEIF: named, not decoded.
    Heic,
    /// JPEG XL: named, not decoded.
    JpegXl,
    /// BMP: named, not decoded.
    Bmp,
    /// SVG: named, not decoded.
    Svg,
    /// An HTML page where a picture was expected.
    Html,
    /// None of the above.
    Unknown,
}

impl Format {
    /// The format that the first bytes of a file say.
    pub fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0xFF, 0xD8, 0xFF, ..] => Self::Jpeg,
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Self::Png,
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Self::Gif,
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Self::WebP,
            [b'B', b'M', ..] => Self::Bmp,
            [0xFF, 0x0A, ..] | [0, 0, 0, 0x0C, b'J', b'X', b'L', b' ', ..] => Self::JpegXl,
            [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => match brand.get(..4) {
                Some(b"avif" | b"avis") => Self::Avif,
                Some(b"heic" | b"heix" | b"hevc" | b"mif1" | b"msf1") => Self::Heic,
                _ => Self::Unknown,
            },
            _ => Self::of_text(bytes),
        }
    }

    fn of_text(bytes: &[u8]) -> Self {
        let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(bytes.len());
        let head = bytes[start..].iter().take(256).map(u8::to_ascii_lowercase).collect::<Vec<_>>();
        if head.starts_with(b"<!doctype html") || head.starts_with(b"<html") {
            Self::Html
        } else if head.starts_with(b"<svg") || head.windows(4).any(|window| window == b"<svg") {
            Self::Svg
        } else {
            Self::Unknown
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
            Self::Avif => "AVIF",
            Self::Heic => "HEIC",
            Self::JpegXl => "JPEG XL",
            Self::Bmp => "BMP",
            Self::Svg => "SVG",
            Self::Html => "HTML",
            Self::Unknown => "unknown",
        })
    }
}
