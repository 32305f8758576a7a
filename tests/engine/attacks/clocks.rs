//! Times and waits: rows 8, 21, 25 and 30.

use caveat::protocol::{OwnRequest, PageRequest, ReasonCode, Reply, VerdictKind};
use caveat::source::{FetchError, SecretKey};
use pollster::block_on;

use super::{DAY, asked_by_alarm, with_late};
use crate::common::{ISSUED, entries, entry_of, key};
use crate::desk::HOST;
use crate::device::{CURRENT, Device, REMOTE, UPDATED, check, failed, look_up, outcome, own, status, update};

/// A frozen server: what it knew still warns, with its age; that it knows nothing says nothing after a while.
#[test]
fn row_08_an_index_that_is_long_out_of_date_warns_on_and_claims_nothing() {
    let device = Device::new();
    let running = device.start();
    let at = |days: i64| device.clock.0.set((ISSUED as i64) * 1000 + days * DAY);
    at(61);
    assert_eq!(update(&running), CURRENT);
    assert!(status(&running).sources[0].expired);
    let found = check(&running, 1);
    assert_eq!((found.verdict, found.matches[0].age_days), (VerdictKind::Match, 60));
    assert_eq!(check(&running, 5).verdict, VerdictKind::None, "out of date, but not for long");
    at(121);
    for running in [&running, &device.start()] {
        let found = check(running, 1);
        assert_eq!((found.verdict, found.reason, found.matches[0].age_days), (VerdictKind::Match, None, 120));
        let unknown = check(running, 5);
        assert_eq!(unknown.verdict, VerdictKind::NoIndex);
        assert_eq!(unknown.reason.unwrap().code, ReasonCode::OutOfDate);
        assert_eq!(look_up(running, 5), Some(VerdictKind::NoIndex));
    }
    let found = check(&running, 1).matches.remove(0);
    let mute = PageRequest::MuteMatch { source: found.source, entry: found.entry };
    block_on(running.page_request(mute));
    assert_eq!(look_up(&running, 1), Some(VerdictKind::NoIndex), "muted, and nothing else is known");
    // One source that is not out of date knows what it does not know.
    device.publish_as(&SecretKey::from_seed(&[8; 32]), HOST, &[entry_of("ours", 6)], |head| {
        head.expires = ISSUED + 200 * 86_400;
    });
    let key = SecretKey::from_seed(&[8; 32]).public().to_string();
    let add = OwnRequest::AddSource { url: HOST.to_owned(), key, head: None };
    assert!(matches!(own(&running, add), Reply::Added { .. }));
    assert_eq!(check(&running, 5).verdict, VerdictKind::None);
}

/// A server that wants to be left alone is, for five minutes at least and a day at most; a person may ask all the same.
#[test]
fn row_21_a_busy_server_is_left_alone_as_long_as_it_asks() {
    let hour = 3600;
    for (asked_for, least, most) in [
        (None, 5 * 60, 2 * hour),
        (Some(0), 5 * 60, 2 * hour),
        (Some(3 * hour as u32), 3 * hour, 3 * hour),
        (Some(u32::MAX), 24 * hour, 24 * hour),
    ] {
        let device = Device::new();
        let running = device.start();
        device.server.fail(&format!("{REMOTE}head"), FetchError::Busy(asked_for));
        assert_eq!(update(&running), failed("serverBusy"), "{asked_for:?}");
        let then = device.clock.0.get();
        for running in [&running, &device.start()] {
            device.clock.0.set(then + least * 1000 - 1000);
            assert_eq!(asked_by_alarm(running), 0, "{asked_for:?}: too early");
        }
        assert_eq!(check(&running, 1).verdict, VerdictKind::Match);
        device.clock.0.set(then + most * 1000 + 1000);
        device.publish_at(REMOTE, &with_late(), 8);
        assert_eq!(asked_by_alarm(&device.start()), 1, "{asked_for:?}: late enough");
    }
    // Another source of the same host is not asked either, and one of another host is.
    let device = Device::new();
    let running = device.start();
    for base in [&format!("{REMOTE}other/"), "https://elsewhere.example.org/"] {
        let key = SecretKey::from_seed(&[base.len() as u8; 32]);
        device.publish_as(&key, base, &[entry_of("other", 5)], |_| ());
        let add = OwnRequest::AddSource { url: base.to_owned(), key: key.public().to_string(), head: None };
        assert!(matches!(own(&running, add), Reply::Added { .. }));
    }
    device.server.fail(&format!("{REMOTE}head"), FetchError::Busy(Some(30 * hour as u32)));
    assert_eq!(
        outcome(own(
            &running,
            OwnRequest::UpdateSources { source: Some(key().public().source().to_string()), accept_mass_change: false }
        )),
        failed("serverBusy")
    );
    device.clock.0.set(device.clock.0.get() + 23 * hour * 1000);
    device.server.asked.borrow_mut().clear();
    assert_eq!(asked_by_alarm(&running), 1);
    assert_eq!(*device.server.asked.borrow(), ["https://elsewhere.example.org/head"]);
    device.clock.0.set(device.clock.0.get() + 2 * hour * 1000);
    device.publish_at(REMOTE, &entries(), 7);
    assert_eq!(asked_by_alarm(&running), 3, "all are asked again");
    // Back-off: each failure doubles the wait.
    let device = Device::new();
    let running = device.start();
    device.server.fail(&format!("{REMOTE}head"), FetchError::Status(500));
    (0..7).for_each(|_| assert_eq!(update(&running), failed("httpStatus")));
    device.clock.0.set(device.clock.0.get() + 10 * hour * 1000);
    assert_eq!(asked_by_alarm(&running), 0);
    device.clock.0.set(device.clock.0.get() + 5 * hour * 1000);
    assert_eq!(asked_by_alarm(&running), 1);
}

/// A clock ten years ahead or behind: what is held stays, sequences count, and when it is right again all is as before.
#[test]
fn row_25_a_wrong_clock_costs_nothing_that_is_held() {
    for years in [10, -10, 40] {
        let device = Device::new();
        let running = device.start();
        let right = device.clock.0.get();
        device.clock.0.set(right + years * 365 * DAY);
        device.publish_at(REMOTE, &with_late(), 8);
        assert_eq!(update(&running), UPDATED, "{years}");
        device.publish_at(REMOTE, &entries(), 6);
        assert_eq!(update(&running), failed("rollback"), "{years}: sequences need no clock");
        let found = check(&running, 5);
        assert_eq!(found.verdict, VerdictKind::Match, "{years}");
        assert_eq!(found.matches[0].age_days == 0, years < 0, "{years}");
        device.clock.0.set(right);
        for running in [&running, &device.start()] {
            assert_eq!((check(running, 5).verdict, check(running, 6).verdict), (VerdictKind::Match, VerdictKind::None));
        }
        device.publish_at(REMOTE, &entries(), 9);
        assert_eq!(asked_by_alarm(&running), 1, "{years}: a question in the future, or long ago, is none");
    }
}

#[test]
fn row_30_a_wait_is_held_to_ten_minutes_and_a_day() {
    let minute = 60_000;
    for (min_wait, least, most) in [(0, 10 * minute, 13 * minute), (10 * 365 * 86_400, DAY, DAY + DAY / 4)] {
        let device = Device::new();
        device.publish_as(&key(), REMOTE, &entries(), |head| (head.min_wait, head.sequence) = (min_wait, 8));
        let running = device.start();
        assert_eq!(asked_by_alarm(&running), 1);
        let then = device.clock.0.get();
        device.clock.0.set(then + least - 1000);
        assert_eq!(asked_by_alarm(&running), 0, "{min_wait}");
        device.clock.0.set(then + most + 1000);
        assert_eq!(asked_by_alarm(&running), 1, "{min_wait}");
    }
}
