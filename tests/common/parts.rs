//! Segments with those of their keypoints, as written and as merged.

#![allow(dead_code, reason = "each test program uses a part")]

use caveat::index::Entry;
use caveat::index::segment::{KeypointSegment, Segment, merge, merge_keypoints, unbroken, write, write_keypoints};
use caveat::source::SegmentName;
use sha2::{Digest, Sha256};

pub struct Part {
    pub segment: Segment,
    pub keypoints: Option<KeypointSegment>,
    pub digest: [u8; 32],
    /// The segment's file and that of its keypoints.
    pub files: (Vec<u8>, Option<Vec<u8>>),
    /// Digests of what it was merged of.
    pub parts: Vec<String>,
}

impl Part {
    fn of(files: (Vec<u8>, Option<Vec<u8>>), parts: Vec<String>) -> Self {
        let digest = Sha256::digest(&files.0).into();
        let keypoints = files.1.clone().map(|file| KeypointSegment::parse(file).unwrap());
        Self { segment: Segment::parse(files.0.clone()).unwrap(), keypoints, digest, files, parts }
    }

    /// As a head names it, and the files that are named.
    pub fn names(&self) -> Vec<(SegmentName, &[u8])> {
        let name = |tier: &str, file: &[u8]| SegmentName {
            tier: tier.to_owned(),
            sha256: hex::encode(Sha256::digest(file)),
            bytes: file.len() as u64,
            entries: self.segment.entries() as u64,
            hashes: 0,
            owner: None,
            packed: None,
            parts: Vec::new(),
            replaced: None,
        };
        let entries = SegmentName { parts: self.parts.clone(), ..name("entries", &self.files.0) };
        let mut names = vec![(entries, &*self.files.0)];
        if let Some(file) = &self.files.1 {
            names.push((SegmentName { owner: Some(hex::encode(self.digest)), ..name("keypoints", file) }, file));
        }
        names
    }
}

pub fn written(entries: &[Entry]) -> Part {
    let file = write(entries);
    let keypoints = write_keypoints(entries, &file);
    Part::of((file, keypoints), Vec::new())
}

pub fn merged(parts: &[Part]) -> Part {
    let segments: Vec<&Segment> = parts.iter().map(|part| &part.segment).collect();
    let keypoints: Vec<Option<&KeypointSegment>> = parts.iter().map(|part| part.keypoints.as_ref()).collect();
    let file = unbroken(merge(&segments, async || {}));
    let owner = Sha256::digest(&file).into();
    let keypoints = unbroken(merge_keypoints(&segments, &keypoints, &owner, async || {})).unwrap();
    Part::of((file, keypoints), parts.iter().map(|part| hex::encode(part.digest)).collect())
}
