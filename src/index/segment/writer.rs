//! Writes a segment. The same entries give the same bytes.

use sha2::{Digest, Sha256};

use super::assembly::{Assembly, at_once, unbroken};
use super::layout::Kind;
use super::records;
use crate::fingerprint::difference::encoding::encode_spot;
use crate::fingerprint::encoding;
use crate::index::block;
use crate::index::{Entry, Role, Status};

/// A segment of `entries`, whose media all carry fingerprints. Entries are sorted by id; ids must be unique.
pub fn write(entries: &[Entry]) -> Vec<u8> {
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    let mut columns = EntryColumns::default();
    let mut text = TextBlocks::default();
    for (row, entry) in sorted.iter().enumerate() {
        columns.entry(row as u32, entry);
        columns.put(Kind::Texts, &text.add(records::strip(entry)));
    }
    let (blocks, bytes) = text.finish();
    columns.put(Kind::Blocks, &blocks);
    columns.put(Kind::BlockBytes, &bytes);
    columns.columns.drop_empty(&Kind::DIFFERENCES);
    unbroken(columns.columns.file(at_once))
}

struct EntryColumns {
    columns: Assembly,
    media: u32,
    spots: u32,
}

impl Default for EntryColumns {
    fn default() -> Self {
        Self { columns: Assembly::new(&[&Kind::ENTRIES[..], &Kind::DIFFERENCES].concat()), media: 0, spots: 0 }
    }
}

impl EntryColumns {
    fn put(&mut self, kind: Kind, bytes: &[u8]) {
        self.columns.put(kind, bytes);
    }

    fn entry(&mut self, row: u32, entry: &Entry) {
        self.put(Kind::Ids, entry.id.as_bytes());
        let end = self.columns.length(Kind::Ids);
        self.put(Kind::IdEnds, &end.to_le_bytes());
        self.put(Kind::Revisions, &entry.rev.to_le_bytes());
        let status = match entry.status {
            Status::Active => 0,
            Status::Corrected => 1,
            Status::Retracted => 2,
        };
        self.put(Kind::Status, &[status]);
        for media in &entry.media {
            self.put(Kind::MediaEntry, &row.to_le_bytes());
            let role = match media.role {
                Role::Known => 0,
                Role::Original => 1,
                Role::Debunk => 2,
            };
            self.put(Kind::MediaRole, &[role]);
            self.hashes(media);
            self.media += 1;
        }
    }

    fn hashes(&mut self, media: &crate::index::Media) {
        let at = self.media.to_le_bytes();
        // Entries were validated, so a fingerprint that is there decodes.
        let fingerprint = media.fingerprint.as_deref().and_then(|text| encoding::from_base64(text).ok());
        for region in fingerprint.iter().flat_map(|fingerprint| &fingerprint.regions) {
            let [first, second] = region.hash.halves();
            self.put(Kind::CanonicalFirst, &first);
            self.put(Kind::CanonicalSecond, &second);
            self.put(Kind::CanonicalMedia, &at);
            self.put(Kind::CanonicalQuality, &[region.quality]);
            for side in region.region {
                self.put(Kind::CanonicalRegion, &side.to_le_bytes());
            }
        }
        if let Some(difference) = fingerprint.as_ref().and_then(|fingerprint| fingerprint.difference.as_ref()) {
            self.put(Kind::DifferenceMedia, &at);
            self.put(Kind::DifferenceOriginals, &[difference.originals]);
            for spot in &difference.spots {
                self.put(Kind::Spot, &encode_spot(spot));
            }
            self.spots += difference.spots.len() as u32;
            self.put(Kind::DifferenceEnds, &self.spots.to_le_bytes());
        }
        let Some(pdq) = media.pdq else { return };
        let quality = [media.quality.unwrap_or(100)];
        if fingerprint.is_some() {
            self.put(Kind::KeptPdq, &pdq.0);
            self.put(Kind::KeptPdqMedia, &at);
            self.put(Kind::KeptPdqQuality, &quality);
        } else {
            let [first, second] = pdq.halves();
            self.put(Kind::PdqFirst, &first);
            self.put(Kind::PdqSecond, &second);
            self.put(Kind::PdqMedia, &at);
            self.put(Kind::PdqQuality, &quality);
        }
    }
}

/// Collects lines into blocks of [`block::TARGET_LENGTH`].
#[derive(Default)]
struct TextBlocks {
    open: Vec<u8>,
    directory: Vec<u8>,
    compressed: Vec<u8>,
    blocks: u32,
}

impl TextBlocks {
    fn add(&mut self, entry: Entry) -> Vec<u8> {
        let line = crate::index::to_line(&entry);
        if !self.open.is_empty() && self.open.len() + line.len() > block::TARGET_LENGTH {
            self.close();
        }
        let place = [self.blocks.to_le_bytes(), (self.open.len() as u32).to_le_bytes()].concat();
        self.open.extend(line.as_bytes());
        self.open.push(b'\n');
        place
    }

    fn close(&mut self) {
        self.compressed.extend(block::compress(&self.open));
        self.directory.extend((self.compressed.len() as u32).to_le_bytes());
        self.directory.extend((self.open.len() as u32).to_le_bytes());
        self.blocks += 1;
        self.open.clear();
    }

    fn finish(mut self) -> (Vec<u8>, Vec<u8>) {
        if !self.open.is_empty() {
            self.close();
        }
        (self.directory, self.compressed)
    }
}

/// A segment of the keypoints of `entries`, which belongs to the segment `owner` of the same entries; `None` when none of
/// their media have keypoints.
pub fn write_keypoints(entries: &[Entry], owner: &[u8]) -> Option<Vec<u8>> {
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    let mut columns = Assembly::new(&Kind::KEYPOINTS);
    columns.put(Kind::KeypointOwner, &Sha256::digest(owner));
    let mut end = 0_u32;
    for (media, at) in sorted.iter().flat_map(|entry| &entry.media).zip(0_u32..) {
        let fingerprint = media.fingerprint.as_deref().and_then(|text| encoding::from_base64(text).ok());
        let Some(known) = fingerprint.and_then(|fingerprint| fingerprint.keypoints) else { continue };
        columns.put(Kind::KeypointMedia, &at.to_le_bytes());
        for side in known.frame.iter().chain(&known.region) {
            columns.put(Kind::Frame, &side.to_le_bytes());
        }
        columns.put(Kind::Thumbnail, &known.thumbnail.0);
        for (descriptor, place) in &known.keypoints {
            columns.put(Kind::Descriptor, &descriptor.bytes());
            columns.put(Kind::Place, &place.0);
        }
        end += known.keypoints.len() as u32;
        columns.put(Kind::KeypointEnds, &end.to_le_bytes());
    }
    (end > 0).then(|| unbroken(columns.file(at_once)))
}
