//! A file too long for one go is downloaded part by part: what is interrupted goes on where it was, whatever happens.

use std::ops::Range;
use std::sync::LazyLock;

use caveat::engine::Background;
use caveat::index::Entry;
use caveat::protocol::{OwnRequest, Reply, UpdateOutcome, VerdictKind};
use caveat::source::{Fetch, FetchError, Request, Retraction, SecretKey, StoreError, What};
use caveat::testing::faults::{Fault, Faults, until_stopped};
use caveat::testing::{FakeClock, FakeServer, MemoryStore, Parts};
use pollster::block_on;

use crate::at_every_operation::at_every_operation;
use crate::common;
use crate::desk::{Desk, HOST};
use crate::device::{self, Running, UPDATED, check_png, failed, own, status};
use crate::parts::{Part, written};
use crate::textured::{crop_of, textured_entry};

/// Longest file that is downloaded in one go, and the length of a part of others, in bytes.
const PART: usize = 4 << 20;

/// One wall that is asked about, and so many entries that its keypoints come in two parts.
static LONG: LazyLock<Part> = LazyLock::new(|| {
    let other = textured_entry("other", 2);
    let others = (0..4500).map(|number| Entry { id: format!("other-{number}"), ..other.clone() });
    let part = written(&others.chain([textured_entry("wall", 1)]).collect::<Vec<_>>());
    assert!((PART + 1..2 * PART).contains(&keypoints_of(&part).len()));
    part
});

static CROP: LazyLock<Vec<u8>> = LazyLock::new(|| crop_of(1));

/// The parts of its keypoints.
static PARTS: LazyLock<[Range<u64>; 2]> =
    LazyLock::new(|| [0..PART as u64, PART as u64..keypoints_of(&LONG).len() as u64]);

/// The address of its keypoints.
static ADDRESS: LazyLock<String> = LazyLock::new(|| format!("{HOST}{}", LONG.names()[1].0.path()));

fn keypoints_of(part: &Part) -> &[u8] {
    part.files.1.as_ref().unwrap()
}

/// A desk that serves it.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.device.server.serve(&format!("{}sources.json", device::PACKAGE), b"[]");
    desk.publish_part(&LONG, 7, |_| {});
    desk
}

/// A desk that is followed without its keypoints, which can be downloaded now.
fn followed() -> Desk {
    let desk = desk();
    desk.device.server.fail(&ADDRESS, FetchError::Status(404));
    desk.add(&desk.device.start());
    desk.device.server.serve(&ADDRESS, keypoints_of(&LONG));
    desk.device.server.asked_parts.borrow_mut().clear();
    desk
}

/// Lets minutes go by.
fn wait(desk: &Desk, minutes: i64) {
    let clock = &desk.device.clock.0;
    clock.set(clock.get() + minutes * 60_000);
}

fn stored_parts(desk: &Desk) -> usize {
    desk.device.store.names().iter().filter(|name| name.starts_with("part-")).count()
}

/// A followed desk whose device was switched off between the two parts.
fn interrupted() -> Desk {
    static AT: LazyLock<usize> = LazyLock::new(|| {
        let stored = |k: &usize| stored_parts(&interrupted_at(*k)) == 1;
        (0..).find(stored).unwrap()
    });
    interrupted_at(*AT)
}

fn interrupted_at(k: usize) -> Desk {
    let (desk, faults) = (followed(), Faults::default());
    let running = desk.device.start_faulty(&faults).unwrap();
    faults.plan(k, Fault::StopBefore);
    assert!(until_stopped(running.own_request(desk.update_request())).is_none(), "it has ended at {k}");
    desk
}

fn is_found(background: &Running) -> bool {
    check_png(background, "crop", CROP.clone()).verdict == VerdictKind::Match
}

fn asked_parts(desk: &Desk) -> Vec<Range<u64>> {
    desk.device.server.asked_parts.borrow().clone()
}

/// All is in use, here and after a start, and nothing else is stored: root, head, entries, keypoints.
fn assert_complete(desk: &Desk, running: &Running, when: &str) {
    let again = desk.device.start();
    assert_eq!([is_found(running), is_found(&again)], [true, true], "{when}");
    desk.device.assert_files_are_named(when);
    assert_eq!(desk.device.store.names().len(), 4, "{when}: {:?}", desk.device.store.names());
}

#[test]
fn a_long_download_that_is_interrupted_at_any_operation_goes_on_where_it_was() {
    let mut went_on = 0;
    for fault in [Fault::Fail, Fault::StopBefore, Fault::StopAfter, Fault::Cut] {
        at_every_operation(fault, |operation| {
            let (desk, when) = (followed(), operation.to_string());
            let running = operation.start(&desk.device);
            let _whatever_is_said = operation.ask(&running, desk.update_request());
            desk.device.assert_files_are_named(&when);
            let (asked, stored) = (asked_parts(&desk).len(), stored_parts(&desk));
            let again = desk.device.start();
            let expected = if is_found(&again) { device::CURRENT } else { UPDATED };
            assert_eq!(desk.update(&again), expected, "{when}");
            let asked_again = asked_parts(&desk)[asked..].to_vec();
            assert!(stored == 0 || asked_again == PARTS[stored..], "{when}: {stored}, {asked_again:?}");
            went_on += usize::from(stored > 0);
            assert_complete(&desk, &again, &when);
        });
    }
    assert!(went_on > 0);
}

#[test]
fn row_23_an_update_in_which_the_background_was_ended_is_gone_on_with_before_it_is_due() {
    let desk = interrupted();
    let running = desk.device.start();
    block_on(running.alarm());
    assert_eq!(asked_parts(&desk).len(), 1, "it was asked just now");
    assert!(!block_on(running.go_on()), "all is done");
    assert_eq!(asked_parts(&desk), *PARTS);
    assert_complete(&desk, &running, "gone on with");
    let before = desk.device.server.asked.borrow().len();
    assert!(!block_on(running.go_on()));
    assert_eq!(desk.device.server.asked.borrow().len(), before, "nothing is left to go on with");
}

#[test]
fn an_update_that_ends_the_background_time_and_again_is_left_to_the_alarm() {
    let desk = interrupted();
    let heads = || desk.device.server.asked.borrow().iter().filter(|url| url.ends_with("/head")).count();
    let before = heads();
    for _ in 0..10 {
        let faults = Faults::default();
        let running = desk.device.start_faulty(&faults).unwrap();
        // Before it asks for anything, and after it has noted that it does.
        faults.plan(2, Fault::StopBefore);
        let _ended = until_stopped(running.go_on());
    }
    let tries = heads() - before;
    desk.device.server.asked.borrow_mut().clear();
    assert!(!block_on(desk.device.start().go_on()), "{tries} tries");
    assert_eq!(heads(), 0);
    wait(&desk, 90);
    assert!(matches!(block_on(desk.device.start().alarm()), Reply::Updated { .. }));
    assert_complete(&desk, &desk.device.start(), "by the alarm");
}

#[test]
fn what_failed_or_was_cancelled_is_not_gone_on_with() {
    for error in [FetchError::Stalled, FetchError::Cancelled] {
        let desk = interrupted();
        desk.device.server.fail(&ADDRESS, error);
        let running = desk.device.start();
        assert!(!block_on(running.go_on()), "{error}");
        let before = desk.device.server.asked.borrow().len();
        assert!(!block_on(running.go_on()), "{error}");
        assert_eq!(desk.device.server.asked.borrow().len(), before, "{error}");
        assert_eq!(stored_parts(&desk), 1, "{error}: what has come is kept");
    }
}

#[test]
fn a_source_that_was_just_added_is_gone_on_with() {
    static AT: LazyLock<usize> = LazyLock::new(|| (0..).find(|&k| stored_parts(&adding_at(k)) == 1).unwrap());
    fn adding_at(k: usize) -> Desk {
        let (desk, faults) = (desk(), Faults::default());
        let running = desk.device.start_faulty(&faults).unwrap();
        faults.plan(k, Fault::StopBefore);
        assert!(until_stopped(running.own_request(desk.add_request())).is_none(), "it has ended at {k}");
        desk
    }
    let desk = adding_at(*AT);
    let running = desk.device.start();
    assert!(!block_on(running.go_on()));
    assert_eq!(asked_parts(&desk), *PARTS, "each once");
    assert_complete(&desk, &running, "added");
}

#[test]
fn a_server_that_knows_no_parts_is_asked_for_the_whole() {
    for parts in [Parts::Unknown, Parts::Shorter, Parts::Refused] {
        for desk in [followed(), interrupted()] {
            desk.device.server.parts.set(parts);
            let running = desk.device.start();
            assert_eq!(desk.update(&running), UPDATED, "{parts:?}");
            assert_complete(&desk, &running, &format!("{parts:?}"));
        }
    }
}

#[test]
fn there_need_be_no_room_for_the_whole_and_its_parts() {
    let desk = followed();
    let stored = |desk: &Desk| desk.device.store.bytes();
    let length = keypoints_of(&LONG).len();
    desk.device.store.room.set(Some(stored(&desk) + length + length / 8));
    let running = desk.device.start();
    assert_eq!(desk.update(&running), UPDATED);
    assert_complete(&desk, &running, "there is room for the whole");

    // For the first part only: what it takes is given back, and nobody tries again and again.
    let desk = followed();
    desk.device.store.room.set(Some(stored(&desk) + PART + 1000));
    let running = desk.device.start();
    assert_eq!(desk.update(&running), failed("storageFull"));
    assert_eq!(stored_parts(&desk), 0);
    desk.device.assert_files_are_named("full");
    let before = desk.device.server.asked.borrow().len();
    assert!(!block_on(running.go_on()));
    assert_eq!(desk.device.server.asked.borrow().len(), before);
    desk.device.store.room.set(None);
    assert_eq!(desk.update(&running), UPDATED);
    assert_complete(&desk, &running, "there is room again");
}

#[test]
fn a_disk_that_is_full_for_every_note_is_not_asked_about_for_ever() {
    let desk = interrupted();
    let running = desk.device.start();
    *desk.device.store.failure.borrow_mut() = Some(StoreError::Full);
    let before = desk.device.server.asked.borrow().len();
    assert!(!block_on(running.go_on()));
    let once = desk.device.server.asked.borrow().len();
    assert!(once > before && !block_on(running.go_on()));
    assert_eq!(desk.device.server.asked.borrow().len(), once);
}

#[test]
fn parts_that_do_not_give_what_is_named_are_let_go_and_downloaded_again() {
    let desk = interrupted();
    let mut wrong = keypoints_of(&LONG).to_vec();
    *wrong.last_mut().unwrap() ^= 1;
    desk.device.server.serve(&ADDRESS, &wrong);
    let running = desk.device.start();
    assert_eq!(desk.update(&running), failed("hashMismatch"));
    assert_eq!(stored_parts(&desk), 0);
    desk.device.server.serve(&ADDRESS, keypoints_of(&LONG));
    desk.device.server.asked_parts.borrow_mut().clear();
    assert_eq!(desk.update(&running), UPDATED);
    assert_eq!(asked_parts(&desk), *PARTS);
    assert_complete(&desk, &running, "after wrong parts");
}

#[test]
fn a_part_that_is_damaged_in_the_store_costs_another_download_and_nothing_else() {
    let desk = interrupted();
    let name = desk.device.store.names().into_iter().find(|name| name.starts_with("part-")).unwrap();
    desk.device.store.damage(&name);
    let running = desk.device.start();
    assert_eq!(desk.update(&running), UPDATED);
    assert_complete(&desk, &running, "damaged");
    // One that is lost is noticed at once.
    let desk = interrupted();
    desk.device.store.lose(&name);
    let running = desk.device.start();
    assert_eq!(desk.update(&running), UPDATED);
    assert_complete(&desk, &running, "lost");
}

#[test]
fn a_web_page_in_place_of_a_part_is_no_part() {
    let desk = interrupted();
    desk.device.server.serve(&ADDRESS, b"<!doctype html>");
    let running = desk.device.start();
    assert_eq!(desk.update(&running), failed("captivePortal"));
    assert_eq!(stored_parts(&desk), 1);
}

#[test]
fn an_edition_between_two_parts_keeps_what_it_names_and_lets_go_of_the_rest() {
    let desk = interrupted();
    desk.publish_part(&LONG, 8, |head| {
        head.retractions = vec![Retraction { id: "other-1".to_owned(), rev: 1, reason: "wrong".to_owned() }];
    });
    let running = desk.device.start();
    assert_eq!(desk.update(&running), UPDATED);
    assert_eq!(asked_parts(&desk), *PARTS, "each once");
    assert_complete(&desk, &running, "the same keypoints");

    let desk = interrupted();
    desk.publish_part(&written(&[textured_entry("wall", 1)]), 8, |_| {});
    let running = desk.device.start();
    let request = OwnRequest::UpdateSources { source: None, accept_mass_change: true };
    assert_eq!(device::outcome(own(&running, request)), UPDATED);
    assert_eq!(asked_parts(&desk), PARTS[..1]);
    assert_complete(&desk, &running, "others");
}

#[test]
fn a_cancel_between_two_parts_is_heard_and_what_has_come_is_kept() {
    let mut kept = false;
    at_every_operation(Fault::Wait, |operation| {
        let desk = followed();
        let running = operation.start(&desk.device);
        let cancel = async {
            running.own_request(OwnRequest::CancelUpdate).await;
            asked_parts(&desk).len()
        };
        let (reply, asked) = operation.meanwhile(running.own_request(desk.update_request()), cancel);
        let outcome = device::outcome(reply).0;
        if outcome == UpdateOutcome::Cancelled {
            // What was on its way comes to its end, and nothing is asked for after it.
            assert!(asked_parts(&desk).len() <= asked + 1, "{operation}: {:?}", asked_parts(&desk));
            kept |= stored_parts(&desk) == 1;
        } else {
            assert_eq!(outcome, UpdateOutcome::Updated, "{operation}");
        }
    });
    assert!(kept);
}

/// A server whose every segment takes a quarter of an hour and a minute more.
struct Slow(FakeServer, FakeClock);

impl Fetch for Slow {
    async fn get(&self, request: Request<'_>, on_bytes: &mut dyn FnMut(u64)) -> Result<Vec<u8>, FetchError> {
        if request.what == What::Segment {
            self.1.0.set(self.1.0.get() + 16 * 60_000);
        }
        self.0.get(request, on_bytes).await
    }

    fn cancel(&self) {}
}

/// A background on a desk's device, to which every segment comes slowly.
fn slow(desk: &Desk) -> Background<Slow, MemoryStore, FakeClock> {
    let device = &desk.device;
    let slow = Slow(device.server.clone(), device.clock.clone());
    let package = Some(device::PACKAGE.to_owned());
    block_on(Background::open(slow, device.store.clone(), device.clock.clone(), package, None, Box::new(|_| {})))
}

#[test]
fn row_20_a_download_that_takes_long_lets_others_have_their_turn_and_goes_on_the_next_time() {
    let desk = followed();
    let other = SecretKey::from_seed(&[9; 32]);
    let elsewhere = "https://elsewhere.example.org/";
    desk.device.publish_as(&other, elsewhere, &[common::entry_of("other", 5)], |_| ());
    let key = other.public().to_string();
    let add = OwnRequest::AddSource { url: elsewhere.to_owned(), key, head: None };
    assert!(matches!(own(&desk.device.start(), add), Reply::Added { .. }));
    let running = slow(&desk);
    let reply = block_on(running.own_request(desk.update_request()));
    assert_eq!(device::outcome(reply), failed("unfinished"));
    assert_eq!((asked_parts(&desk).len(), stored_parts(&desk)), (1, 1));
    // No failure: it is asked again as soon as it would be anyway.
    wait(&desk, 90);
    block_on(running.alarm());
    assert_eq!(asked_parts(&desk), *PARTS, "each once");
    assert!(is_found(&desk.device.start()));
    assert_eq!(stored_parts(&desk), 0);
}

#[test]
fn a_download_that_takes_long_makes_way_for_nobody_where_nobody_waits() {
    let desk = followed();
    let reply = block_on(slow(&desk).own_request(desk.update_request()));
    assert_eq!(device::outcome(reply), UPDATED);
    assert_complete(&desk, &desk.device.start(), "alone");
}

#[test]
fn a_source_that_is_removed_between_two_parts_leaves_nothing() {
    let mut removed_between = false;
    at_every_operation(Fault::Wait, |operation| {
        let desk = followed();
        let running = operation.start(&desk.device);
        let remove = async {
            let reply = running.own_request(OwnRequest::RemoveSource { source: desk.source().to_string() }).await;
            assert!(matches!(reply, Reply::Done), "{reply:?}");
        };
        let (reply, ()) = operation.meanwhile(running.own_request(desk.update_request()), remove);
        // The operations of removing are among those that wait.
        operation.count();
        assert_eq!(desk.device.store.names(), Vec::<String>::new(), "{operation}");
        removed_between |= device::outcome(reply).0 == UpdateOutcome::Cancelled && !asked_parts(&desk).is_empty();
    });
    assert!(removed_between);
}

#[test]
fn what_is_forgotten_is_forgotten_with_its_parts() {
    let desk = interrupted();
    let running = desk.device.start();
    assert!(matches!(own(&running, OwnRequest::RemoveSource { source: desk.source().to_string() }), Reply::Done));
    assert_eq!(desk.device.store.names(), Vec::<String>::new());
}

#[test]
fn the_parts_of_a_file_are_one_line_of_the_network_log() {
    let desk = followed();
    let running = desk.device.start();
    assert_eq!(desk.update(&running), UPDATED);
    let network = status(&running).network;
    let lines: Vec<_> = network.iter().filter(|line| line.url == *ADDRESS).collect();
    assert_eq!(lines.iter().map(|line| line.bytes as usize).collect::<Vec<_>>(), [keypoints_of(&LONG).len()]);
    assert_eq!(lines[0].outcome, "ok");
}
