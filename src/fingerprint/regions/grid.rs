//! A coarse grid over a picture, which rectangles are found on.
//!
//! Samples, not means: a gap of six pixels stays a gap of its own colour, and only the samples' pixels are read.

use crate::fingerprint::Rect;
use crate::image::{Channels, Pixels};

/// Most samples along the longer side.
const LONGEST: usize = 400;

/// Columns that are turned to lines at a time.
const STRIP: usize = 32;

/// Columns are lines along axis 0, rows along axis 1.
pub const AXES: [usize; 2] = [1, 0];

/// From the first line to one past the last.
pub type Span = [usize; 2];

/// A rectangle on the grid: the span of its columns and that of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area(pub [Span; 2]);

impl Area {
    /// Lines along `axis`.
    pub fn lines(&self, axis: usize) -> usize {
        self.0[axis][1] - self.0[axis][0]
    }

    /// The same with another span along `axis`.
    pub fn with(mut self, axis: usize, span: Span) -> Self {
        self.0[axis] = span;
        self
    }
}

/// Luma of every `stride`th pixel of every `stride`th row.
pub struct Grid {
    /// Pixels between samples.
    pub stride: usize,
    size: [usize; 2],
    /// Column by column, and row by row.
    lines: [Vec<u8>; 2],
}

impl Grid {
    /// The grid over a picture.
    pub fn of(pixels: &Pixels) -> Self {
        let stride = pixels.width().max(pixels.height()).div_ceil(LONGEST).max(1);
        let size = [pixels.width().div_ceil(stride), pixels.height().div_ceil(stride)];
        let [width, height] = size;
        let places: Vec<usize> = (0..width).map(|x| Self::place(stride, x, pixels.width())).collect();
        let mut rows = Vec::with_capacity(width * height);
        for y in 0..height {
            let row = pixels.row(Self::place(stride, y, pixels.height()));
            match pixels.channels() {
                Channels::Grey => rows.extend(places.iter().map(|&x| row[x])),
                Channels::Rgb => {
                    let row = row.as_chunks::<3>().0;
                    rows.extend(places.iter().map(|&x| {
                        let [r, g, b] = row[x].map(u32::from);
                        ((77 * r + 150 * g + 29 * b) >> 8) as u8
                    }));
                }
            }
        }
        let mut columns = vec![0; width * height];
        // In strips, so that what is written stays in the cache.
        for strip in (0..width).step_by(STRIP) {
            for y in 0..height {
                for x in strip..(strip + STRIP).min(width) {
                    columns[x * height + y] = rows[y * width + x];
                }
            }
        }
        Self { stride, size, lines: [columns, rows] }
    }

    fn place(stride: usize, sample: usize, length: usize) -> usize {
        (sample * stride + stride / 2).min(length - 1)
    }

    /// All of it.
    pub fn whole(&self) -> Area {
        Area(self.size.map(|length| [0, length]))
    }

    /// Line `at` along `axis`, where `area` has it.
    pub fn line(&self, area: &Area, axis: usize, at: usize) -> &[u8] {
        let across = 1 - axis;
        let [from, to] = area.0[across];
        &self.lines[axis][at * self.size[across]..][from..to]
    }

    /// Whether what lies there is large enough to be a picture in a picture.
    pub fn is_worth(&self, area: &Area) -> bool {
        let [width, height] = [area.lines(0), area.lines(1)];
        let (short, long) = (width.min(height), width.max(height));
        short * self.stride >= super::MIN_SIDE
            && width * height * 100 >= self.size[0] * self.size[1] * super::MIN_AREA
            && long * 100 <= short * super::MAX_RATIO
    }

    /// The pixels that an area of the grid stands for.
    pub fn rect(&self, area: &Area, pixels: &Pixels) -> Rect {
        let [[x, right], [y, bottom]] = area.0.map(|span| span.map(|line| line * self.stride));
        Rect { x, y, width: right.min(pixels.width()) - x, height: bottom.min(pixels.height()) - y }
    }
}
