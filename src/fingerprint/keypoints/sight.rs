//! A picture that is looked up, with its keypoints.

use super::KnownKeypoints;
use super::describe::Descriptor;
use super::features::{Feature, features};
use super::matching::{Consensus, consensus};
use super::scale_space::ScaleSpace;
use super::verify::{Evidence, verify};
use crate::fingerprint::grey::Grey;
use crate::fingerprint::{Affine, Rect, Region};
use crate::image::Pixels;
use sha2::{Digest, Sha256};

/// Longer side in which a picture is looked at, in pixels.
const SIDE: usize = 512;
/// Most keypoints of a picture; some have two directions.
const KEYPOINTS: usize = 500;
/// Blocks of the thumbnail inside a picture in the known one; fewer say nothing.
const LEAST_INSIDE: u32 = 6;
/// The share of them that look alike in a copy. In another picture some do by chance.
const INSIDE: f32 = 0.4;
/// Places, of 64, inside a picture in the known one that have inliers by chance.
const STRAY: usize = 1;
/// The share of the blocks around the pictures inside that look alike, where it is the same surroundings.
const AROUND: f32 = 0.5;
/// A part of what keypoints were taken of is a picture in it if it is no larger than this; else it is all of it.
const INNER: f32 = 0.8;

/// A picture that is looked up, with its keypoints.
#[derive(Debug, Clone)]
pub struct Sight {
    space: ScaleSpace,
    features: Vec<Feature>,
    /// The features' descriptors, side by side: they are compared much more often than anything else is looked at.
    descriptors: Vec<Descriptor>,
}

/// A known picture in a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sighting {
    /// Pairs of keypoints that agree on one transform.
    pub pairs: u32,
    /// What was seen where it leads.
    pub evidence: Evidence,
    /// From fractions of the picture to fractions of the known picture.
    pub map: Affine,
    /// Whether there are other pictures in the places of the pictures inside the known one: another post of the same site.
    pub hollow: bool,
}

impl Sighting {
    /// The share of the known keypoints that were found again, where the picture shows them: 0.0..=1.0.
    pub fn found(&self) -> f32 {
        self.evidence.inliers as f32 / self.evidence.visible.max(1) as f32
    }

    /// How much of the known picture agrees, where the picture shows it: [`Self::found`], plus the share of the thumbnail's
    /// blocks that look alike. 0.0..=2.0.
    pub fn agreement(&self) -> f32 {
        self.found() + self.evidence.thumbnail.varied.share()
    }
}

impl Sight {
    /// The keypoints of a picture.
    pub fn of(pixels: &Pixels) -> Self {
        let space = ScaleSpace::of(&Grey::of(pixels, Rect::whole(pixels), SIDE));
        let features = features(&space, KEYPOINTS);
        let descriptors = features.iter().map(|feature| feature.descriptor).collect();
        Self { space, features, descriptors }
    }

    /// Its keypoints.
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// SHA-256 of all keypoints to the last bit.
    pub fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        for Feature { at, descriptor, doubts } in &self.features {
            for value in [at.x, at.y, at.scale, at.direction[0], at.direction[1], at.response] {
                digest.update(value.to_le_bytes());
            }
            digest.update(descriptor.bytes());
            digest.update(doubts);
        }
        digest.finalize().into()
    }

    /// How a known picture's keypoints lie in the picture; `mirrored` for its mirror image.
    pub fn consensus(&self, known: &KnownKeypoints, mirrored: bool) -> Option<Consensus> {
        consensus(known, &self.features, &self.descriptors, mirrored, self.space.width as f32)
    }

    /// Looks at the picture again where a consensus leads. The known picture has pictures `inside` it.
    pub fn look(&self, known: &KnownKeypoints, inside: &[Region], found: &Consensus) -> Option<Sighting> {
        self.look_at(known, inside, &found.map, found.pairs())
    }

    /// Looks where a map from fractions of the picture to fractions of the known picture leads, likewise.
    pub fn look_along(&self, known: &KnownKeypoints, inside: &[Region], map: &Affine) -> Option<Sighting> {
        let into = known.frame_to_picture().then(&map.inverse()?);
        let map = into.then(&Affine::stretch(self.space.width as f32, self.space.height as f32));
        self.look_at(known, inside, &map, 0)
    }

    fn look_at(&self, known: &KnownKeypoints, inside: &[Region], map: &Affine, pairs: u32) -> Option<Sighting> {
        let evidence = verify(known, map, &self.space)?;
        let map = Affine::stretch(self.space.width as f32, self.space.height as f32)
            .then(&evidence.map.inverse()?)
            .then(&known.frame_to_picture());
        Some(Sighting { pairs, evidence, map, hollow: is_hollow(known.region, inside, &evidence) })
    }
}

/// Whether of the pictures inside a known one, of which the part `of` has keypoints, some ought to be seen and none is, while
/// what surrounds them is.
fn is_hollow(of: Region, inside: &[Region], evidence: &Evidence) -> bool {
    let [left, top, width, height] = of.map(f32::from);
    let is_inner = |part: &Region| f32::from(part[2]) * f32::from(part[3]) <= INNER * width * height;
    // A picture with the words above it says less than the picture by itself.
    let area = |part: &Region| u32::from(part[2]) * u32::from(part[3]);
    let is_innermost = |part: &&Region| !inside.iter().any(|other| area(other) < area(part) && contains(part, other));
    let parts: Vec<&Region> = inside.iter().filter(|part| is_inner(part)).filter(is_innermost).collect();
    // Most known pictures have none inside.
    if parts.is_empty() {
        return false;
    }
    let at = |[u, v]: [f32; 2]| [left + u * width, top + v * height].map(|at| at as u16);
    let seen = &evidence.thumbnail;
    let is_around = |[[left, top], [right, bottom]]: [[f32; 2]; 2]| {
        let corners = [[left, top], [right, top], [left, bottom], [right, bottom]];
        !parts.iter().any(|part| corners.into_iter().any(|corner| contains_point(part, at(corner))))
    };
    let around = seen.of_those(is_around);
    if around.seen < LEAST_INSIDE || around.share() < AROUND {
        return false;
    }
    let inliers_in = |part: &Region| {
        // Cells on its edge have the corners of its frame, which the surroundings share.
        let lies = |cell: &u32| {
            let corner = |end: u32| at([cell % 8 + end, cell / 8 + end].map(|at| at as f32 / 8.0));
            let ([x, y], [right, bottom]) = (corner(0), corner(1));
            contains(part, &[x, y, right - x, bottom - y])
        };
        (0..64).filter(|cell| evidence.known_places >> cell & 1 == 1).filter(lies).count()
    };
    let blocks_in = |part: &Region| seen.of_those(|ends| ends.into_iter().all(|end| contains_point(part, at(end))));
    let looks = parts.iter().map(|part| (blocks_in(part), inliers_in(part)));
    let mut shown = looks.filter(|(blocks, _)| blocks.seen >= LEAST_INSIDE).peekable();
    shown.peek().is_some() && shown.all(|(blocks, inliers)| blocks.share() < INSIDE && inliers <= STRAY)
}

/// Whether a part lies in another one, but for a rounding.
fn contains(part: &Region, other: &Region) -> bool {
    const SLACK: u16 = u16::MAX / 100;
    let [left, top, width, height] = *part;
    let wider = [left.saturating_sub(SLACK), top.saturating_sub(SLACK)];
    let part = [wider[0], wider[1], width.saturating_add(2 * SLACK), height.saturating_add(2 * SLACK)];
    let [x, y, width, height] = *other;
    contains_point(&part, [x, y]) && contains_point(&part, [x.saturating_add(width), y.saturating_add(height)])
}

fn contains_point([left, top, width, height]: &Region, [x, y]: [u16; 2]) -> bool {
    (*left..=left.saturating_add(*width)).contains(&x) && (*top..=top.saturating_add(*height)).contains(&y)
}

#[cfg(all(test, feature = "builder"))]
mod tests {
    use super::super::select::{DEFAULT_KEYPOINTS, select};
    use super::super::thumbnail::Likeness;
    use super::*;
    use crate::chance::Chance;
    use crate::image::Channels;

    /// Soft spots of all sizes: as much to recognise as there is room for.
    fn picture(width: u32, height: u32) -> Pixels {
        let mut chance = Chance(u64::from(width * 31 + height));
        let spots: Vec<[f32; 4]> = (0..400)
            .map(|_| {
                let [x, y, size, grey] = [0; 4].map(|_| (chance.step() >> 40) as f32 / (1 << 24) as f32);
                [x * width as f32, y * height as f32, 2.0 + size * 20.0, grey * 400.0 - 200.0]
            })
            .collect();
        let data = (0..width * height).map(|i| {
            let (x, y) = ((i % width) as f32, (i / width) as f32);
            let sum: f32 = spots
                .iter()
                .map(|[left, top, size, grey]| grey / (1.0 + ((x - left).powi(2) + (y - top).powi(2)) / size))
                .sum();
            (128.0 + sum).clamp(0.0, 255.0) as u8
        });
        Pixels::new(width, height, Channels::Grey, data.collect()).expect("as many bytes as pixels")
    }

    #[test]
    fn a_known_picture_is_hollow_where_other_pictures_are_in_the_places_of_those_inside_it() {
        const HALF: u16 = u16::MAX / 2;
        let whole = [0, 0, u16::MAX, u16::MAX];
        let [left, right] = [[0, 0, HALF, u16::MAX], [HALF, 0, HALF + 1, u16::MAX]];
        // What looks alike is in the columns left of the middle.
        let columns = |chosen: fn(usize) -> bool| (0..81).filter(|i| chosen(i % 9)).fold(0, |all, i| all | 1 << i);
        let looks = |alike, unlike, known_places| Evidence {
            thumbnail: Likeness { alike, unlike, ..Likeness::default() },
            known_places,
            ..Evidence::of_all()
        };
        let seen = looks(columns(|x| x < 4), columns(|x| x > 5), 0);
        assert!(is_hollow(whole, &[right], &seen));
        assert!(!is_hollow(whole, &[left], &seen));
        assert!(!is_hollow(whole, &[left, right], &seen), "a copy, of which one picture is covered");
        assert!(!is_hollow(whole, &[], &seen) && !is_hollow(whole, &[whole], &seen), "nothing is inside it");
        assert!(!is_hollow(right, &[right], &seen), "the frame is cut away already");
        let with_words = [13_200, 0, u16::MAX - 13_200, u16::MAX];
        assert!(!is_hollow(whole, &[with_words], &seen));
        // Their sides are rounded apart.
        let rounded = [right[0] + 1, 0, right[2], u16::MAX];
        assert!(is_hollow(whole, &[with_words, rounded], &seen), "the picture without the words above it");
        let one_place = 1 << 7;
        assert!(is_hollow(whole, &[right], &looks(columns(|x| x < 4), columns(|x| x > 5), one_place)), "by chance");
        let two_places = one_place | 1 << 63;
        assert!(
            !is_hollow(whole, &[right], &looks(columns(|x| x < 4), columns(|x| x > 5), two_places)),
            "covered in part"
        );
        assert!(!is_hollow(whole, &[right], &looks(columns(|x| x < 1), columns(|x| x > 0), 0)), "the map is wrong");
        assert!(
            !is_hollow(whole, &[right], &looks(columns(|x| x < 4), 0b1_1111 << 76, 0)),
            "hardly anything of it is shown"
        );
    }

    fn known(pixels: &Pixels) -> KnownKeypoints {
        select(pixels, Rect::whole(pixels), usize::from(DEFAULT_KEYPOINTS)).expect("the picture is filled")
    }

    /// Pages may show pictures of any shape, and publishers may index them.
    #[test]
    fn the_thinnest_pictures_are_looked_at_and_kept() {
        let usual = known(&picture(300, 200));
        assert!(!usual.keypoints.is_empty());
        let thin = (1..=32).step_by(3).map(|side| (side, 600));
        let shapes: Vec<(u32, u32)> = thin.chain([(2, 600), (3, 600), (1, 1), (1, 2), (24, 2000), (9, 9)]).collect();
        for (width, height) in shapes.iter().flat_map(|&(a, b)| [(a, b), (b, a)]) {
            let pixels = picture(width, height);
            let sight = Sight::of(&pixels);
            let own = known(&pixels);
            for known in [&usual, &own] {
                for map in [Affine::IDENTITY, Affine::stretch(0.3, 2.0), Affine::stretch(1e-3, 1e3)] {
                    let _whatever_is_seen = sight.look_along(known, &[], &map);
                }
                for mirrored in [false, true] {
                    let _found = sight.consensus(known, mirrored).and_then(|found| sight.look(known, &[], &found));
                }
            }
        }
    }
}
