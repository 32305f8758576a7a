//! Makes the difference of a known picture from its originals, and tries whether it tells them apart.

use thiserror::Error;

use super::align::{Aligned, align};
use super::compare::{Told, compare};
use super::find::{Area, find};
use super::sample::Grid;
use super::{Difference, PATCH, Patch, SAMPLES, SIDE, Spot, over};
use crate::fingerprint::{Affine, Fingerprint};
use crate::image::Pixels;

/// Points along each side of a sample that is stored.
const FINE: usize = 4;
/// Root mean square by which a spot's patches must differ, in levels, to be worth its bytes.
const LEAST_APART: f32 = 3.5;

/// Why a known picture has no difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoDifference {
    /// No original could be laid over it.
    #[error("no original lines up with it")]
    NotAligned,
    /// They line up, and are the same.
    #[error("it does not differ clearly from its original in any place")]
    NotDifferent,
    /// They differ, but not so that a copy could be told by it.
    #[error("it differs from its original, but not enough to tell copies by it")]
    NotTold,
}

/// Where a known picture, whose fingerprint this is, differs from the nearest of its originals.
///
/// # Errors
/// When no copy could be told by it.
pub fn difference(fingerprint: &Fingerprint, known: &Pixels, originals: &[Pixels]) -> Result<Difference, NoDifference> {
    let aligned: Vec<(&Pixels, Aligned)> =
        originals.iter().filter_map(|original| Some((original, align(fingerprint, known, original)?))).collect();
    let nearest = aligned.iter().reduce(|best, other| if other.1.share > best.1.share { other } else { best });
    let (original, found) = nearest.ok_or(NoDifference::NotAligned)?;
    let areas = find(known, original, found);
    let spots: Vec<Spot> = areas.iter().filter_map(|area| spot(area, known, original, found)).collect();
    if spots.is_empty() {
        return Err(NoDifference::NotDifferent);
    }
    let mut difference = Difference { originals: 1, spots };
    // What cannot tell the very pictures that it is made of tells no copy of them.
    let told = |original: &Pixels, found: &Aligned| {
        found.map.inverse().is_some_and(|map| compare(&difference, original, &map).told == Told::Original)
    };
    if compare(&difference, known, &Affine::IDENTITY).told != Told::Known || !told(original, found) {
        return Err(NoDifference::NotTold);
    }
    // An original that does not line up is no rival: it is not found where the known picture is.
    let unlike = originals.len() - aligned.len();
    let apart = unlike + aligned.iter().filter(|(original, found)| told(original, found)).count();
    difference.originals = apart.clamp(1, 255) as u8;
    Ok(difference)
}

fn spot(area: &Area, known: &Pixels, original: &Pixels, aligned: &Aligned) -> Option<Spot> {
    let map = over(area.sides, SIDE * FINE);
    let known = samples(&Grid::of(known, area.plane, &map, SIDE * FINE, SIDE * FINE))?;
    let original = samples(&Grid::of(original, area.plane, &map.then(&aligned.map), SIDE * FINE, SIDE * FINE))?;
    let all = || known.iter().chain(&original).copied();
    let (low, high) = (all().fold(f32::MAX, f32::min), all().fold(f32::MIN, f32::max));
    let (low, high) = (low as u8, ((high + 0.999) as u8).max((low as u8).saturating_add(1)));
    let spot = Spot {
        plane: area.plane,
        area: area.sides,
        low,
        high,
        known: patch(&known, low, high),
        original: patch(&original, low, high),
    };
    // Less their means: a patch that is brighter as a whole is so for other reasons.
    let mean = |of: &[f32; SAMPLES]| of.iter().sum::<f32>() / SAMPLES as f32;
    let shift = mean(&known) - mean(&original);
    let apart: f32 = known.iter().zip(&original).map(|(a, b)| (a - b - shift) * (a - b - shift)).sum();
    (spot.is_sound() && apart >= LEAST_APART * LEAST_APART * SAMPLES as f32).then_some(spot)
}

/// The means of a grid's blocks; nothing where the picture does not show all of it.
fn samples(grid: &Grid) -> Option<[f32; SAMPLES]> {
    let mut samples = [0.0; SAMPLES];
    for (i, value) in grid.values.iter().enumerate() {
        let (x, y) = (i % grid.width / FINE, i / grid.width / FINE);
        samples[y * SIDE + x] += (*value)? / (FINE * FINE) as f32;
    }
    Some(samples)
}

fn patch(samples: &[f32; SAMPLES], low: u8, high: u8) -> Patch {
    let step = (f32::from(high) - f32::from(low)) / 15.0;
    let level = |i: usize| ((samples[i] - f32::from(low)) / step + 0.5).clamp(0.0, 15.0) as u8;
    let mut bytes = [0; PATCH];
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = level(2 * i) | level(2 * i + 1) << 4;
    }
    Patch(bytes)
}
