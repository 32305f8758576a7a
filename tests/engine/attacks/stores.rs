//! Servers that fail and stores that fail: rows 19, 20, 22 and 26.

use caveat::engine::Background;
use caveat::protocol::{OwnRequest, PageRequest, Reply, VerdictKind};
use caveat::source::{FetchError, StoreError};
use caveat::testing::faults::{Fault, Faults, Faulty};
use pollster::block_on;

use super::{Attacked, with_late};
use crate::at_every_operation::at_every_operation;
use crate::common::{entry_of, picture, png};
use crate::desk::{Desk, HOST};
use crate::device::{Device, PACKAGE, REMOTE, UPDATED, check, code, failed, own, status, update};
use crate::parts::written;

#[test]
fn row_19_redirects_are_not_followed() {
    let attacked = Attacked::new();
    let segment = attacked.device.publish_at(REMOTE, &with_late(), 8);
    attacked.device.server.fail(&segment, FetchError::Redirected);
    attacked.refuses(&["redirected"], "a segment");
    attacked.device.server.fail(&format!("{REMOTE}head"), FetchError::Redirected);
    attacked.refuses(&["redirected"], "a head");
    for url in ["http://index.example.org/", "ftp://index.example.org/", "https://u@index.example.org/"] {
        let add = OwnRequest::AddSource { url: url.to_owned(), key: "12".repeat(32), head: None };
        assert_eq!(code(own(&attacked.running, add)), "badUrl", "{url}");
    }
    attacked.ends("redirects");
}

/// What was downloaded to its end before a server fell silent is not downloaded again.
#[test]
fn row_20_a_server_that_falls_silent_is_given_up_and_what_came_is_kept() {
    let (desk, running) = Desk::followed();
    let parts = [written(&[entry_of("new", 6)]), written(&[entry_of("newer", 7)])];
    let names: Vec<_> = parts.iter().flat_map(|part| part.names()).collect();
    let address = |at: usize| format!("{HOST}{}", names[at].0.path());
    desk.device.server.serve(&address(0), names[0].1);
    desk.publish_head([2, 1, 0], &[10], |head| head.segments = names.iter().map(|(name, _)| name.clone()).collect());
    for (fault, code) in [(FetchError::Stalled, "stalled"), (FetchError::TimedOut, "timedOut")] {
        desk.device.server.fail(&address(1), fault);
        assert_eq!(desk.update(&running), failed(code));
        assert_eq!((check(&running, 5).verdict, check(&running, 6).verdict), (VerdictKind::Match, VerdictKind::None));
    }
    desk.device.server.serve(&address(1), names[1].1);
    let again = desk.device.start();
    assert_eq!(desk.update(&again), UPDATED);
    assert_eq!((check(&again, 6).verdict, check(&again, 7).verdict), (VerdictKind::Match, VerdictKind::Match));
    let asked = desk.device.server.asked.borrow();
    assert_eq!(asked.iter().filter(|url| **url == address(0)).count(), 1, "also after a kill");
}

#[test]
fn row_22_a_full_disk_loses_nothing() {
    let device = Device::new();
    let background = device.start();
    device.publish_at(REMOTE, &[entry_of("late", 5)], 8);
    *device.store.failure.borrow_mut() = Some(StoreError::Full);
    assert_eq!(update(&background), failed("storageFull"));
    assert_eq!((check(&background, 1).verdict, check(&background, 5).verdict), (VerdictKind::Match, VerdictKind::None));
    let refused = own(&background, OwnRequest::SetSite { host: "a.example".to_owned(), enabled: false });
    assert_eq!(code(refused), "storageFull");
    assert!(background.checks_site("a.example"), "a setting that could not be stored is not in force");
    assert_eq!(status(&background).store.unwrap().code, "storageFull", "the result could not be noted either");
    *device.store.failure.borrow_mut() = None;
    assert_eq!(update(&background), UPDATED);
    assert!(status(&background).store.is_none(), "what is over is not said any more");
}

/// A store that cannot even be read: what came with the extension answers, and what is wrong is said. Once it can be read,
/// everything that was stored is there again, whether somebody looks or something is written first.
#[test]
fn row_22_a_store_that_cannot_be_read_is_told_and_the_package_answers() {
    for written_first in [false, true] {
        let desk = Desk::new();
        desk.publish([1, 1, 0], &[10], &[entry_of("ours", 5)]);
        desk.add(&desk.device.start());
        let stored = desk.device.store.snapshot();
        let faults = Faults::default();
        faults.plan(0, Fault::FailFrom);
        // What came with the extension lies elsewhere.
        let Device { server, store, clock, .. } = &desk.device;
        let store = Faulty { inner: store.clone(), faults: faults.clone() };
        let package = Some(PACKAGE.to_owned());
        let running = block_on(Background::open(server.clone(), store, clock.clone(), package, None, Box::new(|_| {})));
        let ask = |request| block_on(running.own_request(request));
        let sources = || match ask(OwnRequest::Status) {
            Reply::Status(status) => (status.store.map(|failure| failure.code), status.sources.len(), status.updating),
            other => panic!("no status but {other:?}"),
        };
        assert_eq!(sources(), (Some("storageFailed".to_owned()), 1, false), "the package alone");
        assert_eq!(desk.device.store.snapshot(), stored);
        faults.end();
        if written_first {
            let site = OwnRequest::SetSite { host: "a.example".to_owned(), enabled: false };
            assert!(matches!(ask(site), Reply::Done));
        }
        assert_eq!(sources(), (None, 2, false), "also what was added");
    }
}

/// What is stored rots, or is swapped for what another edition had there: it is downloaded again, and nothing else is.
#[test]
fn row_26_what_rots_in_the_store_is_found_and_downloaded_again() {
    type Damage = fn(&Device, &[String]);
    let damages: [(&str, Damage); 2] = [
        ("a bit", |device, names| device.store.damage(&names[0])),
        ("two files in each other's place", |device, names| device.store.swap(&names[0], &names[1])),
    ];
    for (what, damage) in damages {
        let desk = Desk::new();
        let parts = [written(&[entry_of("first", 5)]), written(&[entry_of("other", 6), entry_of("third", 7)])];
        let names: Vec<_> = parts.iter().flat_map(|part| part.names()).collect();
        for (name, file) in &names {
            desk.device.server.serve(&format!("{HOST}{}", name.path()), file);
        }
        desk.publish_head([1, 1, 0], &[10], |head| {
            head.segments = names.iter().map(|(name, _)| name.clone()).collect()
        });
        desk.add(&desk.device.start());
        let stored: Vec<String> = names.iter().map(|(name, _)| format!("segment-{}", name.sha256)).collect();
        damage(&desk.device, &stored);
        let running = desk.device.start();
        assert!(block_on(running.verify_stored()) > 0 || status(&running).sources[1].state == "failed", "{what}");
        let source = status(&running).sources.remove(1);
        assert_eq!(source.last_result.unwrap().code, "corruptStore", "{what}");
        assert_eq!(check(&running, 1).verdict, VerdictKind::Match, "{what}: the other source serves");
        assert_eq!(desk.update(&running), UPDATED, "{what}");
        for running in [&running, &desk.device.start()] {
            assert_eq!(block_on(running.verify_stored()), 0, "{what}");
            assert_eq!([5, 6, 7].map(|seed| check(running, seed).verdict), [VerdictKind::Match; 3], "{what}");
        }
        desk.device.assert_files_are_named(what);
    }
}

/// Without its retractions a source says nothing: what was retracted must not speak again.
#[test]
fn row_26_damaged_retractions_are_downloaded_again_and_nothing_retracted_speaks_meanwhile() {
    for offered in [true, false] {
        let (desk, running) = Desk::followed_with(&[entry_of("ours", 5), entry_of("other", 6)]);
        desk.retract("other", 1, 20);
        desk.update(&running);
        assert_eq!([5, 6].map(|seed| check(&running, seed).verdict), [VerdictKind::Match, VerdictKind::None]);
        let stored = desk.device.store.names();
        let retractions = stored.iter().find(|name| name.starts_with("retractions-")).unwrap();
        desk.device.store.damage(retractions);
        let running = desk.device.start();
        assert_ne!(check(&running, 6).verdict, VerdictKind::Match);
        let source = status(&running).sources.remove(1);
        assert_eq!((source.state.as_str(), source.last_result.unwrap().code.as_str()), ("failed", "corruptStore"));
        assert_eq!(check(&running, 1).verdict, VerdictKind::Match, "the other source serves");
        if !offered {
            // The next head says it itself, and the file is there no more.
            desk.device.server.fail(&format!("{HOST}retractions"), FetchError::Status(404));
            desk.publish([2, 1, 0], &[10], &[entry_of("ours", 5)]);
        }
        assert_eq!(desk.update(&running), UPDATED);
        for running in [&running, &desk.device.start()] {
            assert_eq!([5, 6].map(|seed| check(running, seed).verdict), [VerdictKind::Match, VerdictKind::None]);
            assert_eq!(status(running).sources[1].state, "ready");
        }
        desk.device.assert_files_are_named("retractions");
    }
}

/// Whatever is read wrongly at a start, nor is what was retracted forgotten.
#[test]
fn row_26_one_wrong_operation_at_a_start_lets_nothing_retracted_speak() {
    let (desk, running) = Desk::followed_with(&[entry_of("ours", 5), entry_of("other", 6)]);
    desk.retract("other", 1, 20);
    desk.update(&running);
    for fault in [Fault::Fail, Fault::Flip, Fault::Cut] {
        let count = at_every_operation(fault, |operation| {
            let running = operation.at_the_start(&desk.device).unwrap();
            let bytes = Some(png(&picture(6)));
            let asked = PageRequest::CheckImage { key: "other".to_owned(), url: String::new(), bytes };
            let Reply::Verdict(said) = block_on(running.page_request(asked)) else { panic!("no verdict") };
            assert_ne!(said.verdict, VerdictKind::Match, "{operation}");
        });
        assert!(count > 5, "{fault:?}: {count} operations");
    }
    let again = desk.device.start();
    assert_eq!([5, 6].map(|seed| check(&again, seed).verdict), [VerdictKind::Match, VerdictKind::None]);
}

/// What came with the extension knows nothing of what was retracted apart from its head since.
#[test]
fn what_was_retracted_apart_stays_so_for_a_packaged_source_after_a_restart() {
    let (desk, _) = Desk::followed_with(&[entry_of("ours", 5), entry_of("other", 6)]);
    let device = Device::new();
    let files = desk.device.server.files.borrow().clone();
    for (url, file) in files.iter().filter_map(|(url, file)| Some((url.strip_prefix(HOST)?, file.as_ref().ok()?))) {
        device.server.serve(&format!("{PACKAGE}rooted/{url}"), file);
        device.server.serve(&format!("{HOST}{url}"), file);
    }
    let list = format!(r#"[{{"path":"rooted","key":"{}","updateUrl":"{HOST}","development":false}}]"#, desk.anchor);
    device.server.serve(&format!("{PACKAGE}sources.json"), list.as_bytes());
    let desk = Desk { device, ..desk };
    let running = desk.device.start();
    assert_eq!([5, 6].map(|seed| check(&running, seed).verdict), [VerdictKind::Match; 2]);
    desk.retract("other", 1, 20);
    desk.update(&running);
    for running in [&running, &desk.device.start()] {
        assert_eq!([5, 6].map(|seed| check(running, seed).verdict), [VerdictKind::Match, VerdictKind::None]);
    }
}

/// What was retracted before a source was added never speaks.
#[test]
fn what_was_retracted_apart_is_in_force_as_soon_as_a_source_is_added() {
    let desk = Desk::new();
    desk.publish([1, 1, 0], &[10], &[entry_of("ours", 5), entry_of("other", 6)]);
    desk.retract("other", 1, 20);
    let running = desk.device.start();
    desk.add(&running);
    for running in [&running, &desk.device.start()] {
        assert_eq!([5, 6].map(|seed| check(running, seed).verdict), [VerdictKind::Match, VerdictKind::None]);
    }
}
