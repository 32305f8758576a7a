//! A small publication, made of formulas: for tests.

#![allow(dead_code, reason = "each test program uses a part")]

use caveat::fingerprint::{Fingerprint, Query, encoding, pdq};
use caveat::image::{Channels, Pixels};
use caveat::index::segment::write;
use caveat::index::{Entry, parse_entries};
use caveat::source::{Head, Role, SecretKey, SegmentName, Trust, seal};
use sha2::{Digest, Sha256};

/// 14 November 2017, in seconds since 1970.
pub const ISSUED: u64 = 1_510_617_600;

/// The publisher's key.
pub fn key() -> SecretKey {
    SecretKey::from_seed(&[7; 32])
}

/// Whom a client believes that trusts the key.
pub fn trust() -> Trust {
    Trust::new(key().public().into())
}

/// A picture with much structure; another `seed` is another picture.
pub fn picture(seed: u32) -> Pixels {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let grid: Vec<u8> = (0..12 * 9 * 3).map(|_| next()).collect();
    let (width, height) = (240_usize, 180_usize);
    let mut data = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            for channel in 0..3 {
                // Bilinear between the points of the grid: smooth, like a photograph, and not its own mirror image.
                let (gx, gy) = (x as f32 / width as f32 * 11.0, y as f32 / height as f32 * 8.0);
                let at = |x: usize, y: usize| f32::from(grid[(y * 12 + x) * 3 + channel]);
                let (x0, y0) = (gx as usize, gy as usize);
                let (fx, fy) = (gx - x0 as f32, gy - y0 as f32);
                let top = at(x0, y0) * (1.0 - fx) + at(x0 + 1, y0) * fx;
                let bottom = at(x0, y0 + 1) * (1.0 - fx) + at(x0 + 1, y0 + 1) * fx;
                data.push((top * (1.0 - fy) + bottom * fy) as u8);
            }
        }
    }
    Pixels::new(width as u32, height as u32, Channels::Rgb, data).unwrap()
}

/// The picture as a PNG file.
pub fn png(pixels: &Pixels) -> Vec<u8> {
    let image = image::RgbImage::from_raw(pixels.width() as u32, pixels.height() as u32, pixels.data().to_vec());
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.unwrap().write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// The fingerprint of a picture, base64.
pub fn fingerprint(seed: u32) -> String {
    encoding::to_base64(&Fingerprint::of(&picture(seed)))
}

/// A query for the first picture.
pub fn query() -> &'static Query {
    static QUERY: std::sync::LazyLock<Query> = std::sync::LazyLock::new(|| {
        let mut query = Query::of(&picture(1));
        query.add_pdq(&picture(1));
        query
    });
    &QUERY
}

/// The test entries, made once.
pub fn entries() -> Vec<Entry> {
    static ENTRIES: std::sync::LazyLock<Vec<Entry>> = std::sync::LazyLock::new(make_entries);
    ENTRIES.clone()
}

/// Four entries: one with two pictures and every field, one that only has exact PDQ, one retracted, one without media.
fn make_entries() -> Vec<Entry> {
    let pdq = pdq::pdq(&picture(1));
    let lines = [
        format!(
            concat!(
                r#"{{"id":"game-still","rev":2,"status":"corrected","category":["TransformedContent","StagedContent"],"#,
                r#""scope":"always","claim":{{"en":"A convoy at night."}},"truth":{{"en":"A game.","ru":"Игра."}},"#,
                r#""claim_date":"2017-11-14","original":{{"date":"2015","place":"a studio","creator":"c","#,
                r#""url":"https://example.org/game"}},"correction":{{"text":{{"en":"Not 2014."}},"date":"2017-11-20"}},"#,
                r#""reviews":[{{"publisher":"Desk","url":"https://example.org/check","title":"t","date":"2017-11-15","#,
                r#""language":"en","rating":"False","stars":1}}],"editor":"e","#,
                r#""media":[{{"role":"known","pdq":"{}","quality":{},"fingerprint":"{}","shot":7}},"#,
                r#"{{"role":"original","fingerprint":"{}"}}]}}"#
            ),
            pdq.hash,
            pdq.quality,
            fingerprint(1),
            fingerprint(2)
        ),
        format!(
            r#"{{"id":"only-pdq","rev":1,"truth":{{"en":"A lake."}},"media":[{{"role":"known","pdq":"{}","quality":100}}]}}"#,
            pdq::pdq(&picture(3)).hash
        ),
        format!(
            concat!(
                r#"{{"id":"withdrawn","rev":3,"status":"retracted","correction":{{"text":{{"en":"It was genuine."}}}},"#,
                r#""media":[{{"role":"known","fingerprint":"{}"}}]}}"#
            ),
            fingerprint(4)
        ),
        r#"{"id":"without-media","rev":1,"truth":{"en":"An editor looks for the pictures."}}"#.to_owned(),
    ];
    parse_entries(&lines.join("\n")).unwrap()
}

/// An entry that knows one picture.
pub fn entry_of(id: &str, seed: u32) -> Entry {
    let line = format!(
        r#"{{"id":"{id}","rev":1,"truth":{{"en":"Picture {seed}."}},"media":[{{"role":"known","fingerprint":"{}"}}]}}"#,
        fingerprint(seed)
    );
    parse_entries(&line).unwrap().remove(0)
}

/// A head for one segment.
pub fn head_of(segment: &[u8], sequence: u64) -> Head {
    let public = key().public();
    Head {
        format: 1,
        source: public.source().to_string(),
        key: public.to_string(),
        name: "Test desk".to_owned(),
        root_version: 0,
        epoch: 0,
        sequence,
        issued: ISSUED + sequence,
        expires: ISSUED + 60 * 86_400,
        min_wait: 3600,
        entries: 3,
        tombstones: 1,
        segments: vec![SegmentName {
            tier: "entries".to_owned(),
            sha256: hex::encode(Sha256::digest(segment)),
            bytes: segment.len() as u64,
            entries: 4,
            hashes: 4,
            owner: None,
            packed: None,
            parts: Vec::new(),
            replaced: None,
        }],
        retractions: Vec::new(),
        recipes: None,
        hosts: Vec::new(),
    }
}

/// A head's file, signed by one key.
pub fn sealed_head(head: &Head, key: &SecretKey) -> Vec<u8> {
    seal(&serde_json::to_vec(head).unwrap(), Role::Head, key)
}

/// A publication: the head's file and the segment's.
pub fn publication(entries: &[Entry], sequence: u64) -> (Vec<u8>, Vec<u8>) {
    let segment = write(entries);
    let head = head_of(&segment, sequence);
    (sealed_head(&head, &key()), segment)
}

/// Puts the digests of a segment in order again, as somebody can who has changed it. Sections that lie outside are left.
pub fn reseal(bytes: &mut [u8]) {
    let end = 64 + u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize * 64;
    for row in (64..end).step_by(64) {
        let number = |i: usize| u64::from_le_bytes(bytes[row + i..row + i + 8].try_into().unwrap()) as usize;
        let (offset, length) = (number(16), number(24));
        if let Some(section) = offset.checked_add(length).and_then(|end| bytes.get(offset..end)) {
            let digest: [u8; 32] = Sha256::digest(section).into();
            bytes[row + 32..row + 64].copy_from_slice(&digest);
        }
    }
    let table: [u8; 32] = Sha256::digest(&bytes[64..end]).into();
    bytes[32..64].copy_from_slice(&table);
}
