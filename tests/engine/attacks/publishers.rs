//! What a publisher with a valid key may try: rows 13, 15 to 18 and 31.

use caveat::index::segment::write;
use caveat::index::{Entry, parse_entries};
use caveat::protocol::{OwnRequest, PageRequest, Reply, VerdictKind};
use caveat::source::SecretKey;
use pollster::block_on;
use sha2::{Digest, Sha256};

use super::head_with;
use crate::common::{entries, entry_of, key, png, reseal};
use crate::desk::HOST;
use crate::device::{Device, PACKAGE, REMOTE, UPDATED, check, check_png, code, look_up, own, update};

#[test]
fn row_13_hashes_of_nothing_are_refused_and_floods_of_one_hash_are_bounded() {
    for (hash, quality, refused) in
        [("00", 100, true), ("ff", 100, true), ("0f", 100, false), ("00", 49, false), ("01", 100, false)]
    {
        let line = format!(
            r#"{{"id":"a","rev":1,"truth":{{"en":"x"}},"media":[{{"role":"known","pdq":"{}","quality":{quality}}}]}}"#,
            hash.repeat(32)
        );
        let parsed = parse_entries(&line).map_err(|error| error.to_string());
        assert_eq!(parsed.is_err(), refused, "{hash} {quality}: {parsed:?}");
    }
    // A publisher who builds with other tools: one hash very often, and flat ones.
    let device = Device::new();
    let running = device.start();
    let mut flood: Vec<Entry> = (0..900).map(|i| entry_of(&format!("flood-{i}"), 5)).collect();
    for entry in flood.iter_mut().take(200) {
        entry.media[0].fingerprint = None;
        (entry.media[0].pdq, entry.media[0].quality) = (Some("00".repeat(32).parse().unwrap()), Some(100));
    }
    device.publish_at(REMOTE, &flood, 8);
    assert_eq!(update(&running), UPDATED);
    let found = check(&running, 5);
    assert_eq!(found.verdict, VerdictKind::Match);
    assert_eq!(found.matches.len(), 8, "as many entries as one source may tell of a picture");
    assert_eq!(check(&running, 6).verdict, VerdictKind::None);
    let grey = caveat::image::Pixels::new(240, 180, caveat::image::Channels::Rgb, vec![90; 240 * 180 * 3]).unwrap();
    let flat = check_png(&running, "flat", png(&grey));
    assert_eq!((flat.verdict, flat.matches.len()), (VerdictKind::TooPlain, 0));
}

/// The text of the finding for picture 5 of an entry that says `text`.
fn told(text: &str) -> Option<caveat::protocol::Finding> {
    let device = Device::new();
    let mut entry = entry_of("late", 5);
    entry.truth.insert("en".to_owned(), text.to_owned());
    entry.claim.insert("en".to_owned(), text.to_owned());
    device.publish_at(&format!("{PACKAGE}desk/"), &[entry], 8);
    check(&device.start(), 5).matches.pop()
}

#[test]
fn row_15_texts_lose_controls_and_heaps_of_marks_and_have_a_length() {
    let said = |text: &str| told(text).unwrap().truth.text;
    assert_eq!(said("a\u{0}b\u{8}c\u{7f}d\u{85}e\u{9b}f"), "abcdef");
    assert_eq!(said("one\r\ntwo\tthree\u{2028}four"), "one two threefour");
    for mark in ['\u{0335}', '\u{0489}', '\u{0E49}', '\u{0F71}', '\u{1DC4}', '\u{20DD}', '\u{FE20}', '\u{200B}'] {
        let heap = said(&format!("Z{}o", mark.to_string().repeat(900)));
        assert_eq!(heap, format!("Z{}o", mark.to_string().repeat(4)), "{mark:?}");
    }
    let word = "x".repeat(4096);
    assert_eq!(said(&word), word);
    assert!(told(&"x".repeat(4097)).is_none(), "an entry over its limits says nothing");
    assert!(told(&"x".repeat(1 << 20)).is_none());
}

/// Bytes that are no UTF-8, in a text block whose lengths and digests agree.
#[test]
fn row_15_texts_that_are_no_utf_8_say_nothing() {
    let mut entry = entry_of("late", 5);
    entry.truth.insert("en".to_owned(), "QZ says so.".to_owned());
    let good = write(std::slice::from_ref(&entry));
    let row = good[64..].chunks(64).find(|row| row[..2] == [7, 0]).unwrap();
    let number = |at: usize| u64::from_le_bytes(row[at..at + 8].try_into().unwrap()) as usize;
    let (offset, length) = (number(16), number(24));
    let opened = miniz_oxide::inflate::decompress_to_vec(&good[offset..offset + length]).unwrap();
    let place = opened.windows(2).position(|two| two == b"QZ").unwrap();
    // A text that packs to as many bytes, so that nothing else in the file moves.
    let packed =
        (0..=255_u8).flat_map(|second| (0..=10).map(move |level| (second, level))).find_map(|(second, level)| {
            let mut broken = opened.clone();
            broken[place..place + 2].copy_from_slice(&[0xff, second]);
            let packed = miniz_oxide::deflate::compress_to_vec(&broken, level);
            (packed.len() == length).then_some(packed)
        });
    let mut hostile = good.clone();
    hostile[offset..offset + length].copy_from_slice(&packed.unwrap());
    reseal(&mut hostile);
    let found = |segment: &[u8]| {
        let device = Device::new();
        let running = device.start();
        device.server.serve(&format!("{REMOTE}head"), &head_with(segment, |_| ()));
        device.server.serve(&format!("{REMOTE}segments/{}", hex::encode(Sha256::digest(segment))), segment);
        assert_eq!(update(&running), UPDATED, "nothing that is read before the text betrays it");
        let found = check(&running, 5);
        (found.verdict, found.matches.into_iter().map(|found| found.truth.text).collect::<Vec<_>>())
    };
    assert_eq!(found(&good), (VerdictKind::Match, vec!["QZ says so.".to_owned()]));
    assert_eq!(found(&hostile), (VerdictKind::None, Vec::new()));
}

#[test]
fn row_16_texts_cannot_turn_around_or_hide_what_is_beside_them() {
    let found = told("a\u{202E}b\u{2067}c\u{200F}d\u{061C}e\u{E0041}f\u{FEFF}g\u{206A}h").unwrap();
    assert_eq!((found.truth.text.as_str(), found.claim.text.as_str()), ("abcdefgh", "abcdefgh"));
    // What languages and emoji need stays.
    let needed = "می\u{200C}خواهم 👨\u{200D}👩\u{200D}👧 שָׁלֹום";
    assert_eq!(told(needed).unwrap().truth.text, needed);
}

#[test]
fn row_17_a_name_that_looks_like_another_is_marked_everywhere() {
    let device = Device::new();
    let thief = SecretKey::from_seed(&[8; 32]);
    device.publish_as(&thief, HOST, &[entry_of("ours", 5)], |head| head.name = "\u{202E}Ѕnopes".to_owned());
    let running = device.start();
    let add = OwnRequest::AddSource { url: HOST.to_owned(), key: thief.public().to_string(), head: None };
    let Reply::Added { source } = own(&running, add) else { panic!("not added") };
    assert_eq!((source.name.as_str(), source.self_declared, source.mixed_scripts), ("Ѕnopes", true, true));
    let found = check(&running, 5).matches.remove(0);
    assert_eq!((found.source_name.as_str(), found.self_declared, found.mixed_scripts), ("Ѕnopes", true, true));
    assert_eq!(found.key_fingerprint, thief.public().fingerprint());
    for url in ["https://ѕnopes.com/", "https://snopes.com@evil.example/", "https://xn--nopes-q0e.com:99999999/"] {
        let add = OwnRequest::AddSource { url: url.to_owned(), key: key().public().to_string(), head: None };
        assert!(["badUrl", "alreadyAdded"].contains(&&*code(own(&running, add))), "{url}");
    }
}

/// A head that lists hosts has links to those and below them; one that lists none has none.
#[test]
fn row_18_a_source_sends_people_only_where_its_own_head_says() {
    let links = |hosts: &[&str]| {
        let device = Device::new();
        let hosts = hosts.iter().map(|&host| host.to_owned()).collect();
        device.publish_as(&key(), &format!("{PACKAGE}desk/"), &entries(), |head| head.hosts = hosts);
        let found = check(&device.start(), 1).matches.remove(0);
        assert_eq!(found.reviews[0].title.as_deref(), Some("t"), "the text stays");
        [found.reviews[0].url.clone(), found.original.url]
    };
    let both = ["https://example.org/check", "https://example.org/game"].map(|url| Some(url.to_owned()));
    assert_eq!(links(&["example.com", "example.org"]), both);
    assert_eq!(links(&["example.com", "www.example.org"]), [None, None]);
    assert_eq!(links(&[]), [None, None]);
}

#[test]
fn row_18_links_that_are_no_plain_web_addresses_are_never_offered() {
    let bad = [
        "javascript:alert(1)",
        "data:text/html,x",
        "blob:https://example.org/x",
        "file:///etc/passwd",
        "//example.org/",
        r"https:\\example.org",
        "https://user:pass@example.org/",
        "https://example.org:port/",
        "https://exa\tmple.org/",
        "java\nscript:x",
        "https://example.org/\u{202E}",
        "https://localhost/",
    ];
    let long = format!("https://example.org/{}", "x".repeat(2048));
    // What is said of picture 1, and where its original and its review lead.
    let links = |url: &str| {
        let device = Device::new();
        let mut entries = entries();
        entries[0].original.as_mut().unwrap().url = Some(url.to_owned());
        entries[0].reviews[0].url = url.to_owned();
        let hosts = vec!["example.org".to_owned()];
        device.publish_as(&key(), &format!("{PACKAGE}desk/"), &entries, |head| head.hosts = hosts);
        let found = check(&device.start(), 1).matches;
        found.into_iter().map(|found| [found.original.url, found.reviews[0].url.clone()]).collect::<Vec<_>>()
    };
    for good in ["https://example.org/a?b#c", "http://example.org", "https://WWW.Example.org:8443/ü", &long[..2048]] {
        assert_eq!(links(good), [[Some(good.to_owned()), Some(good.to_owned())]], "{good:?}");
    }
    for url in bad.into_iter().chain([long.as_str()]) {
        assert!(links(url).is_empty(), "{url:?}: an entry that breaks its format says nothing");
    }
    let elsewhere = [
        "https://example.com/",
        "https://notexample.org/",
        "https://example.org.evil.example/",
        "https://evil.example/?.example.org",
        "https://evil.example#.example.org",
        "https://xn--xample-2of.org/",
    ];
    for url in elsewhere {
        assert_eq!(links(url), [[None, None]], "{url:?}: the entry speaks, without the link");
    }
}

/// A source that calls a genuine picture false speaks in its own name, can be muted, and takes nothing from the others.
#[test]
fn row_31_a_poisoned_source_speaks_for_itself_alone() {
    let device = Device::new();
    let running = device.start();
    let liar = SecretKey::from_seed(&[8; 32]);
    device.publish_as(&liar, HOST, &[entry_of("lie", 5), entry_of("game-still", 1)], |head| {
        head.retractions =
            vec![caveat::source::Retraction { id: "only-pdq".to_owned(), rev: 9, reason: "x".to_owned() }];
    });
    let before = check(&running, 1).matches.remove(0);
    let add = OwnRequest::AddSource { url: HOST.to_owned(), key: liar.public().to_string(), head: None };
    assert!(matches!(own(&running, add), Reply::Added { .. }));
    let lie = check(&running, 5).matches.remove(0);
    assert_eq!(lie.source, liar.public().source().to_string());
    let both = check(&running, 1).matches;
    assert!(both.contains(&before) && both.len() == 2, "the other source's word stands as it was");
    assert_eq!(check(&running, 3).verdict, VerdictKind::Match, "nobody retracts for another");
    let mute = PageRequest::MuteMatch { source: lie.source.clone(), entry: lie.entry };
    assert!(matches!(block_on(running.page_request(mute)), Reply::Done));
    assert_eq!(look_up(&running, 5), Some(VerdictKind::None));
    own(&running, OwnRequest::SetSourceEnabled { source: lie.source, enabled: false });
    assert_eq!(check(&running, 1).matches, [before]);
}
