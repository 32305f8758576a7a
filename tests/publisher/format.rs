//! The files of a source: round trips, a golden publication, and every kind of damage.

use caveat::fingerprint::difference::{Difference, Patch, Plane, Spot};
use caveat::fingerprint::encoding;
use caveat::index::KeypointTier;
use caveat::index::segment::{MAGIC_PHRASE, Segment, SegmentError, write};
use caveat::index::{Entry, Index, parse_entries, to_line};
use caveat::source::{
    EnvelopeError, FileName, Head, HeadError, MAX_HOSTS, MAX_REASON, PublicKey, Retraction, Role, SecretKey, Trust,
    accept, load_index, open, seal,
};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::common::{self, entries, head_of, key, publication, reseal, sealed_head, trust};

fn sorted(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by(|a, b| a.id.cmp(&b.id));
    entries
}

#[test]
fn entries_survive_a_segment_with_all_their_fields() {
    let entries = entries();
    let index = Index::new(vec![Segment::parse(write(&entries)).unwrap()], &Default::default());
    assert_eq!(index.entries(&KeypointTier::default()).unwrap(), sorted(entries));
    assert_eq!((index.counts().entries, index.counts().tombstones), (3, 1));
    assert_eq!((index.counts().hashes, index.counts().pdq_only), (4, 1));
}

#[test]
fn the_same_entries_make_the_same_bytes_in_any_order() {
    let mut entries = entries();
    let bytes = write(&entries);
    entries.reverse();
    assert_eq!(write(&entries), bytes);
}

/// What version 1 wrote when it was defined is still read, and still written.
#[test]
fn the_golden_publication_is_still_read_and_still_written() {
    let golden = |name: &str| std::fs::read(format!("tests/data/golden/{name}")).unwrap();
    let (head_file, segment) = publication(&entries(), 7);
    if std::env::var_os("CAVEAT_WRITE_VECTORS").is_some() {
        std::fs::create_dir_all("tests/data/golden").unwrap();
        std::fs::write("tests/data/golden/head", &head_file).unwrap();
        std::fs::write("tests/data/golden/segment", &segment).unwrap();
    }
    let head = accept(&golden("head"), &trust()).unwrap();
    let index = load_index(&head, vec![golden("segment")]).unwrap();
    assert_eq!(index.entries(&KeypointTier::default()).unwrap(), sorted(entries()));
    assert_eq!((head_file, segment), (golden("head"), golden("segment")));
    assert_eq!(hex::encode(&golden("segment")[..8]), hex::encode(&Sha256::digest(MAGIC_PHRASE)[..8]));
}

#[test]
fn every_cut_and_every_flip_of_a_segment_is_refused_by_name() {
    let bytes = write(&entries());
    for length in 0..bytes.len() {
        let error = Segment::parse(bytes[..length].to_vec()).unwrap_err();
        assert!(matches!(error, SegmentError::CutShort { .. }), "cut to {length}: {error}");
    }
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            // The minor version may be higher: such a segment is still read.
            let minor = (10..12).contains(&at);
            assert_eq!(Segment::parse(flipped).is_ok(), minor, "bit {bit} of byte {at}");
        }
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(matches!(Segment::parse(longer), Err(SegmentError::TooLong { .. })));
}

#[test]
fn every_cut_and_every_flip_of_a_head_is_refused_by_name() {
    let (bytes, _) = publication(&entries(), 7);
    let key = trust();
    for length in 0..bytes.len() {
        let error = accept(&bytes[..length], &key).unwrap_err();
        assert!(matches!(error, HeadError::Envelope(EnvelopeError::CutShort)), "cut to {length}: {error}");
    }
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            assert!(matches!(accept(&flipped, &key), Err(HeadError::Envelope(_))), "bit {bit} of byte {at}");
        }
    }
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(accept(&longer, &key), Err(EnvelopeError::TrailingBytes(1).into()));
}

#[test]
fn a_head_is_for_one_key_one_role_and_one_source() {
    let (bytes, _) = publication(&entries(), 7);
    let other = SecretKey::from_seed(&[9; 32]);
    assert_eq!(accept(&bytes, &Trust::new(other.public().into())), Err(EnvelopeError::UnknownKey.into()));
    // Signed well by another key, but it says that it belongs to ours.
    let payload = open(&bytes, Role::Head, key().public().source(), &[key().public()], 1).unwrap();
    let stolen = seal(payload, Role::Head, &other);
    assert_eq!(accept(&stolen, &Trust::new(other.public().into())), Err(HeadError::WrongSource));
    // Our key's id over the other's signature.
    let mut forged = stolen;
    forged[14..22].copy_from_slice(&key().public().id());
    assert_eq!(accept(&forged, &trust()), Err(EnvelopeError::BadSignature.into()));
}

#[test]
fn heads_that_break_a_limit_or_come_from_the_future_are_named() {
    let segment = write(&entries());
    let check = |change: &dyn Fn(&mut Head)| {
        let mut head = head_of(&segment, 7);
        change(&mut head);
        accept(&sealed_head(&head, &key()), &trust()).unwrap_err()
    };
    assert_eq!(check(&|head| head.format = 2), HeadError::UnsupportedFormat(2));
    assert_eq!(check(&|head| head.name = "x".repeat(201)), HeadError::OverLimit("name"));
    assert_eq!(check(&|head| head.sequence = 1 << 53), HeadError::OverLimit("sequence"));
    assert_eq!(
        check(&|head| head.segments[0].sha256 = "../../etc/passwd".to_owned()),
        HeadError::OverLimit("segment name")
    );
    assert_eq!(check(&|head| head.segments = vec![head.segments[0].clone(); 129]), HeadError::OverLimit("segments"));
    let digest = "0".repeat(64);
    let packed = |bytes| Some(FileName { sha256: digest.clone(), bytes });
    for bytes in [0, 1, segment.len() as u64 + 1] {
        let wrong = check(&|head| head.segments[0].packed = packed(bytes));
        assert_eq!(wrong, HeadError::OverLimit("packed length"), "{bytes}");
    }
    assert_eq!(check(&|head| head.segments[0].parts = vec![digest.clone(); 65]), HeadError::OverLimit("parts"));
    assert_eq!(check(&|head| head.segments[0].parts = vec!["..".to_owned()]), HeadError::OverLimit("segment name"));
    assert_eq!(check(&|head| head.recipes = packed((1 << 20) + 1)), HeadError::OverLimit("recipes"));
    assert_eq!(check(&|head| head.hosts = vec!["a.org".to_owned(); MAX_HOSTS + 1]), HeadError::OverLimit("hosts"));
    for bad in ["", "org", "A.org", "https://a.org", "a.org/", "*.org"] {
        assert_eq!(check(&|head| head.hosts = vec![bad.to_owned()]), HeadError::OverLimit("hosts"), "{bad}");
    }
    let retraction = |id: &str, length| vec![Retraction { id: id.to_owned(), rev: 1, reason: "x".repeat(length) }];
    for (id, length) in [("a", MAX_REASON + 1), ("A", 1), ("", 1), ("../a", 1)] {
        assert_eq!(
            check(&|head| head.retractions = retraction(id, length)),
            HeadError::OverLimit("retractions"),
            "{id}"
        );
    }
    let mut head = head_of(&segment, 7);
    head.retractions = retraction("a", MAX_REASON);
    assert!(accept(&sealed_head(&head, &key()), &trust()).is_ok());
    assert_eq!(accept(b" <!doctype html>", &trust()), Err(HeadError::WebPage));
    let no_json = seal(b"{", Role::Head, &key());
    assert!(matches!(accept(&no_json, &trust()), Err(HeadError::Malformed(_))));
}

#[test]
fn a_segment_of_another_head_is_refused() {
    let (head_file, segment) = publication(&entries(), 7);
    let head = accept(&head_file, &trust()).unwrap();
    let fewer = write(&entries()[..2]);
    assert!(matches!(load_index(&head, vec![fewer]), Err(HeadError::WrongSegment { .. })));
    assert!(load_index(&head, vec![]).is_err());
    assert!(load_index(&head, vec![segment]).is_ok());
}

#[test]
fn unknown_sections_are_passed_over_and_needed_ones_are_not() {
    let bytes = write(&entries());
    assert!(Segment::parse(with_section(&bytes, 1000, 0)).is_ok());
    let needed = Segment::parse(with_section(&bytes, 1000, 1));
    assert_eq!(needed.unwrap_err(), SegmentError::UnsupportedSection(1000));
}

/// The test entries, one of which can be told from its original.
fn with_difference() -> Vec<Entry> {
    let mut entries = entries();
    let media = &mut entries[0].media[0];
    let mut fingerprint = encoding::from_base64(media.fingerprint.as_deref().unwrap()).unwrap();
    let spot = |x: u8| Spot {
        plane: Plane::Luma,
        area: [x, 40, 30, 20],
        low: 10,
        high: 200,
        known: Patch([0x21; 32]),
        original: Patch([0xfe; 32]),
    };
    fingerprint.difference = Some(Difference { originals: 1, spots: vec![spot(9), spot(100)] });
    media.fingerprint = Some(encoding::to_base64(&fingerprint));
    entries
}

#[test]
fn a_difference_survives_a_segment_and_an_index_without_one_has_no_column_for_it() {
    let (plain, told) = (write(&entries()), write(&with_difference()));
    let sections = |bytes: &[u8]| u32::from_le_bytes(bytes[12..16].try_into().unwrap());
    assert_eq!((sections(&plain), sections(&told)), (21, 25));
    let index = Index::new(vec![Segment::parse(told).unwrap()], &Default::default());
    assert_eq!(index.entries(&KeypointTier::default()).unwrap(), sorted(with_difference()));
    assert!(index.difference(0, 0).is_some() && index.difference(0, 1).is_none());
    assert_eq!(index.originals(0, 0), 1);
}

#[test]
fn lying_columns_of_differences_are_refused_by_name() {
    let bytes = write(&with_difference());
    let section = |kind: u16| {
        let rows = bytes[64..].chunks(64).find(|row| row[..2] == kind.to_le_bytes()).unwrap();
        u64::from_le_bytes(rows[16..24].try_into().unwrap()) as usize
    };
    let body = 64 + 25 * 64;
    let lie = |kind: u16, at: usize, value: u8| Segment::parse(resealed(&bytes, section(kind) + at - body, value));
    let refused = |kind, at, value| lie(kind, at, value).unwrap_err();
    assert!(lie(59, 1, 8).is_ok());
    assert_eq!(refused(56, 0, 200), SegmentError::BadColumn("a reference to nothing"));
    assert_eq!(refused(57, 0, 0), SegmentError::BadColumn("a difference that no picture has"));
    assert_eq!(refused(58, 0, 3), SegmentError::BadColumn("a difference that no picture has"));
    assert_eq!(refused(58, 0, 1), SegmentError::BadColumn("spots of no difference"));
    for (at, value) in [(0, 3), (1, 250), (3, 0), (6, 10)] {
        assert_eq!(refused(59, at, value), SegmentError::BadColumn("a difference that no picture has"), "{at}");
    }
}

/// The segment with one more section of a later version at its end.
fn with_section(bytes: &[u8], kind: u16, flags: u32) -> Vec<u8> {
    let count = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
    let (table, body) = bytes[64..].split_at(count * 64);
    let mut rows: Vec<u8> = Vec::new();
    for row in table.chunks(64) {
        let offset = u64::from_le_bytes(row[16..24].try_into().unwrap()) + 64;
        rows.extend([&row[..16], &offset.to_le_bytes(), &row[24..]].concat());
    }
    let mut body = body.to_vec();
    body.resize(body.len().next_multiple_of(16), 0);
    let offset = (64 + (count + 1) * 64 + body.len()) as u64;
    let content = b"later";
    rows.extend(kind.to_le_bytes());
    rows.extend(1_u16.to_le_bytes());
    rows.extend(flags.to_le_bytes());
    for number in [content.len() as u64, offset, content.len() as u64] {
        rows.extend(number.to_le_bytes());
    }
    rows.extend(Sha256::digest(content));
    body.extend(content);
    let mut header = bytes[..64].to_vec();
    header[12..16].copy_from_slice(&(count as u32 + 1).to_le_bytes());
    header[16..24].copy_from_slice(&((64 + rows.len() + body.len()) as u64).to_le_bytes());
    header[32..].copy_from_slice(&Sha256::digest(&rows));
    [header, rows, body].concat()
}

/// A segment whose column bytes were changed by somebody who can also compute digests.
fn resealed(bytes: &[u8], at: usize, value: u8) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let end = 64 + u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize * 64;
    let at = end + at % (bytes.len() - end);
    bytes[at] = value;
    reseal(&mut bytes);
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// A source is extended by comparing its entries with what is stored: a field that we do not know must come back as it was,
    /// however many digits its number has.
    #[test]
    fn numbers_of_unknown_fields_survive_being_written(number in "-?[1-9][0-9]{0,80}(\\.[0-9]{1,30})?(e-?[0-9]{1,2})?") {
        let line = format!(r#"{{"id":"a","rev":1,"truth":{{"en":"x"}},"media":[],"weight":{number}}}"#);
        let entries = parse_entries(&line).unwrap();
        prop_assert_eq!(parse_entries(&to_line(&entries[0])).unwrap(), entries);
    }

    /// A publisher with a valid key is hostile, too: whatever its columns say, reading ends in entries or in an error.
    #[test]
    fn lying_columns_never_panic(at in any::<usize>(), value in any::<u8>()) {
        if let Ok(segment) = Segment::parse(resealed(&write(&with_difference()), at, value)) {
            let index = Index::new(vec![segment], &Default::default());
            let _read = index.entries(&KeypointTier::default());
            for hit in index.search(common::query(), 256, 0) {
                let _read = index.entry(hit.segment, hit.entry);
                let _read = index.difference(hit.segment, hit.media);
            }
        }
    }

    #[test]
    fn noise_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Segment::parse(bytes.clone()).is_err());
        prop_assert!(accept(&bytes, &trust()).is_err());
    }
}

#[test]
fn keys_are_hexadecimal_or_base64_and_really_keys() {
    let public = key().public();
    assert_eq!(public.to_string().parse::<PublicKey>().unwrap(), public);
    use base64::Engine as _;
    let bytes = hex::decode(public.to_string()).unwrap();
    let base64 = base64::engine::general_purpose::STANDARD.encode(bytes);
    assert_eq!(format!(" {base64}\n").parse::<PublicKey>().unwrap(), public);
    for bad in ["", "00", &"0".repeat(64), &"zz".repeat(32), &format!("01{}", "0".repeat(62))] {
        assert!(bad.parse::<PublicKey>().is_err(), "{bad}");
    }
}

#[test]
fn lines_are_reported_with_their_number_and_what_to_do() {
    let fault = |text: &str| parse_entries(text).unwrap_err().to_string();
    let good = r#"{"id":"a","rev":1,"truth":{"en":"x"},"media":[]}"#;
    assert!(fault(&format!("{good}\n\n{{")).starts_with("line 3: not an entry"));
    assert_eq!(fault(&format!("{good}\n{good}")), "line 2: id a is taken by line 1: ids are unique in a source");
    let with = |from: &str, to: &str| fault(&good.replace(from, to));
    assert!(with(r#""a""#, r#""A b""#).contains("use 1 to 64 of a-z, 0-9 and -"));
    assert!(with(r#""rev":1"#, r#""rev":0"#).contains("start at 1"));
    assert!(with(r#""en":"x""#, "").contains("say in one sentence"));
    assert!(with(r#""media":[]"#, r#""media":[{"role":"known"}]"#).contains("media 1: give a file"));
    assert!(with(r#""media":[]"#, r#""media":[{"role":"known","fingerprint":"AAAA"}]"#).contains("version 0"));
    assert!(with(r#""media":[]"#, r#""media":[{"role":"known","pdq":"12"}]"#).contains("64 hexadecimal digits"));
    assert!(with(r#""rev":1"#, r#""rev":1,"claim_date":"yesterday""#).contains("write YYYY"));
    assert!(with(r#""rev":1"#, r#""rev":1,"reviews":[{"publisher":"p","url":"javascript:1"}]"#).contains("plain http"));
    assert!(with(r#""rev":1"#, r#""rev":2,"status":"retracted""#).contains("say what was wrong"));
}
