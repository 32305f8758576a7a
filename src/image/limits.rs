//! What a picture may cost us.

/// Bounds on one picture, checked before its pixels are allocated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest encoded file, in bytes.
    pub max_bytes: usize,
    /// Longest side, in pixels.
    pub max_side: u32,
    /// Largest area, in pixels.
    pub max_pixels: u64,
}

impl Limits {
    /// A 32 MiB file: above every site's upload limit for photographs that we know of.
    pub const MAX_BYTES: usize = 32 << 20;
    /// Longer than any camera's side; JPEG could say 65,535.
    pub const MAX_SIDE: u32 = 16_384;
    /// 50 megapixels: 8K photographs pass, and the decoded RGBA stays under 200 MiB of WebAssembly memory.
    pub const MAX_PIXELS: u64 = 50_000_000;
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: Self::MAX_BYTES, max_side: Self::MAX_SIDE, max_pixels: Self::MAX_PIXELS }
    }
}
