//! Several sources: added, switched, removed, each for itself.

use caveat::engine::MAX_SOURCES;
use caveat::protocol::{OwnRequest, PageRequest, Reply, SourcePreview, UpdateOutcome, VerdictKind};
use caveat::source::SecretKey;
use pollster::block_on;

use crate::common::{entry_of, key};
use crate::device::{Device, PACKAGE, REMOTE, check, code, look_up, own, status};

/// Another publisher, whose index knows picture 5.
const OTHER: &str = "https://other.example.org/x/";

fn other() -> SecretKey {
    SecretKey::from_seed(&[8; 32])
}

fn preview_of(reply: Reply) -> SourcePreview {
    match reply {
        Reply::Preview(preview) => preview,
        other => panic!("no preview but {other:?}"),
    }
}

#[test]
fn what_is_trusted_is_shown_before_anything_is_stored() {
    let device = Device::new();
    let background = device.start();
    let rename = |name: &'static str, sequence| {
        device.publish_as(&other(), OTHER, &[entry_of("ours", 5)], |head| {
            (head.name, head.sequence, head.hosts) = (name.to_owned(), sequence, vec!["other.example.org".to_owned()]);
        });
    };
    rename("\u{202E}Ѕnopes", 1);
    let key = other().public().to_string();
    let ask = || preview_of(own(&background, OwnRequest::PreviewSource { url: OTHER.to_owned(), key: key.clone() }));
    let shown = ask();
    assert_eq!((shown.name.as_str(), shown.mixed_scripts, shown.development), ("Ѕnopes", true, false));
    assert_eq!((shown.host.as_str(), shown.url.as_str(), shown.key.as_str()), ("other.example.org", OTHER, &*key));
    assert_eq!((shown.hosts.as_slice(), shown.entries, shown.age_days), (&["other.example.org".to_owned()][..], 3, 2));
    assert_eq!(shown.key_fingerprint, other().public().fingerprint());
    assert!(shown.bytes > 0 && shown.homepage.is_none() && !shown.expired);
    assert_eq!(device.store.snapshot(), Device::default().store.snapshot(), "nothing is stored");
    assert_eq!(status(&background).sources.len(), 1);
    assert_eq!(check(&background, 5).verdict, VerdictKind::None);
    assert!(!device.server.asked.borrow().iter().any(|url| url.starts_with(&format!("{OTHER}segments"))));

    let add = |head: &str| {
        let head = Some(head.to_owned());
        own(&background, OwnRequest::AddSource { url: shown.url.clone(), key: shown.key.clone(), head })
    };
    rename("Somebody else", 2);
    device.server.asked.borrow_mut().clear();
    assert_eq!(code(add(&shown.head)), "changedMeanwhile");
    assert_eq!(*device.server.asked.borrow(), [format!("{OTHER}head")], "no segment of what was not shown");
    assert_eq!(device.store.snapshot(), Device::default().store.snapshot(), "what was not shown is not stored");
    let head = ask().head;
    device.server.asked.borrow_mut().clear();
    let Reply::Added { source } = add(&head) else { panic!("not added") };
    let asked = device.server.asked.borrow().iter().filter(|url| url.ends_with("/head")).count();
    assert_eq!(asked, 1, "the head is asked for once");
    assert_eq!((source.name.as_str(), source.self_declared, source.mixed_scripts), ("Somebody else", true, false));
    let found = check(&background, 5).matches.remove(0);
    assert_eq!((found.source_name.as_str(), found.self_declared), ("Somebody else", true));
    let again = own(&background, OwnRequest::PreviewSource { url: OTHER.to_owned(), key: key.clone() });
    assert_eq!(code(again), "alreadyAdded");
}

#[test]
fn a_descriptor_offers_a_source_and_is_refused_by_name() {
    let device = Device::new();
    let background = device.start();
    device.publish_as(&other(), OTHER, &[entry_of("ours", 5)], |_| ());
    let ask = |text: String| own(&background, OwnRequest::PreviewDescriptor { text });
    let key = other().public().to_string();
    let file = |url: &str, key: &str, more: &str| format!(r#"{{"caveatSource":1,"url":"{url}","key":"{key}"{more}}}"#);
    let shown = preview_of(ask(file(OTHER, &key, r#","homepage":"https://other.example.org/""#)));
    assert_eq!((shown.key, shown.homepage.as_deref()), (key.clone(), Some("https://other.example.org/")));
    assert_eq!(code(ask("<html>".to_owned())), "badDescriptor");
    assert_eq!(code(ask(file(OTHER, &key, &" ".repeat(10_000)))), "badDescriptor");
    assert_eq!(code(ask(r#"{"caveatSource":2}"#.to_owned())), "unsupportedDescriptor");
    assert_eq!(code(ask(file("http://other.example.org/", &key, ""))), "badUrl");
    assert_eq!(code(ask(file(OTHER, "00", ""))), "badKey");
    let stranger = SecretKey::from_seed(&[1; 32]).public().to_string();
    assert_eq!(code(ask(file(OTHER, &stranger, ""))), "badSignature");
    assert_eq!(code(ask(file("https://nowhere.example.org/", &key, ""))), "notFound");
}

#[test]
fn there_is_room_for_so_many_sources_and_no_more() {
    let device = Device::new();
    let background = device.start();
    let add = |number: u8| {
        let key = SecretKey::from_seed(&[100 + number; 32]);
        let url = format!("https://number-{number}.example.org/");
        device.publish_as(&key, &url, &[entry_of("ours", 5)], |_| ());
        own(&background, OwnRequest::AddSource { url, key: key.public().to_string(), head: None })
    };
    for number in 0..MAX_SOURCES as u8 {
        assert!(matches!(add(number), Reply::Added { .. }), "source {number}");
    }
    assert_eq!(code(add(99)), "tooManySources");
    assert_eq!(check(&background, 5).matches.len(), MAX_SOURCES);
}

#[test]
fn the_catalogue_names_what_it_knows() {
    let device = Device::new();
    let list = format!(r#"[{{"path":"desk","key":"{}","name":"Our desk","updateUrl":null}}]"#, key().public());
    device.server.serve(&format!("{PACKAGE}sources.json"), list.as_bytes());
    let background = device.start();
    let source = status(&background).sources.remove(0);
    assert_eq!((source.name.as_str(), source.self_declared), ("Our desk", false));
    let found = check(&background, 1).matches.remove(0);
    assert_eq!((found.source_name.as_str(), found.self_declared, found.mixed_scripts), ("Our desk", false, false));
}

#[test]
fn sources_are_added_verified_switched_and_removed() {
    let device = Device::new();
    let background = device.start();
    let add = |url: &str, key: &str| {
        own(&background, OwnRequest::AddSource { url: url.to_owned(), key: key.to_owned(), head: None })
    };
    let desk = key().public().to_string();
    assert_eq!(code(add(REMOTE, &desk)), "alreadyAdded");
    assert_eq!(code(add("http://index.example.org/", &desk)), "badUrl");
    assert_eq!(code(add(REMOTE, "12")), "badKey");
    let other = other();
    assert_eq!(code(add(REMOTE, &other.public().to_string())), "badSignature");
    device.publish_as(&other, OTHER, &[entry_of("ours", 5)], |_| ());
    let Reply::Added { source } = add(OTHER, &other.public().to_string()) else { panic!("not added") };
    assert_eq!((source.origin.as_str(), source.entries, source.enabled), ("added", 1, true));
    assert_eq!(check(&background, 5).verdict, VerdictKind::Match);
    let id = source.id;
    let enable = |enabled| own(&background, OwnRequest::SetSourceEnabled { source: id.clone(), enabled });
    assert!(matches!(enable(false), Reply::Done));
    assert_eq!(look_up(&background, 5), Some(VerdictKind::None));
    assert_eq!(check(&device.start(), 5).verdict, VerdictKind::None, "a switch survives a kill");
    assert!(matches!(enable(true), Reply::Done));
    let again = device.start();
    assert_eq!(check(&again, 5).verdict, VerdictKind::Match);
    assert!(matches!(own(&again, OwnRequest::RemoveSource { source: id }), Reply::Done));
    assert_eq!(look_up(&again, 5), Some(VerdictKind::None));
    assert!(device.store.names().is_empty());
    let embedded = status(&again).sources[0].id.clone();
    assert_eq!(code(own(&again, OwnRequest::RemoveSource { source: embedded.clone() })), "unknownSource");
    own(&again, OwnRequest::SetSourceEnabled { source: embedded, enabled: false });
    assert_eq!(check(&again, 1).verdict, VerdictKind::NoIndex, "no source left: never a silent none");
}

/// Its key is the source, not its address: readers remove it and add it again (docs/publishing.md, Moving to another host).
#[test]
fn what_was_muted_stays_muted_when_a_source_moves_to_another_host() {
    let device = Device::new();
    let background = device.start();
    let other = other();
    let add = |url: &str| {
        device.publish_as(&other, url, &[entry_of("ours", 5), entry_of("spoken", 6)], |_| ());
        let key = other.public().to_string();
        match own(&background, OwnRequest::AddSource { url: url.to_owned(), key, head: None }) {
            Reply::Added { source } => source.id,
            reply => panic!("not added: {reply:?}"),
        }
    };
    let source = add(OTHER);
    let mute = PageRequest::MuteMatch { source: source.clone(), entry: "ours".to_owned() };
    assert!(matches!(block_on(background.page_request(mute)), Reply::Done));
    own(&background, OwnRequest::RemoveSource { source: source.clone() });
    assert_eq!(add("https://new.example.net/caveat/"), source);
    for running in [&background, &device.start()] {
        assert_eq!([5, 6].map(|seed| check(running, seed).verdict), [VerdictKind::None, VerdictKind::Match]);
    }
}

#[test]
fn two_sources_that_know_a_picture_both_speak() {
    let device = Device::new();
    let other = other();
    let list = format!(
        r#"[{{"path":"desk","key":"{}","updateUrl":null}},{{"path":"other","key":"{}","updateUrl":null}}]"#,
        key().public(),
        other.public()
    );
    device.server.serve(&format!("{PACKAGE}sources.json"), list.as_bytes());
    device.publish_as(&other, &format!("{PACKAGE}other/"), &[entry_of("ours", 1)], |_| ());
    let background = device.start();
    let found: Vec<_> = check(&background, 1).matches.into_iter().map(|found| found.entry).collect();
    assert_eq!(found, ["game-still", "ours"]);
    let Reply::Updated { results } =
        own(&background, OwnRequest::UpdateSources { source: None, accept_mass_change: false })
    else {
        panic!()
    };
    assert!(results.iter().all(|result| result.outcome == UpdateOutcome::NoAddress));
}
