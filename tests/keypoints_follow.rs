//! A source with many keypoints answers from its entries while they are on the way, whatever becomes of them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed expectation is what ends a test")]

mod common;
#[path = "common/desk.rs"]
mod desk;
#[path = "common/device.rs"]
mod device;
#[path = "common/parts.rs"]
mod parts;
#[path = "common/textured.rs"]
mod textured;

use std::sync::LazyLock;

use caveat::index::Entry;
use caveat::protocol::{OwnRequest, Reply, VerdictKind};
use caveat::source::FetchError;
use caveat::testing::faults::{Fault, Faults, together, until_stopped};
use common::png;
use desk::{Desk, HOST};
use device::{CURRENT, Running, UPDATED, check_png, failed, own, status};
use parts::{Part, written};
use textured::{crop_of, textured, textured_entry};

/// One wall that is asked about, and as many entries as make keypoints that are not waited for.
static PART: LazyLock<Part> = LazyLock::new(|| {
    let other = textured_entry("other", 2);
    let others = (0..300).map(|number| Entry { id: format!("other-{number}"), ..other.clone() });
    let part = written(&others.chain([textured_entry("wall", 1)]).collect::<Vec<_>>());
    assert!(part.files.1.as_ref().unwrap().len() > 256 << 10);
    part
});
static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| png(&textured(1)));
static CROP: LazyLock<Vec<u8>> = LazyLock::new(|| crop_of(1));

/// The addresses of entries and of keypoints.
static ADDRESSES: LazyLock<[String; 2]> =
    LazyLock::new(|| [0, 1].map(|at| format!("{HOST}{}", PART.names()[at].0.path())));

fn desk() -> Desk {
    let desk = Desk::new();
    desk.device.server.serve(&format!("{}sources.json", device::PACKAGE), b"[]");
    for (name, file) in PART.names() {
        desk.device.server.serve(&format!("{HOST}{}", name.path()), file);
    }
    desk.publish_head([7, 1, 0], &[10], |head| {
        head.segments = PART.names().into_iter().map(|(name, _)| name).collect()
    });
    desk
}

/// What is found: the whole picture by its hash, a part of it by keypoints.
fn found(background: &Running) -> [bool; 2] {
    [("whole", &*WHOLE), ("crop", &*CROP)]
        .map(|(key, file)| check_png(background, key, file.clone()).verdict == VerdictKind::Match)
}

fn asked(desk: &Desk) -> Vec<String> {
    desk.device.server.asked.borrow().clone()
}

#[test]
fn entries_are_in_use_before_their_keypoints_come() {
    let mut seen_between = false;
    for k in 0.. {
        let (desk, faults) = (desk(), Faults::default());
        let running = desk.device.start_faulty(&faults).unwrap();
        faults.plan(k, Fault::Wait);
        let meanwhile = async {
            let reached = faults.counted() > k;
            // Another background on the same store, as after a kill.
            (reached, found(&desk.device.start()), asked(&desk).contains(&ADDRESSES[1]))
        };
        let (reply, (reached, found_by_then, keypoints_asked_for)) =
            together(running.own_request(desk.add_request()), meanwhile);
        assert!(matches!(reply, Reply::Added { .. }), "{reply:?}");
        assert!(found_by_then[0] || !found_by_then[1], "{k}: keypoints without entries");
        seen_between |= found_by_then == [true, false] && keypoints_asked_for;
        assert_eq!(found(&desk.device.start()), [true, true], "{k}");
        if !reached {
            break;
        }
    }
    assert!(seen_between, "nothing was known before the keypoints were there");
}

#[test]
fn keypoints_that_do_not_come_are_told_and_downloaded_alone_by_the_next_update() {
    let desk = desk();
    desk.device.server.fail(&ADDRESSES[1], FetchError::Status(404));
    let running = desk.device.start();
    let Reply::Added { source } = own(&running, desk.add_request()) else { panic!("not added") };
    assert_eq!((source.entries, source.keypoints.as_str()), (301, "none"));
    assert_eq!(source.last_result.unwrap().code, "notFound");
    assert_eq!(found(&running), [true, false]);
    assert_eq!(desk.update(&running), failed("notFound"));
    let before = asked(&desk).len();
    desk.device.server.serve(&ADDRESSES[1], PART.files.1.as_ref().unwrap());
    assert_eq!(desk.update(&running), UPDATED);
    let asked = asked(&desk)[before..].to_vec();
    assert!(asked.contains(&ADDRESSES[1]) && !asked.contains(&ADDRESSES[0]), "{asked:?}");
    assert_eq!((found(&running), found(&desk.device.start())), ([true, true], [true, true]));
    assert_eq!(desk.update(&running), CURRENT);
    assert_eq!(status(&running).sources[0].keypoints, "ready");
}

#[test]
fn an_adding_that_is_interrupted_at_any_operation_ends_without_the_source_with_its_entries_or_with_all() {
    let mut ends = [0; 3];
    for fault in [Fault::Fail, Fault::StopBefore, Fault::StopAfter, Fault::Cut, Fault::Flip] {
        for k in 0.. {
            let (desk, faults) = (desk(), Faults::default());
            let when = format!("{fault:?} at operation {k}");
            let running = desk.device.start_faulty(&faults).unwrap();
            faults.plan(k, fault);
            let _whatever_is_said = until_stopped(running.own_request(desk.add_request()));
            let reached = faults.counted() > k;
            faults.end();
            desk.device.assert_files_are_named(&when);
            let again = desk.device.start();
            let is_there = status(&again).sources.len() == 1;
            ends[match (is_there, found(&again)) {
                (false, [false, false]) => 0,
                (true, [true, false]) => 1,
                (true, [true, true]) => 2,
                mixture => panic!("{when}: {mixture:?}"),
            }] += 1;
            let next = if is_there { desk.update_request() } else { desk.add_request() };
            let reply = own(&again, next);
            assert!(!matches!(reply, Reply::Error(_)), "{when}: {reply:?}");
            let last = desk.device.start();
            assert_eq!((found(&last), desk.device.store.names().len()), ([true, true], 4), "{when}");
            if !reached {
                break;
            }
        }
    }
    assert!(ends.iter().all(|&count| count > 0), "{ends:?}");
}

#[test]
fn an_update_that_is_cancelled_between_entries_and_keypoints_keeps_the_entries() {
    let mut kept = false;
    for k in 0.. {
        let (desk, faults) = (desk(), Faults::default());
        let running = desk.device.start_faulty(&faults).unwrap();
        faults.plan(k, Fault::Wait);
        let cancel = async {
            running.own_request(OwnRequest::CancelUpdate).await;
            faults.counted() > k
        };
        let (_, reached) = together(running.own_request(desk.add_request()), cancel);
        let found = found(&desk.device.start());
        assert_ne!(found, [false, true], "{k}");
        kept |= found == [true, false];
        if !reached {
            break;
        }
    }
    assert!(kept);
}
