//! The bytes of a difference: record kind 3 of a fingerprint, documented in `docs/fingerprint-format.md`.

use super::{Difference, MAX_SPOTS, PATCH, Patch, Plane, Spot};

/// Bytes of a spot.
pub const SPOT: usize = 1 + 4 + 2 + 2 * PATCH;

/// The bytes of a difference.
pub fn encode(difference: &Difference) -> Vec<u8> {
    let mut out = vec![difference.originals];
    for spot in &difference.spots {
        out.extend(encode_spot(spot));
    }
    out
}

/// The difference in these bytes, or `None` where they are none.
pub fn decode(bytes: &[u8]) -> Option<Difference> {
    let (&originals, rest) = bytes.split_first()?;
    let (spots, left) = rest.as_chunks::<SPOT>();
    if !left.is_empty() || spots.len() > MAX_SPOTS {
        return None;
    }
    let difference = Difference { originals, spots: spots.iter().map(decode_spot).collect::<Option<_>>()? };
    difference.is_sound().then_some(difference)
}

/// The bytes of a spot.
pub fn encode_spot(spot: &Spot) -> [u8; SPOT] {
    let mut out = [0; SPOT];
    out[0] = spot.plane as u8;
    out[1..5].copy_from_slice(&spot.area);
    (out[5], out[6]) = (spot.low, spot.high);
    out[7..7 + PATCH].copy_from_slice(&spot.known.0);
    out[7 + PATCH..].copy_from_slice(&spot.original.0);
    out
}

/// The spot in these bytes, or `None` where they are none.
pub fn decode_spot(bytes: &[u8; SPOT]) -> Option<Spot> {
    let patch = |at: usize| Patch(std::array::from_fn(|i| bytes[at + i]));
    let spot = Spot {
        plane: *Plane::ALL.get(usize::from(bytes[0]))?,
        area: [bytes[1], bytes[2], bytes[3], bytes[4]],
        low: bytes[5],
        high: bytes[6],
        known: patch(7),
        original: patch(7 + PATCH),
    };
    spot.is_sound().then_some(spot)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_sound_survives_and_the_rest_is_refused(
            originals in 0_u8..4,
            count in 0_usize..6,
            bytes in prop::collection::vec(any::<u8>(), 6 * SPOT),
        ) {
            let spots = bytes.as_chunks::<SPOT>().0.iter().take(count).map(|bytes| {
                let mut bytes = *bytes;
                bytes[0] %= 4;
                decode_spot(&bytes)
            });
            if let Some(spots) = spots.collect::<Option<Vec<_>>>() {
                let difference = Difference { originals, spots };
                let encoded = encode(&difference);
                prop_assert_eq!(encoded.len(), 1 + count * SPOT);
                prop_assert_eq!(decode(&encoded), difference.is_sound().then_some(difference));
            }
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..6 * SPOT)) {
            if let Some(difference) = decode(&bytes) {
                prop_assert!(difference.is_sound());
                prop_assert_eq!(encode(&difference), bytes);
            }
        }
    }

    #[test]
    fn a_spot_that_no_picture_has_is_refused() {
        let good = Spot {
            plane: Plane::Red,
            area: [200, 0, 56, 255],
            low: 10,
            high: 11,
            known: Patch([0; PATCH]),
            original: Patch([255; PATCH]),
        };
        assert_eq!(decode_spot(&encode_spot(&good)), Some(good));
        let bad = [
            Spot { area: [201, 0, 56, 255], ..good },
            Spot { area: [0, 0, 0, 9], ..good },
            Spot { area: [0, 250, 9, 7], ..good },
            Spot { low: 11, ..good },
            Spot { original: good.known, ..good },
        ];
        for spot in bad {
            assert_eq!(decode_spot(&encode_spot(&spot)), None, "{spot:?}");
        }
        let mut plane = encode_spot(&good);
        plane[0] = 3;
        assert_eq!(decode_spot(&plane), None);
    }
}
