//! The index that is asked, in memory, and the engine that answers: all that this bench knows of either.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use caveat::engine::{Looked, Manner, Relation, Searched, check_bytes};
use caveat::fingerprint::{MIN_QUALITY, encoding};
use caveat::index::segment::{self, KeypointSegment, Segment, SegmentError};
use caveat::index::{Entry, Index, KeypointTier, Role, to_line};
use caveat::protocol::{Level, Sensitivity, VerdictKind};
use caveat::source::{Anchor, Head, SecretKey};
use caveat::testing::unsigned_head;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::fault::Fault;
use crate::fingerprint::Fingerprinted;

/// Encoded bytes of fingerprints in a segment, at most about: well below the longest that is read.
const SEGMENT_BYTES: usize = 160 << 20;

/// An index of pictures that have numbers for names.
pub struct Held {
    index: Index,
    keypoints: KeypointTier,
    head: Head,
    sensitivity: Sensitivity,
    key: Anchor,
    /// Bytes of all segments and their tables in memory.
    pub index_bytes: usize,
}

/// Segments that are being filled.
#[derive(Default)]
pub struct Builder {
    open: Vec<Entry>,
    open_bytes: usize,
    segments: Vec<Segment>,
    digests: Vec<[u8; 32]>,
    keypoints: Vec<KeypointSegment>,
    /// Where the entries are written too.
    copy: Option<(BufWriter<File>, PathBuf)>,
}

impl Builder {
    /// One that also writes its entries to a file, one a line.
    pub fn with_copy(path: Option<&Path>) -> Result<Self, Fault> {
        let create = |path: &Path| {
            let file = File::create(path).map_err(Fault::file(path))?;
            Ok::<_, Fault>((BufWriter::new(file), path.to_owned()))
        };
        Ok(Self { copy: path.map(create).transpose()?, ..Self::default() })
    }

    /// Adds a picture as `caveat build` would, and says how long its fingerprint is.
    pub fn add(&mut self, number: usize, found: &Fingerprinted) -> Result<usize, Fault> {
        self.put(entry(number, &[media("known", found)])?, found)
    }

    /// Adds a picture that was doctored, with its original, and says how long the fingerprint of the former is.
    pub fn add_pair(&mut self, number: usize, [known, original]: [&Fingerprinted; 2]) -> Result<usize, Fault> {
        self.put(entry(number, &[media("known", known), media("original", original)])?, known)
    }

    fn put(&mut self, entry: Entry, known: &Fingerprinted) -> Result<usize, Fault> {
        let length = encoding::encode(&known.fingerprint).len();
        if self.open_bytes + length > SEGMENT_BYTES {
            self.close()?;
        }
        self.open_bytes += length;
        if let Some((file, path)) = &mut self.copy {
            writeln!(file, "{}", to_line(&entry)).map_err(Fault::file(path))?;
        }
        self.open.push(entry);
        Ok(length)
    }

    fn close(&mut self) -> Result<(), Fault> {
        let entries = std::mem::take(&mut self.open);
        self.open_bytes = 0;
        let file = segment::write(&entries);
        let keypoints = segment::write_keypoints(&entries, &file).map(KeypointSegment::parse).transpose();
        self.keypoints.extend(keypoints.map_err(fault)?);
        self.digests.push(Sha256::digest(&file).into());
        self.segments.push(Segment::parse(file).map_err(fault)?);
        Ok(())
    }

    /// The index of all that was added, and how readily it is to speak.
    pub fn finish(mut self, sensitivity: Sensitivity) -> Result<Held, Fault> {
        self.close()?;
        if let Some((file, path)) = &mut self.copy {
            file.flush().map_err(Fault::file(path))?;
        }
        let index = Index::new(self.segments, &HashMap::new());
        let keypoints = KeypointTier::new(&index, &self.digests, self.keypoints).map_err(fault)?;
        let key = Anchor::from(SecretKey::from_seed(&[1; 32]).public());
        let index_bytes = index.length() + keypoints.length();
        Ok(Held { index, keypoints, head: unsigned_head(&key), sensitivity, key, index_bytes })
    }
}

fn fault(error: SegmentError) -> Fault {
    Fault::Segment { path: "the index of the bench".into(), error }
}

impl Held {
    /// The numbers of the known pictures that the engine names, and how sure it is; none when it cannot read the bytes.
    pub fn ask(&self, bytes: &[u8]) -> Option<Vec<(usize, Level)>> {
        let manner = Manner { sensitivity: self.sensitivity, language: "en", now: 0 };
        let verdict = check_bytes(bytes, &[self.searched()], manner);
        let known = verdict.matches.iter().filter(|found| found.role == Role::Known);
        let named = known.filter_map(|found| Some((found.entry.parse().ok()?, found.level))).collect();
        (verdict.verdict != VerdictKind::Unreadable).then_some(named)
    }

    /// The picture with its hashes and keypoints, looked at whatever the hashes say.
    pub fn look(&self, bytes: &[u8]) -> Option<Looked> {
        let mut looked = Looked::of(bytes).ok()?;
        looked.look();
        Some(looked)
    }

    /// What speaks for each known picture, however little, and its number.
    pub fn evidence(&self, looked: &Looked) -> Vec<(usize, Relation)> {
        let relations = looked.evidence(&self.searched());
        relations
            .into_iter()
            .filter_map(|relation| Some((self.number(relation.segment, relation.entry)?, relation)))
            .collect()
    }

    /// The known pictures with a hash within `radius` bits, the nearest first, and how many bits those are.
    pub fn near(&self, looked: &Looked, radius: u32) -> Vec<(usize, u32)> {
        let hits = self.index.search(looked.query(), radius, MIN_QUALITY);
        hits.iter().filter_map(|hit| Some((self.number(hit.segment, hit.entry)?, hit.distance))).collect()
    }

    /// Whether a known picture is among those that the votes of the keypoints choose, by the inverted index or by all
    /// descriptors; none where it has no keypoints.
    pub fn goes_on(&self, number: usize, looked: &Looked, exhaustive: bool) -> Option<bool> {
        let (segment, media) = self.index.segments().iter().enumerate().find_map(|(at, segment)| {
            let row = (0..segment.entries()).find(|&row| segment.id(row).parse() == Ok(number))?;
            Some((at, segment.media_of(row).start))
        })?;
        self.keypoints.goes_on(&self.index, looked.sight()?, segment, media, exhaustive)
    }

    fn number(&self, segment: usize, row: usize) -> Option<usize> {
        self.index.segments().get(segment)?.id(row).parse().ok()
    }

    fn searched(&self) -> Searched<'_> {
        Searched {
            key: &self.key,
            catalogue_name: None,
            head: &self.head,
            index: &self.index,
            keypoints: Some(&self.keypoints),
        }
    }
}

fn media(role: &str, found: &Fingerprinted) -> serde_json::Value {
    json!({
        "role": role,
        "pdq": found.pdq.hash.to_string(),
        "quality": found.pdq.quality,
        "fingerprint": encoding::to_base64(&found.fingerprint),
    })
}

fn entry(number: usize, media: &[serde_json::Value]) -> Result<Entry, std::io::Error> {
    let line = json!({ "id": number.to_string(), "rev": 1, "truth": { "en": "." }, "media": media });
    Ok(serde_json::from_value(line)?)
}
