//! Bytes to pixels. Every picture is hostile: its header is read and held against [`Limits`] before a pixel is allocated.

mod decode;
mod format;
mod limits;
mod pixels;

pub use decode::{DecodeError, Orientation, decode};
pub use format::Format;
pub use limits::Limits;
pub use pixels::{Channels, PixelError, Pixels};
