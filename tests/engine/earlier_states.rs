//! States as earlier versions of the extension have stored them, `tests/data/states/`: they answer, nothing older is taken
//! than they have seen, and the next update stores them as today.
//!
//! Each has the fields that the structs of a commit wrote. `first.json`: ce530f1, the first version, with the golden
//! publication. `logs.json`: 89753db, with keypoints and logs. `roots.json`: f1b9b37, with a root of a new epoch, retractions
//! apart from the head and an update that broke off. Between `<` and `>` stand digests and keys of what is made here.

use std::fs;

use caveat::engine::State;
use caveat::protocol::{LogSettings, Sensitivity, VerdictKind};
use caveat::source::{Commit, Head, Store};
use pollster::block_on;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::common::{entries, entry_of, head_of, key, sealed_head};
use crate::desk::{Desk, HOST, root};
use crate::device::{Device, PACKAGE, REMOTE, Running, UPDATED, check, check_png, failed, status, update};
use crate::parts::{Part, written};
use crate::textured::{crop_of, textured_entry};

/// A device on which an earlier version has run. What it has stored knows picture 1.
struct Earlier {
    name: &'static str,
    device: Device,
    /// What is stored at first.
    state: Value,
    /// Publishes an edition of a sequence, which knows picture 5 too.
    publish: Box<dyn Fn(u64)>,
}

impl Earlier {
    /// Stores a state and the files that it names, after `words` and digests have come to their places in it.
    fn new(
        name: &'static str,
        device: Device,
        words: &[(&str, String)],
        files: &[(&str, Vec<u8>)],
        publish: impl Fn(u64) + 'static,
    ) -> Self {
        device.server.serve(&format!("{PACKAGE}sources.json"), b"[]");
        let mut text = fs::read_to_string(format!("tests/data/states/{name}.json")).unwrap();
        for (word, meant) in words {
            text = text.replace(*word, meant);
        }
        let mut put = Vec::new();
        for (called, file) in files {
            let (kind, _) = called.split_once('-').unwrap();
            let digested = format!("{kind}-{}", hex::encode(Sha256::digest(file)));
            text = text.replace(*called, &digested);
            put.push((digested, file.clone()));
        }
        let state: Value = serde_json::from_str(&text).unwrap();
        assert_ne!(as_today(&state), state, "{name} is no earlier state");
        let commit = Commit { put, delete: Vec::new(), before: None, state: text.into_bytes() };
        block_on(device.store.commit(commit)).unwrap();
        device.assert_files_are_named(name);
        Self { name, device, state, publish: Box::new(publish) }
    }

    /// The sequence that was seen last.
    fn floor(&self) -> u64 {
        source(&self.state)["floor"].as_u64().unwrap()
    }

    /// What is stored now.
    fn stored(&self) -> Value {
        serde_json::from_slice(&block_on(self.device.store.state()).unwrap().unwrap()).unwrap()
    }
}

/// What is stored today of the same state.
fn as_today(state: &Value) -> Value {
    let state = State::parse(&serde_json::to_vec(state).unwrap()).expect("the state is read");
    serde_json::from_slice(&state.to_bytes()).unwrap()
}

/// What a state says of its only source.
fn source(state: &Value) -> &Value {
    let sources = state["sources"].as_object().unwrap();
    assert_eq!(sources.len(), 1);
    sources.values().next().unwrap()
}

fn all() -> [Earlier; 3] {
    [first(), logs(), roots()]
}

/// Beside what it knows: an entry that knows picture 3 is muted.
fn first() -> Earlier {
    let device = Device::new();
    let golden = |name: &str| fs::read(format!("tests/data/golden/{name}")).unwrap();
    let files = [("head-<head>", golden("head")), ("segment-<segment>", golden("segment"))];
    let publisher = device.clone();
    let publish = move |sequence| {
        let mut more = entries();
        more.push(entry_of("late", 5));
        publisher.publish_at(REMOTE, &more, sequence);
    };
    Earlier::new("first", device, &[], &files, publish)
}

/// Beside what it knows: a wall is found by keypoints.
fn logs() -> Earlier {
    let device = Device::new();
    let old = [entry_of("stays", 1), textured_entry("wall", 1)];
    let part = written(&old);
    let mut head = head_of_part(&part, 3);
    // Keypoints did not say yet whose they are.
    head.segments.iter_mut().for_each(|name| name.owner = None);
    let (segment, keypoints) = part.files;
    let files = [
        ("head-<head>", sealed_head(&head, &key())),
        ("segment-<entries>", segment),
        ("segment-<keypoints>", keypoints.unwrap()),
    ];
    let publisher = device.clone();
    let publish = move |sequence| {
        let part = written(&[&old[..], &[entry_of("late", 5)]].concat());
        for (name, file) in part.names() {
            publisher.server.serve(&format!("{REMOTE}{}", name.path()), file);
        }
        publisher.server.serve(&format!("{REMOTE}head"), &sealed_head(&head_of_part(&part, sequence), &key()));
    };
    Earlier::new("logs", device, &[], &files, publish)
}

fn head_of_part(part: &Part, sequence: u64) -> Head {
    let segments = part.names().into_iter().map(|(name, _)| name).collect();
    Head { segments, ..head_of(&part.files.0, sequence) }
}

/// Beside what it knows: an entry that knows picture 6 was retracted. The segment that knows picture 5 is here already.
fn roots() -> Earlier {
    let desk = Desk::new();
    let device = desk.device.clone();
    let parts = [written(&[entry_of("stays", 1), entry_of("recalled", 6)]), written(&[entry_of("late", 5)])];
    desk.publish_root(&root(2, 1, [&[1, 2, 3], &[11], &[20]], 2), &[1, 2]);
    desk.retract_in(1, "recalled", 20, 20);
    desk.publish_parts(&parts[..1], [4, 2, 1], &[11], |_| {});
    let served = |path: &str| device.server.files.borrow()[&format!("{HOST}{path}")].clone().unwrap();
    let files = [
        ("root-<root>", served("root/2")),
        ("retractions-<retractions>", served("retractions")),
        ("head-<head>", served("head")),
        ("segment-<entries>", parts[0].files.0.clone()),
        ("segment-<late>", parts[1].files.0.clone()),
    ];
    let words = [("<source>", desk.source().to_string()), ("<anchor>", desk.anchor.to_string())];
    // Older than those that are stored.
    desk.retract_in(1, "stays", 19, 20);
    let publish = move |sequence| desk.publish_parts(&parts, [sequence, 2, 1], &[11], |_| {});
    Earlier::new("roots", device, &words, &files, publish)
}

#[test]
fn what_an_earlier_version_has_stored_answers() {
    for earlier in all() {
        let Earlier { name, device, .. } = &earlier;
        let running = device.start();
        let status = status(&running);
        assert!(status.store.is_none(), "{name}: {:?}", status.store);
        let said: Vec<_> = status.sources.iter().map(|source| (source.state.as_str(), source.sequence)).collect();
        assert_eq!(said, [("ready", earlier.floor())], "{name}");
        assert_eq!(check(&running, 1).verdict, VerdictKind::Match, "{name}");
        assert_ne!(check(&running, 5).verdict, VerdictKind::Match, "{name}");
        assert_eq!(block_on(running.verify_stored()), 0, "{name}");
        assert_eq!(running.language().as_deref(), Some("ru"), "{name}");
        assert!(!running.checks_site("quiet.example"), "{name}");
        let asked = device.server.asked.borrow();
        assert!(asked.iter().all(|url| url.starts_with(PACKAGE)), "{name}: {asked:?}");
    }
}

#[test]
fn row_03_a_replay_is_refused_over_what_an_earlier_version_has_stored() {
    for is_lost in [false, true] {
        for earlier in all() {
            let Earlier { device, state, publish, .. } = &earlier;
            let when = format!("{}, its head lost: {is_lost}", earlier.name);
            if is_lost {
                device.store.lose(source(state)["held"]["head"].as_str().unwrap());
            }
            let running = device.start();
            publish(earlier.floor() - 1);
            assert_eq!(update(&running), failed("rollback"), "{when}");
            for running in [&running, &device.start()] {
                assert_eq!(check(running, 1).verdict == VerdictKind::Match, !is_lost, "{when}");
            }
            publish(earlier.floor() + 1);
            assert_eq!(update(&device.start()), UPDATED, "{when}");
            assert_eq!(check(&device.start(), 5).verdict, VerdictKind::Match, "{when}");
            device.assert_files_are_named(&when);
        }
    }
}

#[test]
fn what_an_earlier_version_has_stored_is_stored_as_today_by_the_next_update() {
    for earlier in all() {
        let Earlier { name, device, state, publish } = &earlier;
        let running = device.start();
        publish(earlier.floor() + 1);
        assert_eq!(update(&running), UPDATED, "{name}");
        for running in [&running, &device.start()] {
            assert_eq!([1, 5].map(|seed| check(running, seed).verdict), [VerdictKind::Match; 2], "{name}");
        }
        device.assert_files_are_named(name);
        let stored = earlier.stored();
        assert_eq!(as_today(&stored), stored, "{name}");
        let (before, after) = (source(state), source(&stored));
        assert_eq!(after["floor"], earlier.floor() + 1, "{name}");
        // What came from a person or from root keys is what it was.
        for field in ["key", "url", "embedded", "enabled", "root", "retractions"] {
            assert_eq!(after[field], before[field], "{name}: {field}");
        }
        for (field, said) in state.as_object().unwrap() {
            let changes = ["sources", "staged"].contains(&field.as_str());
            assert!(changes || stored[field] == *said, "{name}: {field} is {}", stored[field]);
        }
    }
}

#[test]
fn what_a_person_has_told_an_earlier_version_counts() {
    let running = first().device.start();
    assert_ne!(check(&running, 3).verdict, VerdictKind::Match, "it is muted");
    let status = status(&logs().device.start());
    assert_eq!(status.sensitivity, Sensitivity::Keen);
    let told = LogSettings { shown: true, seen: false, days: 30, notify: false };
    assert_eq!(status.logs.settings, Some(told));
}

#[test]
fn keypoints_that_an_earlier_version_has_stored_are_searched() {
    let Earlier { device, publish, .. } = logs();
    let found = |running: &Running| check_png(running, "crop", crop_of(1)).verdict;
    let running = device.start();
    assert_eq!(found(&running), VerdictKind::Match);
    publish(4);
    assert_eq!(update(&running), UPDATED);
    assert_eq!([found(&running), found(&device.start())], [VerdictKind::Match; 2]);
}

#[test]
fn roots_retractions_and_staged_segments_that_an_earlier_version_has_stored_are_used() {
    let Earlier { device, publish, .. } = roots();
    let known = |running: &Running| [1, 6].map(|seed| check(running, seed).verdict == VerdictKind::Match);
    let running = device.start();
    assert_eq!(known(&running), [true, false]);
    publish(5);
    device.server.asked.borrow_mut().clear();
    assert_eq!(update(&running), UPDATED);
    let asked = device.server.asked.borrow().clone();
    assert_eq!(asked, ["head", "retractions"].map(|path| format!("{HOST}{path}")), "all else is here");
    assert_eq!([known(&running), known(&device.start())], [[true, false]; 2]);
}
