//! A source that is extended day after day: what clients of every age download, what stays in the folder, what a crash leaves.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use caveat::chance::Chance;
use caveat::source::Recipes;
use proptest::prelude::*;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::folder::{self, Folder};

/// 14 November 2017.
const START: u64 = 1_510_617_600;
const DAY: u64 = 86_400;

/// What is published of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    rev: u32,
    retracted: bool,
}

type Entries = BTreeMap<u32, Row>;

/// What an editor does to an entry: it is made, changed, or taken back.
#[derive(Debug, Clone, Copy)]
enum Work {
    Set(u32),
    Retract(u32),
}

fn line(id: u32, row: Row) -> String {
    let digest = |i: u32| hex::encode(Sha256::digest(format!("{id} {} {i}", row.rev)));
    if row.retracted {
        return format!(
            r#"{{"id":"entry-{id}","rev":{},"status":"retracted","correction":{{"text":{{"en":"{}"}}}}}}"#,
            row.rev,
            digest(1)
        );
    }
    let text: String = (1..12).map(digest).collect();
    format!(
        r#"{{"id":"entry-{id}","rev":{},"truth":{{"en":"{text}"}},"media":[{{"role":"known","pdq":"{}","quality":100}}]}}"#,
        row.rev,
        digest(0)
    )
}

fn work(entries: &mut Entries, day: &[Work]) {
    let mut touched = BTreeSet::new();
    for work in day {
        let (Work::Set(id) | Work::Retract(id)) = *work;
        // Twice a day is once.
        if !touched.insert(id) {
            continue;
        }
        match (work, entries.get_mut(&id)) {
            (Work::Set(_), None) => {
                entries.insert(id, Row { rev: 1, retracted: false });
            }
            (Work::Set(_), Some(row)) => *row = Row { rev: row.rev + 1, retracted: false },
            (Work::Retract(_), Some(row)) => *row = Row { rev: row.rev + 1, retracted: true },
            (Work::Retract(_), None) => {}
        }
    }
}

/// A desk with a key.
fn desk(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.ok(&["keygen", "--out", "key"]);
    folder
}

impl Folder {
    /// Publishes entries on a day into a folder; what is printed.
    fn publish(&self, out: &str, entries: &Entries, day: u64, more: &[&str]) -> String {
        let lines: Vec<String> = entries.iter().map(|(id, row)| line(*id, *row)).collect();
        self.write("entries.jsonl", lines.join("\n"));
        let issued = (START + day * DAY).to_string();
        let build = ["build", "entries.jsonl", "--key", "key", "--out", out, "--issued", &issued];
        self.ok(&[&build[..], more].concat())
    }

    fn head(&self, folder: &str) -> Value {
        let report: Value = serde_json::from_str(&self.ok(&["inspect", folder, "--json"])).unwrap();
        report["head"].clone()
    }

    fn verify(&self, source: &str, from: Option<&str>) -> Value {
        let mut arguments = vec!["verify", source, "--key", "key.pub", "--json"];
        arguments.extend(from.into_iter().flat_map(|from| ["--from", from]));
        serde_json::from_str(&self.ok(&arguments)).unwrap()
    }

    fn segments(&self, folder: &str) -> BTreeSet<String> {
        let children = fs::read_dir(self.0.join(folder).join("segments")).unwrap();
        children.map(|child| child.unwrap().file_name().into_string().unwrap()).collect()
    }

    fn recipes(&self, folder: &str, head: &Value) -> Vec<Value> {
        let Some(digest) = head["recipes"]["sha256"].as_str() else { return Vec::new() };
        let file = fs::read(self.0.join(folder).join("segments").join(digest)).unwrap();
        let recipes = Recipes::parse(&file).unwrap();
        recipes.segments.iter().map(|name| serde_json::to_value(name).unwrap()).collect()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for child in fs::read_dir(from).unwrap() {
        let child = child.unwrap();
        let to = to.join(child.file_name());
        if child.path().is_dir() {
            copy(&child.path(), &to);
        } else {
            fs::copy(child.path(), to).unwrap();
        }
    }
}

fn segments_of(head: &Value) -> &Vec<Value> {
    head["segments"].as_array().unwrap()
}

fn digest_of(segment: &Value) -> String {
    segment["sha256"].as_str().unwrap().to_owned()
}

/// Bytes of the file that a client downloads.
fn wire(segment: &Value) -> u64 {
    let whole = segment["bytes"].as_u64().unwrap();
    segment["packed"]["bytes"].as_u64().map_or(whole, |packed| packed.min(whole))
}

/// All files that heads and recipes name.
fn named<'a>(names: impl Iterator<Item = &'a Value>) -> BTreeSet<String> {
    names
        .flat_map(|name| [name["sha256"].as_str(), name["packed"]["sha256"].as_str()])
        .flatten()
        .map(str::to_owned)
        .collect()
}

fn history() -> impl Strategy<Value = Vec<Vec<Work>>> {
    let one = prop_oneof![5 => (0..60_u32).prop_map(Work::Set), 1 => (0..60_u32).prop_map(Work::Retract)];
    prop::collection::vec(prop::collection::vec(one, 1..6), 9..14)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_client_of_any_age_downloads_no_more_than_it_lacks_and_has_the_same_in_the_end(days in history()) {
        let desk = desk("history");
        let mut entries = Entries::new();
        let mut heads: Vec<Value> = Vec::new();
        // Bytes of the segments that were written anew on each day; what is merged clients have already.
        let mut written: Vec<u64> = Vec::new();
        for (day, done) in days.iter().enumerate() {
            work(&mut entries, done);
            for out in ["site", "twin"] {
                desk.publish(out, &entries, day as u64, &["--name", "desk"]);
            }
            let file = |out: &str| fs::read(desk.0.join(out).join("head")).unwrap();
            prop_assert_eq!(file("site"), file("twin"), "the same history gives the same bytes");
            let head = desk.head("site");
            let known: BTreeSet<String> = heads.iter().flat_map(segments_of).map(digest_of).collect();
            let recipes = desk.recipes("site", &head);
            let anew = segments_of(&head).iter().chain(&recipes).filter(|name| name["parts"].is_null() && !known.contains(&digest_of(name)));
            written.push(anew.map(wire).sum());
            copy(&desk.0.join("site"), &desk.0.join(format!("state-{day}")));
            heads.push(head);
        }
        let newest = heads.last().unwrap();
        let recipes = newest["recipes"]["bytes"].as_u64().unwrap_or(0);
        let fresh = desk.verify("site", None);
        let full: u64 = segments_of(newest).iter().map(wire).sum();
        prop_assert_eq!(fresh["downloaded"].as_u64().unwrap(), full);
        for (day, held) in heads.iter().enumerate() {
            let client = desk.verify("site", Some(&format!("state-{day}")));
            let downloaded = client["downloaded"].as_u64().unwrap();
            let has: BTreeSet<String> = segments_of(held).iter().map(digest_of).collect();
            let direct: u64 = segments_of(newest).iter().filter(|name| !has.contains(&digest_of(name))).map(wire).sum();
            // Where the recipes are more to download than the segments, nobody asks for them.
            let lacks: u64 = written[day + 1..].iter().sum();
            let bound = direct.min(full).min(lacks.max(recipes));
            prop_assert!(downloaded <= bound, "day {}: {} of {}, {}", day, downloaded, direct, lacks);
            let small = client["transferred"].as_u64().unwrap() - downloaded;
            let head = fs::metadata(desk.0.join("site/head")).unwrap().len();
            prop_assert!(small <= head + recipes, "nothing but head and recipes besides: {}", client);
            // Segments are held against their digests, so the same head is the same entries.
            prop_assert_eq!(&client["head"], &fresh["head"]);
        }
        let exported: Vec<(String, u64, bool)> = folder::lines(&desk.ok(&["export", "site"]))
            .iter()
            .map(|entry| (entry["id"].as_str().unwrap().to_owned(), entry["rev"].as_u64().unwrap(), entry["status"] == "retracted"))
            .collect();
        let mut expected: Vec<(String, u64, bool)> =
            entries.iter().map(|(id, row)| (format!("entry-{id}"), u64::from(row.rev), row.retracted)).collect();
        expected.sort();
        prop_assert_eq!(exported, expected);
        let standing = entries.values().filter(|row| !row.retracted).count();
        prop_assert_eq!(newest["entries"].as_u64().unwrap(), standing as u64);
    }
}

/// Eight entries, one a day, and then one of them changed each day.
fn day_by_day(day: u32) -> Entries {
    let rev = |id: u32| if day >= 8 && day % 8 >= id { day / 8 + 1 } else { (day / 8).max(1) };
    (0..8.min(day + 1)).map(|id| (id, Row { rev: rev(id), retracted: false })).collect()
}

/// Forty entries, and each day five others of them changed.
fn many_changed(day: u32) -> Entries {
    (0..40).map(|id| (id, Row { rev: if id < 5 * day { 2 } else { 1 }, retracted: false })).collect()
}

/// What `build` says that a client downloads: of entries, of keypoints, and of head and recipes.
fn figures(printed: &str, client: &str) -> [u64; 3] {
    let line = printed.lines().find(|line| line.starts_with(client)).unwrap_or_else(|| panic!("{client} in {printed}"));
    let numbers: Vec<u64> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
    numbers.try_into().unwrap_or_else(|_| panic!("{line}"))
}

#[test]
fn what_build_says_of_downloads_is_what_clients_download() {
    type History = fn(u32) -> Entries;
    let histories: [(&str, History, &str, bool); 2] = [
        ("merged", day_by_day, "merged 8 segments, which clients do themselves", true),
        ("anew", many_changed, "wrote 8 segments anew as one, which all clients download", false),
    ];
    for (name, history, said, does_itself) in histories {
        let desk = desk(name);
        for day in 0..8 {
            let printed = desk.publish("site", &history(day), u64::from(day), &[]);
            assert_eq!(printed.contains(said), day == 7, "{name}, day {day}: {printed}");
            let file = |path: &str| fs::metadata(desk.0.join("site").join(path)).unwrap().len();
            let head = desk.head("site");
            let mut clients = vec![("a new client", None)];
            clients.extend((day > 0).then_some(("a client that is up to date", Some("before"))));
            for (client, from) in clients {
                let [entries, keypoints, small] = figures(&printed, client);
                let report = desk.verify("site", from);
                let told = format!("{name}, day {day}, {client}: {printed}{report}");
                assert_eq!((report["downloaded"].as_u64(), keypoints), (Some(entries), 0), "{told}");
                assert_eq!(report["transferred"].as_u64(), Some(entries + small), "{told}");
                let recipes = small - file("head");
                let merges = from.is_some() && day == 7 && does_itself;
                if merges {
                    let digest = head["recipes"]["sha256"].as_str().unwrap();
                    assert_eq!(recipes, file(&format!("segments/{digest}")), "{told}");
                } else if from.is_some() {
                    assert_eq!(recipes, 0, "{told}");
                }
                let whole: u64 = segments_of(&head).iter().map(wire).sum();
                let all = from.is_none() || day == 7 && !does_itself;
                assert_eq!(entries == whole, all, "{told}");
            }
            let _none_yet = fs::remove_dir_all(desk.0.join("before"));
            copy(&desk.0.join("site"), &desk.0.join("before"));
        }
    }
}

/// Words as often as their rank has it (Zipf), which compress as much as a language does.
fn words(chance: &mut Chance, length: usize) -> String {
    const SYLLABLES: [&str; 16] =
        ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "er", "in", "on", "al"];
    let mut text = String::new();
    while text.len() < length {
        let rank = 5000_f64.powf(f64::from(chance.number()) / f64::from(1_u32 << 31)) as u64;
        let mut of_rank = Chance(rank);
        let word: String = (0..1 + of_rank.below(4)).map(|_| SYLLABLES[of_rank.below(16)]).collect();
        text = text + &word + " ";
    }
    text.trim().to_owned()
}

/// An entry as a fact-checking desk writes it, with a text of 120 characters and a hash.
fn usual_line(id: u32, rev: u32) -> String {
    let mut chance = Chance(u64::from(id) << 32 | u64::from(rev));
    let (truth, path) = (words(&mut chance, 120), words(&mut chance, 30).replace(' ', "-"));
    let hash = hex::encode(Sha256::digest(id.to_string()));
    let correction =
        if rev > 1 { r#""status":"corrected","correction":{"text":{"en":"It was in 2016."}},"# } else { "" };
    format!(
        r#"{{"id":"entry-{id}","rev":{rev},{correction}"truth":{{"en":"{truth}"}},"reviews":[{{"publisher":"Desk","url":"https://check.example.org/{path}","date":"2026-11-24"}}],"media":[{{"role":"known","pdq":"{hash}","quality":100}}]}}"#
    )
}

/// A day of a source with 100,000 entries: 300 are new, 20 edited and 10 retracted. How many there were before changes nothing in
/// what such a day takes, so here there are fewer; the source itself is measured in docs/performance.md.
#[test]
fn a_day_of_a_large_source_takes_at_most_40_kilobytes() {
    let desk = desk("day");
    let publish = |lines: Vec<String>, day: u64| {
        desk.write("entries.jsonl", lines.join("\n"));
        let issued = (START + day * DAY).to_string();
        desk.ok(&["build", "entries.jsonl", "--key", "key", "--out", "site", "--issued", &issued])
    };
    publish((0..3000).map(|id| usual_line(id, 1)).collect(), 0);
    copy(&desk.0.join("site"), &desk.0.join("before"));
    let tombstone = |id: u32| {
        format!(
            r#"{{"id":"entry-{id}","rev":2,"status":"retracted","correction":{{"text":{{"en":"It was genuine."}}}}}}"#
        )
    };
    let day = (0..3300).map(|id| match id {
        0..20 => usual_line(id, 2),
        20..30 => tombstone(id),
        _ => usual_line(id, 1),
    });
    publish(day.collect(), 1);
    let client = desk.verify("site", Some("before"));
    assert_eq!((&client["added"], &client["removed"]), (&300.into(), &10.into()), "{client}");
    let transferred = client["transferred"].as_u64().unwrap();
    assert!((20_000..=40_000).contains(&transferred), "{transferred} bytes: {client}");
}

#[test]
fn segments_stay_for_as_long_as_it_is_said_and_nothing_that_is_named_goes() {
    let desk = desk("keep");
    let mut before = Vec::new();
    let mut merged_on = BTreeMap::new();
    let mut gone = 0;
    for day in 0..24 {
        desk.publish("site", &day_by_day(day), u64::from(day), &["--keep", "3"]);
        let head = desk.head("site");
        let recipes = desk.recipes("site", &head);
        for name in &recipes {
            merged_on.entry(digest_of(name)).or_insert(u64::from(day));
            let age = u64::from(day) - merged_on[&digest_of(name)];
            assert!(age < 3, "day {day}: still named after {age} days");
        }
        let now = segments_of(&head).iter().chain(&recipes).chain([&head["recipes"]]);
        let expected: BTreeSet<String> = named(now.chain(&before));
        assert_eq!(desk.segments("site"), expected, "day {day}");
        gone += merged_on.iter().filter(|(name, on)| u64::from(day) == **on + 3 && !expected.contains(*name)).count();
        before = segments_of(&head).iter().chain([&head["recipes"]]).cloned().collect();
        desk.verify("site", None);
    }
    assert!(gone >= 8, "{gone} segments were merged and deleted");
}

#[test]
fn a_crash_at_any_write_leaves_the_old_head_and_the_next_build_goes_on() {
    let desk = desk("crash");
    for day in 0..7 {
        desk.publish("old", &day_by_day(day), u64::from(day), &[]);
    }
    copy(&desk.0.join("old"), &desk.0.join("new"));
    desk.publish("new", &day_by_day(7), 7, &[]);
    let files: Vec<String> = desk.segments("new").difference(&desk.segments("old")).cloned().collect();
    assert!(files.len() >= 3, "a merged segment, a new one and recipes: {files:?}");
    let whole = fs::read(desk.0.join("new/head")).unwrap();
    for written in 0..=files.len() {
        let _gone = fs::remove_dir_all(desk.0.join("torn"));
        copy(&desk.0.join("old"), &desk.0.join("torn"));
        for name in &files[..written] {
            fs::copy(desk.0.join("new/segments").join(name), desk.0.join("torn/segments").join(name)).unwrap();
        }
        if let Some(next) = files.get(written) {
            desk.write(&format!("torn/segments/{next}.partial"), b"half");
        }
        desk.write("torn/head.partial", &whole[..20]);
        assert_eq!(desk.verify("torn", None)["head"]["sequence"], 7);
        assert_eq!(desk.verify("torn", Some("old"))["updated"], false);
        desk.publish("torn", &day_by_day(7), 7, &[]);
        assert_eq!(fs::read(desk.0.join("torn/head")).unwrap(), whole);
        assert_eq!(desk.segments("torn"), desk.segments("new"), "halves are swept");
    }
}

#[test]
fn a_build_that_is_killed_leaves_a_source_that_clients_accept() {
    let desk = desk("kill");
    for day in 0..7 {
        desk.publish("old", &day_by_day(day), u64::from(day), &[]);
    }
    let lines: Vec<String> = day_by_day(7).iter().map(|(id, row)| line(*id, *row)).collect();
    desk.write("entries.jsonl", lines.join("\n"));
    for wait in 0..12 {
        let _gone = fs::remove_dir_all(desk.0.join("killed"));
        copy(&desk.0.join("old"), &desk.0.join("killed"));
        let mut build = desk.command(&["build", "entries.jsonl", "--key", "key", "--out", "killed"]);
        let mut child = build.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_millis(wait * 4));
        child.kill().unwrap();
        child.wait().unwrap();
        let sequence = desk.verify("killed", None)["head"]["sequence"].as_u64().unwrap();
        assert!(sequence == 7 || sequence == 8, "{sequence}");
        desk.verify("killed", Some("old"));
    }
}

#[cfg(unix)]
#[test]
fn two_at_once_do_not_write_into_one_folder() {
    let desk = desk("two-at-once");
    desk.publish("site", &day_by_day(0), 0, &[]);
    let head = fs::read(desk.0.join("site/head")).unwrap();
    let other = fs::File::open(desk.0.join("site")).unwrap();
    other.lock().unwrap();
    for refused in [
        &["build", "entries.jsonl", "--key", "key", "--out", "site", "--name", "Another"][..],
        &["retract", "site", "--entry", "entry-0", "--reason", "genuine", "--key", "key"],
        &["root", "--out", "site", "--root-key", "key.pub"],
        &["sign", "site", "--key", "key"],
    ] {
        assert!(desk.fails(refused).contains("another `caveat` is writing into this folder"), "{refused:?}");
    }
    assert_eq!(fs::read(desk.0.join("site/head")).unwrap(), head);
    // Closing is not enough while a process that another test has just started still holds the same file.
    other.unlock().unwrap();
    desk.publish("site", &day_by_day(1), 1, &[]);
    assert_eq!(desk.head("site")["sequence"], 2);
}

#[test]
fn history_neither_shrinks_nor_is_it_written_anew() {
    let desk = desk("rewrite");
    let mut entries = Entries::new();
    work(&mut entries, &[Work::Set(1), Work::Set(2)]);
    work(&mut entries, &[Work::Set(2)]);
    desk.publish("site", &entries, 1, &[]);
    let head = fs::read(desk.0.join("site/head")).unwrap();
    let row = |rev, retracted| Row { rev, retracted };
    let refused: [(Entries, &str); 4] = [
        (BTreeMap::from([(2, row(2, false))]), "entry entry-1 is published and missing"),
        (
            BTreeMap::from([(1, row(1, false)), (2, row(1, false))]),
            "entry-2 was changed after it was published: raise rev to 3",
        ),
        (
            BTreeMap::from([(1, row(1, true)), (2, row(2, false))]),
            "entry-1 was changed after it was published: raise rev to 2",
        ),
        (BTreeMap::new(), "is published and missing"),
    ];
    for (entries, expected) in refused {
        let lines: Vec<String> = entries.iter().map(|(id, row)| line(*id, *row)).collect();
        desk.write("other.jsonl", lines.join("\n"));
        let said = desk.fails(&["build", "other.jsonl", "--key", "key", "--out", "site"]);
        assert!(said.contains(expected), "{said}");
        assert_eq!(fs::read(desk.0.join("site/head")).unwrap(), head);
    }
    let said = desk.fails(&["build", "entries.jsonl", "--key", "key", "--out", "site", "--sequence", "1"]);
    assert!(said.contains("give a higher one"), "{said}");
    desk.ok(&["keygen", "--out", "other"]);
    let said = desk.fails(&["build", "entries.jsonl", "--key", "other", "--out", "site"]);
    assert!(said.contains("may not sign heads of this source"), "{said}");
}
