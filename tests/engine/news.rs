//! What a person lets us remember, and the news it brings: entries that warned and were corrected or retracted, pictures
//! that were seen and are known now.

use caveat::image::{Channels, Pixels};
use caveat::index::{Entry, parse_entries};
use caveat::protocol::{
    Event, LogSettings, LogStatus, Notice, NoticeKind, OwnRequest, PageRequest, Reply, UpdateOutcome, VerdictKind,
};
use caveat::source::{Retraction, StoreError};
use pollster::block_on;

use crate::common::{entries, entry_of, fingerprint, key, picture, png};
use crate::device::{self, Device, REMOTE, Running, code, own, status};

const ALL: LogSettings = LogSettings { shown: true, seen: true, days: 30, notify: false };
const DAY: i64 = 86_400_000;

fn set(background: &Running, logs: LogSettings) {
    assert!(matches!(own(background, OwnRequest::SetLogs { logs }), Reply::Done));
}

/// A picture in an ordinary window.
fn see(background: &Running, seed: u32) -> VerdictKind {
    see_file(background, &format!("picture {seed}"), png(&picture(seed)))
}

fn see_all(background: &Running, seeds: &[u32]) {
    for &seed in seeds {
        see(background, seed);
    }
}

fn see_file(background: &Running, key: &str, bytes: Vec<u8>) -> VerdictKind {
    let request = PageRequest::CheckImage { key: key.to_owned(), url: String::new(), bytes: Some(bytes) };
    match block_on(background.noted_page_request(request)) {
        Reply::Verdict(verdict) => verdict.verdict,
        other => panic!("no verdict but {other:?}"),
    }
}

fn keep(background: &Running) {
    block_on(background.keep_logs());
}

/// Publishes these entries, updates, and lets the background come to rest.
fn publish(device: &Device, background: &Running, entries: &[Entry], sequence: u64) {
    device.publish_at(REMOTE, entries, sequence);
    update(background);
    keep(background);
}

fn update(background: &Running) {
    let Reply::Updated { results } =
        own(background, OwnRequest::UpdateSources { source: None, accept_mass_change: false })
    else {
        panic!()
    };
    assert_eq!(results[0].outcome, UpdateOutcome::Updated, "{:?}", results[0].message);
}

fn logs(background: &Running) -> LogStatus {
    status(background).logs
}

/// Kind, entry and day of all notices.
fn notices(background: &Running) -> Vec<(NoticeKind, String, u32)> {
    status(background).notices.into_iter().map(|notice| (notice.kind, notice.entry, notice.day)).collect()
}

fn today(device: &Device) -> u32 {
    (device.clock.0.get() / DAY) as u32
}

fn pass_days(device: &Device, days: i64) {
    device.clock.0.set(device.clock.0.get() + days * DAY);
}

/// An entry that knows a picture, in a revision with a status and a correction.
fn revised(id: &str, seed: u32, rev: u32, status: &str, correction: &str) -> Entry {
    let line = format!(
        r#"{{"id":"{id}","rev":{rev},"status":"{status}","claim":{{"en":"A claim."}},"truth":{{"en":"A truth."}},"correction":{{"text":{{"en":"{correction}"}},"date":"2017-11-20"}},"reviews":[{{"publisher":"Desk","url":"https://example.org/check"}}],"media":[{{"role":"known","fingerprint":"{}"}}]}}"#,
        fingerprint(seed)
    );
    parse_entries(&line).unwrap().remove(0)
}

/// A device whose source knows picture 5 as `late`.
fn device_that_knows() -> (Device, Running) {
    let device = Device::new();
    let background = device.start();
    device.publish_at(REMOTE, &with(entry_of("late", 5)), 8);
    update(&background);
    (device, background)
}

fn with(entry: Entry) -> Vec<Entry> {
    let mut all = entries();
    all.push(entry);
    all
}

fn the_notice(background: &Running) -> Notice {
    let mut notices = status(background).notices;
    assert_eq!(notices.len(), 1, "{notices:?}");
    notices.remove(0)
}

#[test]
fn before_the_person_says_yes_nothing_at_all_is_stored() {
    let device = Device::new();
    let background = device.start();
    let empty = device.store.snapshot();
    assert_eq!((see(&background, 1), see(&background, 5)), (VerdictKind::Match, VerdictKind::None));
    keep(&background);
    assert_eq!(device.store.snapshot(), empty);
    assert!(!device.events.borrow().iter().any(|event| matches!(event, Event::LogsWaiting)));
    // What an update stores is the same as on a device that never saw a picture.
    let other = Device::new();
    let idle = other.start();
    publish(&device, &background, &with(entry_of("late", 5)), 8);
    publish(&other, &idle, &with(entry_of("late", 5)), 8);
    assert_eq!(device.store.snapshot(), other.store.snapshot());
    assert_eq!(logs(&background), LogStatus { settings: None, shown: 0, seen: 0, failure: None });
    assert!(status(&background).notices.is_empty());
}

#[test]
fn a_no_is_remembered_and_nothing_else() {
    let device = Device::new();
    let background = device.start();
    let no = LogSettings { shown: false, seen: false, ..ALL };
    set(&background, no);
    let said = device.store.snapshot();
    see_all(&background, &[1, 5]);
    keep(&background);
    assert_eq!(device.store.snapshot(), said);
    assert_eq!(logs(&device.start()).settings, Some(no));
    let odd = own(&background, OwnRequest::SetLogs { logs: LogSettings { days: 8, ..ALL } });
    assert_eq!(code(odd), "badMessage");
}

#[test]
fn a_private_window_leaves_no_trace() {
    let device = Device::new();
    let background = device.start();
    set(&background, ALL);
    let before = device.store.snapshot();
    for seed in [1, 5] {
        device::check(&background, seed);
    }
    keep(&background);
    assert_eq!(device.store.snapshot(), before);
    assert_eq!((logs(&background).shown, logs(&background).seen), (0, 0));
}

#[test]
fn a_correction_of_an_entry_that_warned_is_told_once() {
    let (device, background) = device_that_knows();
    set(&background, ALL);
    assert_eq!(see(&background, 5), VerdictKind::Match);
    keep(&background);
    assert_eq!(logs(&background).shown, 1);
    let shown_on = today(&device);
    pass_days(&device, 3);
    device.publish_as(&key(), REMOTE, &with(revised("late", 5, 2, "corrected", "Not 2014.")), |head| {
        (head.sequence, head.hosts) = (9, vec!["example.org".to_owned()]);
    });
    update(&background);
    keep(&background);
    let notice = the_notice(&background);
    assert_eq!((notice.kind, notice.entry.as_str(), notice.day), (NoticeKind::Corrected, "late", shown_on));
    assert_eq!((notice.claim.text.as_str(), notice.truth.text.as_str()), ("A claim.", "A truth."));
    let correction = notice.correction.unwrap();
    assert_eq!((correction.text.as_str(), correction.date.as_deref()), ("Not 2014.", Some("2017-11-20")));
    assert_eq!((notice.source_name.as_str(), notice.url.as_deref()), ("Test desk", Some("https://example.org/check")));

    let again = device.start();
    keep(&again);
    assert_eq!(notices(&again), [(NoticeKind::Corrected, "late".to_owned(), shown_on)], "after a kill, and not twice");
    assert!(matches!(own(&again, OwnRequest::DismissNotice { notice: Some(notice.id) }), Reply::Done));
    publish(&device, &again, &with(revised("late", 5, 3, "corrected", "Not 2014.")), 10);
    assert_eq!(notices(&again), [], "a later revision with the same correction");
    publish(&device, &again, &with(revised("late", 5, 4, "corrected", "Not 2014, nor 2015.")), 11);
    assert_eq!(notices(&again), [(NoticeKind::Corrected, "late".to_owned(), shown_on)], "another correction");
}

#[test]
fn a_correction_that_was_on_the_card_already_is_no_news() {
    let device = Device::new();
    let background = device.start();
    set(&background, ALL);
    // Its first publication here is a corrected one.
    assert_eq!(see(&background, 1), VerdictKind::Match);
    keep(&background);
    let mut later = entries();
    later[0].rev = 3;
    publish(&device, &background, &later, 8);
    assert_eq!((logs(&background).shown, notices(&background)), (1, vec![]));
}

#[test]
fn retractions_are_told_whichever_way_they_come() {
    for way in ["tombstone", "head", "gone"] {
        let (device, background) = device_that_knows();
        set(&background, LogSettings { seen: false, ..ALL });
        see(&background, 5);
        keep(&background);
        match way {
            "tombstone" => {
                device.publish_at(REMOTE, &with(revised("late", 5, 2, "retracted", "It was genuine.")), 9);
            }
            "head" => device.publish_as(&key(), REMOTE, &with(entry_of("late", 5)), |head| {
                head.sequence = 9;
                let reason = "It was genuine.".to_owned();
                head.retractions.push(Retraction { id: "late".to_owned(), rev: 1, reason });
            }),
            _ => drop(device.publish_at(REMOTE, &entries(), 9)),
        }
        update(&background);
        keep(&background);
        let notice = the_notice(&background);
        assert_eq!((notice.kind, notice.entry.as_str(), notice.day), (NoticeKind::Retracted, "late", today(&device)));
        let said = (way != "gone").then(|| "It was genuine.".to_owned());
        assert_eq!(notice.correction.map(|correction| correction.text), said, "{way}");
        assert_eq!(logs(&background).shown, 0, "there is nothing more to tell of it");
        own(&background, OwnRequest::DismissNotice { notice: None });
        keep(&device.start());
        assert_eq!(notices(&device.start()), [], "{way}");
    }
}

#[test]
fn an_older_index_that_stands_in_for_a_damaged_one_is_no_news() {
    let (device, background) = device_that_knows();
    set(&background, LogSettings { seen: false, ..ALL });
    see(&background, 5);
    keep(&background);
    for name in device.store.names().iter().filter(|name| name.starts_with("segment-")) {
        device.store.damage(name);
    }
    let again = device.start();
    assert_eq!(block_on(again.verify_stored()), 1);
    assert_eq!(see(&again, 5), VerdictKind::None, "the package does not know it");
    keep(&again);
    assert_eq!((logs(&again).shown, notices(&again)), (1, vec![]));
    publish(&device, &again, &with(revised("late", 5, 2, "retracted", "It was genuine.")), 9);
    assert_eq!(notices(&again).len(), 1);
}

#[test]
fn a_picture_that_becomes_known_is_told_with_the_day_it_was_last_seen() {
    let device = Device::new();
    let background = device.start();
    set(&background, ALL);
    see(&background, 5);
    see(&background, 6);
    keep(&background);
    pass_days(&device, 2);
    see(&background, 5);
    keep(&background);
    let seen_on = today(&device);
    assert_eq!(logs(&background).seen, 3, "once a day");
    pass_days(&device, 4);
    publish(&device, &background, &with(entry_of("late", 5)), 8);
    let notice = the_notice(&background);
    assert_eq!((notice.kind, notice.entry.as_str(), notice.day), (NoticeKind::NowKnown, "late", seen_on));
    assert_eq!((notice.truth.text.as_str(), notice.correction), ("Picture 5.", None));
    assert_eq!(notices(&device.start()), [(NoticeKind::NowKnown, "late".to_owned(), seen_on)]);
    assert!(!device.store.names().iter().any(|name| name.starts_with("log-fresh")), "{:?}", device.store.names());
    // Who was told of an entry is told of its retraction, and no longer of what it said.
    publish(&device, &background, &with(revised("late", 5, 2, "retracted", "It was genuine.")), 9);
    assert_eq!(notices(&background), [(NoticeKind::Retracted, "late".to_owned(), seen_on)]);
}

#[test]
fn a_background_that_was_ended_after_the_update_still_tells() {
    let device = Device::new();
    let background = device.start();
    set(&background, ALL);
    see(&background, 5);
    keep(&background);
    device.publish_at(REMOTE, &with(entry_of("late", 5)), 8);
    update(&background);
    drop(background);
    device.events.borrow_mut().clear();
    let again = device.start();
    assert!(device.events.borrow().iter().any(|event| matches!(event, Event::LogsWaiting)), "it asks to be called");
    keep(&again);
    assert_eq!(notices(&again), [(NoticeKind::NowKnown, "late".to_owned(), today(&device))]);
}

#[test]
fn mirrored_and_turned_copies_are_found_too() {
    let device = Device::new();
    let background = device.start();
    set(&background, ALL);
    let straight = picture(5);
    let (width, height) = (straight.width(), straight.height());
    let pixel = |x: usize, y: usize| &straight.data()[(y * width + x) * 3..][..3];
    let mirrored: Vec<u8> =
        (0..height).flat_map(|y| (0..width).rev().flat_map(move |x| pixel(x, y).to_vec())).collect();
    let mirrored = Pixels::new(width as u32, height as u32, Channels::Rgb, mirrored).unwrap();
    assert_eq!(see_file(&background, "mirrored", png(&mirrored)), VerdictKind::None);
    keep(&background);
    publish(&device, &background, &with(entry_of("late", 5)), 8);
    assert_eq!(notices(&background), [(NoticeKind::NowKnown, "late".to_owned(), today(&device))]);
}

#[test]
fn only_what_is_new_is_news() {
    let (device, background) = device_that_knows();
    set(&background, ALL);
    // Seen without a warning, since it was muted; it is no new entry for all that.
    let mute = PageRequest::MuteMatch { source: key().public().source().to_string(), entry: "late".to_owned() };
    block_on(background.noted_page_request(mute));
    assert_eq!(see(&background, 5), VerdictKind::None);
    keep(&background);
    assert_eq!(logs(&background).seen, 1);
    let source = key().public().source().to_string();
    own(&background, OwnRequest::Unmute { source: source.clone(), entry: "late".to_owned() });
    let mut more = with(revised("late", 5, 2, "active", "none"));
    more.push(entry_of("other", 6));
    publish(&device, &background, &more, 9);
    assert_eq!(notices(&background), []);
    // And what is muted is no news either.
    see(&background, 7);
    keep(&background);
    more.push(entry_of("hidden", 7));
    block_on(background.noted_page_request(PageRequest::MuteMatch { source, entry: "hidden".to_owned() }));
    publish(&device, &background, &more, 10);
    assert_eq!(notices(&background), []);
}

#[test]
fn the_unedited_original_of_a_new_entry_is_no_news() {
    let device = Device::new();
    let background = device.start();
    set(&background, ALL);
    see(&background, 8);
    keep(&background);
    let mut edited = entry_of("edited", 9);
    edited.media.push(entry_of("original", 8).media.remove(0));
    edited.media[1].role = caveat::index::Role::Original;
    publish(&device, &background, &with(edited), 8);
    assert_eq!(notices(&background), []);
}

#[test]
fn what_is_switched_off_is_erased_with_its_notices() {
    let device = Device::new();
    let background = device.start();
    set(&background, ALL);
    see_all(&background, &[1, 5, 6]);
    keep(&background);
    publish(&device, &background, &with(entry_of("late", 5)), 8);
    let names = |part: &str| device.store.names().iter().filter(|name| name.starts_with(part)).count();
    assert_eq!((names("log-shown"), names("log-seen"), names("log-notices")), (1, 1, 1));
    see(&background, 7);
    set(&background, LogSettings { seen: false, ..ALL });
    keep(&background);
    assert_eq!((names("log-shown"), names("log-seen"), names("log-notices")), (1, 0, 0));
    assert_eq!((logs(&background).seen, notices(&background)), (0, vec![]));
    set(&background, LogSettings { shown: false, seen: false, ..ALL });
    assert_eq!(names("log"), 0, "{:?}", device.store.names());
    assert_eq!(logs(&background).shown, 0);
    set(&background, ALL);
    keep(&background);
    assert_eq!((logs(&background).shown, logs(&background).seen), (0, 0), "nothing comes back");
}

#[test]
fn forgetting_everything_forgets_the_logs_and_the_answer() {
    let device = Device::new();
    let background = device.start();
    set(&background, ALL);
    see_all(&background, &[1, 5]);
    keep(&background);
    publish(&device, &background, &with(entry_of("late", 5)), 8);
    see(&background, 6);
    let fresh = Device::new().store.snapshot();
    assert!(matches!(own(&background, OwnRequest::ForgetEverything), Reply::Done));
    keep(&background);
    assert_eq!(device.store.snapshot(), fresh);
    assert_eq!(logs(&background), LogStatus { settings: None, shown: 0, seen: 0, failure: None });
    assert!(status(&background).notices.is_empty());
}

#[test]
fn pictures_are_kept_for_the_days_that_were_chosen() {
    let device = Device::new();
    let background = device.start();
    set(&background, LogSettings { days: 7, ..ALL });
    see(&background, 5);
    keep(&background);
    pass_days(&device, 6);
    see(&background, 6);
    keep(&background);
    assert_eq!(logs(&background).seen, 2);
    pass_days(&device, 1);
    block_on(background.alarm());
    keep(&background);
    assert_eq!(logs(&background).seen, 1, "without a picture being seen");
    publish(&device, &background, &with(entry_of("late", 5)), 8);
    assert_eq!(notices(&background), []);
}

#[test]
fn a_store_that_fails_costs_no_verdict_and_what_was_noted_is_written_later() {
    let device = Device::new();
    let background = device.start();
    set(&background, ALL);
    *device.store.failure.borrow_mut() = Some(StoreError::Full);
    assert_eq!((see(&background, 1), see(&background, 5)), (VerdictKind::Match, VerdictKind::None));
    keep(&background);
    assert_eq!(logs(&background).failure.unwrap().code, "storageFull");
    let refused = own(&background, OwnRequest::SetLogs { logs: LogSettings { seen: false, ..ALL } });
    assert_eq!((code(refused), logs(&background).settings), ("storageFull".to_owned(), Some(ALL)));
    *device.store.failure.borrow_mut() = None;
    see(&background, 6);
    keep(&background);
    assert_eq!(logs(&background), LogStatus { settings: Some(ALL), shown: 1, seen: 2, failure: None });
}

#[test]
fn what_is_damaged_is_dropped_told_and_begun_anew() {
    let device = Device::new();
    let background = device.start();
    set(&background, ALL);
    see_all(&background, &[1, 5]);
    keep(&background);
    for name in device.store.names() {
        device.store.damage(&name);
    }
    let again = device.start();
    see(&again, 6);
    keep(&again);
    assert_eq!(logs(&again).failure.unwrap().code, "damagedLog");
    assert_eq!((see(&again, 1), logs(&again).seen), (VerdictKind::Match, 1));
    keep(&again);
    assert_eq!(logs(&again).shown, 1);
    publish(&device, &again, &with(entry_of("late", 6)), 8);
    assert_eq!(notices(&again), [(NoticeKind::NowKnown, "late".to_owned(), today(&device))]);
}

#[test]
fn many_pictures_go_into_parts_and_are_all_looked_up() {
    let device = Device::new();
    let background = device.start();
    set(&background, ALL);
    for seed in 100..180 {
        see(&background, seed);
        if seed % 20 == 0 {
            keep(&background);
        }
    }
    // The part that was open when the background was ended goes on.
    let again = device.start();
    see(&again, 99);
    keep(&again);
    let parts = device.store.names().iter().filter(|name| name.starts_with("log-seen")).count();
    assert_eq!((logs(&again).seen, parts), (62, 1), "19 of them were not written when it was ended");
    let mut more = with(entry_of("first", 100));
    more.push(entry_of("last", 99));
    publish(&device, &again, &more, 8);
    let mut known: Vec<String> = notices(&again).into_iter().map(|(_, entry, _)| entry).collect();
    known.sort();
    assert_eq!(known, ["first", "last"]);
}

#[test]
fn a_notification_is_asked_for_only_where_it_is_wanted_and_once_for_all_news() {
    for notify in [false, true] {
        let device = Device::new();
        let background = device.start();
        set(&background, LogSettings { notify, ..ALL });
        see_all(&background, &[5, 6]);
        keep(&background);
        let mut more = with(entry_of("late", 5));
        more.push(entry_of("later", 6));
        publish(&device, &background, &more, 8);
        keep(&background);
        let told = device.events.borrow();
        let told: Vec<usize> = told
            .iter()
            .filter_map(|event| if let Event::News { notices } = event { Some(notices.len()) } else { None })
            .collect();
        assert_eq!(told, if notify { vec![2] } else { vec![] });
    }
}
