//! What each target does with its bytes. None may panic, hang or take memory beyond its input's measure; what is accepted
//! must keep the promises that are checked here.

#![allow(clippy::unwrap_used, reason = "a broken promise is what ends a run")]

use std::collections::HashMap;
use std::sync::LazyLock;

use caveat::engine::{Manner, Searched, check_bytes};
use caveat::fingerprint::keypoints::select::select;
use caveat::fingerprint::keypoints::{KnownKeypoints, Sight};
use caveat::fingerprint::{Affine, Fingerprint, Query, Rect, encoding};
use caveat::image::{Channels, Limits, Orientation, Pixels, decode};
use caveat::index::segment::{KeypointSegment, MAX_START, Segment, merge, merge_keypoints, unbroken};
use caveat::index::{Index, KeypointTier, clean, is_disturbing, offered_link, parse_entries, to_line, web_link};
use caveat::protocol::Sensitivity;
use caveat::source::{
    Anchor, Descriptor, MAX_PAYLOAD, Plan, PublicKey, Recipes, Role, SecretKey, SourceAddress, Trust, accept,
    accept_self_declared, reopen, seal, sign, unsigned,
};
use caveat::testing::unsigned_head;
use miniz_oxide::deflate::compress_to_vec;
use sha2::{Digest, Sha256};

/// The key that signs what the targets sign.
pub fn secret() -> SecretKey {
    SecretKey::from_seed(&[7; 32])
}

fn key() -> PublicKey {
    secret().public()
}

/// The file with digests that hold, where its table can be read: what is behind them must be reached too.
fn mended(bytes: &[u8]) -> Vec<u8> {
    let mut file = bytes.to_vec();
    let Some(count) = file.get(12..16).map(|count| u32::from_le_bytes(count.try_into().unwrap())) else { return file };
    let table = 64..64 + 64 * (count.min(256) as usize);
    if file.len() < table.end {
        return file;
    }
    let length = (file.len() as u64).to_le_bytes();
    file[16..24].copy_from_slice(&length);
    for row in table.clone().step_by(64) {
        let number = |at: usize| u64::from_le_bytes(file[row + at..row + at + 8].try_into().unwrap()) as usize;
        let (start, length) = (number(16), number(24));
        let digest = start.checked_add(length).and_then(|end| file.get(start..end)).map(Sha256::digest);
        if let Some(digest) = digest {
            file[row + 32..row + 64].copy_from_slice(&digest);
        }
    }
    let digest = Sha256::digest(&file[table]);
    file[32..64].copy_from_slice(&digest);
    file
}

/// A picture with some structure.
pub fn picture() -> Pixels {
    let data = (0..96 * 72 * 3_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 27) as u8 * 8).collect();
    Pixels::new(96, 72, Channels::Rgb, data).unwrap()
}

/// What is looked up, made once: the targets are about the index.
static QUERY: LazyLock<Query> = LazyLock::new(|| Query::of(&picture(), true));
static SIGHT: LazyLock<Sight> = LazyLock::new(|| Sight::of(&picture()));
static KNOWN: LazyLock<KnownKeypoints> = LazyLock::new(|| select(&picture(), Rect::whole(&picture()), 44).unwrap());

/// Envelope and payload of a head, by a client that trusts the key and by a tool that trusts nobody: as they come, and as a
/// payload that is signed.
pub fn head(bytes: &[u8]) {
    read_head(bytes);
    if bytes.len() <= MAX_PAYLOAD {
        read_head(&seal(bytes, Role::Head, &secret()));
    }
}

fn read_head(bytes: &[u8]) {
    let trust = Trust::new(key().into());
    let accepted = accept(bytes, &trust);
    if let Ok(head) = &accepted {
        assert_eq!(head.source, key().source().to_string());
    }
    let _declared = accept_self_declared(bytes, |_| None);
    let _reopened = reopen(bytes, key().source());
}

/// A root that follows the key, and one that is the anchor; as they come, and signed.
pub fn root(bytes: &[u8]) {
    read_root(bytes);
    if bytes.len() <= MAX_PAYLOAD {
        read_root(&seal(bytes, Role::Root, &secret()));
        let anchor = Anchor::of_root(bytes);
        if let Ok(signed) = sign(&unsigned(bytes, Role::Root), anchor.source(), &secret()) {
            let _next = Trust::new(anchor).next(&signed);
        }
        let _retractions = Trust::new(key().into()).accept_retractions(&seal(bytes, Role::Retractions, &secret()), 0);
    }
}

fn read_root(bytes: &[u8]) {
    for anchor in [Anchor::from(key()), Anchor::of_root(bytes)] {
        if let Ok(next) = Trust::new(anchor).next(bytes) {
            assert_eq!((next.version(), next.anchor()), (1, anchor));
        }
    }
    let _restored = Trust::restore(key().into(), bytes);
    let _retractions = Trust::new(key().into()).accept_retractions(bytes, 0);
}

/// Recipes, and the plan that follows from them: as they come, and as what is packed.
pub fn recipes(bytes: &[u8]) {
    plan(bytes);
    plan(&compress_to_vec(bytes, 1));
}

fn plan(file: &[u8]) {
    let Ok(recipes) = Recipes::parse(file) else { return };
    let mut head = unsigned_head(&key().into());
    head.segments = recipes.segments.iter().take(8).cloned().collect();
    let plan = Plan::new(&head, &recipes, &|name| name.starts_with('0'));
    let fresh = Plan::new(&head, &Recipes::default(), &|name| name.starts_with('0'));
    assert!(plan.bytes <= fresh.bytes, "nobody downloads more for knowing more");
}

/// A segment of entries: checked as a whole, and opened without a check, as after it was stored.
pub fn segment(bytes: &[u8]) {
    read_segment(bytes);
    read_segment(&mended(bytes));
}

fn read_segment(bytes: &[u8]) {
    let checked = Segment::parse(bytes.to_vec());
    let start = &bytes[..bytes.len().min(MAX_START)];
    if let Ok(parts) = Segment::parts_to_hold(start, bytes.len()) {
        let held = parts.into_iter().filter_map(|range| Some((range.start, bytes.get(range)?.to_vec()))).collect();
        if let Ok(opened) = Segment::open(bytes.len(), held) {
            search(opened, None);
        }
    }
    let Ok(segment) = checked else { return };
    for row in 0..segment.entries().min(64) {
        if let Ok(entry) = segment.entry(row) {
            assert_eq!((entry.id.as_str(), entry.rev), (segment.id(row), segment.revision(row)));
        }
    }
    let merged = unbroken(merge(&[&segment, &segment], async || {}));
    let merged = Segment::parse(merged).expect("what was checked merges to what holds");
    assert_eq!(merged.entries(), segment.entries());
    search(segment, None);
}

/// A segment of keypoints; the first bytes say how long its segment of entries is.
pub fn keypoints(bytes: &[u8]) {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return };
    let (entries, keypoints) = rest.split_at(rest.len().min(u32::from_le_bytes(*length) as usize));
    let (entries, keypoints) = (mended(entries), mended(keypoints));
    let checked = KeypointSegment::parse(keypoints.to_vec());
    let Ok(segment) = Segment::parse(entries.to_vec()) else { return };
    if let Ok(parsed) = checked {
        if parsed.check_owner(&segment).is_ok() {
            let made = unbroken(merge_keypoints(&[&segment], &[Some(&parsed)], &[0; 32], async || {})).unwrap();
            assert!(made.is_none_or(|file| KeypointSegment::parse(file).is_ok()));
        }
    }
    if let Ok(opened) = KeypointSegment::open(keypoints.to_vec()) {
        search(segment, Some(opened));
    }
}

/// Looks a picture up in whatever was loaded.
fn search(segment: Segment, keypoints: Option<KeypointSegment>) {
    let index = Index::new(vec![segment], &HashMap::from([("a".to_owned(), 1)]));
    let hits = index.search(&QUERY, 256, 0);
    for hit in hits.iter().take(32) {
        let _difference = index.difference(hit.segment, hit.media);
        index.resembles_original(hit.segment, hit.media, 31);
    }
    if let Some(keypoints) = keypoints {
        let owner = keypoints.owner();
        if let Ok(tier) = KeypointTier::new(&index, &[owner], vec![keypoints]) {
            tier.search(&index, &SIGHT, &hits);
        }
    }
}

/// A fingerprint as entries carry it.
pub fn fingerprint(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(fingerprint) = encoding::from_base64(text) {
        let again = encoding::from_base64(&encoding::to_base64(&fingerprint)).unwrap();
        assert_eq!(again, fingerprint);
    }
}

/// Entries as publishers write them.
pub fn entries(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(entries) = parse_entries(text) {
        let lines: String = entries.iter().map(|entry| to_line(entry) + "\n").collect();
        assert_eq!(parse_entries(&lines).unwrap(), entries);
    }
}

/// Texts and links on their way to a card; addresses and descriptors on their way into the settings.
pub fn text(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let cleaned = clean(text);
    assert_eq!(clean(&cleaned), cleaned);
    assert!(!cleaned.chars().any(|c| is_disturbing(c) && c != '\n'));
    if let Some(link) = web_link(text) {
        assert!(link.starts_with("https://") || link.starts_with("http://"));
    }
    let hosts = ["example.org".to_owned()];
    if let Some(link) = offered_link(text, &hosts) {
        let rest = link.split_once("://").unwrap().1;
        let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default().to_ascii_lowercase();
        assert!(host == "example.org" || host.ends_with(".example.org"), "{link}");
    }
    let _anchor = text.parse::<Anchor>();
    let _address = SourceAddress::parse(text);
    let _descriptor = Descriptor::parse(text);
}

/// A picture from the web, all the way to a verdict.
pub fn image(bytes: &[u8]) {
    let limits = Limits { max_bytes: 1 << 20, max_side: 2048, max_pixels: 1 << 16 };
    if let Ok(pixels) = decode(bytes, &limits, Orientation::Apply) {
        let print = Fingerprint::of(&pixels);
        assert!(!print.regions.is_empty());
        let (index, anchor) = (Index::default(), Anchor::from(key()));
        let head = unsigned_head(&anchor);
        let sources = [Searched { key: &anchor, catalogue_name: None, head: &head, index: &index, keypoints: None }];
        check_bytes(bytes, &sources, Manner { sensitivity: Sensitivity::Keen, language: "en", now: 0 });
        let sight = Sight::of(&pixels);
        for map in [Affine::IDENTITY, Affine::stretch(3.0, 0.2)] {
            sight.look_along(&KNOWN, &map);
        }
    }
}

/// All targets by name.
pub const TARGETS: [(&str, fn(&[u8])); 9] = [
    ("entries", entries),
    ("fingerprint", fingerprint),
    ("head", head),
    ("image", image),
    ("keypoints", keypoints),
    ("recipes", recipes),
    ("root", root),
    ("segment", segment),
    ("text", text),
];
