//! The index of one source: its segments, and which of their entries stand.

mod changes;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use self::changes::{Changes, Newest};
use super::segment::{HashGroup, Segment, SegmentError, at_once, superseded, unbroken};
use super::{Entry, KeypointTier, Media, Role};
use crate::fingerprint::keypoints::KnownKeypoints;
use crate::fingerprint::{Difference, Hash, MATCH_RADIUS, Query, Region, Turn, WHOLE, encoding};

/// What one source knows. Never changed; an update builds another one.
#[derive(Debug, Default)]
pub struct Index {
    serial: u64,
    segments: Vec<Arc<Segment>>,
    /// For each segment, which of its entries stand: newest revision, not retracted.
    stands: Vec<Vec<bool>>,
    counts: IndexCounts,
}

/// How much an index holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IndexCounts {
    /// Entries that stand.
    pub entries: usize,
    /// Entries that are retracted.
    pub tombstones: usize,
    /// Hashes, of both kinds.
    pub hashes: usize,
    /// Hashes that can only be searched with exact PDQ.
    pub pdq_only: usize,
}

/// A known picture near the one that was looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Which segment of the index.
    pub segment: usize,
    /// Which entry of the segment.
    pub entry: usize,
    /// Which media item of the segment.
    pub media: usize,
    /// What the known picture is.
    pub role: Role,
    /// Which hash matched.
    pub group: HashGroup,
    /// Bits that differ.
    pub distance: u32,
    /// The turn of the picture that matches.
    pub turn: Turn,
    /// The part of the picture that matched.
    pub region: Region,
    /// Whether that is a picture in the picture, with other things around it.
    pub inner: bool,
    /// The part of the known picture that matched.
    pub known_region: Region,
}

/// The number of the next index; 0 is that of an empty one.
static NEXT_SERIAL: AtomicU64 = AtomicU64::new(1);

/// A picture in a picture is seldom turned. It is looked for within [`MATCH_RADIUS`]: what is further away is left to the
/// keypoints, since there are many pictures in pictures and each costs a scan.
const INNER_TURNS: [Turn; 2] = [Turn::None, Turn::Mirror];

/// A hash that is looked for, and where it comes from.
struct Asked {
    hash: Hash,
    turn: Turn,
    region: Region,
    inner: bool,
}

impl Index {
    /// An index of these segments, without the entries that `retracted` names up to a revision.
    pub fn new(segments: Vec<Segment>, retracted: &HashMap<String, u32>) -> Self {
        unbroken(Self::build(segments.into_iter().map(Arc::new).collect(), retracted, at_once))
    }

    /// As [`Self::new`]; `pause` is called between slices of work.
    pub async fn build(
        segments: Vec<Arc<Segment>>,
        retracted: &HashMap<String, u32>,
        mut pause: impl AsyncFnMut(),
    ) -> Self {
        let parts: Vec<&Segment> = segments.iter().map(|segment| &**segment).collect();
        let superseded = superseded(&parts, &mut pause).await;
        let mut counts = IndexCounts::default();
        let mut stands = Vec::with_capacity(segments.len());
        for (segment, superseded) in segments.iter().zip(superseded) {
            let mut standing: Vec<bool> = superseded.iter().map(|superseded| !superseded).collect();
            let mut tombstones = 0;
            for row in segment.tombstones() {
                if std::mem::take(&mut standing[row]) {
                    tombstones += 1;
                }
            }
            for (id, &up_to) in retracted {
                let row = segment.row_of(id).filter(|&row| standing[row] && segment.revision(row) <= up_to);
                if let Some(row) = row {
                    standing[row] = false;
                    tombstones += 1;
                }
            }
            counts.tombstones += tombstones;
            counts.entries += standing.iter().filter(|stands| **stands).count();
            counts.hashes += segment.hashes(HashGroup::Canonical) + segment.hashes(HashGroup::Pdq);
            counts.pdq_only += segment.hashes(HashGroup::Pdq);
            stands.push(standing);
            pause().await;
        }
        Self { serial: NEXT_SERIAL.fetch_add(1, Ordering::Relaxed), segments, stands, counts }
    }

    /// A number that no other index has while the program runs.
    pub fn serial(&self) -> u64 {
        self.serial
    }

    /// How much it holds.
    pub fn counts(&self) -> IndexCounts {
        self.counts
    }

    /// Bytes of its segments.
    pub fn length(&self) -> usize {
        self.segments.iter().map(|segment| segment.length()).sum()
    }

    /// Bytes of them that are in memory.
    pub fn held(&self) -> usize {
        self.segments.iter().map(|segment| segment.held()).sum()
    }

    /// The same segments with other retractions, as for [`Self::build`].
    pub async fn retracting(&self, retracted: &HashMap<String, u32>, pause: impl AsyncFnMut()) -> Self {
        Self::build(self.segments.clone(), retracted, pause).await
    }

    /// The known pictures within `radius` bits of one of the query's hashes, of at least `min_quality` on both sides,
    /// the nearest first.
    pub fn search(&self, query: &Query, radius: u32, min_quality: u8) -> Vec<Hit> {
        let (mut outer, mut inner) = (Vec::new(), Vec::new());
        for region in query.regions.iter().filter(|region| region.quality >= min_quality) {
            let (turns, all) = if region.inner { (&INNER_TURNS[..], &mut inner) } else { (&Turn::ALL[..], &mut outer) };
            all.extend(asked(&region.hashes, turns, region.region, region.inner));
        }
        let pdq = query.pdq.as_deref().filter(|(quality, _)| *quality >= min_quality);
        let pdq: Vec<Asked> = pdq.into_iter().flat_map(|(_, hashes)| asked(hashes, &Turn::ALL, WHOLE, false)).collect();
        let mut hits = Vec::new();
        self.scan(HashGroup::Canonical, &outer, radius, min_quality, &mut hits);
        self.scan(HashGroup::Canonical, &inner, radius.min(MATCH_RADIUS), min_quality, &mut hits);
        self.scan(HashGroup::Pdq, &pdq, radius, min_quality, &mut hits);
        // Of equally near ones the known picture (a tie is no reason to be silent), then the one that needs no turn.
        hits.sort_unstable_by_key(|hit| {
            (hit.distance, hit.role as u8, hit.turn as u8, hit.segment, hit.entry, hit.region, hit.known_region)
        });
        hits
    }

    /// One pass over the hashes of a group.
    fn scan(&self, group: HashGroup, asked: &[Asked], radius: u32, min_quality: u8, hits: &mut Vec<Hit>) {
        if asked.is_empty() {
            return;
        }
        let hashes: Vec<Hash> = asked.iter().map(|asked| asked.hash).collect();
        for (at, (segment, standing)) in self.segments.iter().zip(&self.stands).enumerate() {
            for found in segment.columns(group).within(&hashes, radius) {
                let Some((media, known_region, quality)) = segment.owner(group, found.row as usize) else { continue };
                let Some((entry, role)) = stands(segment, standing, media) else { continue };
                if quality >= min_quality {
                    let Asked { turn, region, inner, .. } = asked[found.query];
                    let distance = found.distance;
                    hits.push(Hit {
                        segment: at,
                        entry,
                        media,
                        role,
                        group,
                        distance,
                        turn,
                        region,
                        inner,
                        known_region,
                    });
                }
            }
        }
    }

    /// An entry of a segment, with its texts.
    ///
    /// # Errors
    /// When its text is damaged.
    pub fn entry(&self, segment: usize, entry: usize) -> Result<Entry, SegmentError> {
        self.segments.get(segment).ok_or(SegmentError::BadText)?.entry(entry)
    }

    /// As [`Self::entry`], from the bytes of its text block.
    ///
    /// # Errors
    /// As [`Self::entry`].
    pub fn entry_in(&self, segment: usize, entry: usize, block: &[u8]) -> Result<Entry, SegmentError> {
        self.segments.get(segment).ok_or(SegmentError::BadText)?.entry_in(entry, block)
    }

    /// Where the text block of an entry lies in its segment's file, when it is not in memory.
    pub fn text_on_disk(&self, segment: usize, entry: usize) -> Option<Range<usize>> {
        self.segments.get(segment)?.text_on_disk(entry)
    }

    /// Its segments of entries.
    pub fn segments(&self) -> &[Arc<Segment>] {
        &self.segments
    }

    /// What tells a media item from its original.
    pub fn difference(&self, segment: usize, media: usize) -> Option<Difference> {
        self.segments.get(segment)?.difference(media)
    }

    /// The parts of a media item that have a canonical hash.
    pub fn regions(&self, segment: usize, media: usize) -> Vec<Region> {
        self.segments.get(segment).map_or_else(Vec::new, |segment| segment.regions_of(media).collect())
    }

    /// How many originals an entry of a segment has.
    pub fn originals(&self, segment: usize, entry: usize) -> usize {
        let Some(segment) = self.segments.get(segment) else { return 0 };
        segment.media_of(entry).filter(|&media| segment.role(media) == Role::Original).count()
    }

    /// Whether an original of its entry is within `radius` bits of a media item, by any of their hashes.
    pub fn resembles_original(&self, segment: usize, media: usize, radius: u32) -> bool {
        let Some(segment) = self.segments.get(segment) else { return false };
        let entry = segment.entry_of(media);
        let originals = entry.into_iter().flat_map(|entry| segment.media_of(entry));
        originals.filter(|&other| segment.role(other) == Role::Original).any(|original| {
            let near = |hash: Hash| segment.canonical_of(original).any(|other| hash.distance(&other) <= radius);
            segment.canonical_of(media).any(near)
        })
    }

    /// The entry and role of a media item, if its entry stands.
    pub fn standing(&self, segment: usize, media: usize) -> Option<(usize, Role)> {
        stands(self.segments.get(segment)?, self.stands.get(segment)?, media)
    }

    /// All entries in their newest revision, tombstones too, by id, with their keypoints.
    ///
    /// # Errors
    /// When a text is damaged.
    pub fn entries(&self, keypoints: &KeypointTier) -> Result<Vec<Entry>, SegmentError> {
        let mut newest: HashMap<&str, (usize, &Segment, usize)> = HashMap::new();
        for (at, segment) in self.segments.iter().enumerate() {
            for row in 0..segment.entries() {
                let held = newest.entry(segment.id(row)).or_insert((at, segment, row));
                if segment.revision(row) > held.1.revision(held.2) {
                    *held = (at, segment, row);
                }
            }
        }
        let mut rows: Vec<Vec<usize>> = vec![Vec::new(); self.segments.len()];
        newest.into_values().for_each(|(at, _, row)| rows[at].push(row));
        let mut entries = Vec::new();
        for (at, (segment, mut rows)) in self.segments.iter().zip(rows).enumerate() {
            rows.sort_unstable();
            let whole = segment.entries_of(rows.iter().copied())?;
            for (mut entry, row) in whole.into_iter().zip(rows) {
                for (media, item) in entry.media.iter_mut().zip(segment.media_of(row)) {
                    if let Some(known) = keypoints.of_media(at, item) {
                        add_keypoints(media, known);
                    }
                }
                entries.push(entry);
            }
        }
        entries.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(entries)
    }
}

/// Puts the keypoints back into a media item's fingerprint.
fn add_keypoints(media: &mut Media, known: KnownKeypoints) {
    let fingerprint = media.fingerprint.as_deref().and_then(|text| encoding::from_base64(text).ok());
    if let Some(mut fingerprint) = fingerprint {
        fingerprint.keypoints = Some(known);
        media.fingerprint = Some(encoding::to_base64(&fingerprint));
    }
}

fn asked<'a>(
    hashes: &'a [Hash; 8],
    turns: &'a [Turn],
    region: Region,
    inner: bool,
) -> impl Iterator<Item = Asked> + 'a {
    turns.iter().map(move |&turn| Asked { hash: hashes[turn as usize], turn, region, inner })
}

fn stands(segment: &Segment, standing: &[bool], media: usize) -> Option<(usize, Role)> {
    let entry = segment.entry_of(media)?;
    (standing.get(entry) == Some(&true)).then(|| (entry, segment.role(media)))
}
