//! PDQ, exactly: the same bits as Meta's C++ core on all pixels ("full" mode, no pre-resize).
//!
//! Source: facebook/ThreatExchange, `pdq/`, and its paper "The TMK+PDQF Video-Hashing Algorithm and the PDQ
//! Image-Hashing Algorithm" (2019). The order of every floating-point operation is part of the definition.
//!
//! The reference filters the whole picture four times. Here the first row pass, the first column pass and the second
//! row pass run together, a few rows at a time, over a window of rows that stays in cache; the second column pass only
//! sees the 64 columns that are sampled. Same additions in the same order, hence the same bits.

use crate::image::Pixels;

use super::dct::{self, BLOCK, Coefficients};
use super::{Hash, Turn, luma};

/// A PDQ hash and its quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pdq {
    /// 256 bits.
    pub hash: Hash,
    /// 0..=100; PDQ's authors discard what is at most 49.
    pub quality: u8,
}

/// Smaller pictures have no hash: all zero, quality 0.
const MIN_SIDE: usize = 5;
/// Rows that go through the row filter side by side: four running sums fill a SIMD register.
const LANES: usize = 4;

/// PDQ of a picture.
pub fn pdq(pixels: &Pixels) -> Pdq {
    if pixels.width() < MIN_SIDE || pixels.height() < MIN_SIDE {
        return Pdq { hash: Hash::default(), quality: 0 };
    }
    // The reference hashes a 64x64 picture without filtering it, but not in `dihedral`.
    let block = if is_block(pixels) { copied(pixels) } else { filtered(pixels) };
    Pdq { hash: Coefficients::of(&block).hash(), quality: dct::quality(&block) }
}

/// The hashes of a picture's eight turns, in the order of [`Turn::ALL`].
pub fn dihedral(pixels: &Pixels) -> [Hash; 8] {
    quality_and_dihedral(pixels).1
}

/// The quality that [`pdq`] gives and the hashes that [`dihedral`] gives; the picture is filtered once for both.
pub fn quality_and_dihedral(pixels: &Pixels) -> (u8, [Hash; 8]) {
    if pixels.width() < MIN_SIDE || pixels.height() < MIN_SIDE {
        return (0, [Hash::default(); 8]);
    }
    let block = filtered(pixels);
    let coefficients = Coefficients::of(&block);
    let quality = if is_block(pixels) { dct::quality(&copied(pixels)) } else { dct::quality(&block) };
    (quality, Turn::ALL.map(|turn| coefficients.turned(turn).hash()))
}

fn is_block(pixels: &Pixels) -> bool {
    pixels.width() == BLOCK && pixels.height() == BLOCK
}

fn copied(pixels: &Pixels) -> Vec<f32> {
    let mut block = vec![0.0; BLOCK * BLOCK];
    for (y, line) in block.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
        luma::row(pixels, y, line);
    }
    block
}

/// The phases of the box filter along a line of `len` samples.
#[derive(Clone, Copy)]
struct Window {
    len: usize,
    win: usize,
    half: usize,
}

impl Window {
    fn over(len: usize) -> Self {
        let win = len.div_ceil(2 * BLOCK);
        Self { len, win, half: (win + 2) / 2 }
    }

    /// Runs the filter: `step(add, drop, out, n)` adds sample `add` to the running sum, then drops sample `drop` from
    /// it, then puts the sum divided by `n` out as sample `out`; each only where given.
    #[inline(always)]
    fn run(self, mut step: impl FnMut(Option<usize>, Option<usize>, Option<(usize, f32)>)) {
        let Self { len, win, half } = self;
        let (mut add, mut drop, mut out, mut n) = (0, 0, 0, 0_usize);
        for _ in 0..half - 1 {
            n += 1;
            step(Some(add), None, None);
            add += 1;
        }
        for _ in 0..=win - half {
            n += 1;
            step(Some(add), None, Some((out, n as f32)));
            add += 1;
            out += 1;
        }
        for _ in win..len {
            step(Some(add), Some(drop), Some((out, n as f32)));
            add += 1;
            drop += 1;
            out += 1;
        }
        for _ in 0..half - 1 {
            n -= 1;
            step(None, Some(drop), Some((out, n as f32)));
            drop += 1;
            out += 1;
        }
    }
}

/// Where the 64 samples of a line of `len` lie.
fn sampled(len: usize) -> [usize; BLOCK] {
    std::array::from_fn(|i| (2 * i + 1) * len / (2 * BLOCK))
}

/// `LANES` lines beside one another: sample x of line l is `[x][l]`.
type Lanes = [f32; LANES];

fn filter_lanes(window: Window, input: &[Lanes], mut put: impl FnMut(usize, Lanes)) {
    let mut sum = [0.0; LANES];
    window.run(|add, drop, out| {
        if let Some(add) = add {
            for (sum, value) in sum.iter_mut().zip(&input[add]) {
                *sum += value;
            }
        }
        if let Some(drop) = drop {
            for (sum, value) in sum.iter_mut().zip(&input[drop]) {
                *sum -= value;
            }
        }
        if let Some((out, n)) = out {
            put(out, sum.map(|sum| sum / n));
        }
    });
}

/// Steps 2 to 5: luma, two passes of the box filter each way, 64x64 samples.
fn filtered(pixels: &Pixels) -> Vec<f32> {
    let (width, height) = (pixels.width(), pixels.height());
    let mut rows = FirstRowPass::over(pixels);
    let mut second = SecondRowPass::over(width, height);
    let window = Window::over(height);
    let mut sums = vec![0.0_f32; width];
    window.run(|add, drop, out| {
        if let Some(add) = add {
            for (sum, value) in sums.iter_mut().zip(rows.row(add)) {
                *sum += value;
            }
        }
        if let Some(drop) = drop {
            for (sum, value) in sums.iter_mut().zip(rows.held(drop)) {
                *sum -= value;
            }
        }
        if let Some((out, n)) = out {
            second.push(out, &sums, n);
        }
    });
    last_column_pass(&second.finish(), height)
}

/// Luma and the first row pass, row by row as the column pass asks for them; keeps as many as its window spans.
struct FirstRowPass<'a> {
    pixels: &'a Pixels,
    window: Window,
    luma: Vec<f32>,
    lanes: Vec<Lanes>,
    held: Vec<f32>,
    capacity: usize,
    done: usize,
}

impl<'a> FirstRowPass<'a> {
    fn over(pixels: &'a Pixels) -> Self {
        let width = pixels.width();
        let capacity = (Window::over(pixels.height()).win + LANES).next_multiple_of(LANES);
        Self {
            pixels,
            window: Window::over(width),
            luma: vec![0.0; width],
            lanes: vec![[0.0; LANES]; width],
            held: vec![0.0; capacity * width],
            capacity,
            done: 0,
        }
    }

    fn row(&mut self, y: usize) -> &[f32] {
        if y == self.done {
            self.filter_next();
        }
        self.held(y)
    }

    fn held(&self, y: usize) -> &[f32] {
        let width = self.luma.len();
        let slot = y % self.capacity;
        &self.held[slot * width..(slot + 1) * width]
    }

    fn filter_next(&mut self) {
        let (width, first) = (self.luma.len(), self.done);
        let count = LANES.min(self.pixels.height() - first);
        for lane in 0..count {
            luma::row(self.pixels, first + lane, &mut self.luma);
            for (lanes, &luma) in self.lanes.iter_mut().zip(&self.luma) {
                lanes[lane] = luma;
            }
        }
        let start = first % self.capacity * width;
        let mut lines = self.held[start..start + LANES * width].chunks_exact_mut(width);
        let mut lines: [&mut [f32]; LANES] = std::array::from_fn(|_| lines.next().unwrap_or_default());
        filter_lanes(self.window, &self.lanes, |x, values| {
            for (line, value) in lines.iter_mut().zip(values) {
                line[x] = value;
            }
        });
        self.done += count;
    }
}

/// The second row pass; of its output only the 64 sampled columns are kept.
struct SecondRowPass {
    window: Window,
    columns: [usize; BLOCK],
    lanes: Vec<Lanes>,
    out: Vec<[f32; BLOCK]>,
    waiting: usize,
}

impl SecondRowPass {
    fn over(width: usize, height: usize) -> Self {
        Self {
            window: Window::over(width),
            columns: sampled(width),
            lanes: vec![[0.0; LANES]; width],
            out: vec![[0.0; BLOCK]; height],
            waiting: 0,
        }
    }

    fn push(&mut self, y: usize, sums: &[f32], n: f32) {
        let lane = y % LANES;
        for (lanes, sum) in self.lanes.iter_mut().zip(sums) {
            lanes[lane] = sum / n;
        }
        self.waiting += 1;
        if self.waiting == LANES {
            self.filter(y + 1 - LANES);
        }
    }

    fn filter(&mut self, first: usize) {
        // A narrow picture samples a column several times, so the sampled columns are walked, not tested.
        let mut next = 0;
        let Self { window, columns, lanes, out, .. } = self;
        let rows = &mut out[first..];
        filter_lanes(*window, lanes, |x, values| {
            while next < BLOCK && columns[next] == x {
                for (row, value) in rows.iter_mut().zip(values) {
                    row[next] = value;
                }
                next += 1;
            }
        });
        self.waiting = 0;
    }

    fn finish(mut self) -> Vec<[f32; BLOCK]> {
        if self.waiting > 0 {
            self.filter(self.out.len() - self.waiting);
        }
        self.out
    }
}

/// The second column pass, over the 64 sampled columns, and of its output the 64 sampled rows.
fn last_column_pass(input: &[[f32; BLOCK]], height: usize) -> Vec<f32> {
    let rows = sampled(height);
    let mut block = vec![0.0; BLOCK * BLOCK];
    let mut sums = [0.0_f32; BLOCK];
    let mut next = 0;
    Window::over(height).run(|add, drop, out| {
        if let Some(add) = add {
            for (sum, value) in sums.iter_mut().zip(&input[add]) {
                *sum += value;
            }
        }
        if let Some(drop) = drop {
            for (sum, value) in sums.iter_mut().zip(&input[drop]) {
                *sum -= value;
            }
        }
        if let Some((out, n)) = out {
            while next < BLOCK && rows[next] == out {
                for (value, sum) in block[next * BLOCK..].iter_mut().zip(&sums) {
                    *value = sum / n;
                }
                next += 1;
            }
        }
    });
    block
}
