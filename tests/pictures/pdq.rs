//! PDQ against the vectors of the reference implementation, and our canonical hash against its own.
//!
//! `tests/data/pdq-synthetic.csv` holds formula-made images with what Meta's C++ core gives for them on all pixels.

use caveat::fingerprint::{Hash, Rect, Turn, canonical, dct_table, pdq};
use caveat::image::{Channels, Pixels};
use sha2::{Digest, Sha256};

struct Vector {
    name: String,
    pixels: Pixels,
    hash: Hash,
    quality: u8,
    turned: Vec<Hash>,
}

fn vectors() -> Vec<Vector> {
    let text = include_str!("../data/pdq-synthetic.csv");
    let vectors: Vec<_> = text.lines().skip(1).map(vector).collect();
    assert_eq!(vectors.len(), 76, "the file lost rows");
    vectors
}

fn vector(line: &str) -> Vector {
    let fields: Vec<&str> = line.split(',').collect();
    let number = |i: usize| fields[i].parse::<usize>().unwrap();
    let (width, height, channels) = (number(2), number(3), number(4));
    let data = pattern(fields[1], width, height, channels, number(5) as u32);
    assert_eq!(hex::encode(Sha256::digest(&data)), fields[6], "{}: the generator drifted", fields[0]);
    let kind = if channels == 1 { Channels::Grey } else { Channels::Rgb };
    Vector {
        name: fields[0].to_owned(),
        pixels: Pixels::new(width as u32, height as u32, kind, data).unwrap(),
        hash: fields[7].parse().unwrap(),
        quality: number(8) as u8,
        turned: fields[9..16].iter().map(|hash| hash.parse().unwrap()).collect(),
    }
}

fn noise(seed: u32) -> impl Iterator<Item = u8> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
}

fn pattern(kind: &str, width: usize, height: usize, channels: usize, seed: u32) -> Vec<u8> {
    let grid: Vec<u8> = noise(seed).take(768).collect();
    let mut bytes = noise(seed);
    let mut out = Vec::with_capacity(width * height * channels);
    for y in 0..height {
        for x in 0..width {
            let pixel = match kind {
                "const" => [seed as u8; 3],
                "ramp" => [
                    (x * 255 / (width - 1).max(1)) as u8,
                    (y * 255 / (height - 1).max(1)) as u8,
                    ((x + y) * 255 / (width + height - 2).max(1)) as u8,
                ],
                "quad" => [((x * x + 3 * y * y) >> 5) as u8, ((x * y) >> 4) as u8, ((5 * x + 7 * y) >> 1) as u8],
                "blocks" => std::array::from_fn(|c| grid[(y * 16 / height * 16 + x * 16 / width) * 3 + c]),
                "noise" => std::array::from_fn(|c| if c < channels { bytes.next().unwrap() } else { 0 }),
                other => panic!("no pattern {other}"),
            };
            out.extend(&pixel[..channels]);
        }
    }
    out
}

#[test]
fn the_dct_table_is_the_reference_one() {
    let bytes: Vec<u8> = dct_table().iter().flatten().flat_map(|value| value.to_le_bytes()).collect();
    assert_eq!(hex::encode(Sha256::digest(bytes)), "db354678fc6c99b7d442c35d8e89b002b71cb35eff6ae436c5f36392277a83c8");
}

#[test]
fn pdq_is_bit_exact() {
    for vector in vectors() {
        let found = pdq::pdq(&vector.pixels);
        assert_eq!((found.hash, found.quality), (vector.hash, vector.quality), "{}", vector.name);
    }
}

#[test]
fn the_seven_turns_are_bit_exact() {
    for vector in vectors() {
        let found = pdq::dihedral(&vector.pixels);
        assert_eq!(found[1..], vector.turned, "{}", vector.name);
        assert_eq!(pdq::quality_and_dihedral(&vector.pixels), (vector.quality, found), "{}", vector.name);
    }
}

/// Our own vectors: what `caveat` gave for the same images when the canonical hash was defined.
#[test]
fn the_canonical_hash_keeps_its_vectors() {
    let expected = include_str!("../data/canonical-synthetic.csv");
    let actual: String = vectors()
        .iter()
        .map(|vector| {
            let found = canonical::canonical(&vector.pixels, Rect::whole(&vector.pixels));
            format!("{},{},{}\n", vector.name, found.hash(), found.quality)
        })
        .collect();
    if std::env::var_os("CAVEAT_WRITE_VECTORS").is_some() {
        std::fs::write("tests/data/canonical-synthetic.csv", format!("name,hash,quality\n{actual}")).unwrap();
    }
    assert_eq!(actual, expected.split_once('\n').unwrap().1);
}

/// The sign rules must say what really turning the pixels says. (Only noise: the other patterns have coefficients that
/// are zero but for rounding, so that their bits are a matter of chance.)
#[test]
fn canonical_turns_agree_with_turned_pixels() {
    let mut worst = 0;
    for vector in vectors().iter().filter(|vector| vector.name.starts_with("noise")) {
        let whole = canonical::canonical(&vector.pixels, Rect::whole(&vector.pixels));
        for turn in Turn::ALL {
            let turned = turn_pixels(&vector.pixels, turn);
            let really = canonical::canonical(&turned, Rect::whole(&turned)).hash();
            worst = worst.max(really.distance(&whole.coefficients.turned(turn).hash()));
        }
    }
    assert!(worst <= 2, "a turned picture is {worst} bits from what the sign rules say");
}

fn turn_pixels(pixels: &Pixels, turn: Turn) -> Pixels {
    let (width, height, count) = (pixels.width(), pixels.height(), pixels.channels().count());
    let swapped = matches!(turn, Turn::Left | Turn::Right | Turn::Transpose | Turn::AntiTranspose);
    let (new_width, new_height) = if swapped { (height, width) } else { (width, height) };
    let mut data = Vec::with_capacity(pixels.data().len());
    for y in 0..new_height {
        for x in 0..new_width {
            let (from_x, from_y) = match turn {
                Turn::None => (x, y),
                Turn::Left => (width - 1 - y, x),
                Turn::Half => (width - 1 - x, height - 1 - y),
                Turn::Right => (y, height - 1 - x),
                Turn::Flip => (x, height - 1 - y),
                Turn::Mirror => (width - 1 - x, y),
                Turn::Transpose => (y, x),
                Turn::AntiTranspose => (width - 1 - y, height - 1 - x),
            };
            data.extend(&pixels.row(from_y)[from_x * count..(from_x + 1) * count]);
        }
    }
    Pixels::new(new_width as u32, new_height as u32, pixels.channels(), data).unwrap()
}
