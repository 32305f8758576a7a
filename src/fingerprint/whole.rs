//! The whole fingerprint of an image, as an index stores it and as a look-up asks it.

use crate::image::Pixels;

use super::canonical::{Canonical, canonical};
#[cfg(feature = "builder")]
use super::keypoints;
use super::keypoints::KnownKeypoints;
use super::{Difference, Hash, Rect, Turn, pdq, regions, trim};

/// A rectangle as fractions of the picture's sides: x, y, width, height, in 1/65535.
pub type Region = [u16; 4];
/// All of the picture.
pub const WHOLE: Region = [0, 0, u16::MAX, u16::MAX];

pub(super) fn region_of(rect: Rect, pixels: &Pixels) -> Region {
    let fraction = |part: usize, of: usize| ((part * 65535 + of / 2) / of.max(1)).min(65535) as u16;
    [
        fraction(rect.x, pixels.width()),
        fraction(rect.y, pixels.height()),
        fraction(rect.width, pixels.width()),
        fraction(rect.height, pixels.height()),
    ]
}

/// The canonical hash of one region of a known picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashedRegion {
    /// Which part of the picture.
    pub region: Region,
    /// 0..=100.
    pub quality: u8,
    /// Its canonical hash.
    pub hash: Hash,
}

/// What an index keeps of a known picture. `encoding` gives its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fingerprint {
    /// The whole picture first, then what is inside its borders, if it has any, then pictures inside it.
    pub regions: Vec<HashedRegion>,
    /// What finds crops, screenshots and collages of it.
    pub keypoints: Option<KnownKeypoints>,
    /// Where it differs from its original.
    pub difference: Option<Difference>,
    /// Records of later versions that we do not know: kind and payload, kept on a round trip.
    pub unknown: Vec<(u8, Vec<u8>)>,
}

impl Fingerprint {
    /// The fingerprint of a decoded picture.
    pub fn of(pixels: &Pixels) -> Self {
        let regions = candidates(pixels, KNOWN)
            .into_iter()
            .map(|Candidate { region, canonical, .. }| HashedRegion {
                region,
                quality: canonical.quality,
                hash: canonical.hash(),
            })
            .collect();
        Self { regions, ..Self::default() }
    }

    /// The fingerprint of a decoded picture with at most `count` keypoints.
    #[cfg(feature = "builder")]
    pub fn with_keypoints(pixels: &Pixels, count: usize) -> Self {
        let rect = trim::content(pixels).unwrap_or_else(|| Rect::whole(pixels));
        let keypoints = (count > 0).then(|| keypoints::select::select(pixels, rect, count)).and_then(Result::ok);
        Self {
            keypoints: keypoints.filter(|known| known.is_sound() && !known.keypoints.is_empty()),
            ..Self::of(pixels)
        }
    }
}

/// One region of a picture that is looked up: its hash in each of the eight turns.
#[derive(Debug, Clone)]
pub struct QueryRegion {
    /// Which part of the picture.
    pub region: Region,
    /// 0..=100.
    pub quality: u8,
    /// Canonical hashes, in the order of [`Turn::ALL`].
    pub hashes: [Hash; 8],
    /// Whether it is a picture in the picture: neither all of it, nor what is inside its flat borders.
    pub inner: bool,
}

/// What a look-up asks: enough to repeat it in another index without the pixels.
#[derive(Debug, Clone)]
pub struct Query {
    /// The whole picture first, then what is inside its borders, if it has any, then pictures inside it.
    pub regions: Vec<QueryRegion>,
    /// Exact PDQ in its eight turns, where an index holds PDQ hashes only.
    pub pdq: Option<Box<(u8, [Hash; 8])>>,
}

impl Query {
    /// The query for a decoded picture, by its canonical hashes.
    pub fn of(pixels: &Pixels) -> Self {
        let regions = candidates(pixels, ASKED)
            .into_iter()
            .map(|Candidate { region, canonical, inner }| QueryRegion {
                region,
                inner,
                quality: canonical.quality,
                hashes: Turn::ALL.map(|turn| canonical.coefficients.turned(turn).hash()),
            })
            .collect();
        Self { regions, pdq: None }
    }

    /// Adds the exact PDQ of its picture, if it is not there: where an index asks for it.
    pub fn add_pdq(&mut self, pixels: &Pixels) {
        self.pdq.get_or_insert_with(|| Box::new(pdq::quality_and_dihedral(pixels)));
    }

    /// The best quality among the regions, 0..=100.
    pub fn quality(&self) -> u8 {
        self.regions.iter().map(|region| region.quality).max().unwrap_or(0)
    }
}

/// How many pictures in a picture are hashed.
#[derive(Clone, Copy)]
struct Bounds {
    /// Most of them.
    count: usize,
    /// Least area, in hundredths of the picture.
    area: usize,
}

/// Of a known picture: what is likely to circulate by itself.
const KNOWN: Bounds = Bounds { count: 3, area: 25 };
/// Of a picture that is looked up.
const ASKED: Bounds = Bounds { count: 6, area: 4 };
/// All of them together have at most so many times the picture's area, so the work is bounded too.
const TOTAL_AREA: usize = 2;
/// Least quality of a hash that is compared with anything, on either side: PDQ's authors discard what is at most 49.
pub const MIN_QUALITY: u8 = 50;

/// A region and its hash.
struct Candidate {
    region: Region,
    canonical: Canonical,
    inner: bool,
}

/// The whole picture, what is inside its flat borders, then other pictures in it.
fn candidates(pixels: &Pixels, bounds: Bounds) -> Vec<Candidate> {
    let whole = Rect::whole(pixels);
    let area = |rect: &Rect| rect.width * rect.height;
    let mut rects = vec![whole];
    let of = |rect: Rect, inner: bool| Candidate {
        region: region_of(rect, pixels),
        canonical: canonical(pixels, rect),
        inner,
    };
    let mut found = vec![of(whole, false)];
    if let Some(rect) = trim::content(pixels) {
        rects.push(rect);
        found.push(of(rect, false));
    }
    let mut total = 0;
    for rect in regions::regions(pixels) {
        let fits = area(&rect) * 100 >= bounds.area * area(&whole) && total + area(&rect) <= TOTAL_AREA * area(&whole);
        if rects.len() > bounds.count || !fits || rects.iter().any(|other| regions::are_same(*other, rect)) {
            continue;
        }
        total += area(&rect);
        let candidate = of(rect, true);
        if candidate.canonical.quality >= MIN_QUALITY {
            rects.push(rect);
            found.push(candidate);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Channels;

    /// Screenshots of screenshots: bands above and below, then at the sides, and so on, around something that varies.
    fn nested(depth: usize) -> Pixels {
        let (width, height) = (900_usize, 900_usize);
        let grey = |x: usize, y: usize| {
            for ring in 0..depth {
                let edge = 24 * (ring + 1);
                let band = if ring % 2 == 0 { y.min(height - 1 - y) } else { x.min(width - 1 - x) };
                if band < edge {
                    return if ring % 4 < 2 { 250 } else { 12 };
                }
            }
            ((x * x / 97 + y * y / 71 + (x / 13) * (y / 17)) % 251) as u8
        };
        let data = (0..width * height).map(|i| grey(i % width, i / width)).collect();
        Pixels::new(width as u32, height as u32, Channels::Grey, data).expect("a byte a pixel")
    }

    #[test]
    fn pictures_in_pictures_are_hashed_up_to_a_number_and_an_area() {
        let area = |region: Region| f64::from(region[2]) * f64::from(region[3]) / f64::from(u16::MAX).powi(2);
        let mut most = 0.0_f64;
        for depth in 0..14 {
            let query = Query::of(&nested(depth));
            let inner: Vec<f64> =
                query.regions.iter().filter(|region| region.inner).map(|region| area(region.region)).collect();
            let total: f64 = inner.iter().sum();
            assert!(query.regions.len() <= 2 + ASKED.count && total <= TOTAL_AREA as f64 + 0.01, "{depth}: {inner:?}");
            most = most.max(total);
            let known = Fingerprint::of(&nested(depth));
            assert!(known.regions.len() <= 2 + KNOWN.count, "{depth}");
        }
        assert!(most > 1.9, "no more than {most} was asked for, so nothing was held back");
    }
}
