//! `caveat eval` as programs rely on it: the same numbers for the same pictures, and numbers that mean what they say.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::common::{picture, png};

/// Pictures in a folder, one of them in a folder inside it.
const PICTURES: u32 = 10;

struct Folder(PathBuf);

impl Folder {
    fn with_pictures(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("eval-{name}"));
        let _gone = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("pictures/more")).unwrap();
        for seed in 1..=PICTURES {
            let name = if seed == 1 { "pictures/more/1.png".to_owned() } else { format!("pictures/{seed}.png") };
            fs::write(path.join(name), png(&picture(seed))).unwrap();
        }
        Self(path)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_caveat"));
        command.current_dir(&self.0).arg("eval").args(arguments).output().unwrap()
    }

    fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.ok(&[arguments, &["--json"]].concat())).unwrap()
    }

    fn fails(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

fn without_times(mut report: Value) -> Value {
    assert!(report["ms"].is_object());
    report["ms"].take();
    report
}

#[test]
fn the_report_has_its_fields_and_recompressed_pictures_are_found() {
    let folder = Folder::with_pictures("report");
    fs::write(folder.0.join("pictures/broken.jpg"), b"\xFF\xD8\xFF\xE0").unwrap();
    fs::write(folder.0.join("pictures/notes.txt"), b"no picture").unwrap();
    let report = folder.json(&["pictures", "--queries", "3", "--only", "jpeg-75,crop-30,collage"]);
    assert_eq!((&report["indexed"], &report["seed"]), (&5.into(), &0.into()));
    assert_eq!(report["leftOut"], serde_json::json!(["broken.jpg"]));
    let edits: Vec<&str> =
        report["edits"].as_array().unwrap().iter().map(|line| line["edit"].as_str().unwrap()).collect();
    assert_eq!(edits[..2], ["jpeg-75", "crop-30"]);
    assert_eq!(edits.len(), 2 + 5, "a group stands for its edits");
    let line = report["edits"][0].as_object().unwrap();
    let expected = [
        ("known", 3.0),
        ("unknown", 3.0),
        ("match", 1.0),
        ("matchOrPossible", 1.0),
        ("falseMatches", 0.0),
        ("falsePossibles", 0.0),
        ("pdqMatch", 1.0),
        ("pdqFalseMatches", 0.0),
    ];
    for (field, value) in expected {
        assert_eq!(line[field].as_f64(), Some(value), "{field}");
    }
    assert!(report["edits"][1]["match"].as_f64().unwrap() <= report["edits"][1]["matchOrPossible"].as_f64().unwrap());
    let groups: Vec<&str> =
        report["groups"].as_array().unwrap().iter().map(|line| line["group"].as_str().unwrap()).collect();
    assert_eq!(groups, ["codec", "crop", "collage"]);
    assert_eq!(report["all"]["known"], 3 * 7);
    assert!(report["bytes"]["fingerprint"].as_f64().unwrap() >= 32.0 && report["bytes"]["pdq"] == 32);
    for time in ["decode", "pdq", "check"] {
        assert!(report["ms"][time].as_f64().unwrap() >= 0.0, "{time}");
    }
}

#[test]
fn a_run_repeats_on_any_number_of_threads_and_a_seed_changes_it() {
    let folder = Folder::with_pictures("repeat");
    let run = |more: &[&str]| {
        let only = ["pictures", "--queries", "3", "--only", "jpeg-30,crop-50,noise-25,stamp,two-by-two"];
        without_times(folder.json(&[&only, more].concat()))
    };
    let first = run(&[]);
    assert_eq!(first, run(&[]));
    assert_eq!(first, run(&["--threads", "1"]));
    let written = |seed: &str| {
        let _report = run(&["--seed", seed, "--write", seed]);
        let mut files: Vec<_> =
            fs::read_dir(folder.0.join(seed).join("crop-50")).unwrap().collect::<Result<_, _>>().unwrap();
        files.sort_by_key(fs::DirEntry::file_name);
        assert_eq!(files.len(), 6, "as many known as others");
        files.iter().map(|file| fs::read(file.path()).unwrap()).collect::<Vec<_>>()
    };
    assert_ne!(written("1"), written("2"));
}

#[test]
fn keener_readers_are_told_of_more_and_cautious_ones_asked_nothing() {
    let folder = Folder::with_pictures("sensitivity");
    let run = |sensitivity: &str| {
        let only = ["pictures", "--queries", "5", "--only", "noise-25,stamp"];
        let report = folder.json(&[&only[..], &["--sensitivity", sensitivity]].concat());
        assert_eq!(report["sensitivity"], sensitivity);
        let part = |name: &str| report["all"][name].as_f64().unwrap();
        (part("match"), part("matchOrPossible"))
    };
    let [cautious, balanced, keen] = ["cautious", "balanced", "keen"].map(run);
    assert_eq!(cautious.0, cautious.1, "no questions");
    assert!(cautious.0 <= balanced.0 && cautious.1 < balanced.1, "{cautious:?} {balanced:?}");
    assert!(balanced.0 == keen.0 && balanced.1 < keen.1, "{balanced:?} {keen:?}");
    assert!(folder.fails(&["pictures", "--sensitivity", "loud"]).contains("use cautious, balanced or keen"));
}

/// A folder that holds one picture twice: what is not indexed is found, which counts as false.
#[test]
fn a_picture_under_another_name_is_a_false_match_and_is_named() {
    let folder = Folder::with_pictures("false");
    for seed in 2..=PICTURES {
        fs::copy(folder.0.join(format!("pictures/{seed}.png")), folder.0.join(format!("pictures/copy-{seed}.png")))
            .unwrap();
    }
    let report = folder.json(&["pictures", "--queries", "9", "--only", "jpeg-75"]);
    let count = report["all"]["falseMatches"].as_u64().unwrap();
    assert!(count > 0 && report["all"]["pdqFalseMatches"].as_u64() == Some(count), "{report}");
    let wrong = report["wrong"].as_array().unwrap();
    assert_eq!(wrong.len() as u64, count);
    for wrong in wrong {
        let bare = |name: &str| wrong[name].as_str().unwrap().trim_start_matches("copy-").to_owned();
        assert_eq!((bare("file"), wrong["level"].as_str()), (bare("takenFor"), Some("match")));
    }
}

#[test]
fn negatives_are_asked_as_they_are_and_frames_have_rows_of_their_own() {
    let folder = Folder::with_pictures("more");
    fs::create_dir(folder.0.join("negatives")).unwrap();
    for seed in 0..4 {
        fs::write(folder.0.join(format!("negatives/{seed}.png")), png(&picture(100 + seed))).unwrap();
    }
    let report = folder.json(&["pictures", "--queries", "2", "--only", "mirror", "--negatives", "negatives"]);
    let line = &report["edits"][1];
    assert_eq!((&line["edit"], &line["unknown"], &line["match"]), (&"negatives".into(), &4.into(), &Value::Null));
    let report = folder.json(&["pictures", "--queries", "2", "--templates"]);
    let groups = report["groups"].as_array().unwrap();
    assert_eq!((&groups[0]["group"], &groups[1]["group"]), (&"template copies".into(), &"template others".into()));
    assert_eq!(
        (&groups[0]["known"], &groups[0]["unknown"]),
        (&16.into(), &0.into()),
        "two frames, four copies of each"
    );
    assert_eq!((&groups[1]["known"], &groups[1]["unknown"]), (&0.into(), &16.into()));
    let same = report["edits"].as_array().unwrap().iter().find(|line| line["edit"] == "game-same").unwrap();
    assert_eq!(same["match"], 1.0);
}

/// A picture of many edges: the smooth ones keep no keypoints.
fn busy(seed: u32) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761);
    let mut below = |count: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % count
    };
    let mut image = image::RgbImage::new(480, 360);
    for _ in 0..500 {
        let (left, top, colour) = (below(470), below(350), [below(256) as u8, below(256) as u8, below(256) as u8]);
        let (right, bottom) = ((left + 8 + below(50)).min(480), (top + 8 + below(50)).min(360));
        for (x, y) in (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y))) {
            image.put_pixel(x, y, image::Rgb(colour));
        }
    }
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[test]
fn the_search_is_held_against_all_descriptors() {
    let folder = Folder::with_pictures("search");
    fs::create_dir(folder.0.join("busy")).unwrap();
    for seed in 0..4 {
        fs::write(folder.0.join(format!("busy/{seed}.png")), busy(seed)).unwrap();
    }
    let arguments = ["busy", "--queries", "2", "--only", "crop-50,mirror", "--distractors", "60"];
    let arguments = [&arguments[..], &["--distractors-from", "pictures"]].concat();
    let report = folder.json(&[&arguments[..], &["--recall-of-search", "1000", "--distribution"]].concat());
    assert_eq!(report["search"], serde_json::json!({ "questions": 4, "index": 4, "exhaustive": 4, "both": 4 }));
    assert!(report["calibration"]["right"]["pairs"][0].as_f64().unwrap() >= 4.0, "they came to verification");
    assert_eq!(folder.json(&arguments)["search"], Value::Null, "only where it is asked for");
}

/// Distractors are made of pictures that are asked for by nobody, come in the numbers that were asked for, and a copy of what
/// they are made of is what names one.
#[test]
fn distractors_fill_the_index_and_only_what_they_are_made_of_finds_them() {
    let folder = Folder::with_pictures("distractors");
    fs::create_dir(folder.0.join("material")).unwrap();
    for seed in 0..3 {
        fs::write(folder.0.join(format!("material/{seed}.png")), png(&picture(200 + seed))).unwrap();
    }
    let common = ["pictures", "--queries", "3", "--only", "jpeg-75", "--distractors", "120"];
    let from = [&common[..], &["--distractors-from", "material"]].concat();
    let report = folder.json(&from);
    let counts = &report["distractors"];
    assert_eq!((&counts["entries"], &counts["pictures"]), (&120.into(), &2.into()), "one of 100 is of pixels");
    assert_eq!(report["indexed"], 5, "distractors are not among the pictures");
    assert_eq!((&report["all"]["match"], &report["all"]["falseMatches"]), (&1.0.into(), &0.into()));
    let plain = folder.json(&["pictures", "--queries", "3", "--only", "jpeg-75"]);
    assert_eq!(plain["distractors"], Value::Null);
    let bytes = |report: &Value| report["bytes"]["index"].as_u64().unwrap();
    assert!(bytes(&report) > bytes(&plain) + 120 * 40, "all of them are in the index");
    // The pictures that were lent are known as they are; asked for, they are found, and that is counted.
    let asked = folder.json(&[&from[..], &["--negatives", "material"]].concat());
    assert_eq!(asked["distractors"]["falseMatches"], 3);
    let named = asked["wrong"][0]["takenFor"].as_str().unwrap();
    assert!(named.starts_with("distractor "), "{named}");
    // Without a folder, the indexed pictures that nobody asks for are lent.
    assert_eq!(folder.json(&common)["distractors"]["entries"], 120);
    let fault = folder.fails(&["pictures", "--queries", "5", "--distractors", "10"]);
    assert!(fault.contains("--distractors-from"), "{fault}");
}

#[test]
fn the_distribution_says_what_to_expect_of_a_larger_index() {
    let folder = Folder::with_pictures("distribution");
    let arguments = ["pictures", "--queries", "3", "--only", "jpeg-75,mirror,crop-80", "--distractors", "150"];
    let arguments = [&arguments[..], &["--distribution", "--recall-of-search", "1000"]].concat();
    let report = folder.json(&arguments);
    assert_eq!(
        without_times(report.clone()),
        without_times(folder.json(&[&arguments[..], &["--threads", "1"]].concat()))
    );
    let calibration = &report["calibration"];
    assert_eq!((&calibration["questions"], &calibration["pictures"]), (&9.into(), &3.into()));
    let kinds = calibration["kinds"].as_array().unwrap();
    let entries: Vec<u64> = kinds.iter().map(|kind| kind["entries"].as_u64().unwrap()).collect();
    assert_eq!(entries, [5, 2, 148], "what is indexed lent its parts, so it is not there twice");
    for kind in kinds {
        let levels: Vec<[&str; 2]> = kind["expected"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| {
                let sizes: Vec<f64> =
                    line["sizes"].as_array().unwrap().iter().map(|at| at["expected"].as_f64().unwrap()).collect();
                assert!(sizes.len() == 3 && sizes.is_sorted() && sizes[2] <= 1e6, "{sizes:?}");
                assert_eq!(line["seen"], 0);
                [line["sensitivity"].as_str().unwrap(), line["level"].as_str().unwrap()]
            })
            .collect();
        assert_eq!(
            levels,
            [["cautious", "match"], ["balanced", "match"], ["balanced", "possible"], ["keen", "possible"]]
        );
    }
    assert_eq!(calibration["right"]["distance"][5].as_f64().map(|bits| bits <= 31.0), Some(true));
    let wrong = calibration["wrong"]["distance"][0].as_f64().unwrap();
    assert!(wrong > 31.0, "{wrong}");
    let table = folder.ok(&[&arguments[..], &["--markdown"]].concat());
    assert!(table.contains("| balanced, match | 0 of 9 |") && table.contains("| right: hash, bits |"), "{table}");
}

#[test]
fn tables_name_every_edit_and_bad_use_says_what_to_do() {
    let folder = Folder::with_pictures("table");
    let list = folder.ok(&["--list"]);
    assert!(list.lines().count() > 40 && list.lines().any(|line| line.starts_with("crop-50 ")));
    let arguments = ["pictures", "--queries", "2", "--only", "jpeg-75,stamp"];
    for form in [&[][..], &["--markdown"]] {
        let table = folder.ok(&[&arguments, form].concat());
        for word in ["jpeg-75", "stamp", "overlay", "all", "100.0 %", "bytes a fingerprint"] {
            assert!(table.contains(word), "{word}: {table}");
        }
    }
    assert!(folder.fails(&["pictures", "--only", "crop-51"]).contains("--only crop-51: no such edit or group"));
    assert!(folder.fails(&["pictures", "--indexed", "10"]).contains("10 pictures"));
    assert!(folder.fails(&["nowhere"]).contains("nowhere"));
    assert_eq!(folder.run(&[]).status.code(), Some(2));
}

#[test]
fn the_entries_of_the_index_can_be_written_and_built() {
    let folder = Folder::with_pictures("entries");
    folder.ok(&[
        "pictures",
        "--indexed",
        "4",
        "--queries",
        "1",
        "--only",
        "jpeg-30",
        "--distractors",
        "6",
        "--entries",
        "entries.jsonl",
    ]);
    let written = fs::read_to_string(folder.0.join("entries.jsonl")).unwrap();
    assert_eq!(written.lines().count(), 10);
    for line in written.lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        assert!(entry["media"][0]["fingerprint"].as_str().is_some_and(|text| !text.is_empty()), "{line}");
    }
    let caveat = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_caveat"));
        let output = command.current_dir(&folder.0).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    let _gone = fs::remove_file(folder.0.join("key"));
    caveat(&["keygen", "--out", "key"]);
    caveat(&["build", "entries.jsonl", "--key", "key", "--out", "source"]);
    caveat(&["verify", "source", "--key", "key.pub"]);
}
