//! The kernels that `docs/performance.md` reports on; `tests/bench/run.mjs` measures the same ones in WebAssembly.

use std::hint::black_box;

use caveat::bench::MultiIndex;
use caveat::chance::Chance;
use caveat::fingerprint::keypoints::Sight;
use caveat::fingerprint::{Hash, Query, Turn, pdq};
use caveat::image::{Channels, Limits, Orientation, Pixels, decode};
use caveat::index::HashColumns;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

/// Smooth shapes with some grain, as a photograph has.
fn picture(width: u32, height: u32) -> Pixels {
    let mut state = 1_u32;
    let mut data = Vec::with_capacity((width * height * 3) as usize);
    for y in 0..height {
        for x in 0..width {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grain = (state >> 28) as f32;
            let wave = |scale: f32| ((x as f32 / scale).sin() * (y as f32 / scale).cos()) * 60.0 + 110.0 + grain;
            data.extend([wave(90.0) as u8, wave(140.0) as u8, wave(60.0) as u8]);
        }
    }
    Pixels::new(width, height, Channels::Rgb, data).expect("the size fits")
}

fn jpeg(pixels: &Pixels) -> Vec<u8> {
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 85)
        .encode(pixels.data(), pixels.width() as u32, pixels.height() as u32, image::ExtendedColorType::Rgb8)
        .expect("a JPEG can be made");
    bytes
}

fn pictures(criterion: &mut Criterion) {
    for (width, height) in [(1200, 675), (2048, 1536)] {
        let mut group = criterion.benchmark_group(format!("{width}x{height}"));
        let pixels = picture(width, height);
        let file = jpeg(&pixels);
        group.bench_function("decode", |bench| {
            bench.iter(|| decode(black_box(&file), &Limits::default(), Orientation::Apply));
        });
        group.bench_function("pdq", |bench| bench.iter(|| pdq::pdq(black_box(&pixels))));
        group.bench_function("query", |bench| bench.iter(|| Query::of(black_box(&pixels))));
        group.bench_function("keypoints", |bench| bench.iter(|| Sight::of(black_box(&pixels))));
        group.finish();
    }
}

fn search(criterion: &mut Criterion) {
    let mut chance = Chance(1);
    let (first, second): (Vec<_>, Vec<_>) = (0..1_000_000).map(|_| (chance.bytes(), chance.bytes())).unzip();
    let mut group = criterion.benchmark_group("search, radius 31");
    for rows in [100_000, 1_000_000] {
        let columns = HashColumns { first: &first[..rows], second: &second[..rows] };
        for queries in [1_u8, 8] {
            let hashes: Vec<Hash> = (0..queries).map(|i| Hash([i; 32])).collect();
            group.bench_function(BenchmarkId::new(format!("{queries} hashes"), rows), |bench| {
                bench.iter(|| columns.within(black_box(&hashes), 31));
            });
        }
    }
    group.finish();
}

/// The scan against tables, where a hash is looked for within what is certain, and within what is worth a look at the
/// keypoints.
fn tables(criterion: &mut Criterion) {
    let mut chance = Chance(1);
    let (first, second): (Vec<_>, Vec<_>) = (0..4_000_000).map(|_| (chance.bytes(), chance.bytes())).unzip();
    let query = Hash([7; 32]);
    for rows in [100_000, 1_000_000, 4_000_000] {
        let (first, second) = (first[..rows].to_vec(), second[..rows].to_vec());
        let started = std::time::Instant::now();
        let tables = MultiIndex::new(first, second);
        let made = started.elapsed().as_millis();
        println!("{rows} rows: tables of {} bytes a hash, made in {made} ms", tables.length() / rows);
        for radius in [31, 64] {
            let mut group = criterion.benchmark_group(format!("{rows} rows, radius {radius}"));
            group.sample_size(20);
            group.bench_function("scan", |bench| bench.iter(|| tables.columns().within(black_box(&[query]), radius)));
            group.bench_function("tables", |bench| bench.iter(|| tables.within(black_box(&query), radius)));
            group.finish();
        }
    }
}

/// One slice of the look-up of pictures seen: 512 of them, with two hashes each, against 128 new ones in eight turns.
fn news(criterion: &mut Criterion) {
    let mut state = 1_u64;
    let mut hash = || -> Hash {
        Hash(std::array::from_fn(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        }))
    };
    let (first, second): (Vec<_>, Vec<_>) = (0..1024).map(|_| hash().halves()).map(|[a, b]| (a, b)).unzip();
    let new: Vec<Hash> = (0..128).map(|_| hash()).collect();
    criterion.bench_function("news, 1024 hashes seen, 128 new ones", |bench| {
        bench.iter(|| {
            let turned: Vec<Hash> = new.iter().flat_map(|hash| Turn::ALL.map(|turn| hash.turned(turn))).collect();
            HashColumns { first: &first, second: &second }.within(black_box(&turned), 31)
        });
    });
}

criterion_group!(kernels, pictures, search, tables, news);
criterion_main!(kernels);
