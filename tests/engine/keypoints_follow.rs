//! A source with many keypoints answers from its entries while they are on the way, whatever becomes of them.

use std::sync::LazyLock;

use caveat::index::Entry;
use caveat::protocol::{OwnRequest, Reply, UpdateOutcome, VerdictKind};
use caveat::source::{FetchError, Retraction};
use caveat::testing::faults::Fault;
use pollster::block_on;

use crate::at_every_operation::at_every_operation;
use crate::common::{self, png};
use crate::desk::{Desk, HOST};
use crate::device::{self, CURRENT, Running, UPDATED, check_png, failed, own, status};
use crate::parts::{Part, written};
use crate::textured::{crop_of, textured, textured_entry};

/// One wall that is asked about, and as many entries as make keypoints that are not waited for.
static PART: LazyLock<Part> = LazyLock::new(|| many(300));

fn many(count: usize) -> Part {
    let other = textured_entry("other", 2);
    let others = (0..count).map(|number| Entry { id: format!("other-{number}"), ..other.clone() });
    let part = written(&others.chain([textured_entry("wall", 1)]).collect::<Vec<_>>());
    assert!(part.files.1.as_ref().unwrap().len() > 256 << 10);
    part
}

static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| png(&textured(1)));
static CROP: LazyLock<Vec<u8>> = LazyLock::new(|| crop_of(1));

/// The addresses of entries and of keypoints.
static ADDRESSES: LazyLock<[String; 2]> =
    LazyLock::new(|| [0, 1].map(|at| format!("{HOST}{}", PART.names()[at].0.path())));

fn desk() -> Desk {
    let desk = Desk::new();
    desk.device.server.serve(&format!("{}sources.json", device::PACKAGE), b"[]");
    desk.publish_part(&PART, 7, |_| {});
    desk
}

/// A desk whose first edition, of one entry that is about none of the pictures, is held when it grows.
fn before_it_grows(first: Entry) -> Desk {
    let desk = desk();
    desk.publish_part(&written(&[first]), 6, |_| {});
    desk.add(&desk.device.start());
    desk.publish_part(&PART, 7, |_| {});
    desk
}

/// A desk that is followed while its keypoints cannot be downloaded.
fn added_without_keypoints(error: FetchError) -> (Desk, Running) {
    let desk = desk();
    desk.device.server.fail(&ADDRESSES[1], error);
    let running = desk.device.start();
    desk.add(&running);
    (desk, running)
}

/// Lets minutes go by.
fn wait(desk: &Desk, minutes: i64) {
    let clock = &desk.device.clock.0;
    clock.set(clock.get() + minutes * 60_000);
}

/// What is found: the whole picture by its hash, a part of it by keypoints.
fn found(background: &Running) -> [bool; 2] {
    [("whole", &*WHOLE), ("crop", &*CROP)]
        .map(|(key, file)| check_png(background, key, file.clone()).verdict == VerdictKind::Match)
}

fn asked(desk: &Desk) -> Vec<String> {
    desk.device.server.asked.borrow().clone()
}

/// An update, or an adding, in whose every operation another start finds only what may be: whether entries were found before
/// their keypoints were there.
fn are_entries_first(desk: impl Fn() -> Desk, request: impl Fn(&Desk) -> OwnRequest) -> bool {
    let mut seen_between = false;
    at_every_operation(Fault::Wait, |operation| {
        let desk = desk();
        let running = operation.start(&desk.device);
        let told = running.generation();
        let meanwhile = async {
            let asked_for_keypoints = asked(&desk).contains(&ADDRESSES[1]);
            // Another background on the same store, as after a kill.
            (found(&desk.device.start()), asked_for_keypoints && running.generation() != told)
        };
        let (reply, (found_by_then, keypoints_asked_for)) =
            operation.meanwhile(running.own_request(request(&desk)), meanwhile);
        assert!(!matches!(reply, Reply::Error(_)), "{reply:?}");
        assert!(found_by_then[0] || !found_by_then[1], "{operation}: keypoints without entries");
        seen_between |= found_by_then == [true, false] && keypoints_asked_for;
        assert_eq!(found(&desk.device.start()), [true, true], "{operation}");
    });
    seen_between
}

#[test]
fn entries_of_a_source_that_is_added_are_in_use_before_their_keypoints_come() {
    assert!(are_entries_first(desk, Desk::add_request));
}

#[test]
fn entries_of_an_update_are_in_use_before_their_keypoints_come() {
    assert!(are_entries_first(|| before_it_grows(common::entry_of("first", 3)), Desk::update_request));
    // What is in use has keypoints that the new edition has not, so it is kept until all is there.
    assert!(!are_entries_first(|| before_it_grows(textured_entry("first", 3)), Desk::update_request));
}

#[test]
fn what_is_found_by_keypoints_is_found_until_the_new_ones_are_there() {
    let desk = desk();
    let running = desk.device.start();
    desk.add(&running);
    assert_eq!(found(&running), [true, true]);
    // Written anew: other segments, nothing to merge.
    let anew = many(299);
    desk.publish_part(&anew, 8, |_| {});
    let keypoints = format!("{HOST}{}", anew.names()[1].0.path());
    desk.device.server.fail(&keypoints, FetchError::Status(404));
    assert_eq!(desk.update(&running), failed("notFound"));
    assert_eq!((found(&running), desk.sequence(&running)), ([true, true], 7));
    assert_eq!(found(&desk.device.start()), [true, true]);
}

#[test]
fn a_retraction_does_not_wait_for_keypoints_that_do_not_come() {
    let (desk, running) = added_without_keypoints(FetchError::Status(404));
    assert_eq!(found(&running), [true, false]);
    desk.publish_part(&PART, 8, |head| {
        head.retractions = vec![Retraction { id: "wall".to_owned(), rev: 1, reason: "wrong".to_owned() }];
    });
    desk.device.server.fail(&ADDRESSES[1], FetchError::Status(404));
    assert_eq!(desk.update(&running), failed("notFound"));
    assert_eq!((found(&running), desk.sequence(&running)), ([false, false], 8));
}

#[test]
fn keypoints_that_do_not_come_are_tried_more_rarely_and_nothing_else_is() {
    let (desk, running) = added_without_keypoints(FetchError::Status(404));
    let count = |path: &str| asked(&desk).iter().filter(|url| url.ends_with(path)).count();
    let before = (count("/head"), count(&ADDRESSES[1]));
    for _ in 0..16 {
        wait(&desk, 90);
        block_on(running.alarm());
    }
    let (heads, keypoints) = (count("/head") - before.0, count(&ADDRESSES[1]) - before.1);
    assert_eq!(heads, 16, "an hour and a quarter is the longest wait that the head asks for");
    assert!((3..=7).contains(&keypoints), "{keypoints} tries in 24 hours");
}

#[test]
fn keypoints_that_do_not_come_are_told_and_downloaded_alone_by_the_next_update() {
    let desk = desk();
    desk.device.server.fail(&ADDRESSES[1], FetchError::Status(404));
    let running = desk.device.start();
    let Reply::Added { source } = own(&running, desk.add_request()) else { panic!("not added") };
    assert_eq!((source.entries, source.keypoints.as_str()), (301, "missing"));
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
fn row_21_a_server_that_is_too_busy_for_keypoints_is_left_alone_with_all_its_sources() {
    for by_update in [false, true] {
        let too_busy = FetchError::Busy(Some(86_400));
        let at_first = if by_update { FetchError::Status(404) } else { too_busy };
        let (desk, running) = added_without_keypoints(at_first);
        if by_update {
            desk.device.server.fail(&ADDRESSES[1], too_busy);
            assert_eq!(desk.update(&running), failed("serverBusy"));
        }
        let before = asked(&desk).len();
        wait(&desk, 20 * 60);
        block_on(running.alarm());
        assert_eq!(asked(&desk).len(), before, "by update: {by_update}");
        wait(&desk, 5 * 60);
        block_on(running.alarm());
        assert!(asked(&desk).len() > before, "by update: {by_update}");
    }
}

#[test]
fn keypoints_that_are_lost_after_the_start_are_downloaded_alone_by_the_next_update() {
    let desk = desk();
    desk.add(&desk.device.start());
    let running = desk.device.start();
    desk.device.store.lose(&format!("segment-{}", PART.names()[1].0.sha256));
    assert_eq!(found(&running), [true, false]);
    assert_eq!(status(&running).sources[0].keypoints, "failed");
    let before = asked(&desk).len();
    assert_eq!(desk.update(&running), UPDATED);
    assert!(!asked(&desk)[before..].contains(&ADDRESSES[0]));
    assert_eq!((found(&running), found(&desk.device.start())), ([true, true], [true, true]));
}

#[test]
fn an_adding_that_is_interrupted_at_any_operation_ends_without_the_source_with_its_entries_or_with_all() {
    let mut ends = [0; 3];
    for fault in [Fault::Fail, Fault::StopBefore, Fault::StopAfter, Fault::Cut, Fault::Flip] {
        at_every_operation(fault, |operation| {
            let (desk, when) = (desk(), operation.to_string());
            let running = operation.start(&desk.device);
            let _whatever_is_said = operation.ask(&running, desk.add_request());
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
        });
    }
    assert!(ends.iter().all(|&count| count > 0), "{ends:?}");
}

#[test]
fn an_update_that_is_cancelled_between_entries_and_keypoints_keeps_the_entries() {
    let mut kept = false;
    at_every_operation(Fault::Wait, |operation| {
        let (desk, _) = added_without_keypoints(FetchError::Status(404));
        desk.device.server.serve(&ADDRESSES[1], PART.files.1.as_ref().unwrap());
        let running = operation.start(&desk.device);
        let cancel = running.own_request(OwnRequest::CancelUpdate);
        let (reply, _) = operation.meanwhile(running.own_request(desk.update_request()), cancel);
        let ends = (device::outcome(reply).0, found(&desk.device.start()));
        assert!(
            matches!(ends, (UpdateOutcome::Cancelled, [true, false]) | (UpdateOutcome::Updated, [true, true])),
            "{operation}: {ends:?}"
        );
        kept |= ends.1 == [true, false];
    });
    assert!(kept);
}
