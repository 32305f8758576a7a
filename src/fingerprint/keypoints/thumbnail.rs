//! A known picture in 20x20 cells of 16 greys: enough to see whether what lies between the keypoints agrees.

use super::scale_space::ScaleSpace;
use crate::fingerprint::Affine;
use crate::fingerprint::grey::Grey;

/// Cells along a side.
pub const CELLS: usize = 20;
/// Bytes: two cells in each.
pub const LENGTH: usize = CELLS * CELLS / 2;
/// Cells along a side of a block, which is compared as a whole; blocks overlap by half.
const BLOCK: usize = 4;
const BLOCKS: usize = (CELLS - BLOCK) / (BLOCK / 2) + 1;
/// Least cells of a block that the picture must show.
const LEAST_CELLS: f32 = 9.0;
/// A block whose cells vary by less is flat: mean square, in greys of the thumbnail.
const FLAT: f32 = 0.4;
/// What is flat in the known picture must not vary by this many times as much in the picture.
const BUSY: f32 = 4.0;
/// Blocks that are flat in the known picture keep their brightness against one another: greys of the thumbnail.
const LEVEL: f32 = 1.0;
/// Fewer flat blocks than this say nothing.
pub const LEAST_PLAIN: u32 = 12;

/// Greys 0..16, row-major; the first of two in the lower half of the byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thumbnail(pub [u8; LENGTH]);

/// How much of a thumbnail is found again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Agreement {
    /// Blocks that the picture shows and that are not flat in both.
    pub seen: u32,
    /// Those that look alike.
    pub agree: u32,
}

/// A thumbnail held against a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Likeness {
    /// Blocks that vary in the known picture, and flat ones where the picture is busy.
    pub varied: Agreement,
    /// Blocks that are flat in the known picture: alike where they are as bright against one another. None, where no
    /// block that varies looks alike: then nothing says what is bright.
    pub plain: Agreement,
    /// Which of the varied blocks look alike.
    pub alike: Blocks,
    /// Which of them do not.
    pub unlike: Blocks,
}

/// Blocks of a thumbnail as bits, row after row.
pub type Blocks = u128;

impl Likeness {
    /// The share of the plain blocks that look alike, 0.0..=1.0; none where there are too few to say anything.
    pub fn plain_share(&self) -> Option<f32> {
        (self.plain.seen >= LEAST_PLAIN).then(|| self.plain.share())
    }

    /// The varied blocks that are chosen by the middles of their first and of their last cell, as fractions of the thumbnail's
    /// sides.
    pub fn of_those(&self, chosen: impl Fn([[f32; 2]; 2]) -> bool) -> Agreement {
        let middle = |place: usize, cell: usize| ((place * BLOCK / 2 + cell) as f32 + 0.5) / CELLS as f32;
        let lies = |i: &usize| chosen([0, BLOCK - 1].map(|cell| [middle(i % BLOCKS, cell), middle(i / BLOCKS, cell)]));
        let blocks = (0..BLOCKS * BLOCKS).filter(lies).fold(0, |blocks, i| blocks | 1 << i);
        Agreement::of(self.alike & blocks, self.unlike & blocks)
    }
}

impl Agreement {
    fn of(alike: Blocks, unlike: Blocks) -> Self {
        Self { seen: (alike | unlike).count_ones(), agree: alike.count_ones() }
    }

    /// The share of the blocks that look alike, 0.0..=1.0; 0 where none can be compared.
    pub fn share(self) -> f32 {
        self.agree as f32 / self.seen.max(1) as f32
    }
}

impl Thumbnail {
    /// The thumbnail of a picture: mean brightness of its cells, stretched to 16 greys.
    pub fn of(picture: &Grey) -> Self {
        let edge = |i: usize, length: usize| i * length / CELLS;
        let mut means = [0.0_f32; CELLS * CELLS];
        for (i, mean) in means.iter_mut().enumerate() {
            let (x, y) = (i % CELLS, i / CELLS);
            let columns = edge(x, picture.width)..edge(x + 1, picture.width).max(edge(x, picture.width) + 1);
            let rows = edge(y, picture.height)..edge(y + 1, picture.height).max(edge(y, picture.height) + 1);
            let count = (columns.len() * rows.len()) as f32;
            let sum: u32 = rows
                .map(|row| picture.row(row)[columns.clone()].iter().map(|&byte| u32::from(byte)).sum::<u32>())
                .sum();
            *mean = sum as f32 / count;
        }
        let low = means.iter().copied().fold(f32::MAX, f32::min);
        let high = means.iter().copied().fold(f32::MIN, f32::max);
        let step = ((high - low) / 15.0).max(0.25);
        let grey = |mean: f32| ((mean - low) / step + 0.5).min(15.0) as u8;
        Self(std::array::from_fn(|i| grey(means[2 * i]) | grey(means[2 * i + 1]) << 4))
    }

    fn cell(&self, x: usize, y: usize) -> f32 {
        let i = y * CELLS + x;
        f32::from((self.0[i / 2] >> (4 * (i % 2))) & 15)
    }

    /// Its grey between the middles of cells, bilinear: their grids seldom fall together.
    fn between(&self, x: f32, y: f32) -> f32 {
        let last = CELLS as f32 - 1.0;
        let (x, y) = (x.clamp(0.0, last), y.clamp(0.0, last));
        let (left, top) = (x as usize, y as usize);
        let (right, below) = ((left + 1).min(CELLS - 1), (top + 1).min(CELLS - 1));
        let (u, v) = (x - left as f32, y - top as f32);
        let row = |y: usize| self.cell(left, y) * (1.0 - u) + self.cell(right, y) * u;
        row(top) * (1.0 - v) + row(below) * v
    }

    /// How much of it a picture shows, when `map` leads from its frame of `width` x `height` to the picture.
    pub fn agreement(&self, width: f32, height: f32, map: &Affine, space: &ScaleSpace) -> Likeness {
        let (cell_width, cell_height) = (width / CELLS as f32, height / CELLS as f32);
        let size = (cell_width * cell_height * map.determinant().abs()).sqrt();
        // Four samples a cell, from a level whose pixels are half as wide as what lies between them.
        let level = space.level_near(size / 4.0);
        let mut seen = [None; CELLS * CELLS];
        for (i, value) in seen.iter_mut().enumerate() {
            let (x, y) = ((i % CELLS) as f32, (i / CELLS) as f32);
            let mut sum = 0.0;
            let mut inside = true;
            for (dx, dy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
                let [px, py] = map.of([(x + dx) * cell_width, (y + dy) * cell_height]);
                if px < 0.0 || py < 0.0 || px >= space.width as f32 || py >= space.height as f32 {
                    inside = false;
                    break;
                }
                let column = ((px / level.scale) as usize).min(level.width - 1);
                let row = ((py / level.scale) as usize).min(level.height - 1);
                sum += f32::from(level.coarse[row * level.width + column]);
            }
            *value = inside.then_some(sum / 4.0);
        }
        self.compare(&seen)
    }

    /// How much of it another thumbnail shows, when `map` leads from the unit square of this one to that of the other.
    pub fn resemblance(&self, other: &Self, map: &Affine) -> Likeness {
        let mut seen = [None; CELLS * CELLS];
        for (i, value) in seen.iter_mut().enumerate() {
            let part = |at: usize| (at as f32 + 0.5) / CELLS as f32;
            let [x, y] = map.of([part(i % CELLS), part(i / CELLS)]);
            if (0.0..1.0).contains(&x) && (0.0..1.0).contains(&y) {
                *value = Some(other.between(x * CELLS as f32 - 0.5, y * CELLS as f32 - 0.5));
            }
        }
        self.compare(&seen)
    }

    fn compare(&self, seen: &[Option<f32>]) -> Likeness {
        let mut likeness = Likeness::default();
        // How much the picture varies where it looks alike, for what varies by one in the thumbnail.
        let (mut stored, mut shown) = (0.0_f32, 0.0_f32);
        let blocks = (0..BLOCKS * BLOCKS).filter_map(|i| self.block(i % BLOCKS, i / BLOCKS, seen));
        let (flat, others): (Vec<Block>, Vec<Block>) = blocks.partition(Block::is_flat);
        for block in others {
            if block.is_alike() {
                likeness.alike |= block.place;
                stored += block.stored;
                shown += block.shown;
            } else {
                likeness.unlike |= block.place;
            }
        }
        if likeness.alike > 0 {
            let gain = (shown / stored).sqrt();
            // A plain wall says nothing where it is one, but much where there is something else.
            let busy = flat.iter().filter(|block| block.is_busy(gain));
            likeness.unlike |= busy.fold(0, |blocks, block| blocks | block.place);
            likeness.plain = plain(&flat, gain);
        }
        likeness.varied = Agreement::of(likeness.alike, likeness.unlike);
        likeness
    }

    /// A block as the thumbnail has it and as the picture shows it; nothing where it is mostly outside.
    fn block(&self, column: usize, row: usize, seen: &[Option<f32>]) -> Option<Block> {
        let (left, top) = (column * BLOCK / 2, row * BLOCK / 2);
        let (mut count, mut a, mut b, mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        for y in top..top + BLOCK {
            for x in left..left + BLOCK {
                let Some(value) = seen[y * CELLS + x] else { continue };
                let stored = self.cell(x, y);
                count += 1.0;
                a += stored;
                b += value;
                aa += stored * stored;
                bb += value * value;
                ab += stored * value;
            }
        }
        (count >= LEAST_CELLS).then(|| Block {
            place: 1 << (row * BLOCKS + column),
            count,
            means: [a / count, b / count],
            stored: aa - a * a / count,
            shown: (bb - b * b / count).max(0.0),
            both: ab - a * b / count,
        })
    }
}

/// How flat blocks look in a picture that varies `gain` times as much as the thumbnail.
fn plain(flat: &[Block], gain: f32) -> Agreement {
    // By how much brighter the picture is there than the thumbnail, in its greys.
    let level = |block: &Block| block.means[1] / gain - block.means[0];
    let mut levels: Vec<f32> = flat.iter().map(level).collect();
    levels.sort_unstable_by(f32::total_cmp);
    // Where light and dark were moved by different amounts, what is plain moved together.
    let usual = levels.get(levels.len() / 2).copied().unwrap_or_default();
    let alike = levels.iter().filter(|&level| (level - usual).abs() <= LEVEL);
    Agreement { seen: flat.len() as u32, agree: alike.count() as u32 }
}

/// How a block varies in the thumbnail and in the picture: sums of squares about the means.
struct Block {
    place: Blocks,
    count: f32,
    /// The means.
    means: [f32; 2],
    stored: f32,
    shown: f32,
    both: f32,
}

impl Block {
    fn is_flat(&self) -> bool {
        self.stored < self.count * FLAT
    }

    /// Whether it varies by much more than what is still flat, in a picture with `gain` times the contrast.
    fn is_busy(&self, gain: f32) -> bool {
        self.shown > BUSY * FLAT * self.count * gain * gain
    }

    /// Correlation over 0.6.
    fn is_alike(&self) -> bool {
        self.both > 0.6 * (self.stored * self.shown).max(0.0).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Smooth, without a period, and not its own mirror image; another `seed` is another picture.
    fn picture(seed: u32, width: usize, height: usize) -> Grey {
        const POINTS: usize = 9;
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as f32
        };
        let points: Vec<f32> = (0..POINTS * POINTS).map(|_| next()).collect();
        let data = (0..width * height).map(|i| {
            let part = |at: usize, of: usize| (at as f32 + 0.5) / of as f32 * (POINTS - 1) as f32;
            let (x, y) = (part(i % width, width), part(i / width, height));
            let at = |x: usize, y: usize| points[y * POINTS + x];
            let (left, top) = (x as usize, y as usize);
            let (right, down) = (x.fract(), y.fract());
            let row = |y: usize| at(left, y) * (1.0 - right) + at(left + 1, y) * right;
            (row(top) * (1.0 - down) + row(top + 1) * down) as u8
        });
        Grey { width, height, data: data.collect() }
    }

    fn crop(picture: &Grey, left: usize, top: usize, width: usize, height: usize) -> Grey {
        let rows = (top..top + height).flat_map(|y| picture.row(y)[left..left + width].iter().copied());
        Grey { width, height, data: rows.collect() }
    }

    #[test]
    fn a_picture_resembles_its_crop_where_the_map_leads_and_no_other_picture() {
        for seed in 1..=20 {
            let whole = picture(seed, 400, 300);
            let part = crop(&whole, 100, 60, 240, 180);
            let [thumbnail, small, other] = [&whole, &part, &picture(seed + 100, 400, 300)].map(Thumbnail::of);
            // From the whole's unit square to the part's, and back.
            let into = Affine { rows: [[400.0 / 240.0, 0.0, -100.0 / 240.0], [0.0, 300.0 / 180.0, -60.0 / 180.0]] };
            let back = into.inverse().unwrap();
            assert_eq!(thumbnail.resemblance(&thumbnail, &Affine::IDENTITY).varied.share(), 1.0);
            let seen = thumbnail.resemblance(&small, &into).varied;
            // 0.6 of either side are shown: of 81 blocks about a third.
            assert!((20..=36).contains(&seen.seen), "{seed}: {seen:?}");
            assert!(seen.share() > 0.85, "{seed}: {seen:?}");
            assert!(small.resemblance(&thumbnail, &back).varied.share() > 0.85, "{seed}");
            // Another picture, another place.
            for wrong in
                [thumbnail.resemblance(&other, &Affine::IDENTITY), thumbnail.resemblance(&small, &Affine::IDENTITY)]
            {
                let varied = wrong.varied;
                assert!(varied.seen >= 40 && varied.share() < 0.5, "{seed}: {wrong:?}");
            }
        }
    }

    #[test]
    fn nothing_is_seen_outside() {
        let thumbnail = Thumbnail::of(&picture(1, 400, 300));
        let away = Affine { rows: [[1.0, 0.0, 2.0], [0.0, 1.0, 0.0]] };
        let seen = thumbnail.resemblance(&thumbnail, &away);
        assert_eq!((seen, seen.varied.share()), (Likeness::default(), 0.0));
    }

    #[test]
    fn what_is_flat_in_the_known_picture_and_busy_in_the_other_counts_against_it() {
        let busy = picture(3, 400, 300);
        let mut plain = busy.clone();
        for row in plain.data.chunks_exact_mut(400) {
            row[200..].fill(128);
        }
        let [busy, plain] = [&busy, &plain].map(Thumbnail::of);
        let same = plain.resemblance(&plain, &Affine::IDENTITY).varied;
        let busy_there = plain.resemblance(&busy, &Affine::IDENTITY).varied;
        // A plain wall where one is says nothing; where something else is, it speaks against it.
        assert_eq!(same.share(), 1.0);
        assert!(busy_there.seen > same.seen + 20, "{same:?} {busy_there:?}");
        assert!(busy_there.agree <= same.agree && busy_there.share() < 0.7, "{busy_there:?}");
    }

    #[test]
    fn the_blocks_of_a_part_have_a_word_of_their_own() {
        let mut other = picture(2, 400, 300);
        let whole = picture(1, 400, 300);
        for (row, kept) in other.data.chunks_exact_mut(400).zip(whole.data.chunks_exact(400)) {
            row[..200].copy_from_slice(&kept[..200]);
        }
        let seen = Thumbnail::of(&whole).resemblance(&Thumbnail::of(&other), &Affine::IDENTITY);
        let [left, right] = [seen.of_those(|[_, [right, _]]| right < 0.5), seen.of_those(|[[left, _], _]| left > 0.5)];
        assert!(left.seen > 20 && left.share() > 0.95, "{left:?}");
        assert!(right.seen > 20 && right.share() < 0.5, "{right:?}");
        assert_eq!(seen.varied, seen.of_those(|_| true));
    }

    /// A picture whose lower half is a wall, of a brightness for each of four columns.
    fn with_wall(columns: [u8; 4]) -> Grey {
        let mut grey = picture(5, 400, 300);
        for row in grey.data.chunks_exact_mut(400).skip(150) {
            for (part, brightness) in row.chunks_exact_mut(100).zip(columns) {
                part.fill(brightness);
            }
        }
        grey
    }

    #[test]
    fn what_is_plain_keeps_its_brightness_against_the_rest_that_is_plain() {
        let plain = |columns| {
            Thumbnail::of(&with_wall([90; 4])).resemblance(&Thumbnail::of(&with_wall(columns)), &Affine::IDENTITY).plain
        };
        let same = plain([90; 4]);
        assert!(same.seen >= 27 && same.agree == same.seen, "{same:?}");
        // All of it moved, as more contrast does, or by less than a grey of the thumbnail: still the same.
        assert!(plain([120; 4]).share() > 0.9);
        assert!(plain([90, 96, 90, 96]).share() > 0.9);
        // Another scene.
        let other = plain([90, 120, 150, 180]);
        assert!(other.seen == same.seen && other.share() < 0.5, "{other:?}");
    }

    #[test]
    fn where_nothing_that_varies_looks_alike_nothing_says_what_is_bright() {
        let [one, other] =
            [&with_wall([90; 4]), &Grey { data: vec![70; 400 * 300], ..with_wall([90; 4]) }].map(Thumbnail::of);
        let seen = one.resemblance(&other, &Affine::IDENTITY);
        assert!(seen.varied.seen > 20 && seen.varied.agree == 0, "{seen:?}");
        assert_eq!(seen.plain, Agreement::default());
    }
}
