//! How an image relates to a known picture, and how certain that is.

#[cfg(feature = "builder")]
mod calibration;

use crate::fingerprint::keypoints::sight::Sighting;
use crate::fingerprint::{Affine, MATCH_RADIUS, Region, WHOLE};
use crate::index::segment::HashGroup;
use crate::index::{Hit, KeypointHit, Role};
use crate::protocol::{Level, Sensitivity, Via};

/// Bits up to which the hash of one known picture leaves no doubt. Two in three copies that keep the hash are within; dark
/// scenes under one overlay are 6 apart and more.
const CLEAR_RADIUS: u32 = 4;
/// Bits up to which a hash alone is worth a question.
pub const POSSIBLE_RADIUS: u32 = 48;
/// The same for a reader who would rather be asked too often.
pub const KEEN_RADIUS: u32 = 54;
/// Bits up to which a hash is worth a look at the keypoints.
pub const LOOK_RADIUS: u32 = 64;

/// What keypoints must show.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Demand {
    /// Pairs that agree on one transform.
    pairs: u32,
    /// Known keypoints found in their places.
    inliers: u32,
    /// Cells of the known picture, of 16, that have such keypoints.
    spread: u32,
    /// Share of the known keypoints found again, of those that ought to be seen: 0..=1.
    found: f32,
    /// Share of the thumbnail's blocks that look alike: 0..=1.
    thumbnail: f32,
    /// The sum of both: 0..=2.
    agreement: f32,
    /// Share of the plain blocks that look alike, for one of the others; where there are enough: 0 and more.
    plain: f32,
}

/// What of them a `match` needs. Stickers and captions cover of a copy what is plain and what is not; of another dark scene
/// under the same overlay the overlay agrees, and little of what is plain.
const PLAIN: f32 = 0.4;

/// Each row alone is enough. Few pairs must be borne out by a picture that agrees nearly everywhere; many are enough where
/// much of it is covered, but not where only a shared frame, logo or caption agrees.
const CERTAIN: [Demand; 3] = [
    Demand { pairs: 8, inliers: 8, spread: 3, found: 0.0, thumbnail: 0.5, agreement: 1.15, plain: PLAIN },
    Demand { pairs: 6, inliers: 6, spread: 4, found: 0.0, thumbnail: 0.5, agreement: 1.25, plain: PLAIN },
    Demand { pairs: 5, inliers: 6, spread: 4, found: 0.0, thumbnail: 0.6, agreement: 1.5, plain: PLAIN },
];
const BEYOND_DOUBT: [Demand; 1] =
    [Demand { pairs: 10, inliers: 10, spread: 5, found: 0.0, thumbnail: 0.5, agreement: 1.3, plain: PLAIN }];
const LIKELY: [Demand; 3] = [
    Demand { pairs: 6, inliers: 6, spread: 3, found: 0.0, thumbnail: 0.4, agreement: 0.9, plain: 0.0 },
    Demand { pairs: 5, inliers: 5, spread: 3, found: 0.0, thumbnail: 0.4, agreement: 1.15, plain: 0.0 },
    Demand { pairs: 4, inliers: 5, spread: 4, found: 0.0, thumbnail: 0.6, agreement: 1.5, plain: 0.0 },
];
const CONCEIVABLE: [Demand; 2] = [
    Demand { pairs: 6, inliers: 5, spread: 3, found: 0.0, thumbnail: 0.3, agreement: 0.8, plain: 0.0 },
    Demand { pairs: 4, inliers: 5, spread: 3, found: 0.0, thumbnail: 0.4, agreement: 1.25, plain: 0.0 },
];
/// Where another known picture has the same overlay, what lies beside it must be there: this many places.
const LEAST_BESIDE: u32 = 9;
/// And it must agree: nearly all of its keypoints, since two pages of one site have most in common, or less where a hash
/// within [`MATCH_RADIUS`] is of all of it. That hash led to the look, so pairs need not be found again.
const SHARED: [Demand; 1] =
    [Demand { pairs: 10, inliers: 10, spread: 5, found: 0.9, thumbnail: 0.75, agreement: 1.65, plain: PLAIN }];
const SHARED_BY_HASH: [Demand; 1] =
    [Demand { pairs: 0, inliers: 8, spread: 4, found: 0.0, thumbnail: 0.65, agreement: 1.5, plain: PLAIN }];
/// Where a hash within [`LOOK_RADIUS`] led to the look, the pairs need not be found again.
const CONFIRMED: [Demand; 1] =
    [Demand { pairs: 0, inliers: 8, spread: 4, found: 0.0, thumbnail: 0.5, agreement: 1.1, plain: PLAIN }];

/// Less than these parts of the known picture and of the image in common, a corner of either, are too little to go by:
/// strokes, ripples and leaves look alike in some size. Copies that are cut are all of the image, and what is put into an
/// image is cut little by its edges.
const LEAST_OF_KNOWN: f32 = 0.5;
const LEAST_OF_IMAGE: f32 = 0.25;

/// What a look must show not to speak against a hash within [`MATCH_RADIUS`].
const NOT_DENIED: Demand =
    Demand { pairs: 0, inliers: 0, spread: 0, found: 0.0, thumbnail: 0.0, agreement: 0.0, plain: PLAIN };

impl Demand {
    fn is_met(&self, sighting: &Sighting) -> bool {
        let evidence = &sighting.evidence;
        sighting.pairs >= self.pairs
            && evidence.inliers >= self.inliers
            && evidence.spread >= self.spread
            && sighting.found() >= self.found
            && evidence.thumbnail.varied.share() >= self.thumbnail
            && sighting.agreement() >= self.agreement
            && plainness(sighting).is_none_or(|part| part >= self.plain)
    }
}

/// How much of either is common to the known picture and the image, for one of the least that counts.
fn overlap(sighting: &Sighting) -> f32 {
    let overlap = sighting.evidence.overlap;
    (overlap.of_known / LEAST_OF_KNOWN).max(overlap.of_picture / LEAST_OF_IMAGE)
}

/// How many of the plain blocks look alike, for one of those that vary; none where there are too few.
fn plainness(sighting: &Sighting) -> Option<f32> {
    let likeness = sighting.evidence.thumbnail;
    likeness.plain_share().map(|share| share / likeness.varied.share())
}

/// What a reader wants of keypoints before a warning and before a question, and the bits up to which a hash alone is worth
/// a question, for a reader who wants any.
fn demands(sensitivity: Sensitivity) -> (&'static [Demand], &'static [Demand], Option<u32>) {
    match sensitivity {
        Sensitivity::Cautious => (&BEYOND_DOUBT, &[], None),
        Sensitivity::Balanced => (&CERTAIN, &LIKELY, Some(POSSIBLE_RADIUS)),
        Sensitivity::Keen => (&CERTAIN, &CONCEIVABLE, Some(KEEN_RADIUS)),
    }
}

/// How an image relates to a known picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Relation {
    /// Which segment of the index.
    pub segment: usize,
    /// Which entry of the segment.
    pub entry: usize,
    /// Which media item of the segment.
    pub media: usize,
    /// What the known picture is.
    pub role: Role,
    /// The nearest hash, if one is near.
    pub hash: Option<Hit>,
    /// What the keypoints show, if they were looked at.
    pub sighting: Option<Sighting>,
    /// Where another entry's picture has the same overlay, places with inliers beside it ([`KeypointHit::beside`]).
    pub beside: Option<u32>,
}

impl Relation {
    /// By hash.
    pub fn by_hash(hit: Hit) -> Self {
        let Hit { segment, entry, media, role, .. } = hit;
        Self { segment, entry, media, role, hash: Some(hit), sighting: None, beside: None }
    }

    /// By keypoints.
    pub fn by_keypoints(hit: KeypointHit) -> Self {
        let KeypointHit { segment, entry, media, role, sighting, beside } = hit;
        Self { segment, entry, media, role, hash: None, sighting: Some(sighting), beside }
    }

    /// Takes another sighting of the same picture, if it is a better one.
    pub fn saw(&mut self, hit: &KeypointHit) {
        self.beside = self.beside.into_iter().chain(hit.beside).min();
        // What a hash led to has no pairs of its own, though keypoints may have found some.
        let pairs = self.sighting.map_or(0, |before| before.pairs).max(hit.sighting.pairs);
        let best =
            self.sighting.filter(|before| before.agreement() >= hit.sighting.agreement()).unwrap_or(hit.sighting);
        self.sighting = Some(Sighting { pairs, ..best });
    }

    /// How certain it is; nothing where it is not worth a word.
    pub fn level(&self, sensitivity: Sensitivity) -> Option<Level> {
        let distance = self.distance().unwrap_or(u32::MAX);
        let meets = |demands: &[Demand]| {
            let shown = self.sighting.filter(|sighting| overlap(sighting) >= 1.0);
            shown.is_some_and(|sighting| demands.iter().any(|demand| demand.is_met(&sighting)))
        };
        // What a hash says stands, unless a look shows something else.
        let hashed = distance <= MATCH_RADIUS && self.sighting.is_none_or(|sighting| NOT_DENIED.is_met(&sighting));
        let (certain, likely, radius) = demands(sensitivity);
        let asks = radius.is_some();
        if self.sighting.is_some_and(|sighting| sighting.hollow) {
            return radius.is_some_and(|radius| distance <= radius).then_some(Level::Possible);
        }
        if let Some(beside) = self.beside {
            let beside_it = beside >= LEAST_BESIDE || self.is_of_all(CLEAR_RADIUS);
            return if beside_it && meets(self.shared()) {
                Some(Level::Match)
            } else {
                (asks && hashed).then_some(Level::Possible)
            };
        }
        let confirmed = self.hash.is_some() && meets(&CONFIRMED);
        if hashed || confirmed || meets(certain) {
            return Some(Level::Match);
        }
        (radius.is_some_and(|radius| distance <= radius) || meets(likely)).then_some(Level::Possible)
    }

    /// Whether the hash of the whole image leaves no doubt.
    pub fn is_clear(&self) -> bool {
        self.hash.is_some_and(|hit| !hit.inner && hit.distance <= CLEAR_RADIUS)
    }

    /// What must be shown where another known picture has the same overlay.
    fn shared(&self) -> &'static [Demand] {
        if self.is_of_all(MATCH_RADIUS) { &SHARED_BY_HASH } else { &SHARED }
    }

    /// Whether the hash, within so many bits, is of all of the image, or of all of the known picture inside it: of a part of
    /// both, it may be of what several pictures share.
    fn is_of_all(&self, radius: u32) -> bool {
        self.hash.is_some_and(|hit| hit.distance <= radius && (!hit.inner || hit.known_region == WHOLE))
    }

    /// Bits by which the nearest hash differs.
    pub fn distance(&self) -> Option<u32> {
        self.hash.map(|hit| hit.distance)
    }

    /// How far the image is from the known picture, to compare pictures of an entry: bits, or what stands for them.
    pub fn farness(&self) -> u32 {
        match (self.distance(), &self.sighting) {
            // What is there instead must not be kept from being named by what surrounds it.
            (_, Some(sighting)) if sighting.hollow => LOOK_RADIUS + 128,
            (Some(distance), None) => distance,
            (Some(distance), _) if distance <= MATCH_RADIUS => distance,
            (_, Some(sighting)) => LOOK_RADIUS + ((2.0 - sighting.agreement()) * 64.0) as u32,
            (None, None) => u32::MAX,
        }
    }

    /// What matched.
    pub fn via(&self) -> Via {
        match self.hash {
            Some(hit) if hit.distance <= MATCH_RADIUS || self.sighting.is_none() => match hit.group {
                HashGroup::Pdq => Via::Pdq,
                HashGroup::Canonical if hit.region == WHOLE && hit.known_region == WHOLE => Via::Canonical,
                HashGroup::Canonical => Via::Region,
            },
            _ => Via::Keypoints,
        }
    }

    /// From fractions of the image to fractions of the known picture.
    pub fn map(&self) -> Affine {
        let [by_hash, by_keypoints] = self.maps();
        let map = if self.via() == Via::Keypoints { by_keypoints } else { by_hash };
        map.unwrap_or(Affine::IDENTITY)
    }

    /// Every map that is known, by hash and by keypoints.
    pub fn maps(&self) -> [Option<Affine>; 2] {
        let by_hash = self.hash.map(|hit| Affine::between(hit.region, hit.turn, hit.known_region));
        [by_hash, self.sighting.map(|sighting| sighting.map)]
    }

    /// Known keypoints found in their places.
    pub fn inliers(&self) -> Option<u32> {
        self.sighting.map(|sighting| sighting.evidence.inliers)
    }

    /// Whether the image is mirrored.
    pub fn mirrored(&self) -> bool {
        self.map().determinant() < 0.0
    }

    /// By how many quarter turns clockwise, in degrees, the (mirrored) known picture was turned.
    pub fn rotated(&self) -> u16 {
        let [x, y] = self.map().inverse().map_or([0.0, 1.0], |back| back.turned([0.0, 1.0]));
        match (x.abs() > y.abs(), x < 0.0, y < 0.0) {
            (false, _, false) => 0,
            (false, _, true) => 180,
            (true, true, _) => 90,
            (true, false, _) => 270,
        }
    }

    /// The part of the image that matched, and the part of the known picture; nothing for all of it.
    pub fn regions(&self) -> [Option<[f64; 4]>; 2] {
        match self.hash {
            Some(hit) if self.via() != Via::Keypoints => [fractions(hit.region), fractions(hit.known_region)],
            _ => {
                let map = self.map();
                [map.inverse().and_then(|back| part(&back)), part(&map)]
            }
        }
    }

    /// Where the image's corners lie in the known picture.
    pub fn outline(&self) -> [[f64; 2]; 4] {
        corners(&self.map())
    }
}

fn corners(map: &Affine) -> [[f64; 2]; 4] {
    [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]].map(|corner| map.of(corner).map(f64::from))
}

fn fractions(region: Region) -> Option<[f64; 4]> {
    (region != WHOLE).then(|| region.map(|side| f64::from(side) / f64::from(u16::MAX)))
}

/// The upright rectangle of the target that a map fills; nothing where that is all of it, but for a rim.
fn part(map: &Affine) -> Option<[f64; 4]> {
    const RIM: f64 = 0.02;
    let corners = map.around([[0.0, 0.0], [1.0, 1.0]]);
    let [[left, top], [right, bottom]] = corners.map(|corner| corner.map(|at| f64::from(at).clamp(0.0, 1.0)));
    let whole = left < RIM && top < RIM && right > 1.0 - RIM && bottom > 1.0 - RIM;
    (!whole).then_some([left, top, right - left, bottom - top])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::Turn;
    use crate::fingerprint::keypoints::Evidence;
    use crate::fingerprint::keypoints::thumbnail::{Agreement, LEAST_PLAIN, Likeness};
    use crate::fingerprint::keypoints::verify::Overlap;

    const ALL: [Sensitivity; 3] = [Sensitivity::Cautious, Sensitivity::Balanced, Sensitivity::Keen];
    const MATCH: Option<Level> = Some(Level::Match);
    const POSSIBLE: Option<Level> = Some(Level::Possible);

    /// Of a known picture.
    const PART: Region = [0, 0, 30_000, 30_000];

    pub(super) fn by_hash(distance: u32) -> Relation {
        let (media, role, group, turn) = (0, Role::Known, HashGroup::Canonical, Turn::None);
        let [region, known_region] = [WHOLE; 2];
        let hit = Hit { segment: 0, entry: 0, media, role, group, distance, turn, region, inner: false, known_region };
        Relation::by_hash(hit)
    }

    /// All that keypoints can show, but for the plain blocks: so many of the least number look alike.
    fn seen(plain: u32) -> Sighting {
        let varied = Agreement { seen: 20, agree: 20 };
        let plain = Agreement { seen: LEAST_PLAIN, agree: plain };
        let thumbnail = Likeness { varied, plain, ..Likeness::default() };
        let evidence = Evidence { thumbnail, ..Evidence::of_all() };
        Sighting { pairs: 12, evidence, map: Affine::IDENTITY, hollow: false }
    }

    #[track_caller]
    fn says(relation: &Relation, levels: [Option<Level>; 3]) {
        assert_eq!(ALL.map(|sensitivity| relation.level(sensitivity)), levels, "{relation:?}");
    }

    #[test]
    fn a_hash_alone_says_more_to_keener_readers_up_to_its_radius() {
        for (distances, levels) in [
            (0..=MATCH_RADIUS, [MATCH; 3]),
            (MATCH_RADIUS + 1..=POSSIBLE_RADIUS, [None, POSSIBLE, POSSIBLE]),
            (POSSIBLE_RADIUS + 1..=KEEN_RADIUS, [None, None, POSSIBLE]),
            (KEEN_RADIUS + 1..=256, [None; 3]),
        ] {
            distances.for_each(|distance| says(&by_hash(distance), levels));
        }
        assert_eq!((MATCH_RADIUS, POSSIBLE_RADIUS, KEEN_RADIUS), (31, 48, 54), "as docs/matching.md says");
    }

    #[test]
    fn a_look_confirms_or_denies_a_hash() {
        for distance in [0, CLEAR_RADIUS, MATCH_RADIUS, LOOK_RADIUS, 100] {
            says(&Relation { sighting: Some(seen(LEAST_PLAIN)), ..by_hash(distance) }, [MATCH; 3]);
        }
        // What is plain is another scene's: nothing is certain any more.
        says(&Relation { sighting: Some(seen(0)), ..by_hash(MATCH_RADIUS) }, [None, POSSIBLE, POSSIBLE]);
        says(&Relation { hash: None, sighting: Some(seen(0)), ..by_hash(0) }, [None, POSSIBLE, POSSIBLE]);
    }

    #[test]
    fn a_corner_of_both_says_nothing_and_a_crop_or_a_small_picture_does() {
        let common = |of_known, of_picture| {
            let mut sighting = seen(LEAST_PLAIN);
            sighting.evidence.overlap = Overlap { of_known, of_picture };
            Relation { hash: None, sighting: Some(sighting), ..by_hash(0) }
        };
        says(&common(0.49, 0.24), [None; 3]);
        says(&common(0.1, 0.25), [MATCH; 3]);
        says(&common(0.5, 0.02), [MATCH; 3]);
        // A hash is of more than a corner.
        says(&Relation { hash: by_hash(MATCH_RADIUS).hash, ..common(0.1, 0.1) }, [MATCH; 3]);
    }

    #[test]
    fn where_another_picture_has_the_same_overlay_something_beside_it_must_be_seen() {
        let shared = |distance, beside| {
            let sighting = Some(seen(LEAST_PLAIN));
            Relation { sighting, beside: Some(beside), ..by_hash(distance) }
        };
        says(&shared(MATCH_RADIUS, LEAST_BESIDE), [MATCH; 3]);
        says(&shared(MATCH_RADIUS, LEAST_BESIDE - 1), [None, POSSIBLE, POSSIBLE]);
        says(&shared(100, LEAST_BESIDE - 1), [None; 3]);
        // A hash that leaves no doubt is of the scene as well.
        says(&shared(CLEAR_RADIUS, 0), [MATCH; 3]);
        says(&shared(CLEAR_RADIUS + 1, 0), [None, POSSIBLE, POSSIBLE]);
        // Inside another picture too, where it is all of the known one: a part of one may be what they share.
        let inside = |known_region| {
            let relation = shared(CLEAR_RADIUS, 0);
            Relation { hash: relation.hash.map(|hit| Hit { inner: true, known_region, ..hit }), ..relation }
        };
        says(&inside(WHOLE), [MATCH; 3]);
        says(&inside(PART), [None, POSSIBLE, POSSIBLE]);
    }

    #[test]
    fn a_page_with_another_picture_in_it_is_not_named_by_what_is_around_that() {
        let hollow =
            |distance| Relation { sighting: Some(Sighting { hollow: true, ..seen(LEAST_PLAIN) }), ..by_hash(distance) };
        says(&Relation { hash: None, ..hollow(0) }, [None; 3]);
        says(&hollow(MATCH_RADIUS), [None, POSSIBLE, POSSIBLE]);
        says(&hollow(KEEN_RADIUS), [None, None, POSSIBLE]);
        says(&Relation { beside: Some(64), ..hollow(CLEAR_RADIUS) }, [None, POSSIBLE, POSSIBLE]);
        let found = Relation { hash: None, sighting: Some(seen(LEAST_PLAIN)), ..by_hash(0) };
        assert!(hollow(20).farness() > found.farness(), "the picture that is there instead speaks first");
    }

    /// Pages of one site differ in the picture and the words on them, which are a small part of what is seen.
    #[test]
    fn of_what_shares_an_overlay_nearly_all_keypoints_must_be_found_unless_its_hash_is_near() {
        let agreeing = |blocks, inliers, pairs, distance| {
            let mut sighting = seen(LEAST_PLAIN);
            (sighting.pairs, sighting.evidence.inliers) = (pairs, inliers);
            sighting.evidence.thumbnail.varied.agree = blocks;
            Relation { sighting: Some(sighting), beside: Some(LEAST_BESIDE), ..by_hash(distance) }
        };
        says(&agreeing(15, 11, 12, 100), [MATCH; 3]);
        says(&agreeing(20, 10, 12, 100), [None; 3]);
        says(&agreeing(14, 12, 12, 100), [None; 3]);
        says(&agreeing(20, 12, 0, 100), [None; 3]);
        says(&agreeing(14, 10, 0, MATCH_RADIUS), [MATCH; 3]);
        says(&agreeing(12, 10, 0, MATCH_RADIUS), [None, POSSIBLE, POSSIBLE]);
        let near = agreeing(14, 10, 0, 0);
        let hash = near.hash.map(|hit| Hit { inner: true, known_region: PART, ..hit });
        says(&Relation { hash, ..near }, [None, POSSIBLE, POSSIBLE]);
    }
}
