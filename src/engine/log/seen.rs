//! Pictures that were seen: what can be looked up again, and nothing else. No address, no site, no picture.
//!
//! A part is a file of at most [`PART_PICTURES`] of one day: 8 bytes of magic, their number (u16), the pictures, and the
//! first 8 bytes of the SHA-256 of all that. A picture: its number of regions and whether it has exact PDQ (a byte each);
//! for each region quality, whether it is an inner one, and the canonical hash; for PDQ quality and hash. Numbers are
//! little-endian. The hashes of turned copies are made from these ([`Hash::turned`]), not stored.

use sha2::{Digest, Sha256};

use super::DamagedLog;
use crate::fingerprint::{Hash, MIN_QUALITY, Query, QueryRegion, Turn, WHOLE};

/// Pictures in a part: it is written whole whenever one is added, and read whole.
pub const PART_PICTURES: usize = 512;
/// More regions than a look-up has ([`Query`]).
const MAX_REGIONS: usize = 16;

const MAGIC: &[u8; 8] = b"seenlog1";
const DIGEST: usize = 8;

/// What is remembered of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenPicture {
    /// Quality, whether it is a picture in the picture, and canonical hash of each region.
    pub regions: Vec<(u8, bool, Hash)>,
    /// Quality and exact PDQ, where an index asked for it.
    pub pdq: Option<(u8, Hash)>,
}

impl SeenPicture {
    /// What to remember of a look-up; nothing where it is too plain to be found again.
    pub fn of(query: &Query) -> Option<Self> {
        let good = query.regions.iter().filter(|region| region.quality >= MIN_QUALITY).take(MAX_REGIONS);
        let regions: Vec<_> = good.map(|region| (region.quality, region.inner, region.hashes[0])).collect();
        let pdq = query.pdq.as_deref().map(|(quality, hashes)| (*quality, hashes[0]));
        (!regions.is_empty()).then_some(Self { regions, pdq })
    }

    /// The look-up again; of turned copies to within the few bits of [`Hash::turned`].
    pub fn query(&self) -> Query {
        let turned = |hash: Hash| Turn::ALL.map(|turn| hash.turned(turn));
        let regions = self.regions.iter().map(|&(quality, inner, hash)| QueryRegion {
            region: WHOLE,
            quality,
            hashes: turned(hash),
            inner,
        });
        let pdq = self.pdq.map(|(quality, hash)| Box::new((quality, turned(hash))));
        Query { regions: regions.collect(), pdq }
    }

    /// What tells pictures apart.
    pub fn name(&self) -> Hash {
        self.regions.first().map(|(_, _, hash)| *hash).unwrap_or_default()
    }
}

/// A part's file.
pub fn encode_part(pictures: &[SeenPicture]) -> Vec<u8> {
    let pictures = &pictures[..pictures.len().min(PART_PICTURES)];
    let mut bytes = MAGIC.to_vec();
    bytes.extend((pictures.len() as u16).to_le_bytes());
    for picture in pictures {
        bytes.extend([picture.regions.len() as u8, u8::from(picture.pdq.is_some())]);
        for (quality, inner, hash) in &picture.regions {
            bytes.extend([*quality, u8::from(*inner)]);
            bytes.extend(hash.0);
        }
        if let Some((quality, hash)) = &picture.pdq {
            bytes.push(*quality);
            bytes.extend(hash.0);
        }
    }
    let digest = Sha256::digest(&bytes);
    bytes.extend(&digest[..DIGEST]);
    bytes
}

/// The pictures of a part's file.
///
/// # Errors
/// When it is not what was written.
pub fn decode_part(file: &[u8]) -> Result<Vec<SeenPicture>, DamagedLog> {
    let end = file.len().checked_sub(DIGEST).ok_or(DamagedLog)?;
    let (bytes, digest) = file.split_at(end);
    if Sha256::digest(bytes)[..DIGEST] != *digest {
        return Err(DamagedLog);
    }
    parse(bytes).ok_or(DamagedLog)
}

fn parse(bytes: &[u8]) -> Option<Vec<SeenPicture>> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let count = usize::from(u16::from_le_bytes(take(&mut rest)?));
    if count > PART_PICTURES {
        return None;
    }
    let mut pictures = Vec::with_capacity(count);
    for _ in 0..count {
        let [regions, pdq] = take(&mut rest)?;
        if usize::from(regions) > MAX_REGIONS || regions == 0 {
            return None;
        }
        let region = |rest: &mut &[u8]| Some((quality(rest)?, flag(take(rest)?)?, Hash(take(rest)?)));
        let regions = (0..regions).map(|_| region(&mut rest)).collect::<Option<_>>()?;
        let pdq = if flag([pdq])? { Some((quality(&mut rest)?, Hash(take(&mut rest)?))) } else { None };
        pictures.push(SeenPicture { regions, pdq });
    }
    rest.is_empty().then_some(pictures)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (first, others) = rest.split_first_chunk::<N>()?;
    *rest = others;
    Some(*first)
}

fn quality(rest: &mut &[u8]) -> Option<u8> {
    let [quality] = take(rest)?;
    (quality <= 100).then_some(quality)
}

fn flag([byte]: [u8; 1]) -> Option<bool> {
    (byte <= 1).then_some(byte == 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn picture() -> impl Strategy<Value = SeenPicture> {
        let hash = any::<[u8; 32]>().prop_map(Hash);
        let region = (0..=100_u8, any::<bool>(), hash.clone());
        (prop::collection::vec(region, 1..=8), prop::option::of((0..=100_u8, hash)))
            .prop_map(|(regions, pdq)| SeenPicture { regions, pdq })
    }

    /// The digest put right again, so that what is behind it is reached.
    fn sealed(bytes: &[u8]) -> Vec<u8> {
        [bytes, &Sha256::digest(bytes)[..DIGEST]].concat()
    }

    proptest! {
        #[test]
        fn a_part_comes_back_as_it_was(pictures in prop::collection::vec(picture(), 0..20)) {
            prop_assert_eq!(decode_part(&encode_part(&pictures)), Ok(pictures));
        }

        #[test]
        fn a_changed_byte_is_noticed(pictures in prop::collection::vec(picture(), 0..4), at in any::<usize>(), bit in 0..8_u8) {
            let mut file = encode_part(&pictures);
            let at = at % file.len();
            file[at] ^= 1 << bit;
            prop_assert_eq!(decode_part(&file), Err(DamagedLog));
        }

        #[test]
        fn bytes_of_somebody_else_are_refused_or_are_a_part(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let file = sealed(&[&MAGIC[..], &bytes].concat());
            if let Ok(pictures) = decode_part(&file) {
                prop_assert_eq!(encode_part(&pictures), file);
            }
            prop_assert!(decode_part(&bytes).is_err());
        }
    }

    #[test]
    fn more_than_a_part_holds_is_refused() {
        let picture = SeenPicture { regions: vec![(60, false, Hash([5; 32]))], pdq: None };
        let pictures = vec![picture; PART_PICTURES + 1];
        let file = encode_part(&pictures);
        assert_eq!(decode_part(&file).map(|pictures| pictures.len()), Ok(PART_PICTURES));
        let mut body = file[..file.len() - DIGEST].to_vec();
        body[8..10].copy_from_slice(&(PART_PICTURES as u16 + 1).to_le_bytes());
        body.extend(&file[10..10 + 36]);
        assert_eq!(decode_part(&sealed(&body)), Err(DamagedLog));
    }
}
