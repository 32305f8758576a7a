//! Writes what the targets begin with: for each a folder of small files of the kinds that it reads. `seeds FOLDER`

#![allow(clippy::unwrap_used, reason = "without seeds there is nothing to fuzz")]

use std::fs;
use std::io::Cursor;
use std::path::Path;

use caveat::fingerprint::{Fingerprint, encoding, pdq};
use caveat::index::segment::{Segment, merge, unbroken, write, write_keypoints};
use caveat::index::{Entry, parse_entries};
use caveat::source::{Anchor, Descriptor, PublicKey, Recipes, Retraction, Retractions, Role, Root, SegmentName, seal};
use caveat::testing::unsigned_head;
use image::{ImageFormat, Rgb, RgbImage, imageops};
use sha2::{Digest, Sha256};

/// Entries with every field, with a difference to an original, a tombstone, and one that has an exact PDQ alone.
fn lines() -> String {
    let pixels = caveat_fuzz::picture();
    let print = encoding::to_base64(&Fingerprint::with_keypoints(&pixels, 44));
    let exact = pdq::pdq(&pixels);
    [
        format!(
            concat!(
                r#"{{"id":"a","rev":2,"status":"corrected","category":["TransformedContent"],"scope":"always","#,
                r#""claim":{{"en":"A convoy."}},"truth":{{"en":"A game.","ar":"لعبة"}},"claim_date":"2017-11-14","#,
                r#""original":{{"date":"2015","place":"p","creator":"c","url":"https://example.org/game"}},"#,
                r#""correction":{{"text":{{"en":"Not 2014."}},"date":"2017-11-20"}},"reviews":[{{"publisher":"Desk","#,
                r#""url":"https://example.org/check","title":"t","date":"2017-11-15","language":"en","rating":"False"}}],"#,
                r#""media":[{{"role":"known","pdq":"{}","quality":{},"fingerprint":"{}"}},{{"role":"original","fingerprint":"{}"}}]}}"#
            ),
            exact.hash, exact.quality, print, print
        ),
        r#"{"id":"b","rev":3,"status":"retracted","correction":{"text":{"en":"It was genuine."}},"media":[]}"#.to_owned(),
        format!(r#"{{"id":"c","rev":1,"truth":{{"en":"A lake."}},"media":[{{"role":"debunk","pdq":"{}","quality":99}}]}}"#, exact.hash),
    ]
    .join("\n")
}

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

fn hex(file: &[u8]) -> String {
    Sha256::digest(file).iter().map(|byte| format!("{byte:02x}")).collect()
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

fn main() {
    let folder = std::env::args().nth(1).unwrap();
    let put = |target: &str, file: &str, bytes: &[u8]| {
        let folder = Path::new(&folder).join(target);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("seed-{file}")), bytes).unwrap();
    };
    let lines = lines();
    let entries: Vec<Entry> = parse_entries(&lines).unwrap();
    put("entries", "all", lines.as_bytes());
    let print = entries[0].media[0].fingerprint.clone().unwrap();
    put("fingerprint", "all", print.as_bytes());

    let segment = write(&entries);
    let keypoints = write_keypoints(&entries, &segment).unwrap();
    put("segment", "all", &segment);
    let parsed = Segment::parse(segment.clone()).unwrap();
    put("segment", "merged", &unbroken(merge(&[&parsed, &parsed], async || {})));
    let length = (segment.len() as u32).to_le_bytes();
    put("keypoints", "all", &[&length[..], &segment, &keypoints].concat());

    let names = vec![name("entries", &segment, vec![hex(&segment)]), name("entries", &keypoints, Vec::new())];
    let recipes = Recipes { segments: names.clone() };
    put("recipes", "plain", &serde_json::to_vec(&recipes).unwrap());
    put("recipes", "packed", &recipes.file());

    let secret = caveat_fuzz::secret();
    let mut head = unsigned_head(&Anchor::from(secret.public()));
    head.segments = names;
    head.hosts = vec!["example.org".to_owned()];
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
