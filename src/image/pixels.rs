//! Decoded pixels.

use thiserror::Error;

/// How many bytes a pixel has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channels {
    /// One byte, luma.
    Grey,
    /// Three bytes: red, green, blue.
    Rgb,
}

impl Channels {
    /// Bytes a pixel.
    pub const fn count(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::Rgb => 3,
        }
    }
}

/// A picture's pixels: 8 bits a channel, row-major, row 0 on top, no padding, no alpha.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    width: u32,
    height: u32,
    channels: Channels,
    data: Vec<u8>,
}

/// The bytes given for a picture do not fill it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{width}x{height} pixels need {expected} bytes, {actual} were given")]
pub struct PixelError {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Bytes needed.
    pub expected: usize,
    /// Bytes given.
    pub actual: usize,
}

impl Pixels {
    /// Wraps `data`, `width * height * channels` bytes.
    ///
    /// # Errors
    /// When the length is another.
    pub fn new(width: u32, height: u32, channels: Channels, data: Vec<u8>) -> Result<Self, PixelError> {
        let expected = width as usize * height as usize * channels.count();
        if data.len() != expected {
            return Err(PixelError { width, height, expected, actual: data.len() });
        }
        Ok(Self { width, height, channels, data })
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.width as usize
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height as usize
    }

    /// Grey or RGB.
    pub fn channels(&self) -> Channels {
        self.channels
    }

    /// All bytes.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The bytes of row `y`.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn row(&self, y: usize) -> &[u8] {
        let stride = self.width() * self.channels.count();
        &self.data[y * stride..(y + 1) * stride]
    }
}
