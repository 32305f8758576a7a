//! The extension's background over fakes: verdicts, settings, updates, and everything that can go wrong in between.

use std::future::Future as _;
use std::task::{Context, Waker};

use caveat::fingerprint::difference::{Difference, Patch, Plane, Spot};
use caveat::fingerprint::encoding;
use caveat::protocol::{Event, OwnRequest, PageRequest, Reply, VerdictKind};
use caveat::source::{FetchError, SecretKey, SegmentName};
use caveat::testing::faults::together;
use pollster::block_on;

use crate::common::{entries, entry_of, head_of, key, picture, png, sealed_head};
use crate::device::{
    CURRENT, Device, PACKAGE, REMOTE, Running, UPDATED, check, check_png, code, failed, look_up, own, status, update,
};
use crate::parts::written;
use crate::textured::{crop_of, textured, textured_entry};

#[test]
fn known_pictures_match_and_others_do_not() {
    let background = Device::new().start();
    let verdict = check(&background, 1);
    assert_eq!(verdict.verdict, VerdictKind::Match);
    let found = &verdict.matches[0];
    assert_eq!((found.entry.as_str(), found.distance, found.age_days), ("game-still", Some(0), 2));
    assert_eq!(check(&background, 3).verdict, VerdictKind::Match, "an entry that only has exact PDQ");
    assert_eq!(check(&background, 2).verdict, VerdictKind::None, "the unedited original of an entry");
    assert_eq!(check(&background, 4).verdict, VerdictKind::None, "a retracted entry");
    assert_eq!(check(&background, 5).verdict, VerdictKind::None, "a picture that nobody knows");
}

#[test]
fn texts_come_in_the_language_of_the_cards() {
    let background = Device::new().start();
    background.set_card_language("ru-RU");
    let verdict = check(&background, 1);
    assert_eq!((verdict.matches[0].truth.text.as_str(), verdict.matches[0].claim.language.as_str()), ("Игра.", "en"));
}

#[test]
fn what_was_seen_is_remembered_until_the_background_is_killed() {
    let device = Device::new();
    let background = device.start();
    assert_eq!(look_up(&background, 1), None);
    check(&background, 1);
    assert_eq!(look_up(&background, 1), Some(VerdictKind::Match));
    assert_eq!(look_up(&device.start(), 1), None);
}

#[test]
fn pictures_are_fetched_only_when_the_page_cannot_give_them() {
    let device = Device::new();
    let background = device.start();
    let ask = |url: &str| {
        let request = PageRequest::CheckImage { key: url.to_owned(), url: url.to_owned(), bytes: None };
        match block_on(background.page_request(request)) {
            Reply::Verdict(verdict) => (verdict.verdict, verdict.reason.map(|reason| format!("{:?}", reason.code))),
            other => panic!("no verdict but {other:?}"),
        }
    };
    let said = |kind, reason: &str| (kind, Some(reason.to_owned()));
    device.server.serve("https://pictures.example.org/1", &png(&picture(1)));
    assert_eq!(ask("https://pictures.example.org/1"), (VerdictKind::Match, None));
    assert_eq!(ask("https://pictures.example.org/gone"), said(VerdictKind::NoAccess, "FetchFailed"));
    assert_eq!(ask("file:///etc/passwd"), said(VerdictKind::NoAccess, "NotPermitted"));
    device.server.serve("https://pictures.example.org/text", b"hello");
    assert_eq!(ask("https://pictures.example.org/text"), said(VerdictKind::Unreadable, "UnsupportedFormat"));
    device.server.fail("https://pictures.example.org/slow", FetchError::TimedOut);
    assert_eq!(ask("https://pictures.example.org/slow"), said(VerdictKind::NoAccess, "TimedOut"));
    // The host answers at last: a failure was not remembered.
    device.server.serve("https://pictures.example.org/slow", &png(&picture(5)));
    assert_eq!(ask("https://pictures.example.org/slow").0, VerdictKind::None);
    let log = status(&background).network;
    assert_eq!((log[0].what.as_str(), log[0].outcome.as_str()), ("image", "ok"));
    assert_eq!(log.iter().filter(|record| record.outcome == "notFound").count(), 1);
}

#[test]
fn an_update_is_used_at_once_told_to_the_pages_and_kept() {
    let device = Device::new();
    let background = device.start();
    assert_eq!(check(&background, 5).verdict, VerdictKind::None);
    assert_eq!(update(&background), CURRENT);
    let mut more = entries();
    more.push(entry_of("late", 5));
    device.publish_at(REMOTE, &more, 8);
    assert_eq!(update(&background), UPDATED);
    assert_eq!(look_up(&background, 5), Some(VerdictKind::Match), "without asking the page for the picture again");
    let told = |wanted: fn(&Event) -> bool| device.events.borrow().iter().any(wanted);
    let of = |event: &Event| if let Event::IndexChanged { generation } = event { Some(*generation) } else { None };
    let last = device.events.borrow().iter().filter_map(of).next_back();
    assert_eq!(last, Some(background.generation()), "pages ask again for what is in use");
    assert!(last > Some(0));
    assert!(told(|event| matches!(event, Event::Progress { stage, total: Some(1..), .. } if stage == "segments")));
    let again = device.start();
    assert_eq!(check(&again, 5).verdict, VerdictKind::Match, "after a kill");
    assert_eq!(status(&again).sources[0].sequence, 8);
    assert_eq!(device.store.names().len(), 2, "one head and one segment: {:?}", device.store.names());
    device.publish_at(REMOTE, &entries(), 9);
    assert_eq!(update(&again), UPDATED);
    assert_eq!(device.store.names().len(), 2, "what is not used any more is deleted");
    assert_eq!(look_up(&again, 5), Some(VerdictKind::None));
}

/// Which of the two a picture is can only be seen in the picture itself.
#[test]
fn a_picture_that_must_be_told_from_its_original_is_asked_for_again() {
    let device = Device::new();
    let background = device.start();
    assert_eq!(check(&background, 5).verdict, VerdictKind::None);
    let mut late = entry_of("late", 5);
    let media = &mut late.media[0];
    let mut fingerprint = encoding::from_base64(media.fingerprint.as_deref().unwrap()).unwrap();
    let spot = Spot {
        plane: Plane::Luma,
        area: [90, 90, 60, 60],
        low: 0,
        high: 255,
        known: Patch([0x0f; 32]),
        original: Patch([0xf0; 32]),
    };
    fingerprint.difference = Some(Difference { originals: 1, spots: vec![spot] });
    media.fingerprint = Some(encoding::to_base64(&fingerprint));
    let mut more = entries();
    more.push(late);
    device.publish_at(REMOTE, &more, 8);
    assert_eq!(update(&background), UPDATED);
    assert_eq!(look_up(&background, 5), None);
    assert_eq!(check(&background, 5).verdict, VerdictKind::Possible, "it looks like neither");
    assert_eq!(look_up(&background, 5), Some(VerdictKind::Possible));
}

/// Each fault in turn: the old index answers as before, nothing stored has changed, and the next good answer is taken.
#[test]
fn no_fault_of_a_server_changes_anything() {
    type Fault = fn(&Device, &str);
    let faults: [(&str, Fault); 14] = [
        ("offline", |device, _| device.server.fail(&format!("{REMOTE}head"), FetchError::Unreachable)),
        ("httpStatus", |device, _| device.server.fail(&format!("{REMOTE}head"), FetchError::Status(500))),
        ("notFound", |device, segment| device.server.fail(segment, FetchError::Status(404))),
        ("stalled", |device, segment| device.server.fail(segment, FetchError::Stalled)),
        ("redirected", |device, segment| device.server.fail(segment, FetchError::Redirected)),
        ("captivePortal", |device, _| device.server.serve(&format!("{REMOTE}head"), b"<html>sign in</html>")),
        ("cutShort", |device, _| device.server.serve(&format!("{REMOTE}head"), b"")),
        ("badEnvelope", |device, _| device.server.serve(&format!("{REMOTE}head"), b"hello, I am no head")),
        ("tooLarge", |device, _| device.server.serve(&format!("{REMOTE}head"), &vec![0; 100_000])),
        ("badSignature", |device, _| {
            let head = head_of(b"", 8);
            let stranger = SecretKey::from_seed(&[1; 32]);
            device.server.serve(&format!("{REMOTE}head"), &sealed_head(&head, &stranger));
        }),
        ("cutShort", |device, segment| device.server.serve(segment, b"short")),
        ("hashMismatch", |device, segment| {
            let length = device.server.files.borrow()[segment].as_ref().unwrap().len();
            device.server.serve(segment, &vec![0; length]);
        }),
        ("rollback", |device, _| drop(device.publish_at(REMOTE, &entries(), 6))),
        ("equivocation", |device, _| drop(device.publish_at(REMOTE, &entries()[..1], 7))),
    ];
    for (expected, break_it) in faults {
        let device = Device::new();
        let background = device.start();
        let mut more = entries();
        more.push(entry_of("late", 5));
        let segment = device.publish_at(REMOTE, &more, 8);
        break_it(&device, &segment);
        let names = device.store.names();
        assert_eq!(update(&background), failed(expected));
        assert_eq!(device.store.names(), names, "{expected}");
        for running in [&background, &device.start()] {
            assert_eq!(check(running, 1).verdict, VerdictKind::Match, "{expected}");
            assert_eq!(check(running, 5).verdict, VerdictKind::None, "{expected}");
            assert_eq!(status(running).sources[0].last_result.as_ref().unwrap().code, expected);
        }
        device.publish_at(REMOTE, &more, 9);
        assert_eq!(update(&background), UPDATED, "after {expected}");
    }
}

#[test]
fn damaged_settings_are_told_and_do_not_wedge() {
    let device = Device::new();
    device.store.set_state(b"{\"version\":1,");
    let background = device.start();
    assert_eq!(status(&background).store.unwrap().code, "corruptStore");
    assert_eq!(check(&background, 1).verdict, VerdictKind::Match);
    assert!(matches!(own(&background, OwnRequest::ForgetEverything), Reply::Done));
    assert!(status(&background).store.is_none());
}

/// Reading it all would keep those waiting who woke the background.
#[test]
fn what_is_stored_is_held_against_its_names_only_after_the_first_answers() {
    let device = Device::new();
    let mut more = entries();
    more.push(entry_of("late", 5));
    device.publish_at(REMOTE, &more, 8);
    assert_eq!(update(&device.start()), UPDATED);
    let segment = device.store.names().into_iter().find(|name| name.starts_with("segment-")).unwrap();
    device.store.damage(&segment);
    let background = device.start();
    let first_answer = async {
        let verdict = check(&background, 5).verdict;
        device.clock.0.set(device.clock.0.get() + 5_000);
        verdict
    };
    assert_eq!(together(background.verify_stored_later(), first_answer), (1, VerdictKind::Match));
    assert_eq!(check(&background, 5).verdict, VerdictKind::None, "the package does not know it");
}

#[test]
fn the_alarm_waits_as_long_as_the_source_asks() {
    let device = Device::new();
    let background = device.start();
    let count = |reply| match reply {
        Reply::Updated { results } => results.len(),
        other => panic!("no update but {other:?}"),
    };
    assert_eq!(count(block_on(background.alarm())), 1);
    assert_eq!(count(block_on(background.alarm())), 0);
    device.clock.0.set(device.clock.0.get() + 3_599_000);
    assert_eq!(count(block_on(background.alarm())), 0);
    // A quarter more at most, so that clients do not come together.
    device.clock.0.set(device.clock.0.get() + 901_000);
    assert_eq!(count(block_on(background.alarm())), 1);
    device.clock.0.set(device.clock.0.get() - 10 * 365 * 86_400_000);
    assert_eq!(count(block_on(background.alarm())), 1, "a clock that was set back does not stop updates");
}

#[test]
fn muted_entries_and_switched_off_sites_stay_so() {
    let device = Device::new();
    let background = device.start();
    let found = check(&background, 1).matches.remove(0);
    let mute = PageRequest::MuteMatch { source: found.source.clone(), entry: found.entry.clone() };
    assert!(matches!(block_on(background.page_request(mute)), Reply::Done));
    assert_eq!(look_up(&background, 1), Some(VerdictKind::None));
    own(&background, OwnRequest::SetSite { host: "News.Example.".to_owned(), enabled: false });
    own(&background, OwnRequest::SetLanguage { language: Some("ru".to_owned()) });
    let again = device.start();
    assert!(!again.checks_site("news.example") && again.checks_site("example"));
    assert_eq!(again.language().as_deref(), Some("ru"));
    assert_eq!(check(&again, 1).verdict, VerdictKind::None);
    own(&again, OwnRequest::Unmute { source: found.source, entry: found.entry });
    assert_eq!(look_up(&again, 1), Some(VerdictKind::Match));
    let stranger = PageRequest::MuteMatch { source: "nobody".to_owned(), entry: "x".to_owned() };
    assert_eq!(code(block_on(again.page_request(stranger))), "badMessage");
    own(&again, OwnRequest::ForgetEverything);
    let fresh = device.start();
    assert!(fresh.checks_site("news.example") && fresh.language().is_none());
}

/// The keypoints of the added source, as the status words it.
fn keypoints(background: &Running) -> String {
    status(background).sources.into_iter().find(|source| source.origin == "added").unwrap().keypoints
}

/// Publishes an entry with keypoints; the files of the segment, and of its keypoints, are at the addresses that are returned.
fn publish_wall(device: &Device, key: &SecretKey, base: &str) -> Vec<String> {
    let part = written(&[textured_entry("wall", 1)]);
    let names = part.names();
    assert_eq!(names.len(), 2, "entries and keypoints");
    device.publish_as(key, base, &[], |head| head.segments = names.iter().map(|(name, _)| name.clone()).collect());
    let serve = |(name, file): &(SegmentName, &[u8])| {
        let address = format!("{base}{}", name.path());
        device.server.serve(&address, file);
        address
    };
    names.iter().map(serve).collect()
}

#[test]
fn what_hashes_know_is_answered_while_keypoints_do_not_come() {
    let device = Device::new();
    let addresses = publish_wall(&device, &key(), &format!("{PACKAGE}desk/"));
    device.server.hanging.borrow_mut().insert(addresses[1].clone());
    let background = device.start();
    let crop = PageRequest::CheckImage { key: "crop".to_owned(), url: String::new(), bytes: Some(crop_of(1)) };
    let mut waiting = std::pin::pin!(background.page_request(crop));
    let mut context = Context::from_waker(Waker::noop());
    assert!(waiting.as_mut().poll(&mut context).is_pending(), "it takes keypoints to know it");
    assert_eq!(check_png(&background, "whole", png(&textured(1))).verdict, VerdictKind::Match);
    assert!(waiting.as_mut().poll(&mut context).is_pending());
}

/// A tier of their own: what hashes know without a doubt does not wait for keypoints.
#[test]
fn keypoints_are_loaded_when_hashes_leave_a_doubt_and_downloaded_again_when_they_rot() {
    let device = Device::new();
    let key = SecretKey::from_seed(&[9; 32]);
    let host = "https://walls.example.org/";
    let addresses = publish_wall(&device, &key, host);
    let add = OwnRequest::AddSource { url: host.to_owned(), key: key.public().to_string(), head: None };
    let added = own(&device.start(), add);
    assert!(matches!(added, Reply::Added { .. }), "{added:?}");

    let background = device.start();
    assert_eq!(keypoints(&background), "waiting");
    assert_eq!(check_png(&background, "whole", png(&textured(1))).verdict, VerdictKind::Match);
    assert_eq!(keypoints(&background), "waiting", "a hash that leaves no doubt does not ask for them");
    assert_eq!(check_png(&background, "crop", crop_of(1)).verdict, VerdictKind::Match);
    assert_eq!(keypoints(&background), "ready");

    let (_, file) = addresses[1].rsplit_once('/').unwrap();
    device.store.damage(&format!("segment-{file}"));
    let background = device.start();
    assert_eq!(block_on(background.verify_stored()), 1);
    let source = status(&background).sources.into_iter().find(|source| source.origin == "added").unwrap();
    let said = source.last_result.unwrap().code;
    assert_eq!((&*source.state, &*source.keypoints, &*said), ("ready", "failed", "corruptStore"));
    assert_eq!(check_png(&background, "whole again", png(&textured(1))).verdict, VerdictKind::Match, "by hash alone");
    let asked = OwnRequest::UpdateSources { source: Some(source.id), accept_mass_change: false };
    assert!(matches!(own(&background, asked), Reply::Updated { .. }));
    assert_eq!(check_png(&background, "crop again", crop_of(1)).verdict, VerdictKind::Match);
    assert_eq!(keypoints(&background), "ready");
}
