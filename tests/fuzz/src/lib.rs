//! What each target does with its bytes. None may panic, hang or take memory beyond its input's measure; what is accepted
//! must keep the promises that are checked here.

#![allow(clippy::unwrap_used, reason = "a broken promise is what ends a run")]

use std::collections::HashMap;
use std::slice;
use std::sync::LazyLock;

use caveat::engine::{
    Embedded, Manner, NoticeLog, Policy, Searched, ShownLog, State, check_bytes, decode_part, encode_part,
};
use caveat::fingerprint::difference::make::difference;
use caveat::fingerprint::keypoints::select::select;
use caveat::fingerprint::keypoints::{KnownKeypoints, Sight};
use caveat::fingerprint::{Affine, Fingerprint, Query, Rect, encoding, pdq};
use caveat::image::{Channels, Limits, Orientation, Pixels, decode};
use caveat::index::segment::{
    KeypointSegment, MAX_START, Segment, merge, merge_keypoints, unbroken, write, write_keypoints,
};
use caveat::index::{Index, KeypointTier, clean, is_disturbing, offered_link, parse_entries, to_line, web_link};
use caveat::protocol::Sensitivity;
use caveat::source::{
    Anchor, Descriptor, FileName, MAX_PAYLOAD, Plan, PublicKey, Recipes, Role, SecretKey, SourceAddress, Trust, accept,
    accept_self_declared, reopen, retry_after, seal, sign, unpack, unsigned,
};
use caveat::testing::{named_segment, textured, unsigned_head};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
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

/// The SHA-256 of a file, as it is named by it.
pub fn hex(file: &[u8]) -> String {
    Sha256::digest(file).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A picture with some structure.
pub fn picture() -> Pixels {
    let data = (0..96 * 72 * 3_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 27) as u8 * 8).collect();
    Pixels::new(96, 72, Channels::Rgb, data).unwrap()
}

/// A picture with a small part painted over, and the picture without.
pub fn edited() -> [Pixels; 2] {
    let original = textured(3);
    let (width, mut data) = (original.width(), original.data().to_vec());
    for row in 150..210 {
        data[(row * width + 200) * 3..(row * width + 270) * 3].fill(if row % 20 < 10 { 250 } else { 5 });
    }
    let known = Pixels::new(width as u32, original.height() as u32, Channels::Rgb, data).unwrap();
    [known, original]
}

/// Entries with every field, with what tells an edited picture from its original, a tombstone, and one that has an exact PDQ
/// alone.
pub fn lines() -> String {
    let pixels = picture();
    let print = encoding::to_base64(&Fingerprint::with_keypoints(&pixels, 44));
    let [known, original] = edited();
    let mut told = Fingerprint::with_keypoints(&known, 44);
    told.difference = Some(difference(&told, &known, slice::from_ref(&original)).unwrap());
    let [told, original] = [told, Fingerprint::with_keypoints(&original, 44)].map(|print| encoding::to_base64(&print));
    let exact = pdq::pdq(&pixels);
    [
        format!(
            concat!(
                r#"{{"id":"a","rev":2,"status":"corrected","category":["TransformedContent"],"scope":"always","#,
                r#""claim":{{"en":"A convoy."}},"truth":{{"en":"A game.","ar":"لعبة"}},"claim_date":"2017-11-14","#,
                r#""original":{{"date":"2015","place":"p","creator":"c","url":"https://example.org/game"}},"#,
                r#""correction":{{"text":{{"en":"Not 2014."}},"date":"2017-11-20"}},"reviews":[{{"publisher":"Desk","#,
                r#""url":"https://example.org/check","title":"t","date":"2017-11-15","language":"en","rating":"False"}}],"#,
                r#""media":[{{"role":"known","pdq":"{}","quality":{},"fingerprint":"{}"}},"#,
                r#"{{"role":"known","fingerprint":"{}"}},{{"role":"original","fingerprint":"{}"}}]}}"#
            ),
            exact.hash, exact.quality, print, told, original
        ),
        r#"{"id":"b","rev":3,"status":"retracted","correction":{"text":{"en":"It was genuine."}},"media":[]}"#.to_owned(),
        format!(r#"{{"id":"c","rev":1,"truth":{{"en":"A lake."}},"media":[{{"role":"debunk","pdq":"{}","quality":99}}]}}"#, exact.hash),
    ]
    .join("\n")
}

/// What is looked up, made once: the targets are about the index.
pub static QUERY: LazyLock<Query> = LazyLock::new(|| {
    let mut query = Query::of(&picture());
    query.add_pdq(&picture());
    query
});
static SIGHT: LazyLock<Sight> = LazyLock::new(|| Sight::of(&picture()));
/// An index in which the picture is known, with its keypoints.
static INDEX: LazyLock<(Index, KeypointTier)> = LazyLock::new(|| {
    let print = encoding::to_base64(&Fingerprint::with_keypoints(&picture(), 44));
    let line =
        format!(r#"{{"id":"a","rev":1,"truth":{{"en":"A."}},"media":[{{"role":"known","fingerprint":"{print}"}}]}}"#);
    let entries = parse_entries(&line).unwrap();
    let file = write(&entries);
    let owner = Sha256::digest(&file).into();
    let keypoints = KeypointSegment::parse(write_keypoints(&entries, &file).unwrap()).unwrap();
    let index = Index::new(vec![Segment::parse(file).unwrap()], &HashMap::new());
    let tier = KeypointTier::new(&index, &[owner], vec![keypoints]).unwrap();
    (index, tier)
});
static KNOWN: LazyLock<KnownKeypoints> = LazyLock::new(|| select(&picture(), Rect::whole(&picture()), 44).unwrap());

/// Makes what `image` looks a picture up in: it takes seconds, which are none of the first input's.
pub fn prepare() {
    LazyLock::force(&INDEX);
    LazyLock::force(&KNOWN);
}

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

/// Two files in one input; its first bytes say how long the first is.
fn two(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    Some(rest.split_at(rest.len().min(u32::from_le_bytes(*length) as usize)))
}

/// Two segments of entries of one source: as two, and as the one that they merge to, they say the same.
pub fn merging(bytes: &[u8]) {
    let Some((one, other)) = two(bytes) else { return };
    let (Ok(one), Ok(other)) = (Segment::parse(mended(one)), Segment::parse(mended(other))) else { return };
    let merged = unbroken(merge(&[&one, &other], async || {}));
    let merged = Segment::parse(merged).expect("what was checked merges to what holds");
    let retracted = HashMap::from([("a".to_owned(), 1)]);
    let apart = Index::new(vec![one, other], &retracted);
    let together = Index::new(vec![merged], &retracted);
    let counts = |index: &Index| (index.counts().entries, index.counts().tombstones);
    assert_eq!(counts(&apart), counts(&together));
    for segment in apart.segments() {
        for row in 0..segment.entries().min(64) {
            let told = |index: &Index| {
                index.newest(segment.id(row)).map(|newest| (newest.revision, newest.status, newest.stands))
            };
            assert_eq!(told(&apart), told(&together));
        }
    }
    let changes = unbroken(together.changes_since(&apart, async || {}));
    assert_eq!((changes.removed, changes.edited, changes.added), (0, 0, 0));
    let found = |index: &Index| {
        let hits = index.search(&QUERY, 31, 0);
        let mut found: Vec<_> = hits.iter().map(|hit| (hit.distance, hit.role as u8, hit.region)).collect();
        found.sort_unstable();
        // Of more than a scan gives there may be others.
        (found.len() < 64).then_some(found)
    };
    if let (Some(apart), Some(together)) = (found(&apart), found(&together)) {
        assert_eq!(apart, together);
    }
    if let (Ok(apart), Ok(together)) =
        (apart.entries(&KeypointTier::default()), together.entries(&KeypointTier::default()))
    {
        assert_eq!(apart, together);
    }
}

/// A segment of keypoints, behind its segment of entries.
pub fn keypoints(bytes: &[u8]) {
    let Some((entries, keypoints)) = two(bytes) else { return };
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

/// What comes from a server beside its files: the wire of a compressed segment, behind the length that it is said to have,
/// and how long to leave the server alone.
pub fn download(bytes: &[u8]) {
    if let Some((length, wire)) = bytes.split_first_chunk::<3>() {
        let length = u64::from(u32::from_le_bytes([length[0], length[1], length[2], 0]));
        unpack_wire(wire, length, None);
        if let Ok(file) = decompress_to_vec_with_limit(wire, 1 << 24) {
            unpack_wire(wire, file.len() as u64, Some(&file));
        }
        unpack_wire(&compress_to_vec(wire, 1), wire.len() as u64, Some(wire));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let now = 1_510_617_600;
        if let (Some(sooner), Some(later)) = (retry_after(text, now + 60), retry_after(text, now)) {
            assert!(sooner <= later);
        }
    }
}

/// Unpacks a wire whose digest holds, and where `file` is what is in it, with a digest of that which holds too.
fn unpack_wire(wire: &[u8], length: u64, file: Option<&[u8]>) {
    let mut name = named_segment("a", length, &[]);
    name.packed = Some(FileName { sha256: hex(wire), bytes: wire.len() as u64 });
    let packed = (wire.len() as u64) < length;
    if let Some(file) = file {
        name.sha256 = hex(file);
    }
    let unpacked = unbroken(async { unpack(&name, wire.to_vec(), &mut async || {}).await });
    match (file, packed) {
        (Some(file), true) => assert_eq!(unpacked.expect("both digests hold"), file),
        _ => assert!(unpacked.map_or(true, |unpacked| unpacked.len() as u64 == length)),
    }
}

/// What an organisation sets, what is stored, and what the package says of itself.
pub fn stored(bytes: &[u8]) {
    if let Some(state) = State::parse(bytes) {
        assert_eq!(State::parse(&state.to_bytes()).as_ref(), Some(&state));
    }
    if let Ok(log) = ShownLog::decode(bytes) {
        assert_eq!(ShownLog::decode(&log.encode()).as_ref(), Ok(&log));
    }
    if let Ok(log) = NoticeLog::decode(bytes) {
        assert_eq!(NoticeLog::decode(&log.encode()).as_ref(), Ok(&log));
    }
    for part in [bytes.to_vec(), with_digest(bytes)] {
        if let Ok(pictures) = decode_part(&part) {
            assert_eq!(encode_part(&pictures), part);
            pictures.iter().for_each(|picture| drop(picture.query()));
        }
    }
    let _sources = serde_json::from_slice::<Vec<Embedded>>(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let policy = Policy::parse(Some(text));
    assert!(policy.problems.len() <= 20, "complaints are bounded");
    let again = Policy::parse(Some(text));
    for host in ["example.org", "a.example.org", "", ".", "..", "xn--e1afmkfd.org"] {
        assert_eq!(policy.site(host), again.site(host));
    }
}

/// A part of the pictures seen, with a digest that holds.
fn with_digest(bytes: &[u8]) -> Vec<u8> {
    [bytes, &Sha256::digest(bytes)[..8]].concat()
}

/// A picture from the web, all the way to a verdict.
pub fn image(bytes: &[u8]) {
    let limits = Limits { max_bytes: 1 << 20, max_side: 2048, max_pixels: 1 << 16 };
    if let Ok(pixels) = decode(bytes, &limits, Orientation::Apply) {
        let print = Fingerprint::of(&pixels);
        assert!(!print.regions.is_empty());
        let anchor = Anchor::from(key());
        let head = unsigned_head(&anchor);
        let (index, tier) = &*INDEX;
        let sources = [Searched { key: &anchor, catalogue_name: None, head: &head, index, keypoints: Some(tier) }];
        check_bytes(bytes, &sources, Manner { sensitivity: Sensitivity::Keen, language: "en", now: 0 });
        let sight = Sight::of(&pixels);
        for map in [Affine::IDENTITY, Affine::stretch(3.0, 0.2)] {
            sight.look_along(&KNOWN, &[], &map);
        }
    }
}
