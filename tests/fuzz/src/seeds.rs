//! Writes what the targets begin with: for each a folder of small files of the kinds that it reads. `seeds FOLDER`

#![allow(clippy::unwrap_used, reason = "without seeds there is nothing to fuzz")]

use std::fs;
use std::io::Cursor;
use std::path::Path;

use caveat::engine::{Policy, SeenPicture, ShownLog, State, encode_part};
use caveat::index::segment::{Segment, merge, unbroken, write, write_keypoints};
use caveat::index::{Entry, parse_entries};
use caveat::source::{
    Anchor, Descriptor, FileName, PublicKey, Recipes, Retraction, Retractions, Role, Root, SegmentName, seal,
};
use caveat::testing::unsigned_head;
use caveat_fuzz::hex;
use image::{ImageFormat, Rgb, RgbImage, imageops};
use miniz_oxide::deflate::compress_to_vec;

fn name(tier: &str, file: &[u8], parts: Vec<String>) -> SegmentName {
    let sha256 = hex(file);
    let (bytes, owner) = (file.len() as u64, None);
    SegmentName {
        tier: tier.to_owned(),
        sha256,
        bytes,
        entries: 3,
        hashes: 3,
        owner,
        packed: None,
        parts,
        replaced: None,
    }
}

fn root(version: u64) -> Root {
    let key: PublicKey = caveat_fuzz::secret().public();
    Root {
        format: 1,
        source: (version > 1).then(|| key.source().to_string()),
        version,
        epoch: version,
        expires: 2_000_000_000,
        threshold: 1,
        root_keys: vec![key],
        head_keys: vec![key],
        retraction_keys: vec![key],
    }
}

/// A picture of a few colours and sizes, in every format that is read.
fn pictures(put: &dyn Fn(&str, &str, &[u8])) {
    let picture = RgbImage::from_fn(64, 48, |x, y| Rgb([(x * 4) as u8, (y * 5) as u8, (x * y) as u8]));
    let grey = imageops::grayscale(&picture);
    for (ending, format) in
        [("png", ImageFormat::Png), ("gif", ImageFormat::Gif), ("webp", ImageFormat::WebP), ("jpg", ImageFormat::Jpeg)]
    {
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, format).unwrap();
        put("image", &format!("colour.{ending}"), file.get_ref());
    }
    for (ending, format) in [("png", ImageFormat::Png), ("jpg", ImageFormat::Jpeg)] {
        let mut file = Cursor::new(Vec::new());
        grey.write_to(&mut file, format).unwrap();
        put("image", &format!("grey.{ending}"), file.get_ref());
    }
}

/// A policy, a state, logs, and a package's list of sources.
fn stored(put: &dyn Fn(&str, &str, &[u8])) {
    let (key, source) = (caveat_fuzz::secret().public(), caveat_fuzz::secret().public().source().to_string());
    let policy = format!(
        concat!(
            r#"{{"sources":[{{"url":"https://a.example/i/","key":"{}","name":"Desk"}}],"onlyTheseSources":true,"#,
            r#""disabledSites":["*"],"enabledSites":["*.example.org"],"sensitivity":"keen","language":"ar","#,
            r#""seenLog":false,"notifications":true}}"#
        ),
        key
    );
    assert!(Policy::parse(Some(&policy)).problems.is_empty());
    put("stored", "policy", policy.as_bytes());
    let state = format!(
        concat!(
            r#"{{"version":1,"language":"en","sensitivity":"balanced","disabledSites":["a.example"],"mutes":[["{}","a"]],"#,
            r#""sources":{{"{}":{{"key":"{}","url":"https://a.example/i/","embedded":false,"enabled":true,"#,
            r#""held":{{"head":"head-1","segments":["segment-1"],"keypoints":["segment-2"]}},"epoch":1,"floor":2,"#,
            r#""lastCheck":5,"lastResult":{{"code":"current","message":"well"}}}}}},"staged":{{"{}":["segment-3"]}},"#,
            r#""logs":{{"settings":{{"shown":true,"seen":true,"days":30,"notify":true}},"shown":true,"#,
            r#""seen":[{{"file":"log-seen-1-0","day":1,"pictures":2}}],"fresh":[{{"file":"f","source":"{}"}}]}}}}"#
        ),
        source, source, key, source, source
    );
    State::parse(state.as_bytes()).unwrap();
    put("stored", "state", state.as_bytes());
    put("stored", "notices", format!("1 nowKnown {source} a 17484\n2 retracted {source} b 17485\n").as_bytes());
    let shown = format!("{source} a 2 17484 17485 1 -\n{source} b 1 17484 17484 0 {}\n", "0".repeat(16));
    ShownLog::decode(shown.as_bytes()).unwrap();
    put("stored", "shown", shown.as_bytes());
    let seen = SeenPicture::of(&caveat_fuzz::QUERY).unwrap();
    put("stored", "seen", &encode_part(&[seen.clone(), seen]));
    let sources = format!(r#"[{{"path":"starter","key":"{key}","name":"Desk","updateUrl":null,"development":true}}]"#);
    put("stored", "sources", sources.as_bytes());
}

fn main() {
    let folder = std::env::args().nth(1).unwrap();
    let put = |target: &str, file: &str, bytes: &[u8]| {
        let folder = Path::new(&folder).join(target);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("seed-{file}")), bytes).unwrap();
    };
    let lines = caveat_fuzz::lines();
    let entries: Vec<Entry> = parse_entries(&lines).unwrap();
    put("entries", "all", lines.as_bytes());
    let print = entries[0].media[0].fingerprint.clone().unwrap();
    put("fingerprint", "all", print.as_bytes());
    put("fingerprint", "edited", entries[0].media[1].fingerprint.as_deref().unwrap().as_bytes());

    let segment = write(&entries);
    let keypoints = write_keypoints(&entries, &segment).unwrap();
    put("segment", "all", &segment);
    let parsed = Segment::parse(segment.clone()).unwrap();
    put("segment", "merged", &unbroken(merge(&[&parsed, &parsed], async || {})));
    let length = (segment.len() as u32).to_le_bytes();
    put("keypoints", "all", &[&length[..], &segment, &keypoints].concat());
    let newer = write(
        &parse_entries(&lines.replace(r#""rev":2"#, r#""rev":3"#).replace(r#""id":"c""#, r#""id":"d""#)).unwrap(),
    );
    put("merging", "two", &[&length[..], &segment, &newer].concat());
    put("merging", "same", &[&length[..], &segment, &segment].concat());
    put("segment", "two", &unbroken(merge(&[&parsed, &Segment::parse(newer).unwrap()], async || {})));

    let packed = compress_to_vec(&segment, 6);
    put("download", "wire", &[&length[..3], &packed].concat());
    put("download", "plain", &[&length[..3], &segment].concat());
    for (name, header) in
        [("seconds", "120"), ("date", "Tue, 14 Nov 2017 00:02:00 GMT"), ("old", "Tue Nov 14 00:02:00 2017")]
    {
        put("download", name, header.as_bytes());
    }

    let names = vec![name("entries", &segment, vec![hex(&segment)]), name("entries", &keypoints, Vec::new())];
    let recipes = Recipes { segments: names.clone() };
    put("recipes", "plain", &serde_json::to_vec(&recipes).unwrap());
    put("recipes", "packed", &recipes.file());

    let secret = caveat_fuzz::secret();
    let mut head = unsigned_head(&Anchor::from(secret.public()));
    head.segments = names;
    head.hosts = vec!["example.org".to_owned()];
    head.segments[0].packed = Some(FileName { sha256: hex(&packed), bytes: packed.len() as u64 });
    head.segments[1].tier = "keypoints".to_owned();
    head.segments[1].owner = Some(hex(&segment));
    let file = recipes.file();
    head.recipes = Some(FileName { sha256: hex(&file), bytes: file.len() as u64 });
    head.retractions = vec![Retraction { id: "b".to_owned(), rev: 2, reason: "genuine".to_owned() }];
    let head = serde_json::to_vec(&head).unwrap();
    put("head", "payload", &head);
    put("head", "signed", &seal(&head, Role::Head, &secret));
    for version in [1, 2] {
        let root = serde_json::to_vec(&root(version)).unwrap();
        put("root", &format!("payload-{version}"), &root);
        put("root", &format!("signed-{version}"), &seal(&root, Role::Root, &secret));
    }
    let retraction = Retraction { id: "a".to_owned(), rev: 3, reason: "genuine".to_owned() };
    let retractions = Retractions {
        format: 1,
        source: None,
        epoch: 1,
        sequence: 2,
        issued: 1_510_617_600,
        retractions: vec![retraction],
    };
    put("root", "retractions", &serde_json::to_vec(&retractions).unwrap());

    stored(&put);
    put("text", "words", "A \u{202e}picture\u{0301}\u{0301} of لعبة\n\u{200b}x".as_bytes());
    put("text", "link", b"https://user@www.example.org:443/a?b#c");
    put("text", "anchor", secret.public().to_string().as_bytes());
    let descriptor = format!(
        r#"{{"caveatSource":1,"url":"https://a.example/i/","key":"{}","homepage":"https://a.example/"}}"#,
        secret.public()
    );
    Descriptor::parse(&descriptor).unwrap();
    put("text", "descriptor", descriptor.as_bytes());
    pictures(&put);
}
