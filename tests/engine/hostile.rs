//! A hostile source beside a good one: whatever it publishes, the good one answers the same, and is updated.

use std::future::Future as _;
use std::task::{Context, Waker};

use caveat::index::{Entry, parse_entries};
use caveat::protocol::{Finding, OwnRequest, Reply, UpdateOutcome};
use caveat::source::{FetchError, Head, Role, SecretKey, seal};
use pollster::block_on;

use crate::common::{self, ISSUED, entries, entry_of, fingerprint, key};
use crate::device::{Device, PACKAGE, REMOTE, Running, check, code, own, status};

const HOSTILE: &str = "https://hostile.example.org/";

fn hostile() -> SecretKey {
    SecretKey::from_seed(&[66; 32])
}

/// What the good source says of a picture.
fn good_words(background: &Running, picture: u32) -> Vec<Finding> {
    let good = key().public().source().to_string();
    let mut found = check(background, picture).matches;
    found.retain(|finding| finding.source == good);
    found
}

/// A device on which both are at home; the hostile one is asked first.
fn with_both() -> (Device, Running) {
    let device = Device::new();
    device.publish_as(&hostile(), HOSTILE, &[entry_of("bait", 1)], |_| ());
    let background = device.start();
    let key = hostile().public().to_string();
    let added = own(&background, OwnRequest::AddSource { url: HOSTILE.to_owned(), key, head: None });
    assert!(matches!(added, Reply::Added { .. }));
    // Longer ago than the good one.
    device.clock.0.set(device.clock.0.get() + 1);
    own(
        &background,
        OwnRequest::UpdateSources {
            source: Some(common::key().public().source().to_string()),
            accept_mass_change: false,
        },
    );
    (device, background)
}

/// Entries of `id`s with a text of this length in so many languages, all for picture 1.
fn shouting(count: usize, languages: usize, length: usize) -> Vec<Entry> {
    let texts: Vec<String> = (0..languages)
        .map(|number| {
            let tag = [b'a' + (number / 26) as u8, b'a' + (number % 26) as u8];
            format!(r#""{}":"{}""#, String::from_utf8_lossy(&tag), "\u{0489}x".repeat(length / 3))
        })
        .collect();
    let line = |number: usize| {
        format!(
            r#"{{"id":"shout-{number}","rev":1,"truth":{{{}}},"media":[{{"role":"known","fingerprint":"{}"}}]}}"#,
            texts.join(","),
            fingerprint(1)
        )
    };
    parse_entries(&(0..count).map(line).collect::<Vec<_>>().join("\n")).unwrap()
}

/// Breaks what the hostile source publishes.
type Break = Box<dyn Fn(&Device)>;

fn head_with(change: impl Fn(&mut Head) + 'static) -> Break {
    Box::new(move |device| {
        device.publish_as(&hostile(), HOSTILE, &[entry_of("bait", 5)], |head| {
            head.sequence = 2;
            change(head);
        });
    })
}

#[test]
fn the_good_source_answers_the_same_beside_a_hostile_one() {
    let at_head = |answer: Result<Vec<u8>, FetchError>| -> Break {
        Box::new(move |device| match &answer {
            Ok(bytes) => device.server.serve(&format!("{HOSTILE}head"), bytes),
            Err(error) => device.server.fail(&format!("{HOSTILE}head"), *error),
        })
    };
    let segments = |answer: fn(&[u8]) -> Result<Vec<u8>, FetchError>| -> Break {
        Box::new(move |device| {
            head_with(|_| ())(device);
            for (url, file) in device.server.files.borrow_mut().iter_mut() {
                if url.starts_with(&format!("{HOSTILE}segments")) {
                    *file = answer(file.as_ref().unwrap_or(&Vec::new()));
                }
            }
        })
    };
    let cases: Vec<(&str, Break)> = vec![
        ("tooLarge", at_head(Ok(vec![0; 1 << 20]))),
        ("captivePortal", at_head(Ok(b"<html>".to_vec()))),
        (
            "badSignature",
            Box::new(|device: &Device| {
                let head = serde_json::to_vec(&common::head_of(b"", 2)).unwrap();
                device
                    .server
                    .serve(&format!("{HOSTILE}head"), &seal(&head, Role::Head, &SecretKey::from_seed(&[1; 32])));
            }),
        ),
        ("badHead", head_with(|head| head.name = "x".repeat(4000))),
        ("badHead", head_with(|head| head.hosts = vec!["a.example".to_owned(); 1000])),
        ("badHead", head_with(|head| head.segments[0].bytes = u64::MAX)),
        ("badHead", head_with(|head| head.segments[0].bytes = 300 << 20)),
        ("unsupportedFormat", head_with(|head| head.format = 9)),
        ("wrongSource", head_with(|head| head.source = key().public().source().to_string())),
        ("timedOut", at_head(Err(FetchError::TimedOut))),
        ("stalled", segments(|_| Err(FetchError::Stalled))),
        ("cutShort", segments(|file| Ok(file[..file.len() / 2].to_vec()))),
        ("hashMismatch", segments(|file| Ok(vec![7; file.len()]))),
        ("tooLarge", segments(|file| Ok([file, file].concat()))),
        ("updated", head_with(|head| (head.issued, head.expires) = (1, 2))),
        ("updated", head_with(|head| head.name = format!("\u{202E}{}", "Z\u{0335}\u{0336}".repeat(30)))),
        (
            "updated",
            Box::new(|device: &Device| {
                device.publish_as(&hostile(), HOSTILE, &shouting(1, 60, 4000), |head| head.sequence = 2);
            }),
        ),
        (
            "updated",
            Box::new(|device: &Device| {
                device.publish_as(&hostile(), HOSTILE, &shouting(300, 1, 300), |head| head.sequence = 2);
            }),
        ),
    ];
    for (number, (expected, break_it)) in cases.into_iter().enumerate() {
        let what = format!("case {number}: {expected}");
        let (device, background) = with_both();
        let before = good_words(&background, 1);
        assert_eq!(before.len(), 1);
        break_it(&device);
        let mut more = entries();
        more.push(entry_of("late", 3));
        device.publish_at(REMOTE, &more, 8);
        let Reply::Updated { results } =
            own(&background, OwnRequest::UpdateSources { source: None, accept_mass_change: false })
        else {
            panic!()
        };
        let bad = hostile().public().source().to_string();
        assert_eq!(results[0].source, bad, "{what}: the hostile one had its turn first");
        let said = results[0].code.as_deref().unwrap_or("updated");
        assert!(said == expected || said == "badEnvelope" && expected == "badHead", "{what}: {said}");
        assert_eq!(results[1].outcome, UpdateOutcome::Updated, "{what}");
        for running in [&background, &device.start()] {
            let mut after = good_words(running, 1);
            assert_eq!(after.len(), 1, "{what}");
            // The new publication is a second younger.
            (after[0].issued, after[0].age_days) = (before[0].issued, before[0].age_days);
            assert_eq!(after, before, "{what}");
            let all = check(running, 1).matches;
            let theirs = all.iter().filter(|finding| finding.source == bad);
            assert!(theirs.clone().count() <= 8, "{what}: {}", theirs.count());
            assert!(
                all.iter().all(|finding| finding.truth.text.len() <= 4096 && finding.source_name.chars().count() <= 81)
            );
            let shown = status(running).sources;
            let (good, other) = (&shown[0], &shown[1]);
            assert!(!good.expired && good.state == "ready", "{what}");
            assert_eq!(good.last_result.as_ref().map(|result| result.code.as_str()), Some("updated"), "{what}");
            assert_eq!(other.last_result.as_ref().map_or("updated", |result| &result.code), said, "{what}");
        }
    }
}

#[test]
fn damage_in_the_store_of_one_source_is_its_own() {
    let (device, background) = with_both();
    let before = check(&background, 1);
    let theirs: Vec<String> = device.store.names();
    for name in &theirs {
        device.store.damage(name);
    }
    let again = device.start();
    assert_eq!(good_words(&again, 1), good_words(&background, 1));
    assert_eq!(check(&again, 1).verdict, before.verdict);
    assert_eq!(status(&again).sources[1].last_result.as_ref().unwrap().code, "corruptStore");
}

#[test]
fn a_greedy_source_leaves_no_room_for_new_ones_and_keeps_none_from_growing() {
    let device = Device::new();
    // What came with the extension names keypoints that nobody has to load.
    let greedy: Vec<SecretKey> = (10..=17).map(|seed| SecretKey::from_seed(&[seed; 32])).collect();
    let mut rows = vec![format!(r#"{{"path":"desk","key":"{}","updateUrl":"{REMOTE}"}}"#, key().public())];
    for (number, key) in greedy.iter().enumerate() {
        rows.push(format!(r#"{{"path":"greedy-{number}","key":"{}","updateUrl":null}}"#, key.public()));
        device.publish_as(key, &format!("{PACKAGE}greedy-{number}/"), &[entry_of("greedy", 9)], |head| {
            let mut keypoints = head.segments[0].clone();
            (keypoints.tier, keypoints.bytes, keypoints.sha256) = ("keypoints".to_owned(), 250 << 20, "ab".repeat(32));
            head.segments.push(keypoints);
        });
    }
    device.server.serve(&format!("{PACKAGE}sources.json"), format!("[{}]", rows.join(",")).as_bytes());
    let background = device.start();
    assert!(status(&background).sources.iter().all(|source| source.state == "ready"));
    let large = |base: &str, key: &SecretKey, bytes: u64| {
        device.publish_as(key, base, &[entry_of("large", 5)], |head| {
            let mut keypoints = head.segments[0].clone();
            (keypoints.tier, keypoints.bytes, keypoints.sha256) = ("keypoints".to_owned(), bytes, "cd".repeat(32));
            (head.sequence, head.issued) = (8, ISSUED + 8);
            head.segments.push(keypoints);
        });
    };
    device.publish_as(&hostile(), HOSTILE, &[entry_of("bait", 1)], |_| ());
    let public = hostile().public().to_string();
    let preview = OwnRequest::PreviewSource { url: HOSTILE.to_owned(), key: public.clone() };
    assert_eq!(code(own(&background, preview)), "noRoom");
    let add = OwnRequest::AddSource { url: HOSTILE.to_owned(), key: public, head: None };
    assert_eq!(code(own(&background, add)), "noRoom");
    let update = || {
        let id = key().public().source().to_string();
        match own(&background, OwnRequest::UpdateSources { source: Some(id), accept_mass_change: false }) {
            Reply::Updated { mut results } => results.remove(0).code,
            other => panic!("no update but {other:?}"),
        }
    };
    large(REMOTE, &key(), 70 << 20);
    assert_eq!(update().as_deref(), Some("noRoom"), "more than its share is only there when the others leave it");
    large(REMOTE, &key(), 60 << 20);
    assert_eq!(update().as_deref(), Some("notFound"), "its share is always there: the keypoints are asked for");
}

/// The browser may end the background while a slow server keeps an answer open.
#[test]
fn a_source_that_never_ends_does_not_keep_the_others_from_their_turn() {
    let (device, background) = with_both();
    device.clock.0.set(device.clock.0.get() + 24 * 3_600_000);
    device.publish_at(REMOTE, &[entry_of("late", 5)], 8);
    let head = format!("{HOSTILE}head");
    device.server.hanging.borrow_mut().insert(head.clone());
    {
        let mut alarm = std::pin::pin!(background.alarm());
        let mut context = Context::from_waker(Waker::noop());
        assert!(alarm.as_mut().poll(&mut context).is_pending(), "the hostile server never answers");
    }
    drop(background);
    device.server.hanging.borrow_mut().remove(&head);
    device.clock.0.set(device.clock.0.get() + 24 * 3_600_000);
    let again = device.start();
    let Reply::Updated { results } = block_on(again.alarm()) else { panic!("no update") };
    assert_eq!(results[0].source, key().public().source().to_string(), "the other one is first now");
    assert_eq!(results[0].outcome, UpdateOutcome::Updated);
}
