//! The start: settings are there first, sources later, and pictures that come in between get the same verdicts.

use caveat::protocol::{OwnRequest, PageRequest, Reply, VerdictKind};
use caveat::testing::faults::Fault;

use crate::at_every_operation::at_every_operation;
use crate::common::{entries, entry_of, picture, png};
use crate::device::{Device, REMOTE, UPDATED, check, check_png, look_up, own, status, update};

/// A device that has downloaded an entry more than came with the extension.
fn updated() -> Device {
    let device = Device::new();
    let mut more = entries();
    more.push(entry_of("late", 5));
    device.publish_at(REMOTE, &more, 8);
    assert_eq!(update(&device.start()), UPDATED);
    device
}

fn asked(seed: u32, bytes: Vec<u8>) -> PageRequest {
    PageRequest::CheckImage { key: format!("picture {seed}"), url: String::new(), bytes: Some(bytes) }
}

fn verdict(reply: &Reply) -> VerdictKind {
    match reply {
        Reply::Verdict(verdict) => verdict.verdict,
        other => panic!("no verdict but {other:?}"),
    }
}

#[test]
fn settings_are_there_before_sources_are_loaded() {
    let device = updated();
    own(&device.start(), OwnRequest::SetSite { host: "quiet.example.org".to_owned(), enabled: false });
    own(&device.start(), OwnRequest::SetLanguage { language: Some("ru".to_owned()) });
    device.server.asked.borrow_mut().clear();
    let background = device.begin();
    assert!(!background.checks_site("quiet.example.org") && background.checks_site("example.org"));
    assert_eq!(background.language().as_deref(), Some("ru"));
    assert_eq!(*device.server.asked.borrow(), [""; 0], "no source is loaded yet");
    assert_eq!(check(&background, 5).verdict, VerdictKind::Match);
}

#[test]
fn the_first_question_has_the_sources_loaded_whatever_it_is() {
    let device = updated();
    assert_eq!(check(&device.begin(), 5).verdict, VerdictKind::Match);
    assert_eq!(look_up(&device.begin(), 5), None);
    assert_eq!(status(&device.begin()).sources[0].sequence, 8);
    assert_eq!(update(&device.begin()).1, None);
}

#[test]
fn pictures_that_come_before_the_sources_have_their_verdicts_whatever_is_waited_for() {
    at_every_operation(Fault::Wait, |operation| {
        let device = updated();
        let running = operation.begin(&device);
        let others = async {
            let damaged = running.page_request(asked(9, b"\xff\xd8\xff no picture".to_vec())).await;
            let none = running.page_request(asked(6, png(&picture(6)))).await;
            (verdict(&damaged), verdict(&none))
        };
        let (first, others) = operation.meanwhile(running.page_request(asked(5, png(&picture(5)))), others);
        assert_eq!(verdict(&first), VerdictKind::Match, "{operation}");
        assert_eq!(others, (VerdictKind::Unreadable, VerdictKind::None), "{operation}");
    });
}

#[test]
fn a_picture_that_cannot_be_read_and_comes_first_is_remembered_as_such() {
    let device = updated();
    let running = device.begin();
    let damaged = check_png(&running, "picture 9", b"\xff\xd8\xff no picture".to_vec());
    assert_eq!(damaged.verdict, VerdictKind::Unreadable);
    assert_eq!(look_up(&running, 9), Some(VerdictKind::Unreadable));
    assert_eq!(check(&running, 5).verdict, VerdictKind::Match);
}
