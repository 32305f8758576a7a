//! The index that is asked, in memory, and the engine that answers: all that this bench knows of either.

use std::collections::HashMap;

use caveat::engine::{Manner, Searched, check_bytes};
use caveat::fingerprint::encoding;
use caveat::index::segment::{self, KeypointSegment, Segment};
use caveat::index::{Entry, Index, KeypointTier, Role};
use caveat::protocol::{Level, Sensitivity, VerdictKind};
use caveat::source::{Head, PublicKey, SecretKey};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::fault::Fault;
use crate::fingerprint::Fingerprinted;

/// An index of pictures that have numbers for names.
pub struct Held {
    index: Index,
    keypoints: KeypointTier,
    head: Head,
    key: PublicKey,
    /// Bytes of all fingerprints together.
    pub fingerprint_bytes: usize,
    /// Bytes of the segments and their tables in memory.
    pub index_bytes: usize,
}

impl Held {
    /// As `caveat build` makes it, of each picture's number and fingerprints.
    pub fn of(pictures: &[(usize, &Fingerprinted)]) -> Result<Self, Fault> {
        let entries: Vec<Entry> = pictures
            .iter()
            .map(|(number, found)| entry(*number, &[media("known", found)]))
            .collect::<Result<_, _>>()?;
        Self::of_entries(&entries, pictures.iter().map(|(_, found)| *found))
    }

    /// Of pictures that were doctored, each with its original.
    pub fn of_pairs(pairs: &[(usize, [&Fingerprinted; 2])]) -> Result<Self, Fault> {
        let one = |(number, [known, original]): &(usize, [&Fingerprinted; 2])| {
            entry(*number, &[media("known", known), media("original", original)])
        };
        let entries: Vec<Entry> = pairs.iter().map(one).collect::<Result<_, _>>()?;
        Self::of_entries(&entries, pairs.iter().map(|(_, [known, _])| *known))
    }

    fn of_entries<'a>(entries: &[Entry], known: impl Iterator<Item = &'a Fingerprinted>) -> Result<Self, Fault> {
        let fault = |error| Fault::Segment { path: "the index of the bench".into(), error };
        let file = segment::write(entries);
        let keypoints = segment::write_keypoints(entries, &file).map(KeypointSegment::parse).transpose();
        let keypoints = keypoints.map_err(fault)?.into_iter().collect();
        let digest = Sha256::digest(&file).into();
        let index = Index::new(vec![Segment::parse(file).map_err(fault)?], &HashMap::new());
        let keypoints = KeypointTier::new(&index, &[digest], keypoints).map_err(fault)?;
        let key = SecretKey::from_seed(&[1; 32]).public();
        let fingerprint_bytes = known.map(|found| encoding::encode(&found.fingerprint).len()).sum();
        Ok(Self {
            index_bytes: index.length() + keypoints.length(),
            index,
            keypoints,
            head: head(&key),
            key,
            fingerprint_bytes,
        })
    }

    /// The numbers of the known pictures that the engine names, and how sure it is; none when it cannot read the bytes.
    pub fn ask(&self, bytes: &[u8]) -> Option<Vec<(usize, Level)>> {
        let keypoints = Some(&self.keypoints);
        let sources = [Searched { key: &self.key, head: &self.head, index: &self.index, keypoints }];
        let manner = Manner { sensitivity: Sensitivity::default(), language: "en", now: 0 };
        let verdict = check_bytes(bytes, &sources, manner);
        let known = verdict.matches.iter().filter(|found| found.role == Role::Known);
        let named = known.filter_map(|found| Some((found.entry.parse().ok()?, found.level))).collect();
        (verdict.verdict != VerdictKind::Unreadable).then_some(named)
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

/// Nobody signs or reads it.
fn head(key: &PublicKey) -> Head {
    Head {
        format: 1,
        source: key.source().to_string(),
        key: key.to_string(),
        name: "bench".to_owned(),
        sequence: 1,
        issued: 0,
        expires: 0,
        min_wait: 0,
        entries: 0,
        tombstones: 0,
        segments: Vec::new(),
        retractions: Vec::new(),
    }
}
