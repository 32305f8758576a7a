//! An update that fails, stops or is disturbed at its k-th operation, for every k: what is in use afterwards is the old
//! index or the new one, never a mixture, and the next try finishes.

use std::sync::LazyLock;

use caveat::image::{Channels, Pixels};
use caveat::index::{Entry, parse_entries};
use caveat::protocol::{OwnRequest, PageRequest, Reply, UpdateOutcome, VerdictKind};
use caveat::source::{FetchError, FileName, Recipes};
use caveat::testing::faults::{Fault, until_stopped};
use pollster::block_on;
use sha2::{Digest, Sha256};

use crate::at_every_operation::{Operation, at_every_operation};
use crate::common::{entry_of, picture, png};
use crate::desk::{Desk, HOST, root};
use crate::device::{self, Failing, Running, check_png, code, failed, outcome, own, status};
use crate::parts::{Part, merged, written};
use crate::textured::{crop_of, textured_entry};

/// A picture at half its size, which is looked at in a quarter of the time.
fn half(whole: &Pixels) -> Pixels {
    let (width, height) = (whole.width() / 2, whole.height() / 2);
    let pixel = |x: usize, y: usize| &whole.data()[(y * 2 * whole.width() + x * 2) * 3..][..3];
    let data = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).copied().collect();
    Pixels::new(width as u32, height as u32, Channels::Rgb, data).unwrap()
}

fn retracted(mut entry: Entry) -> Entry {
    let line = r#"{"id":"x","rev":2,"status":"retracted","correction":{"text":{"en":"It was genuine."}}}"#;
    let tombstone = parse_entries(line).unwrap().remove(0);
    (entry.rev, entry.status, entry.correction) = (2, tombstone.status, tombstone.correction);
    entry
}

/// Segments of the old edition and of the new one: the old two are merged into one, another comes.
struct Segments {
    old: [Part; 2],
    merged: Part,
    late: Part,
}

static SEGMENTS: LazyLock<Segments> = LazyLock::new(|| {
    let falls = entry_of("falls", 2);
    let old = || {
        [
            written(&[entry_of("stays", 1), falls.clone(), textured_entry("wall", 1)]),
            written(&[entry_of("merged", 3), entry_of("recalled", 6)]),
        ]
    };
    let late = written(&[retracted(falls.clone()), entry_of("comes", 5), textured_entry("late-wall", 2)]);
    Segments { merged: merged(&old()), old: old(), late }
});

/// The pictures that are asked about: entry "stays", "falls", "merged", "comes", "recalled", and crops of the two walls.
static PROBES: LazyLock<[Vec<u8>; 7]> = LazyLock::new(|| {
    let [stays, falls, merged, comes, recalled] = [1, 2, 3, 5, 6].map(|seed| png(&half(&picture(seed))));
    [stays, falls, merged, comes, recalled, crop_of(1), crop_of(2)]
});

/// What is known of the probes. A retraction apart from the head counts for itself, so its picture is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edition {
    Absent,
    Old { recalled: bool },
    New { recalled: bool },
}

const NEW: Edition = Edition::New { recalled: true };
const OLD: Edition = Edition::Old { recalled: false };

fn is_known(background: &Running, probe: usize) -> bool {
    match check_png(background, &format!("probe {probe}"), PROBES[probe].clone()).verdict {
        VerdictKind::Match => true,
        VerdictKind::None | VerdictKind::NoIndex => false,
        other => panic!("probe {probe} is {other:?}"),
    }
}

fn edition(background: &Running) -> Edition {
    let recalled = !is_known(background, 4);
    match [0, 1, 2, 3, 5, 6].map(|at| is_known(background, at)) {
        [false, false, false, false, false, false] => Edition::Absent,
        [true, true, true, false, true, false] => Edition::Old { recalled },
        [true, false, true, true, true, true] => Edition::New { recalled },
        mixture => panic!("neither the old nor the new: {mixture:?}, recalled {recalled}"),
    }
}

/// A desk, on whose device nothing but it speaks.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.device.server.serve(&format!("{}sources.json", device::PACKAGE), b"[]");
    desk
}

fn serve(desk: &Desk, part: &Part) {
    for (name, file) in part.names() {
        desk.device.server.serve(&format!("{HOST}{}", name.path()), file);
    }
}

fn names<'a>(parts: impl IntoIterator<Item = &'a Part>) -> Vec<caveat::source::SegmentName> {
    parts.into_iter().flat_map(Part::names).map(|(name, _)| name).collect()
}

fn publish_old(desk: &Desk) {
    SEGMENTS.old.iter().for_each(|part| serve(desk, part));
    desk.publish_head([7, 1, 0], &[10], |head| head.segments = names(&SEGMENTS.old));
}

/// A new root with another head key, a retraction apart, recipes, a merge, a compressed segment, keypoints.
fn publish_new(desk: &Desk) {
    desk.publish_root(&root(2, 0, [&[1, 2, 3], &[11], &[20]], 2), &[1, 2]);
    desk.retract("recalled", 1, 20);
    [&SEGMENTS.merged, &SEGMENTS.late].into_iter().for_each(|part| serve(desk, part));
    let recipes = Recipes { segments: names(&SEGMENTS.old) }.file();
    let recipes_name = FileName { sha256: hex::encode(Sha256::digest(&recipes)), bytes: recipes.len() as u64 };
    desk.device.server.serve(&format!("{HOST}{}", recipes_name.path()), &recipes);
    let mut segments = names([&SEGMENTS.merged, &SEGMENTS.late]);
    let packed = miniz_oxide::deflate::compress_to_vec(&SEGMENTS.late.files.0, 9);
    let packed_name = FileName { sha256: hex::encode(Sha256::digest(&packed)), bytes: packed.len() as u64 };
    desk.device.server.serve(&format!("{HOST}{}", packed_name.path()), &packed);
    let late = segments.iter_mut().find(|name| name.tier == "entries" && name.parts.is_empty());
    late.unwrap().packed = Some(packed_name);
    desk.publish_head([8, 2, 0], &[11], |head| {
        (head.segments, head.recipes) = (segments, Some(recipes_name));
    });
}

/// A device that holds the old edition, while the new one is served.
fn before_an_update() -> Desk {
    let desk = desk();
    publish_old(&desk);
    desk.add(&desk.device.start());
    publish_new(&desk);
    desk
}

fn ask(background: &Failing, request: OwnRequest) -> Option<Reply> {
    until_stopped(background.own_request(request))
}

/// Nothing is left over, and the next try finishes: in the same background, if it goes on, else in the next.
fn assert_the_next_try_finishes(desk: &Desk, same: Option<&Failing>, request: OwnRequest, when: &str) {
    desk.device.assert_files_are_named(when);
    let reply = match same {
        Some(background) => ask(background, request).unwrap(),
        None => own(&desk.device.start(), request),
    };
    assert!(
        matches!(&reply, Reply::Added { .. })
            || matches!(outcome(reply.clone()).0, UpdateOutcome::Updated | UpdateOutcome::Current),
        "{when}: {reply:?}"
    );
    let again = desk.device.start();
    // Retractions that were missed come with the question after that.
    own(&again, desk.update_request());
    let again = desk.device.start();
    // Files are named by their content, so these names say that all that is stored is what an undisturbed update stores; of
    // the pictures those are asked about that take no look for keypoints, which takes long.
    desk.device.assert_files_are_named(when);
    assert_eq!(desk.device.store.names(), *STORED, "{when}");
    assert_eq!((block_on(again.verify_stored()), desk.sequence(&again)), (0, 8), "{when}");
    assert!([0, 2, 3].into_iter().all(|at| is_known(&again, at)), "{when}");
}

/// What an undisturbed update to the new edition leaves stored: a head, a root, retractions, four segments.
static STORED: LazyLock<Vec<String>> = LazyLock::new(|| {
    let desk = before_an_update();
    let running = desk.device.start();
    assert_eq!(desk.update(&running), device::UPDATED);
    assert_eq!((edition(&desk.device.start()), desk.device.store.names().len()), (NEW, 7));
    desk.device.store.names()
});

/// Makes a try for every operation of something that has not very many; how many there were.
fn for_every_one(fault: Fault, make_try: impl FnMut(&Operation)) -> usize {
    let count = at_every_operation(fault, make_try);
    assert!(count < 500, "{fault:?}: {count} operations");
    count
}

/// One update with a fault in one operation.
fn update_with(operation: &Operation) {
    let (desk, when) = (before_an_update(), operation.to_string());
    let running = operation.start(&desk.device);
    let reply = operation.ask(&running, desk.update_request());
    desk.device.assert_files_are_named(&when);
    let now = edition(&desk.device.start());
    assert_ne!(now, Edition::Absent, "{when}");
    if !operation.was_reached() {
        assert_eq!(now, NEW, "{when}");
    }
    let same = reply.is_some().then_some(&running);
    assert_the_next_try_finishes(&desk, same, desk.update_request(), &when);
}

fn enumerate(fault: Fault) {
    let count = for_every_one(fault, update_with);
    // If it were less, the update would not be the whole one that this is about.
    assert!(count > 20, "{fault:?}: {count} operations");
}

#[test]
fn row_21_a_server_that_is_busy_at_any_file_is_left_alone() {
    let served = before_an_update().device.server.files.borrow().keys().cloned().collect::<Vec<_>>();
    let mut busy = Vec::new();
    for url in served.iter().filter(|url| url.starts_with(HOST)) {
        let desk = before_an_update();
        let running = desk.device.start();
        desk.device.server.asked.borrow_mut().clear();
        desk.device.server.fail(url, FetchError::Busy(Some(20 * 3600)));
        let outcome = desk.update(&running);
        let asked = desk.device.server.asked.borrow().clone();
        if !asked.contains(url) {
            continue;
        }
        assert_eq!(outcome, failed("serverBusy"), "{url}");
        // The retractions are asked for although there is no head: they are urgent.
        let after = asked.iter().skip_while(|other| *other != url).skip(1).filter(|url| !url.ends_with("retractions"));
        assert_eq!(after.count(), 0, "{url}: {asked:?}");
        let clock = &desk.device.clock.0;
        clock.set(clock.get() + 19 * 3_600_000);
        block_on(running.alarm());
        assert_eq!(desk.device.server.asked.borrow().len(), asked.len(), "{url}");
        busy.push(url.strip_prefix(HOST).unwrap());
    }
    let kinds = ["head", "root/2", "retractions", "segments/"];
    assert!(kinds.iter().all(|kind| busy.iter().any(|path| path.starts_with(kind))), "{busy:?}");
    // Recipes and a packed segment, and that which is merged is not asked for.
    assert_eq!(busy.iter().filter(|path| path.starts_with("segments/")).count(), 3, "{busy:?}");
}

#[test]
fn the_probes_tell_the_editions_apart() {
    let desk = desk();
    assert_eq!(edition(&desk.device.start()), Edition::Absent);
    publish_old(&desk);
    let running = desk.device.start();
    desk.add(&running);
    assert_eq!(edition(&running), OLD);
    publish_new(&desk);
    let asked = desk.device.server.asked.borrow().len();
    assert_eq!(desk.update(&running), device::UPDATED);
    assert_eq!(edition(&desk.device.start()), NEW);
    let asked = desk.device.server.asked.borrow()[asked..].to_vec();
    let merged = format!("{HOST}{}", SEGMENTS.merged.names()[0].0.path());
    assert!(asked.iter().any(|url| url.ends_with("/root/2")) && !asked.contains(&merged), "{asked:?}");
}

#[test]
fn an_update_that_fails_at_any_operation() {
    enumerate(Fault::Fail);
}

#[test]
fn an_update_that_fails_from_any_operation_on() {
    enumerate(Fault::FailFrom);
}

#[test]
fn row_23_an_update_that_is_killed_before_any_operation() {
    enumerate(Fault::StopBefore);
}

#[test]
fn row_23_an_update_that_is_killed_after_any_operation() {
    enumerate(Fault::StopAfter);
}

#[test]
fn an_update_in_which_any_answer_is_cut_short() {
    enumerate(Fault::Cut);
}

#[test]
fn an_update_in_which_any_answer_has_one_other_bit() {
    enumerate(Fault::Flip);
}

#[test]
fn a_start_that_fails_or_is_killed_at_any_operation() {
    for fault in [Fault::Fail, Fault::FailFrom, Fault::StopBefore, Fault::StopAfter, Fault::Cut] {
        let count = for_every_one(fault, |operation| {
            let (desk, when) = (before_an_update(), format!("{operation} of a start"));
            let running = operation.at_the_start(&desk.device);
            // It may know nothing of the source, or hold it for damaged; an update of what it knows is safe all the same.
            if let Some(running) = &running {
                ask(running, OwnRequest::UpdateSources { source: None, accept_mass_change: false }).unwrap();
            }
            assert_ne!(edition(&desk.device.start()), Edition::Absent, "{when}");
            assert_the_next_try_finishes(&desk, None, desk.update_request(), &when);
        });
        assert!(count > 5, "{fault:?}: {count} operations");
    }
}

#[test]
fn a_source_whose_adding_is_interrupted_at_any_operation_is_there_or_not() {
    for fault in [Fault::Fail, Fault::StopBefore, Fault::StopAfter, Fault::Cut, Fault::Flip] {
        let count = for_every_one(fault, |operation| {
            let (desk, when) = (desk(), format!("{operation} of adding"));
            publish_new(&desk);
            let running = operation.start(&desk.device);
            let reply = operation.ask(&running, desk.add_request());
            desk.device.assert_files_are_named(&when);
            let again = desk.device.start();
            let there = status(&again).sources.len() == 1;
            let expected = |edition| matches!(edition, Edition::New { .. }) == there;
            assert!(expected(edition(&again)), "{when}");
            if let Some(reply) = &reply {
                assert_eq!(matches!(reply, Reply::Added { .. }), there, "{when}: {reply:?}");
            }
            let request = if there { desk.update_request() } else { desk.add_request() };
            assert_the_next_try_finishes(&desk, reply.is_some().then_some(&running), request, &when);
        });
        assert!(count > 20, "{fault:?}: {count} operations");
    }
}

/// Something else happens while the update waits for its turn in an operation: what both came to.
fn meanwhile<T>(desk: &Desk, operation: &Operation, other: impl AsyncFnOnce(&Failing) -> T) -> (Reply, T) {
    let running = operation.start(&desk.device);
    operation.meanwhile(running.own_request(desk.update_request()), async { other(&running).await })
}

fn while_it_waits(make_try: impl FnMut(&Operation)) {
    for_every_one(Fault::Wait, make_try);
}

#[test]
fn row_24_a_second_update_at_any_operation_is_turned_away_and_harms_nothing() {
    while_it_waits(|operation| {
        let desk = before_an_update();
        let (first, second) =
            meanwhile(&desk, operation, async |running| running.own_request(desk.update_request()).await);
        assert_eq!(outcome(first), device::UPDATED, "{operation}");
        if operation.was_reached() {
            assert_eq!(code(second), "updating", "{operation}");
        }
        assert_the_next_try_finishes(&desk, None, desk.update_request(), &format!("a second update: {operation}"));
    });
}

/// Another background over the same store: whoever loses has changed nothing, is told so, and goes on with what is stored.
#[test]
fn row_24_a_second_background_over_one_store_at_any_operation_loses_nothing() {
    let site = |host: &str| OwnRequest::SetSite { host: host.to_owned(), enabled: false };
    let mut lost = 0;
    while_it_waits(|operation| {
        let desk = before_an_update();
        let second = desk.device.start();
        let set = async |_: &Failing| match second.own_request(site("second.example")).await {
            // The first one was there before.
            Reply::Error(_) => second.own_request(site("second.example")).await,
            done => done,
        };
        let (reply, other) = meanwhile(&desk, operation, set);
        assert!(matches!(other, Reply::Done), "{other:?}");
        lost += usize::from(outcome(reply).0 == UpdateOutcome::Failed);
        // The second one knows nothing of the update, if it came: it is told, and not what it holds is kept.
        let refused = own(&second, site("again.example"));
        let again = own(&second, site("again.example"));
        assert!(matches!(again, Reply::Done), "{operation}: {refused:?}, {again:?}");
        let stored = desk.device.start();
        let kept = status(&stored).disabled_sites;
        assert_eq!(kept, ["again.example", "second.example"], "{operation}");
        assert_eq!(desk.sequence(&stored), desk.sequence(&second), "{operation}: what is stored is in use");
        let when = format!("a second background: {operation}");
        assert_the_next_try_finishes(&desk, None, desk.update_request(), &when);
    });
    assert!(lost > 0, "no change of the second came between");
}

#[test]
fn pictures_checked_at_any_operation_are_told_by_one_edition() {
    while_it_waits(|operation| {
        let desk = before_an_update();
        let ask = async |running: &Failing| {
            let mut kinds = Vec::new();
            for at in [0, 1, 2, 3] {
                let (key, bytes) = (format!("probe {at}"), Some(PROBES[at].clone()));
                let request = PageRequest::CheckImage { key, url: String::new(), bytes };
                match running.page_request(request).await {
                    Reply::Verdict(verdict) => kinds.push(verdict.verdict == VerdictKind::Match),
                    other => panic!("{other:?}"),
                }
            }
            kinds
        };
        let (first, kinds) = meanwhile(&desk, operation, ask);
        assert_eq!(outcome(first), device::UPDATED, "{operation}");
        assert!(kinds == [true, true, true, false] || kinds == [true, false, true, true], "{operation}: {kinds:?}");
    });
}

#[test]
fn everything_forgotten_at_any_operation_stays_forgotten() {
    while_it_waits(|operation| {
        let desk = before_an_update();
        let (_, second) =
            meanwhile(&desk, operation, async |running| running.own_request(OwnRequest::ForgetEverything).await);
        assert!(matches!(second, Reply::Done), "{operation}: {second:?}");
        let again = desk.device.start();
        assert_eq!((edition(&again), status(&again).sources.len()), (Edition::Absent, 0), "{operation}");
        assert_eq!(desk.device.store.names(), [""; 0], "{operation}");
        assert_the_next_try_finishes(&desk, None, desk.add_request(), &format!("everything forgotten: {operation}"));
    });
}

#[test]
fn a_source_removed_at_any_operation_stays_removed() {
    while_it_waits(|operation| {
        let desk = before_an_update();
        let remove = OwnRequest::RemoveSource { source: desk.source().to_string() };
        let (_, second) = meanwhile(&desk, operation, async |running| running.own_request(remove).await);
        assert!(matches!(second, Reply::Done), "{operation}: {second:?}");
        let again = desk.device.start();
        assert_eq!((edition(&again), status(&again).sources.len()), (Edition::Absent, 0), "{operation}");
        assert_the_next_try_finishes(&desk, None, desk.add_request(), &format!("removed: {operation}"));
    });
}

#[test]
fn row_25_a_clock_that_jumps_at_any_operation_changes_nothing() {
    let year = 365 * 86_400_000;
    for jump in [10 * year, -10 * year] {
        while_it_waits(|operation| {
            let desk = before_an_update();
            let clock = desk.device.clock.0.clone();
            let now = clock.get();
            let (first, ()) = meanwhile(&desk, operation, async |_| clock.set(now + jump));
            assert_eq!(outcome(first), device::UPDATED, "{jump}: {operation}");
            clock.set(now);
            assert_the_next_try_finishes(&desk, None, desk.update_request(), &format!("{jump}: {operation}"));
        });
    }
}

/// Cancelled at any operation, an update ends as cancelled, or was over already.
#[test]
fn an_update_that_is_cancelled_at_any_operation() {
    while_it_waits(|operation| {
        let desk = before_an_update();
        let (first, _) =
            meanwhile(&desk, operation, async |running| running.own_request(OwnRequest::CancelUpdate).await);
        let (outcome, _) = outcome(first);
        let now = edition(&desk.device.start());
        match outcome {
            UpdateOutcome::Updated => assert_eq!(now, NEW, "{operation}"),
            UpdateOutcome::Cancelled => assert!(matches!(now, Edition::Old { .. }), "{operation}: {now:?}"),
            other => panic!("{operation}: {other:?}"),
        }
        assert_the_next_try_finishes(&desk, None, desk.update_request(), &format!("cancelled: {operation}"));
    });
}
