//! How near a relation comes to a level, for the bench that calibrates the demands.

use super::{CLEAR_RADIUS, CONFIRMED, Demand, LEAST_BESIDE, Relation, demands, overlap, plainness};
use crate::fingerprint::keypoints::sight::Sighting;
use crate::protocol::{Level, Sensitivity};

impl Demand {
    /// The part of each column that is met, of the column that is met least: 1.0 and more meets the row.
    fn part(&self, sighting: &Sighting) -> f32 {
        let part = |shown: f32, demanded: f32| if demanded > 0.0 { shown / demanded } else { f32::INFINITY };
        let evidence = &sighting.evidence;
        part(sighting.pairs as f32, self.pairs as f32)
            .min(part(evidence.inliers as f32, self.inliers as f32))
            .min(part(evidence.spread as f32, self.spread as f32))
            .min(part(sighting.found(), self.found))
            .min(part(evidence.thumbnail.varied.share(), self.thumbnail))
            .min(part(sighting.agreement(), self.agreement))
            .min(plainness(sighting).map_or(f32::INFINITY, |plain| part(plain, self.plain)))
    }
}

impl Relation {
    /// How much of the known picture agrees, where its keypoints were looked at: 0.0..=2.0.
    pub fn agreement(&self) -> Option<f32> {
        self.sighting.as_ref().map(Sighting::agreement)
    }

    /// The part of the nearest row of demands that the keypoints meet; 1.0 and more reaches the level, whatever the hash.
    pub fn part_of_demand(&self, sensitivity: Sensitivity, level: Level) -> Option<f32> {
        let sighting = self.sighting.as_ref()?;
        let most = |rows: &[Demand]| {
            let best = rows.iter().map(|row| row.part(sighting)).max_by(f32::total_cmp);
            best.map(|best| best.min(overlap(sighting)))
        };
        if sighting.hollow {
            return Some(0.0);
        }
        let (certain, likely, _) = demands(sensitivity);
        let rows = if level == Level::Match { certain } else { likely };
        if let Some(beside) = self.beside {
            let own = if self.is_of_all(CLEAR_RADIUS) { f32::INFINITY } else { beside as f32 / LEAST_BESIDE as f32 };
            return Some(most(self.shared()).filter(|_| level == Level::Match)?.min(own));
        }
        let confirmed: &[Demand] = if self.hash.is_some() && level == Level::Match { &CONFIRMED } else { &[] };
        most(rows).into_iter().chain(most(confirmed)).max_by(f32::total_cmp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::relation::tests::by_hash;
    use crate::fingerprint::keypoints::Evidence;
    use crate::fingerprint::keypoints::thumbnail::{Agreement, LEAST_PLAIN, Likeness};
    use crate::fingerprint::keypoints::verify::Overlap;
    use crate::fingerprint::{Affine, MATCH_RADIUS};

    fn relation([pairs, inliers, spread, agree, alike]: [u32; 5], hash: Option<u32>, shared: bool) -> Relation {
        let thumbnail = Likeness {
            varied: Agreement { seen: 20, agree },
            plain: Agreement { seen: LEAST_PLAIN + alike % 2, agree: LEAST_PLAIN / 2 + alike / 2 },
            ..Likeness::default()
        };
        let evidence = Evidence {
            inliers,
            spread,
            thumbnail,
            overlap: Overlap { of_known: if (pairs + inliers) % 3 == 0 { 0.45 } else { 1.0 }, of_picture: 0.2 },
            ..Evidence::of_all()
        };
        let relation = by_hash(hash.unwrap_or_default());
        Relation {
            hash: relation.hash.filter(|_| hash.is_some()),
            sighting: Some(Sighting { pairs, evidence, map: Affine::IDENTITY, hollow: false }),
            beside: shared.then_some(2 * spread),
            ..relation
        }
    }

    /// The bench reads the same table as the engine: the parts say what the levels do, for all that can be shown.
    #[test]
    fn a_part_of_one_is_the_level() {
        let mut reached = [0; 3];
        for (i, sensitivity) in
            [Sensitivity::Cautious, Sensitivity::Balanced, Sensitivity::Keen].into_iter().enumerate()
        {
            for case in 0..12 * 13 * 8 * 21 * 4 * 4_u32 {
                let shown = [case % 12, case / 12 % 13, case / 156 % 8, case / 1248 % 21, case / 104_832 * 3];
                let shared = case / 52_416 % 2 == 1;
                // Nearer hashes make a level by themselves, but not where an overlay is shared.
                for near in [CLEAR_RADIUS, MATCH_RADIUS].into_iter().filter(|_| shared) {
                    let relation = relation(shown, Some(near), shared);
                    let part = relation.part_of_demand(sensitivity, Level::Match);
                    let level = relation.level(sensitivity);
                    assert_eq!(part >= Some(1.0), level == Some(Level::Match), "{sensitivity:?} {relation:?}");
                }
                let relation = relation(shown, (case / 26_208 % 2 == 1).then_some(60), shared);
                let reaches = |level| relation.part_of_demand(sensitivity, level).is_some_and(|part| part >= 1.0);
                let by_parts = match (reaches(Level::Match), reaches(Level::Possible)) {
                    (true, _) => Some(Level::Match),
                    (false, true) => Some(Level::Possible),
                    (false, false) => None,
                };
                assert_eq!(by_parts, relation.level(sensitivity), "{sensitivity:?} {relation:?}");
                reached[i] += usize::from(by_parts.is_some());
            }
        }
        assert!(reached[0] > 0 && reached[0] < reached[1] && reached[1] < reached[2], "{reached:?}");
    }
}
