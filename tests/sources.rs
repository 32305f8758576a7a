//! Several sources: added, switched, removed, each for itself.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed expectation is what ends a test")]

mod common;
#[path = "common/device.rs"]
mod device;

use caveat::protocol::{OwnRequest, Reply, UpdateOutcome, VerdictKind};
use caveat::source::SecretKey;
use common::{entries, entry_of, key};
use device::{Device, PACKAGE, REMOTE, check, code, look_up, own, status};

/// A head that lists hosts has links to those and below them; one that lists none has none.
#[test]
fn a_source_sends_people_only_where_its_own_head_says() {
    let links = |hosts: &[&str]| {
        let device = Device::new();
        let hosts = hosts.iter().map(|&host| host.to_owned()).collect();
        device.publish_as(&key(), &format!("{PACKAGE}desk/"), &entries(), |head| head.hosts = hosts);
        let found = check(&device.start(), 1).matches.remove(0);
        assert_eq!(found.reviews[0].title.as_deref(), Some("t"), "the text stays");
        [found.reviews[0].url.clone(), found.original.url]
    };
    let both = ["https://example.org/check", "https://example.org/game"].map(|url| Some(url.to_owned()));
    assert_eq!(links(&["example.com", "example.org"]), both);
    assert_eq!(links(&["example.com", "www.example.org"]), [None, None]);
    assert_eq!(links(&[]), [None, None]);
}

#[test]
fn sources_are_added_verified_switched_and_removed() {
    let device = Device::new();
    let background = device.start();
    let add =
        |url: &str, key: &str| own(&background, OwnRequest::AddSource { url: url.to_owned(), key: key.to_owned() });
    let desk = key().public().to_string();
    assert_eq!(code(add(REMOTE, &desk)), "alreadyAdded");
    assert_eq!(code(add("http://index.example.org/", &desk)), "badUrl");
    assert_eq!(code(add(REMOTE, "12")), "badKey");
    let other = SecretKey::from_seed(&[8; 32]);
    assert_eq!(code(add(REMOTE, &other.public().to_string())), "badSignature");
    let base = "https://other.example.org/x/";
    device.publish_as(&other, base, &[entry_of("ours", 5)], |_| ());
    let Reply::Added { source } = add(base, &other.public().to_string()) else { panic!("not added") };
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

#[test]
fn two_sources_that_know_a_picture_both_speak() {
    let device = Device::new();
    let other = SecretKey::from_seed(&[8; 32]);
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
    let Reply::Updated { results } = own(&background, OwnRequest::UpdateSources { source: None }) else { panic!() };
    assert!(results.iter().all(|result| result.outcome == UpdateOutcome::NoAddress));
}
