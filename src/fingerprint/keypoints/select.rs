//! Which keypoints of a known picture an index keeps: those that are found again after what people do to pictures, spread
//! over the picture. Slow, and done once, where the index is built.

use super::features::{Feature, features};
use super::known::{FRAME, KnownKeypoints, Place};
use super::scale_space::ScaleSpace;
use super::thumbnail::Thumbnail;
use crate::chance::Chance;
use crate::fingerprint::grey::Grey;
use crate::fingerprint::whole::region_of;
use crate::fingerprint::{Affine, Rect};
use crate::image::{Channels, PixelError, Pixels};

/// Keypoints of a picture that an index keeps, unless its publisher says otherwise: about 1.1 KB with the rest.
pub const DEFAULT_KEYPOINTS: u16 = 44;
/// Keypoints looked at.
const CANDIDATES: usize = 600;
/// Bits up to which a keypoint counts as found again; half as much up to 8 bits more.
const FOUND: u32 = 32;
/// A keypoint is found again within this many pixels of its size.
const NEAR: f32 = 3.5;
/// A keypoint is a picture's own if it is found again in so many attacks, one more for each other keypoint of the picture
/// that looks like it: further away than this many pixels, within so many bits, counted up to a number.
const LEAST_WORTH: f32 = 3.0;
const ELSEWHERE: f32 = 12.0;
const ALIKE: u32 = 28;
const MOST_ALIKE: usize = 8;
/// A picture with fewer keypoints of its own keeps none.
const LEAST_OWN: usize = 60;
/// Keypoints nearer than this are worth less, in pixels of the frame, the nearer the less: by up to this many attacks.
const CROWDED: f32 = 60.0;
const CROWDING: f32 = 2.5;

/// The keypoints to keep of what `rect` shows of a picture: at most `count`, the most repeatable first.
///
/// # Errors
/// Never, with pixels that fill their picture.
pub fn select(pixels: &Pixels, rect: Rect, count: usize) -> Result<KnownKeypoints, PixelError> {
    let picture = Grey::of(pixels, rect, FRAME);
    let found = features(&ScaleSpace::of(&picture), CANDIDATES);
    let mut worth = vec![0.0_f32; found.len()];
    for (attacked, map) in attacks(&picture)? {
        let seen = features(&ScaleSpace::of(&attacked), CANDIDATES);
        for (worth, feature) in worth.iter_mut().zip(&found) {
            *worth += found_again(feature, &seen, &map);
        }
    }
    let strongest = found.iter().map(|feature| feature.at.response).fold(1.0, f32::max);
    for (worth, feature) in worth.iter_mut().zip(&found) {
        *worth += 0.5 * (feature.at.response / strongest).sqrt();
    }
    let (width, height) = (picture.width as f32, picture.height as f32);
    // A picture of a few edges has nothing that could not be found in many others.
    let own =
        |(worth, feature): &(&f32, &Feature)| **worth - alike(feature, &found).min(MOST_ALIKE) as f32 >= LEAST_WORTH;
    let count = if worth.iter().zip(&found).filter(own).count() < LEAST_OWN { 0 } else { count };
    let kept = spread(&found, worth, count);
    Ok(KnownKeypoints {
        region: region_of(rect, pixels),
        frame: [picture.width as u16, picture.height as u16],
        thumbnail: Thumbnail::of(&picture),
        keypoints: kept.into_iter().map(|i| (found[i].descriptor, Place::of(&found[i].at, width, height))).collect(),
    })
}

/// How many keypoints elsewhere in the picture look like this one: what repeats here is likely to be common elsewhere, too.
fn alike(feature: &Feature, found: &[Feature]) -> usize {
    let elsewhere = |other: &&Feature| {
        let (dx, dy) = (other.at.x - feature.at.x, other.at.y - feature.at.y);
        dx * dx + dy * dy > ELSEWHERE * ELSEWHERE
    };
    found.iter().filter(elsewhere).filter(|other| other.descriptor.distance(feature.descriptor) <= ALIKE).count()
}

/// 1 where a keypoint is found again at its place, 0.5 where it is nearly so.
fn found_again(feature: &Feature, seen: &[Feature], map: &Affine) -> f32 {
    let [x, y] = map.of([feature.at.x, feature.at.y]);
    let size = feature.at.scale * map.determinant().abs().sqrt();
    let near = NEAR * size.max(1.0);
    let same = |other: &&Feature| {
        let ratio = other.at.scale / size;
        (other.at.x - x).abs() < near && (other.at.y - y).abs() < near && (0.66..1.5).contains(&ratio)
    };
    let distance = seen.iter().filter(same).map(|other| other.descriptor.distance(feature.descriptor)).min();
    match distance {
        Some(distance) if distance <= FOUND => 1.0,
        Some(distance) if distance <= FOUND + 8 => 0.5,
        _ => 0.0,
    }
}

/// The indices of the most worthy, each making its neighbours worth less.
fn spread(found: &[Feature], mut worth: Vec<f32>, count: usize) -> Vec<usize> {
    let mut kept = Vec::new();
    while kept.len() < count.min(found.len()) {
        let better = |a: &usize, b: &usize| worth[*a].total_cmp(&worth[*b]).then(b.cmp(a));
        let Some(best) = (0..found.len()).max_by(better) else { break };
        kept.push(best);
        worth[best] = f32::MIN;
        let at = found[best].at;
        for (worth, other) in worth.iter_mut().zip(found) {
            let (dx, dy) = (other.at.x - at.x, other.at.y - at.y);
            let distance = (dx * dx + dy * dy).sqrt();
            if distance < CROWDED {
                *worth -= CROWDING * (1.0 - distance / CROWDED);
            }
            if distance < 8.0 {
                *worth -= 3.0;
            }
        }
    }
    kept
}

/// What copies go through, with the map from the picture to the copy.
fn attacks(picture: &Grey) -> Result<Vec<(Grey, Affine)>, PixelError> {
    let mut attacks = Vec::new();
    for share in [0.84, 0.71, 0.5, 0.38] {
        attacks.push(shrunk(picture, share, true)?);
    }
    attacks.push(shrunk(picture, 0.84, false)?);
    attacks.push(shrunk(picture, 0.62, false)?);
    for direction in [[0.994_52, 0.104_53], [0.981_63, -0.190_81]] {
        attacks.push(rotated(picture, direction));
    }
    attacks.push((noisy(picture, 25), Affine::IDENTITY));
    attacks.push((curved(picture, 1.35, 10.0), Affine::IDENTITY));
    let (soft, map) = shrunk(picture, 0.5, true)?;
    attacks.push((noisy(&curved(&soft, 0.6, 0.0), 12), map));
    Ok(attacks)
}

/// The picture with its sides shrunk to a share, and enlarged again if `back`.
fn shrunk(picture: &Grey, share: f32, back: bool) -> Result<(Grey, Affine), PixelError> {
    let resampled = |picture: &Grey, width: usize, height: usize| -> Result<Grey, PixelError> {
        let pixels = Pixels::new(picture.width as u32, picture.height as u32, Channels::Grey, picture.data.clone())?;
        Ok(Grey::resampled(&pixels, Rect::whole(&pixels), width.max(1), height.max(1)))
    };
    let side = |length: usize| (length as f32 * share) as usize;
    let mut copy = resampled(picture, side(picture.width), side(picture.height))?;
    if back {
        copy = resampled(&copy, picture.width, picture.height)?;
    }
    let stretch = |to: usize, from: usize| to as f32 / from as f32;
    let map = Affine::stretch(stretch(copy.width, picture.width), stretch(copy.height, picture.height));
    Ok((copy, map))
}

/// The picture turned about its centre, on black.
fn rotated(picture: &Grey, [cosine, sine]: [f32; 2]) -> (Grey, Affine) {
    let (width, height) = (picture.width as f32, picture.height as f32);
    let new_width = (width * cosine + height * sine.abs()) as usize;
    let new_height = (width * sine.abs() + height * cosine) as usize;
    let x0 = new_width as f32 / 2.0 - (cosine * width - sine * height) / 2.0;
    let y0 = new_height as f32 / 2.0 - (sine * width + cosine * height) / 2.0;
    let map = Affine { rows: [[cosine, -sine, x0], [sine, cosine, y0]] };
    let mut data = vec![0; new_width * new_height];
    for (i, value) in data.iter_mut().enumerate() {
        let (x, y) = ((i % new_width) as f32 + 0.5 - x0, (i / new_width) as f32 + 0.5 - y0);
        let (x, y) = (cosine * x + sine * y - 0.5, cosine * y - sine * x - 0.5);
        if x >= 0.0 && y >= 0.0 && x < width - 1.0 && y < height - 1.0 {
            let (left, top) = (x as usize, y as usize);
            let (right, down) = (x - left as f32, y - top as f32);
            let at = |x: usize, y: usize| f32::from(picture.data[y * picture.width + x]);
            let above = at(left, top) * (1.0 - right) + at(left + 1, top) * right;
            let below = at(left, top + 1) * (1.0 - right) + at(left + 1, top + 1) * right;
            *value = (above * (1.0 - down) + below * down + 0.5) as u8;
        }
    }
    (Grey { width: new_width, height: new_height, data }, map)
}

/// With noise of up to `strength` levels, always the same.
fn noisy(picture: &Grey, strength: i32) -> Grey {
    let mut chance = Chance(1);
    let data = picture.data.iter().map(|&byte| {
        let noise = ((chance.step() >> 40) & 255) as i32 - 128;
        (i32::from(byte) + noise * strength / 128).clamp(0, 255) as u8
    });
    Grey { width: picture.width, height: picture.height, data: data.collect() }
}

/// Brighter or darker.
fn curved(picture: &Grey, gain: f32, lift: f32) -> Grey {
    let data = picture.data.iter().map(|&byte| (f32::from(byte) * gain + lift).clamp(0.0, 255.0) as u8);
    Grey { width: picture.width, height: picture.height, data: data.collect() }
}
