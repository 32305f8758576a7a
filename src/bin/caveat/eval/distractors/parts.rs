//! A known picture of parts of real ones: keypoints of one, of patches of some, or of many; a mixture of two hashes.
//!
//! Half of them have the keypoints of one picture as they lie there, others of its 255 best than an index would take, or its
//! mirror image's: what repeats in a picture, and what most pictures have in common, stays as it is. Of the others, half
//! have patches of some pictures, each whole in itself, and half have keypoints of one or of many pictures at the places of
//! others. Every copy of a descriptor has a few other bits.

use caveat::fingerprint::keypoints::known::Place;
use caveat::fingerprint::keypoints::thumbnail::{CELLS, Thumbnail};
use caveat::fingerprint::keypoints::{Descriptor, KnownKeypoints};
use caveat::fingerprint::pdq::Pdq;
use caveat::fingerprint::{Fingerprint, Hash, HashedRegion, WHOLE};

use super::super::chance::Chance;
use crate::fingerprint::Fingerprinted;

/// From how many pictures keypoints at wrong places are taken.
const LENDERS: [usize; 4] = [1, 4, 12, 44];
/// Keypoints of a patch.
const PATCH: usize = 11;
/// Bits of a descriptor that change, at most: copies of a keypoint differ, less than those that a vote takes for alike.
const DESCRIPTOR_NOISE: usize = 13;
/// Bits of a hash that change, at most, after it was mixed of two.
const HASH_NOISE: usize = 25;

type Known = (Descriptor, Place);

/// A known picture of so many keypoints; nothing where there is nobody to lend any.
pub fn parts(lenders: &[(String, Fingerprinted)], count: usize, chance: &mut Chance) -> Option<Fingerprinted> {
    let mut pick = || lenders.get(chance.below(lenders.len())).map(|(_, found)| found);
    let (one, other) = (pick()?, pick()?);
    let (first, second) = (one.fingerprint.regions.first()?, other.fingerprint.regions.first()?);
    let whole = HashedRegion { region: WHOLE, hash: mixed(first.hash, second.hash, chance), ..*first };
    let pdq = Pdq { hash: mixed(one.pdq.hash, other.pdq.hash, chance), ..one.pdq };
    let fingerprint =
        Fingerprint { regions: vec![whole], keypoints: keypoints(lenders, count, chance), ..Fingerprint::default() };
    Some(Fingerprinted { pdq, fingerprint, sight: [0; 32], frame_ms: None })
}

fn keypoints(lenders: &[(String, Fingerprinted)], count: usize, chance: &mut Chance) -> Option<KnownKeypoints> {
    // Some pictures have none; one in a few tens has.
    let lender = |chance: &mut Chance| {
        let mut drawn = (0..64).filter_map(|_| lenders.get(chance.below(lenders.len())));
        drawn.find_map(|(_, found)| found.fingerprint.keypoints.as_ref())
    };
    let first = lender(chance)?;
    let (keypoints, thumbnail) = match chance.below(4) {
        0 | 1 => (some_of(&first.keypoints, count, chance), first.thumbnail),
        2 => {
            let mut keypoints = Vec::new();
            while keypoints.len() < count {
                keypoints.extend(patch(&lender(chance)?.keypoints, chance));
            }
            keypoints.truncate(count);
            (keypoints, blended(first.thumbnail, lender(chance)?.thumbnail, chance))
        }
        _ => {
            let few = chance.pick(LENDERS);
            let few: Vec<&KnownKeypoints> = (0..few).filter_map(|_| lender(chance)).collect();
            let each = count.div_ceil(few.len().max(1));
            let mut keypoints: Vec<Known> =
                few.iter().flat_map(|from| elsewhere(&from.keypoints, each, chance)).collect();
            keypoints.truncate(count);
            (keypoints, blended(first.thumbnail, lender(chance)?.thumbnail, chance))
        }
    };
    let keypoints = keypoints.into_iter().map(|(descriptor, place)| (noisy(descriptor, chance), place)).collect();
    let known = KnownKeypoints { frame: first.frame, region: WHOLE, thumbnail, keypoints };
    let known = if chance.coin() { mirrored(known) } else { known };
    Some(known).filter(|known| !known.keypoints.is_empty())
}

/// So many of them, in their order, which is that of their worth.
fn some_of(from: &[Known], count: usize, chance: &mut Chance) -> Vec<Known> {
    let mut some = Vec::new();
    for (i, known) in from.iter().enumerate() {
        if chance.below(from.len() - i) < count - some.len() {
            some.push(*known);
        }
    }
    some
}

/// Neighbours, moved together.
fn patch(from: &[Known], chance: &mut Chance) -> Vec<Known> {
    let Some((_, Place([x, y, ..]))) = from.get(chance.below(from.len())).copied() else { return Vec::new() };
    let away =
        |(_, Place([u, v, ..])): &Known| u16::from(x.abs_diff(*u)).pow(2) / 2 + u16::from(y.abs_diff(*v)).pow(2) / 2;
    let mut near = from.to_vec();
    near.sort_by_key(away);
    near.truncate(PATCH);
    let (right, down) = (chance.below(256) as i16 - i16::from(x), chance.below(256) as i16 - i16::from(y));
    let moved = |at: u8, by: i16| u8::try_from(i16::from(at) + by).ok();
    let moved = near.into_iter().filter_map(|(descriptor, Place([u, v, size, direction]))| {
        Some((descriptor, Place([moved(u, right)?, moved(v, down)?, size, direction])))
    });
    moved.collect()
}

/// So many of them, at the places of others.
fn elsewhere(from: &[Known], count: usize, chance: &mut Chance) -> Vec<Known> {
    let some = some_of(from, count, chance);
    let moved = some.into_iter().map(|(descriptor, Place([.., size, direction]))| {
        let (_, Place([x, y, ..])) = from[chance.below(from.len())];
        (descriptor, Place([x, y, size, direction]))
    });
    moved.collect()
}

fn mirrored(known: KnownKeypoints) -> KnownKeypoints {
    let turned = |(descriptor, Place([x, y, size, direction])): Known| {
        (descriptor.mirrored(), Place([255 - x, y, size, 128_u8.wrapping_sub(direction)]))
    };
    let cell = |x: usize, y: usize| {
        let i = y * CELLS + x;
        known.thumbnail.0[i / 2] >> (4 * (i % 2)) & 15
    };
    let thumbnail = Thumbnail(std::array::from_fn(|i| {
        let (x, y) = (2 * i % CELLS, 2 * i / CELLS);
        cell(CELLS - 1 - x, y) | cell(CELLS - 2 - x, y) << 4
    }));
    KnownKeypoints { thumbnail, keypoints: known.keypoints.iter().copied().map(turned).collect(), ..known }
}

fn noisy(Descriptor(mut words): Descriptor, chance: &mut Chance) -> Descriptor {
    for _ in 0..chance.below(DESCRIPTOR_NOISE) {
        let bit = chance.below(128);
        words[bit / 64] ^= 1 << (bit % 64);
    }
    Descriptor(words)
}

/// Neighbouring frequencies of one of two real hashes, and a few bits of neither.
fn mixed(one: Hash, other: Hash, chance: &mut Chance) -> Hash {
    let part = chance.unit();
    let mut hash = Hash(std::array::from_fn(|i| if chance.unit() < part { one.0[i] } else { other.0[i] }));
    for _ in 0..chance.below(HASH_NOISE) {
        let bit = chance.below(256);
        hash.0[bit / 8] ^= 1 << (bit % 8);
    }
    hash
}

/// A blend of two thumbnails, with noise.
fn blended(one: Thumbnail, other: Thumbnail, chance: &mut Chance) -> Thumbnail {
    let part = chance.unit();
    let mut grey = |a: u8, b: u8| {
        let mean = f32::from(a) * part + f32::from(b) * (1.0 - part);
        (mean + chance.between(-1.0, 1.0)).round().clamp(0.0, 15.0) as u8
    };
    Thumbnail(std::array::from_fn(|i| {
        let (a, b) = (one.0[i], other.0[i]);
        grey(a & 15, b & 15) | grey(a >> 4, b >> 4) << 4
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_image_twice_is_the_picture() {
        let mut chance = Chance::of(5, &[]);
        let mut byte = || chance.below(256) as u8;
        let known = KnownKeypoints {
            frame: [512, 300],
            region: WHOLE,
            thumbnail: Thumbnail(std::array::from_fn(|_| byte())),
            keypoints: (0..20)
                .map(|_| (Descriptor([u64::from(byte()), 7]), Place(std::array::from_fn(|_| byte()))))
                .collect(),
        };
        let once = mirrored(known.clone());
        assert_ne!(once, known);
        assert_eq!(mirrored(once), known);
    }

    #[test]
    fn a_patch_keeps_its_form_and_a_bag_does_not() {
        let from: Vec<Known> =
            (0..60_u8).map(|i| (Descriptor([u64::from(i), 0]), Place([i * 4, i.wrapping_mul(37), 9, i]))).collect();
        let shifts = |some: &[Known]| {
            let mut shifts: Vec<(i16, i16)> = some
                .iter()
                .map(|(Descriptor(words), Place([x, y, ..]))| {
                    let (_, Place([u, v, ..])) = from[words[0] as usize];
                    (i16::from(*x) - i16::from(u), i16::from(*y) - i16::from(v))
                })
                .collect();
            shifts.sort_unstable();
            shifts.dedup();
            shifts.len()
        };
        let mut chance = Chance::of(1, &[]);
        let patches: Vec<Vec<Known>> = (0..20).map(|_| patch(&from, &mut chance)).collect();
        assert!(patches.iter().all(|patch| !patch.is_empty() && patch.len() <= PATCH && shifts(patch) == 1));
        assert!(shifts(&elsewhere(&from, 30, &mut chance)) > 20);
        assert_eq!(shifts(&some_of(&from, 44, &mut chance)), 1);
        assert_eq!(some_of(&from, 44, &mut chance).len(), 44);
    }
}
